"""Finds how long the oldest petition that nobody routed has waited; called once an hour.

The timer hands such a petition to the intake desk after ten minutes, by a message of its own. This asks the stored
petitions themselves, so it sees one whose messages were all lost. It reads the outlines of two days,
or where petitions are few just their days of receipt, which the jobs of the run read once for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
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
        waiting = [
            (now - petition.stored_at, petition.reference)
            for petition in self._latest(local_date(now))
            if petition.state is State.RECEIVED and petition.unit is None
        ]
        age, reference = max(waiting, default=(timedelta(), ""))
        telemetry.measure("OldestUnrouted", age)
        if age > TOO_LONG:
            telemetry.logger().error("oldest unrouted", reference=reference)
        return age

    def _latest(self, today: date) -> Iterable[Petition]:
        days = self._outlines.days_if_few()
        if days is not None and days.isdisjoint({today - DAY, today}):
            return ()
        return self._outlines.received(today - DAY, today)
