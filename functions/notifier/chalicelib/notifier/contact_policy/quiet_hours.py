"""Nothing is sent to citizens at night unless they requested it at that moment: pure rules.

Basis: the ministry's contact policy, no regulation *(setting)*.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from shared.domain.calendar.working_calendar import VIETNAM, at_local, local_date
from shared.domain.petition.change import TIMER
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action

JUST_NOW = timedelta(minutes=15)
"""Citizens expect an answer for so long after their own action, at any hour."""

_BY_THE_PETITIONER = frozenset(
    {
        Action.RECEIVE,
        Action.SUPPLEMENT,
        Action.WITHDRAW,
        Action.UNDO_WITHDRAWAL,
        Action.RATE,
        Action.SEND_PIN,
        Action.RENEW_SECRETS,
    }
)
_ONE_DAY = timedelta(days=1)


def was_requested_just_now(entry: Entry, now: datetime) -> bool:
    """Return whether a notice answers an action of the petitioner of the last minutes."""
    is_theirs = entry.action in _BY_THE_PETITIONER and entry.by != TIMER
    return is_theirs and now - entry.at <= JUST_NOW


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The quiet hours, as times of day in Vietnam; `starts` of None means that there are none."""

    starts: time | None
    ends: time

    def held_until(self, entry: Entry, now: datetime) -> datetime | None:
        """Return when a notice about `entry` may go out; None when it may go out now."""
        return None if was_requested_just_now(entry, now) else self.end_of(now)

    def next_morning(self, now: datetime) -> datetime:
        """Return the end of the next quiet hours: tomorrow, when messages are counted anew."""
        return at_local(local_date(now) + _ONE_DAY, self.ends)

    def end_of(self, now: datetime) -> datetime | None:
        """Return the end of the quiet hours that `now` falls into; None when it falls into none."""
        if self.starts is None or self.starts == self.ends:
            return None
        time_of_day = now.astimezone(VIETNAM).time()
        today = local_date(now)
        if self.starts < self.ends:
            return at_local(today, self.ends) if self.starts <= time_of_day < self.ends else None
        if time_of_day >= self.starts:
            return at_local(today + _ONE_DAY, self.ends)
        return at_local(today, self.ends) if time_of_day < self.ends else None
