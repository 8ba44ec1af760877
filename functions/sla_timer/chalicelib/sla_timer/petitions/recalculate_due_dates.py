"""Wakes every petition whose due date may move after the calendar changed: a round for each version of the calendar.

The index `unanswered` has only those whose due date counts still, so the cost follows what is open, not what is stored.
A second wake-up moves nothing again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.sla_timer.rounds import Due
from shared.platform import clock, queues
from shared.platform.messages import WakeUp
from shared.tables.directory import Directory
from shared.tables.jobs import CalendarDispatched, Checkpoints, Round
from shared.tables.petition_items import WAKE_SHARDS
from shared.tables.petitions import Petitions


class Recalculation:
    """Sends every unanswered petition through the timer when the calendar has a new version."""

    name = "calendar"
    longest = timedelta(hours=2)

    def __init__(
        self, petitions: Petitions, directory: Directory, checkpoints: Checkpoints, timers_queue_url: str
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._checkpoints = checkpoints
        self._timers = timers_queue_url

    def due(self, now: datetime, latest: Round | None) -> Due | None:  # noqa: ARG002 - the jobs' signature
        """Return a round for a version of the calendar that was not dispatched (one small read)."""
        version = self._directory.calendar().version
        dispatched = self._checkpoints.get(CalendarDispatched)
        if dispatched is not None and dispatched.version == version:
            return None
        if latest is not None and latest.name == version and latest.completed_at is None:
            return None
        return Due(version, tuple(map(str, range(WAKE_SHARDS))))

    def step(self, current: Round, shard: str, cursor: str | None) -> str | None:  # noqa: ARG002 - the jobs' signature
        """Wake some petitions of a shard."""
        references, after = self._petitions.unanswered(int(shard), after=cursor)
        queues.send(self._timers, (WakeUp(reference=name, wake_at=clock.now()) for name in references))
        return after

    def finish(self, current: Round) -> None:
        """Record the version that was dispatched."""
        self._checkpoints.save(CalendarDispatched(version=current.name))
