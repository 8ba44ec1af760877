"""One logger and one set of metrics for all functions: identifiers and facts, never what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

_NOTHING: Mapping[str, str] = {}

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """Return the function's structured logger (JSON lines; service name from POWERTOOLS_SERVICE_NAME).

    Imported on first use: a request that logs nothing does not pay for it.
    """
    from aws_lambda_powertools import Logger as PowertoolsLogger  # noqa: PLC0415 - 50 ms of a cold start

    return PowertoolsLogger(use_rfc3339=True)


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


def count_promise(promise: str, *, is_kept: bool) -> None:
    """Record that a promise was kept or missed; alarms watch the share that was missed."""
    count("PromiseKept" if is_kept else "PromiseMissed", promise=promise)


def _record(name: str, value: float, unit: str, dimensions: Mapping[str, str]) -> None:
    from aws_lambda_powertools.metrics import (  # noqa: PLC0415 - 40 ms of a cold start
        MetricUnit,
        single_metric,
    )

    with single_metric(name=name, unit=MetricUnit(unit), value=value, namespace="PAKN") as metric:
        for key, dimension in dimensions.items():
            metric.add_dimension(name=key, value=dimension)
