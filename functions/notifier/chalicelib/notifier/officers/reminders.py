"""The notices that officers get with the morning's digest instead of a mail for each: pure rules.

The clock reminds of many petitions on one morning. The digest names them all, so a mail of its own is the exception.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.petition.petition import Petition
from shared.domain.procedures.conduct import Parents
from shared.domain.promises.digests import digest_on
from shared.domain.promises.notices import NoticeKind
from shared.tables.directory import Officer, OfficerPreference
from shared.tables.petition_items import card_of
from shared.use_cases.daily_work import work_of_the_day

BY_CHOICE = frozenset({NoticeKind.ASSIGNED, NoticeKind.HANDED_TO_INTAKE, NoticeKind.DRAFT_WAITING})
"""Kinds that an officer may leave to the digest of the next morning, which contains them too."""
REMINDERS = frozenset(
    {
        NoticeKind.WARNING,
        NoticeKind.ESCALATION,
        NoticeKind.ACCEPTANCE_DUE,
        NoticeKind.APPROVAL_DUE,
        NoticeKind.FORWARDING_DUE,
        NoticeKind.PUBLICATION_DUE,
        NoticeKind.INCOMPLETE,
    }
)
"""Kinds that follow from the clock: many on one morning, so the digest contains them all, and is sent to everybody."""


class Moment(NamedTuple):
    """The moment of a notice: what decides which digest comes next, and what it names."""

    now: datetime
    calendar: WorkingCalendar
    parents: Parents


def is_left_to_digest(
    kind: NoticeKind, petition: Petition, reader: Officer, preference: OfficerPreference, moment: Moment
) -> bool:
    """Return whether an officer gets a notice with a digest instead of an e-mail of its own.

    A reminder is a mail of its own only by exception: when the digest does not name its petition to this officer, or
    when the petition falls due before the next digest.
    """
    if kind in BY_CHOICE:
        return preference.folds and preference.digest
    card = card_of(petition)
    if kind not in REMINDERS or card is None:
        return False
    on = digest_on(moment.now, moment.calendar)
    if local_date(moment.now) <= card.due_on < on:
        return False
    return bool(work_of_the_day(reader, [card], moment.parents, on, reminders_only=not preference.digest))
