"""Hears what is logged: capturing standard output does not, because loggers keep the stream that they began with."""

from __future__ import annotations

import logging
import traceback
from typing import Any, Self


class Overheard:
    """Every log record made while it listens, whichever logger made it and wherever that one writes."""

    def __init__(self) -> None:
        self._records: list[logging.LogRecord] = []

    def __enter__(self) -> Self:
        self._usual = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._make)
        return self

    def __exit__(self, *_: object) -> None:
        logging.setLogRecordFactory(self._usual)

    def _make(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._usual(*args, **kwargs)
        self._records.append(record)
        return record

    def lines(self) -> list[str]:
        """Return all that was said: message, facts beside it, and the text of exceptions with all their causes."""
        return [
            f"{record.getMessage()} {record.__dict__} "
            f"{''.join(traceback.format_exception(*record.exc_info)) if record.exc_info else ''}"
            for record in self._records
        ]
