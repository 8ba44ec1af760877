"""What the short code remembers of a number between two SMS: the replies that it cost, and whether it said stop.

Both lie in the throttle table under HMACs, without any telephone number.
"""

from __future__ import annotations

from datetime import timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.tables.throttle.counters import NameCounter
from shared.tables.throttle.opt_outs import OptOuts

_KEPT_FOR = timedelta(days=2)


class SmsStore:
    """Remembers what one SMS alone does not tell.

    Args:
        table: the throttle table.
        replies_per_number: SMS that one number may cause us to pay for in a day.
    """

    def __init__(self, table: str, *, replies_per_number: int) -> None:
        self._replies = NameCounter(table, "messages")
        self._opt_outs = OptOuts(table)
        self._replies_per_number = replies_per_number

    def may_reply(self, contact: str, message: str) -> bool:
        """Count a reply to a number today; the same message again is the same reply."""
        now = clock.now()
        return self._replies.admit(
            f"sms-replies#{contact}#{local_date(now)}",
            message,
            limit=self._replies_per_number,
            expires_at=now + _KEPT_FOR,
        )

    def said_stop(self, contact: str) -> bool:
        """Tell whether a number wants only what it asks for."""
        return self._opt_outs.has(contact)

    def stop(self, contact: str, message: str) -> None:
        """Remember that a number wants no more SMS that it did not ask for; the notifier honours it."""
        self._opt_outs.record(contact, message)

    def start(self, contact: str, message: str) -> None:
        """Remember that a number wants SMS again."""
        self._opt_outs.lift(contact, message)
