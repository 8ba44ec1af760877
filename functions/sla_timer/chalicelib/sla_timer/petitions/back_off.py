"""Decides which due items a sweep sends: one that stays due although it was sent is sent at growing intervals.

An item that is handled leaves the index, or comes to stand there at another time. So whatever stays at the same time
fails, or its message is still on its way: without an interval it would be one more message, and one more dead letter,
every minute for ever. The handlers report nothing for this, so one that dies at its work is noticed too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.platform.messages import Message
from shared.tables.jobs import Dispatch, Dispatched

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
"""An item that was repaired is sent again after this time at the latest; its dead letter, redriven, at once."""
STUCK_AFTER = 6
"""Attempts, the last of them half an hour after the first, from which on an item counts as stuck."""
_SLACK = timedelta(seconds=30)
"""Half the time between two sweeps: the next one may come a little early."""
REMEMBERED = 3000
"""Items that the checkpoint has space for; what is beyond is sent every minute, as if it were new."""


class DueItem(NamedTuple):
    """An item of the index, and the message that has it handled."""

    key: str
    wake_at: datetime
    message: Message


class BackOff:
    """The intervals of one sweep, from what the sweeps before sent."""

    def __init__(self, latest: Dispatched | None, now: datetime) -> None:
        self._before = dict(latest.items) if latest else {}
        self._now = now
        self._items: dict[str, Dispatch] = {}

    def ready(self, due: Iterable[DueItem]) -> list[DueItem]:
        """Return the items whose interval has passed; the others stay remembered."""
        ready = []
        for item in due:
            dispatch = self._before.get(item.key)
            if dispatch is None or dispatch.wake_at != item.wake_at:
                ready.append(item)
                continue
            self._items[item.key] = dispatch
            if dispatch.next_at <= self._now + _SLACK:
                ready.append(item)
        return ready

    def record(self, sent: Iterable[DueItem]) -> list[str]:
        """Count one more attempt of items that were sent, and return the keys of those that are stuck from now on."""
        stuck = []
        for item in sent:
            before = self._items.get(item.key)
            attempts = before.attempts + 1 if before else 1
            next_at = self._now + min(FIRST * 2 ** min(attempts - 1, 10), LONGEST)
            self._items[item.key] = Dispatch(item.wake_at, attempts, next_at)
            if attempts == STUCK_AFTER:
                stuck.append(item.key)
        return stuck

    @property
    def stuck(self) -> int:
        """The number of items that are stuck."""
        return sum(dispatch.attempts >= STUCK_AFTER for dispatch in self._items.values())

    def checkpoint(self, *, is_complete: bool) -> Dispatched:
        """Return the checkpoint for the next sweep; items of shards that could not be read stay as they were."""
        items = self._items if is_complete else {**self._before, **self._items}
        longest_tried = sorted(items.items(), key=lambda item: -item[1].attempts)[:REMEMBERED]
        return Dispatched(items=dict(longest_tried))
