"""Jumps of a field, unit, province or kind: far more was received in one week than in the weeks before.

A week is compared with the eight before it by their median and the median distance from it. Neither moves when one of
them was a holiday (Tết) or a jump of its own, so the first ordinary week after a quiet one raises no alarm, nor does
a quiet week lower what is usual. Weeks are seven days and not calendar weeks: each holds one weekend, on any day asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import ceil, sqrt
from statistics import median
from typing import NamedTuple

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
WEEKS_BEFORE = 8
"""Weeks that say what is usual *(setting)*."""
WEEKS_KNOWN = 4
"""With fewer weeks since anything was received at all, nothing is usual yet *(setting)*."""
MINIMUM = 10
"""Below this many in the week there is no alarm, whatever was usual *(setting)*."""
FACTOR = 2
"""At least so many times what is usual: doubling is what a leader would call a jump *(setting)*."""
SCORE = 4
"""At least so many spreads above what is usual: chance alone does that about once in a thousand weeks *(setting)*."""
_NORMAL = 1.4826
"""Makes a median distance comparable to a standard deviation."""


class Count(NamedTuple):
    """The number of petitions of a group received on a day; the group "" is of those that have none yet."""

    day: date
    group: str
    received: int


class Jump(NamedTuple):
    """A group that jumped."""

    group: str
    weeks: tuple[int, ...]
    """Received week by week, the newest last."""
    usual: float
    since: date
    """The first day of the first week, without a break until now, that was as much as a jump takes."""

    @property
    def received(self) -> int:
        """The number of petitions received in the newest week."""
        return self.weeks[-1]


def least_jump(before: Sequence[int]) -> int:
    """Return from how many on a week is a jump, given the weeks before it.

    The spread is no less than chance alone makes it (the root of what is usual), so that eight equal weeks do not make
    an alarm of every small rise.
    """
    usual = median(before)
    spread = max(_NORMAL * median(abs(n - usual) for n in before), sqrt(usual), 1)
    return max(MINIMUM, ceil(FACTOR * usual), ceil(usual + SCORE * spread))


def begins(last: date) -> date:
    """Return the first day that is looked at when the newest week ends on a day."""
    return last + DAY - (WEEKS_BEFORE + 1) * WEEK


def jumps(counts: Iterable[Count], last: date) -> list[Jump]:
    """Return the groups that jumped in the week that ends on a day, the largest first.

    Weeks before anything at all was received are left out: what began last month has no usual week.
    """
    weeks: dict[str, list[int]] = {}
    for count in counts:
        ago = (last - count.day).days // WEEK.days
        if count.received and 0 <= ago <= WEEKS_BEFORE:
            weeks.setdefault(count.group, [0] * (WEEKS_BEFORE + 1))[WEEKS_BEFORE - ago] += count.received
    first_week = next(
        (n for n, of_all in enumerate(zip(*weeks.values(), strict=True)) if any(of_all)), WEEKS_BEFORE
    )
    if WEEKS_BEFORE - first_week < WEEKS_KNOWN:
        return []
    jumps_of_groups = [
        _jump(group, of_group[first_week:], last) for group, of_group in weeks.items() if group
    ]
    return sorted((jump for jump in jumps_of_groups if jump), key=lambda jump: (-jump.received, jump.group))


def _jump(group: str, weeks: list[int], last: date) -> Jump | None:
    least = least_jump(weeks[:-1])
    lasting = next((n for n, received in enumerate(reversed(weeks)) if received < least), len(weeks))
    if not lasting:
        return None
    return Jump(group, tuple(weeks), median(weeks[:-1]), last + DAY - lasting * WEEK)
