"""Facts that the short code keeps of a number between two SMS: the replies that it cost, and its opt-out.

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
    """Counts the replies to a number and keeps its opt-out.

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
        """Return whether a number wants no SMS but replies to its own."""
        return self._opt_outs.has(contact)

    def stop(self, contact: str, message: str) -> None:
        """Record that a number wants no SMS that it did not ask for; the notifier honours it."""
        self._opt_outs.record(contact, message)

    def start(self, contact: str, message: str) -> None:
        """Record that a number wants SMS again."""
        self._opt_outs.lift(contact, message)
