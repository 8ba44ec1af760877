"""Notices that the calendar changed, and wakes every petition whose due date may move.

The version of the calendar that was last dispatched is kept in one row; it is written only after all wake-ups
were sent, so a job that dies half-way starts again, and doing it twice moves nothing twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.platform import aws, queues
from shared.platform.messages import WakeUp
from shared.tables.directory import Directory
from shared.tables.petitions import WAKE_SHARDS, Petitions

_KEY: dict[str, Any] = {"period": {"S": "jobs"}, "measure": {"S": "calendar-dispatched"}}
END_OF_TIME = datetime.fromisoformat("9999-12-31T23:59:59+00:00")


class Recalculation:
    """Sends every open petition through the timer when the calendar's version is a new one."""

    def __init__(
        self, petitions: Petitions, directory: Directory, statistics_table: str, timers_queue_url: str
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._table = statistics_table
        self._timers = timers_queue_url

    def dispatch_if_calendar_changed(self, now: datetime) -> int:
        """Wake all petitions that still wait for something, once per version of the calendar.

        Returns:
            how many wake-ups were sent; 0 while nothing changed (one small read).
        """
        version = self._directory.calendar().version
        item = (
            aws.client("dynamodb").get_item(TableName=self._table, Key=_KEY, ConsistentRead=True).get("Item")
        )
        if item is not None and item["version"]["S"] == version:
            return 0
        sent = 0
        for shard in range(WAKE_SHARDS):
            waiting = self._petitions.due(shard, END_OF_TIME)
            sent += queues.send(self._timers, (WakeUp(reference=name, wake_at=now) for name, _at in waiting))
        aws.client("dynamodb").put_item(TableName=self._table, Item={**_KEY, "version": {"S": version}})
        return sent
