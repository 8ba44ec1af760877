"""Wakes every petition whose due date may move after the calendar changed.

The checkpoint holds the version of the calendar that was last dispatched; it is written only after all wake-ups were
sent, so a job that dies half-way starts again, and a second wake-up moves nothing again.
"""

from __future__ import annotations

from datetime import datetime

from shared.platform import queues
from shared.platform.messages import WakeUp
from shared.tables.directory import Directory
from shared.tables.jobs import CalendarDispatched, Checkpoints
from shared.tables.petition_items import WAKE_SHARDS
from shared.tables.petitions import Petitions

END_OF_TIME = datetime.fromisoformat("9999-12-31T23:59:59+00:00")


class Recalculation:
    """Sends every open petition through the timer when the calendar has a new version."""

    def __init__(
        self, petitions: Petitions, directory: Directory, checkpoints: Checkpoints, timers_queue_url: str
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._checkpoints = checkpoints
        self._timers = timers_queue_url

    def dispatch_if_calendar_changed(self, now: datetime) -> int:
        """Wake all petitions that still wait for something, once per version of the calendar.

        Returns:
            how many wake-ups were sent; 0 while nothing changed (one small read).
        """
        version = self._directory.calendar().version
        latest = self._checkpoints.get(CalendarDispatched)
        if latest is not None and latest.version == version:
            return 0
        sent = 0
        for shard in range(WAKE_SHARDS):
            open_petitions = self._petitions.due(shard, END_OF_TIME)
            sent += queues.send(
                self._timers, (WakeUp(reference=name, wake_at=now) for name, _at in open_petitions)
            )
        self._checkpoints.save(CalendarDispatched(version=version))
        return sent
