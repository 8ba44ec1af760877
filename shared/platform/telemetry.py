"""One logger and one set of metrics for all functions: identifiers and facts, never what a person wrote."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shared.platform import correlation

_FRAMES = 6
"""Innermost calls that are logged: where it failed, not with what values."""
FACTS = frozenset(
    {
        "began",
        "calls",
        "candidate",
        "changes",
        "days",
        "error",
        "error_code",
        "error_type",
        "fault",
        "files",
        "incident",
        "job",
        "key",
        "message_id",
        "messages",
        "oldest_at",
        "phase",
        "provider",
        "reason",
        "receive_count",
        "reference",
        "references",
        "round",
        "route",
        "seen",
        "sequence",
        "shard",
        "source",
        "subscription",
        "template",
        "version",
        "wake_ups",
    }
)
"""The facts that a log line may have beside its message: identifiers, counts, types and names of ours."""
_NOTHING: Mapping[str, str] = {}

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """Return the function's structured logger (JSON lines; service name from POWERTOOLS_SERVICE_NAME).

    Imported on first use: a request that logs nothing does not pay for it.
    """
    from aws_lambda_powertools import Logger as PowertoolsLogger  # noqa: PLC0415 - 50 ms of a cold start

    structured = PowertoolsLogger(use_rfc3339=True)
    structured.addFilter(_LINE)
    return structured


def log_failure(message: str, error: BaseException | None, **facts: str) -> None:
    """Log an error by its type and the innermost calls; its text, which may hold what a person wrote, is left out."""
    calls = traceback.extract_tb(error.__traceback__)[-_FRAMES:] if error else []
    where = [f"{Path(call.filename).name}:{call.lineno} {call.name}" for call in calls]
    logger().error(message, extra={"error": type(error).__name__, "calls": where, **facts})


class _Line(logging.Filter):
    """Gives each line the id of its cause and of its invocation, and drops facts that are not in the list."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name in vars(record).keys() - _OF_EVERY_RECORD - FACTS:
            delattr(record, name)
        cause = correlation.cause()
        if cause is not None:
            setattr(record, correlation.ATTRIBUTE, cause.id)
            record.function_request_id = cause.invocation
        return True


_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""The attributes that the standard library gives a record; the others are facts."""
_LINE = _Line()
"""One for all loggers: a logger takes the same filter only once."""


def measure(name: str, duration: timedelta, **dimensions: str) -> None:
    """Record a duration in seconds as a metric, like `count`."""
    _record(name, duration.total_seconds(), "Seconds", dimensions)


def count(name: str, value: float = 1, *, by: Mapping[str, str] = _NOTHING, **dimensions: str) -> None:
    """Record a metric in CloudWatch's embedded metric format, one line on standard output.

    Args:
        name: CamelCase, e.g. `SweepHeartbeat`.
        value: a count.
        by: dimensions of a second line: an alarm watches the first, whoever is woken looks into the second.
        dimensions: few values each, never an identifier of a person or petition.
    """
    _record(name, value, "Count", dimensions)
    if by:
        _record(name, value, "Count", {**dimensions, **by})


def _record(name: str, value: float, unit: str, dimensions: Mapping[str, str]) -> None:
    from aws_lambda_powertools.metrics import (  # noqa: PLC0415 - 40 ms of a cold start
        MetricUnit,
        single_metric,
    )

    with single_metric(name=name, unit=MetricUnit(unit), value=value, namespace="PAKN") as metric:
        for key, dimension in dimensions.items():
            metric.add_dimension(name=key, value=dimension)
