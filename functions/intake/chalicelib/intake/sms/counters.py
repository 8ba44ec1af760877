"""Facts that the short code keeps of a number between two SMS: the replies that it cost, and its opt-out.

Both lie in the throttle table under HMACs, without any telephone number.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.sms_reach import is_served_by_sms
from shared.platform import clock
from shared.tables.throttle.counters import NameCounter
from shared.tables.throttle.opt_outs import OptOuts
from shared.tables.throttle.sms_budget import SmsBudget

_KEPT_FOR = timedelta(days=2)


class SmsStore:
    """Counts the replies to a number and keeps its opt-out.

    Args:
        table: the throttle table.
        replies_per_number: SMS that one number may cause us to pay for in a day.
        budget: the SMS of a day, to all numbers.
        countries: the countries whose numbers get SMS.
    """

    def __init__(
        self, table: str, *, replies_per_number: int, budget: SmsBudget, countries: Collection[str]
    ) -> None:
        self._budget = budget
        self._countries = countries
        self._replies = NameCounter(table, "messages")
        self._opt_outs = OptOuts(table)
        self._replies_per_number = replies_per_number

    def is_affordable(self) -> bool:
        """Count one segment towards the budget of today, and return whether it may be sent."""
        return self._budget.spend(1, local_date(clock.now()))

    def may_reply(self, number: str, contact: str, message: str) -> bool:
        """Count a reply to a number today; the same message again is the same reply.

        A number that no SMS of ours goes to (satellites, premium ranges, countries that are not opened) gets none.
        """
        if not is_served_by_sms(number, self._countries):
            return False
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
