"""The contribution of one petition to the statistics, as counts that add up in any order and stay true as time passes.

A tally holds nothing that depends on today: what was done is counted as kept or late, what is still owed under the
day it is due, so that whoever reads a sum can tell on any later day what is overdue. Whether a duty was kept is asked
of `shared.domain.promises.duties`, as on the petitioner's page and the officer's desk, so the three cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from shared.domain.access.readers import is_restricted
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.petition.lifecycle import UNANSWERED, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.promises.duties import Duty, DutyKind, DutyStatus, duties

RULES = 3
"""Another number makes the roll-up count all rows anew: the meaning of a count has changed."""
ANSWERED_IN = "answered_in:"
"""The beginning of the counts of answers by the days that they took: a median is read from them."""
Tally = Counter[str]
"""Counts by name: `received`, `state:ANSWERED`, `ANSWER:KEPT`, `ANSWER:DUE:2026-11-23` …"""


class Breakdown(StrEnum):
    """The attributes by which petitions are grouped."""

    FIELD = "FIELD"
    KIND = "KIND"
    CHANNEL = "CHANNEL"
    PROVINCE = "PROVINCE"
    HANDLER = "HANDLER"
    COMPLAINED_UNIT = "COMPLAINED_UNIT"
    MATTER = "MATTER"
    """A key that petitions of nearly the same wording share: one matter that many write about; by day only."""
    PETITION = "CASE"
    """The reference, of what the Task Force may have to look into; kept by day only, because there may be many."""


class Shelf(NamedTuple):
    """Counts that the same people may see: a unit's, those about a unit's conduct, and denunciations apart."""

    unit: str
    complained_unit: str | None
    lane: Lane
    """Only RESTRICTED and ORDINARY: of the other lanes everybody may know."""

    @property
    def state(self) -> State:
        """The state that `access.is_restricted` reads besides the lane."""
        return State.RESTRICTED if self.lane is Lane.RESTRICTED else State.RECEIVED


def shelf_of(petition: Petition) -> Shelf:
    """Return where a petition is counted."""
    return Shelf(
        petition.unit or "",
        petition.complained_unit,
        Lane.RESTRICTED if is_restricted(petition) else Lane.ORDINARY,
    )


def groups_of(petition: Petition, tally: Tally) -> dict[Breakdown, str]:
    """Return the group that a petition belongs to in each breakdown; "" where it has none yet.

    What is about nobody's conduct, and was answered in time, is no case for the Task Force.
    """
    groups = {
        Breakdown.FIELD: petition.field or "",
        Breakdown.KIND: petition.kind or "",
        Breakdown.CHANNEL: petition.channel,
        Breakdown.PROVINCE: petition.province or "",
        Breakdown.HANDLER: petition.handler or "",
    }
    if petition.sketch:
        groups[Breakdown.MATTER] = petition.sketch[0]
    if petition.complained_unit:
        groups[Breakdown.COMPLAINED_UNIT] = petition.complained_unit
    if petition.kind is Kind.CONDUCT or tally[f"{DutyKind.ANSWER}:{DutyStatus.KEPT}"] == 0:
        groups[Breakdown.PETITION] = petition.reference
    return groups


class Days(NamedTuple):
    """The days from one to another, both included."""

    first: date
    last: date


def tally_of(
    petition: Petition,
    terms: Terms,
    calendar: WorkingCalendar,
    horizon: datetime,
    *,
    due: Days | None = None,
) -> Tally:
    """Return the contribution of a petition.

    Args:
        petition: whole or in outline.
        terms: those of its day of receipt.
        calendar: the one in force.
        horizon: up to when duties that only time brings (the next update) are foreseen.
        due: counts only duties that fell due on one of these days; None counts all.
    """
    tally = Tally(
        ["received", f"state:{petition.state}", f"channel:{petition.channel}", f"kind:{petition.kind or ''}"]
    )
    for duty in duties(petition, terms, calendar, horizon):
        if due is not None and not due.first <= duty.due_on <= due.last:
            continue
        if duty.kind is DutyKind.ANSWER:
            tally["due"] += 1
        tally[name_of(duty)] += 1
        if duty.kind is DutyKind.ANSWER and duty.done_at is not None:
            days = (local_date(duty.done_at) - local_date(petition.received_at)).days
            tally["answer_days"] += days
            tally[f"{ANSWERED_IN}{days}"] += 1
    if petition.rating:
        tally[f"rating:{petition.rating.score}"] += 1
    publication = petition.last(Action.PUBLISH, Action.UNPUBLISH, Action.WITHDRAW_CONSENT)
    tally["published"] += publication is not None and publication.action is Action.PUBLISH
    tally["reopened"] += petition.last(Action.REOPEN) is not None
    tally["returned_drafts"] += sum(entry.action is Action.RETURN_DRAFT for entry in petition.history)
    return +tally


def name_of(duty: Duty) -> str:
    """Return the name under which a duty is counted: kept or late once done, else the day by which it is due."""
    return f"{duty.kind}:DUE:{duty.due_on}" if duty.done_at is None else f"{duty.kind}:{duty.standing}"


def is_open_or_late(petition: Petition, tally: Tally, today: date) -> bool:
    """Return whether a petition is still to be dealt with: open, in the restricted lane, or with a missed duty."""
    is_late = any(duty_count(tally, kind, DutyStatus.UNMET, today) for kind in DutyKind)
    return petition.state in UNANSWERED or petition.state is State.RESTRICTED or is_late


def summed(tallies: Iterable[Mapping[str, int]]) -> Tally:
    """Return the sum of tallies."""
    total = Tally()
    for tally in tallies:
        total.update(tally)
    return total


def median_days(tally: Mapping[str, int]) -> int | None:
    """Return the days within which half of the answers were given; None where there is none."""
    counts = {
        int(name.removeprefix(ANSWERED_IN)): number
        for name, number in tally.items()
        if name.startswith(ANSWERED_IN)
    }
    remaining = sum(counts.values()) / 2
    for days in sorted(counts):
        remaining -= counts[days]
        if remaining <= 0:
            return days
    return None


def duty_count(tally: Mapping[str, int], kind: DutyKind, status: DutyStatus, today: date) -> int:
    """Return how many duties of a kind have a status today; an update that is not due yet is no duty yet."""
    if status in (DutyStatus.KEPT, DutyStatus.LATE):
        return tally.get(f"{kind}:{status}", 0)
    prefix = f"{kind}:DUE:"
    count = 0
    for name, number in tally.items():
        if name.startswith(prefix):
            due_on = date.fromisoformat(name.removeprefix(prefix))
            if due_on < today:
                count += number if status is DutyStatus.UNMET else 0
            elif due_on == today or kind is not DutyKind.UPDATE:
                count += number if status is DutyStatus.OPEN else 0
    return count
