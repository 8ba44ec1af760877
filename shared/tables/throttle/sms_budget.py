"""The SMS of a day, counted by segments over all functions: beyond the budget only what the law requires leaves.

One row of the throttle table for each day; each count is one atomic write. A call that the SDK repeats may count twice,
which only saves money.
"""

from __future__ import annotations

from datetime import date, timedelta

from shared.domain.calendar.working_calendar import end_of_day
from shared.platform import telemetry
from shared.tables.dynamo import ConditionFailedError, Table

_KEPT_FOR = timedelta(days=40)
_WARNED_AT = 0.8
"""The part of the budget from which on it is nearly used up."""


class SmsBudget:
    """Counts the segments of a day.

    Args:
        table: the throttle table.
        per_day: segments; 0 is no limit.
    """

    def __init__(self, table: str, per_day: int) -> None:
        self._table = Table(table)
        self._per_day = per_day

    def spend(self, segments: int, on: date, *, is_duty: bool = False) -> bool:
        """Count segments that are about to be sent, and return whether they may be.

        Args:
            segments: of the message.
            on: the day in Vietnam.
            is_duty: whether the law requires the message: it leaves in any case, and is counted all the same.
        """
        if not self._per_day:
            return True
        rest = self._per_day - segments
        try:
            used = self._table.update_if(
                {"key": f"sms-budget#{on.isoformat()}"},
                "SET expires_at = :expires_at ADD used :segments",
                "attribute_not_exists(used) OR used <= :rest OR :is_duty = :yes",
                {
                    "segments": segments,
                    "rest": rest,
                    "is_duty": is_duty,
                    "yes": True,
                    "expires_at": int((end_of_day(on) + _KEPT_FOR).timestamp()),
                },
            )["used"]
        except ConditionFailedError:
            telemetry.count("SmsBudgetUsedUp")
            return False
        if used - segments < self._per_day * _WARNED_AT <= used:
            telemetry.count("SmsBudgetNearlyUsed")
        if used > self._per_day:
            telemetry.count("SmsBudgetUsedUp")
        return True
