"""The feed of changes: which petitions changed, in the order of their latest change, for programs that poll.

Each petition stands in it once, where its latest change put it; one that changes again moves on to the end. So whoever
goes on from their cursor misses none, however long they were away, and reads each no more often than it changed.

A page ends two minutes ago (`SETTLES`): an entry bears the instant at which its writer began, no function that writes
one runs longer than a minute, and the index follows within a second. Nothing comes to stand before a cursor.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from shared.domain.calendar.working_calendar import VIETNAM, local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.petition import Petition
from shared.tables.dynamo import stored_instant
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions

SETTLES = timedelta(minutes=2)
"""The age from which changes are shown."""
PAGE = 100
"""Changes of one page."""
DAYS_A_PAGE = 31
"""Days that one page looks through; behind more days without a change it is empty, and not the last."""
_CURSOR = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z")


class ChangePage(NamedTuple):
    """A page of changed petitions, in order; it ends with the last change of an instant."""

    petitions: tuple[Petition, ...]
    cursor: str
    """The instant up to which everything was read: it names no petition, because everybody may read it."""
    has_more: bool
    """True if the next page can be asked for at once."""


class ChangeFeed:
    """Reads the feed."""

    def __init__(self, petitions: Petitions, outlines: Outlines) -> None:
        self._petitions = petitions
        self._outlines = outlines

    def page(self, after: str, now: datetime) -> ChangePage:
        """Return the changes after a cursor, which may be any instant (`2026-11-03T00:00:00Z`).

        Without one the page is empty, and its cursor is where one who begins today goes on.

        Raises:
            InvalidInputError: `after` is none.
        """
        until = (now - SETTLES).astimezone(UTC).replace(microsecond=0)
        if not after:
            return ChangePage((), stored_instant(until), has_more=False)
        since = _instant(after)
        day, last_day = local_date(since), local_date(until)
        for _ in range(DAYS_A_PAGE):
            if day > last_day:
                break
            changed = self._outlines.changed_after(day, since, until, PAGE)
            if changed:
                references = [change.reference for change in changed]
                read = {petition.reference: petition for petition in self._petitions.get_all(references)}
                petitions = tuple(read[reference] for reference in references if reference in read)
                return ChangePage(petitions, stored_instant(changed[-1].at), has_more=len(changed) >= PAGE)
            day += timedelta(days=1)
        if day <= last_day:
            begin = datetime.combine(day, time(), VIETNAM) - timedelta(seconds=1)
            return ChangePage((), stored_instant(begin), has_more=True)
        return ChangePage((), stored_instant(max(since, until)), has_more=False)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text if _CURSOR.fullmatch(text) else "")
    except ValueError:
        raise InvalidInputError(("after", "invalid")) from None
