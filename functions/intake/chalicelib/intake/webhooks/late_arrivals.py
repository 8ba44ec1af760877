"""The metric `LateBy`: how long messages and reports of calls were on their way to us, by provider."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.platform import clock, telemetry

_ON_TIME = timedelta(minutes=1)


def report_late(provider: str, sent_at: datetime | None) -> None:
    """Measure how late something is, in seconds; what comes within a minute, or without a time, is not measured."""
    if sent_at is None:
        return
    late_by = clock.now() - sent_at
    if late_by > _ON_TIME:
        telemetry.measure("LateBy", late_by, provider=provider)
