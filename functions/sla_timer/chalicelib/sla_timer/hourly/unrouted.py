"""Finds how long the oldest petition that nobody routed has waited; called once an hour.

The timer hands such a petition to the intake desk after ten minutes, by a message of its own. This asks the stored
petitions themselves, so it sees one whose messages were all lost. It reads the outlines of two days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import State
from shared.platform import telemetry
from shared.tables.outlines import Outlines

DAY = timedelta(days=1)
TOO_LONG = timedelta(minutes=30)
"""The age from which an alarm rings, and the petition is named in the log."""


class Unrouted:
    """The petitions of yesterday and today that have no unit yet."""

    def __init__(self, outlines: Outlines) -> None:
        self._outlines = outlines

    def measure(self, now: datetime) -> timedelta:
        """Record how long the oldest of them has waited, nothing where there is none; name it in the log."""
        today = local_date(now)
        waiting = [
            (now - petition.stored_at, petition.reference)
            for petition in self._outlines.received(today - DAY, today)
            if petition.state is State.RECEIVED and petition.unit is None
        ]
        age, reference = max(waiting, default=(timedelta(), ""))
        telemetry.measure("OldestUnrouted", age)
        if age > TOO_LONG:
            telemetry.logger().error("oldest unrouted", reference=reference)
        return age
