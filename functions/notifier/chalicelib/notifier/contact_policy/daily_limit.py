"""The limit of messages that one address gets in a day; further ones wait for the morning and go out as one.

Nothing is dropped: a notice that the law requires is sent later. A row of the throttle table for each address and day
holds the *names* of the notices, so counting one twice counts once.
"""

from __future__ import annotations

from datetime import date, timedelta

from shared.domain.calendar.working_calendar import end_of_day
from shared.tables.throttle.counters import NameCounter

_KEPT_FOR = timedelta(days=2)


class DailyLimit:
    """Counts messages by address (as HMAC) and day.

    Args:
        table: the throttle table.
        per_day: messages that one address gets in a day; 0 is no limit.
    """

    def __init__(self, table: str, per_day: int) -> None:
        self._counter = NameCounter(table, "names")
        self._per_day = per_day

    def admits(self, contact_key: str, name: str, on: date) -> bool:
        """Count a message under the name of its notice, and return whether it may go out on this day."""
        return not self._per_day or self._counter.admit(
            f"told#{contact_key}#{on.isoformat()}",
            name,
            limit=self._per_day,
            expires_at=end_of_day(on) + _KEPT_FOR,
        )
