"""Nothing is sent to citizens at night unless they asked at that moment: pure rules.

Basis: the ministry's manners, no regulation *(setting)*.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from shared.domain.calendar.working_calendar import VIETNAM, at_local, local_date
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action

JUST_NOW = timedelta(minutes=15)
"""How long after their own action a citizen expects to hear from us, whatever the hour."""

_BY_THE_PETITIONER = frozenset(
    {Action.RECEIVE, Action.SUPPLEMENT, Action.WITHDRAW, Action.RATE, Action.SEND_PIN}
)
_ONE_DAY = timedelta(days=1)


def was_asked_for_just_now(entry: Entry, now: datetime) -> bool:
    """Tell whether a notice answers what the citizen did a moment ago."""
    return entry.action in _BY_THE_PETITIONER and now - entry.at <= JUST_NOW


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of rest, as times of day in Vietnam; `starts` of None means there are none."""

    starts: time | None
    ends: time

    def hold_until(self, entry: Entry, now: datetime) -> datetime | None:
        """Return when a notice about `entry` may go out, or None when it may go now."""
        return None if was_asked_for_just_now(entry, now) else self.end_of(now)

    def next_morning(self, now: datetime) -> datetime:
        """Return when the next day of messages begins."""
        return at_local(local_date(now) + _ONE_DAY, self.ends)

    def end_of(self, now: datetime) -> datetime | None:
        """Return when the rest that `now` falls into ends, or None when it is no time of rest."""
        if self.starts is None or self.starts == self.ends:
            return None
        clock = now.astimezone(VIETNAM).time()
        today = local_date(now)
        if self.starts < self.ends:
            return at_local(today, self.ends) if self.starts <= clock < self.ends else None
        if clock >= self.starts:
            return at_local(today + _ONE_DAY, self.ends)
        return at_local(today, self.ends) if clock < self.ends else None
