"""Hears what is logged: capturing standard output does not, because loggers keep the stream that they began with."""

from __future__ import annotations

import logging
import traceback
from typing import Any, Self

from shared.platform import telemetry


class Lines:
    """The lines of the functions' own logger while it listens, at every level, as they go out."""

    def __enter__(self) -> Self:
        self._handler = _Keep()
        self._logger = logging.getLogger(telemetry.logger().name)
        self._level = self._logger.level
        self._logger.addHandler(self._handler)
        self._logger.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.setLevel(self._level)
        self._logger.removeHandler(self._handler)

    def facts(self) -> list[dict[str, Any]]:
        """Return message and facts of each line."""
        usual = vars(logging.makeLogRecord({}))
        return [
            {"message": record.getMessage()}
            | {name: value for name, value in vars(record).items() if name not in usual}
            for record in self._handler.records
        ]


class _Keep(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


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
