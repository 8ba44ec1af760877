"""The duties of the ministry to a petitioner, and whether they were kept: computed once, shown alike to everybody.

A duty is never stored. It follows from the petition's history, its terms, the calendar and the evidence that the
petitioner was notified, so the petitioner's page, the officer's desk and the leaders' reports cannot differ.

Two things make it: the ministry acted (`done_at`), and the petitioner knows (`told_at`). Without evidence of the
second it is not kept, however early the first was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, end_of_day, local_date
from shared.domain.petition.facts import PetitionerUpdated, Reopened
from shared.domain.petition.history import Entry, entries_of
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.promises.evidence import Evidence, Proof, Telling
from shared.domain.promises.notices import Audience, notices_after


class DutyKind(StrEnum):
    """The kind of a duty."""

    ANSWER = "ANSWER"
    SECOND_ANSWER = "SECOND_ANSWER"
    FORWARDING = "FORWARDING"
    UPDATE = "UPDATE"
    PUBLICATION = "PUBLICATION"


class DutyStatus(StrEnum):
    """The status of a duty."""

    OPEN = "OPEN"
    """There is still time."""
    KEPT = "KEPT"
    """Done in time, and the petitioner notified in time."""
    LATE = "LATE"
    """Done and notified, one of them too late."""
    UNMET = "UNMET"
    """Not done, and the time is over."""
    AWAITING_PROOF = "AWAITING_PROOF"
    """Done; nothing shows yet that the petitioner knows."""
    UNREACHED = "UNREACHED"
    """Done; every channel to the petitioner failed."""


class Duty(BaseModel):
    """One promise: what, by which day, when it was done, and the history entry that shows it."""

    model_config = ConfigDict(frozen=True)

    kind: DutyKind
    n: int = 1
    promised_on: date
    due_on: date
    done_at: datetime | None = None
    evidence: int | None = None
    """The number of the history entry."""
    told_at: datetime | None = None
    """The time at which the petitioner was notified, as far as that is proven."""
    proof: Proof | None = None
    standing: DutyStatus


_ANSWERS = (
    Action.APPROVE,
    Action.FORWARD,
    Action.GUIDE,
    Action.REFUSE,
    Action.RESTRICT,
    Action.ANSWER_WITH_PARENT,
)
"""Actions that settle the duty to answer: an approved answer, or where the matter went and why; merging does not."""


def duties(
    petition: Petition,
    terms: Terms,
    calendar: WorkingCalendar,
    now: datetime,
    evidence: Evidence | None = None,
) -> tuple[Duty, ...]:
    """Return every duty towards the petitioner, in the order of their due dates.

    A petition that was withdrawn leaves no duty open; what was late before stays late. Without any evidence at hand
    (None, not an empty one) a duty is judged by the ministry's act alone.
    """
    owed: tuple[Duty, ...] = (
        *_answering(petition, now),
        *_forwarding(petition, terms, calendar, now),
        *_updating(petition, terms, calendar, now),
    )
    if evidence is not None:
        owed = tuple(_with_evidence(duty, petition, terms, calendar, evidence) for duty in owed)
    publishing = _publishing(petition, terms, calendar, now)
    return tuple(sorted((*owed, *publishing), key=lambda duty: (duty.due_on, duty.kind, duty.n)))


def _with_evidence(
    duty: Duty, petition: Petition, terms: Terms, calendar: WorkingCalendar, evidence: Evidence
) -> Duty:
    """Return a duty as the evidence leaves it.

    Word of a result goes out within 2 working days of it (Quyết định 574/QĐ-TTg 2017): an act in time whose word
    went out later is late. What tells the petitioner nothing, such as the lane of denunciations, needs no proof.
    """
    if duty.done_at is None or duty.evidence is None or not _is_notified(petition, duty.evidence):
        return duty
    telling = evidence.get(duty.evidence)
    if telling is None:
        status = DutyStatus.UNREACHED if duty.evidence in evidence else DutyStatus.AWAITING_PROOF
        return duty.model_copy(update={"standing": status})
    is_in_time = _is_word_in_time(telling, duty.done_at, terms, calendar)
    status = duty.standing if is_in_time else DutyStatus.LATE
    return duty.model_copy(update={"told_at": telling.at, "proof": telling.proof, "standing": status})


def _is_notified(petition: Petition, seq: int) -> bool:
    notices = notices_after(petition, petition.history[seq - 1])
    return any(notice.audience is Audience.PETITIONER for notice in notices)


def _is_word_in_time(telling: Telling, done_at: datetime, terms: Terms, calendar: WorkingCalendar) -> bool:
    return telling.at < end_of_day(deadlines.publication_due_on(done_at, terms, calendar))


class _Round(NamedTuple):
    """One round of work on a petition: from its receipt, or from a reopening, to an answer."""

    promised_on: date
    due_on: date
    entries: tuple[Entry, ...]
    """The part of the history that belongs to it; each later one begins after its reopening."""

    def first(self, actions: tuple[Action, ...]) -> Entry | None:
        """Return the first entry of one of these actions in this round."""
        return next((entry for entry in self.entries if entry.action in actions), None)

    @property
    def withdrawn(self) -> Entry | None:
        """The withdrawal in this round; one that was undone never was."""
        last = next((e for e in reversed(self.entries) if e.action in _WITHDRAWING), None)
        return last if last is not None and last.action is Action.WITHDRAW else None

    @property
    def settled(self) -> Entry | None:
        """The entry after which nothing more was owed in this round."""
        answered, withdrawn = self.first(_ANSWERS), self.withdrawn
        return min(filter(None, (answered, withdrawn)), key=lambda entry: entry.seq, default=None)


_WITHDRAWING = frozenset({Action.WITHDRAW, Action.UNDO_WITHDRAWAL})


def _rounds(petition: Petition) -> tuple[_Round, ...]:
    """Return the first round and, after each reopening, another; each has a due date of its own."""
    reopenings = tuple(entries_of(petition.history, Reopened))
    promised = (local_date(petition.received_at), *(local_date(r.entry.at) for r in reopenings))
    due = (*(reopening.facts.first_due_on for reopening in reopenings), petition.due_on)
    bounds = (0, *(reopening.entry.seq for reopening in reopenings), petition.version)
    return tuple(
        _Round(promised_on, due_on, tuple(e for e in petition.in_force if start < e.seq <= end))
        for promised_on, due_on, (start, end) in zip(promised, due, pairwise(bounds), strict=True)
    )


def _answering(petition: Petition, now: datetime) -> Iterator[Duty]:
    """The answer within 20 days (Quyết định 852/QĐ-BNV 2018), and another one after each reopening."""
    for n, round_ in enumerate(_rounds(petition)):
        kind = DutyKind.SECOND_ANSWER if n else DutyKind.ANSWER
        done, withdrawn = round_.first(_ANSWERS), round_.withdrawn
        yield from _duty(kind, round_.promised_on, round_.due_on, done, now, n=max(n, 1), withdrawn=withdrawn)


def _forwarding(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> Iterator[Duty]:
    """A matter of another body is forwarded within 5 working days (Nghị định 92/2017/NĐ-CP)."""
    done = petition.last(Action.FORWARD)
    if done is not None or petition.lane is Lane.FORWARDING:
        due_on = deadlines.forwarding_due_on(petition.received_at, terms, calendar)
        withdrawn = _rounds(petition)[-1].withdrawn
        received_on = local_date(petition.received_at)
        yield from _duty(DutyKind.FORWARDING, received_on, due_on, done, now, withdrawn=withdrawn)


def _updating(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> Iterator[Duty]:
    """Once overdue, an update every 7 working days, until answered; numbered through all rounds."""
    n = 0
    for round_ in _rounds(petition):
        for on, done in _updates(round_, terms, calendar, now):
            n += 1
            yield from _duty(DutyKind.UPDATE, round_.due_on, on, done, now, n=n, withdrawn=round_.withdrawn)


def _updates(
    round_: _Round, terms: Terms, calendar: WorkingCalendar, now: datetime
) -> Iterator[tuple[date, Entry | None]]:
    """Yield the day of each update that one round owes, and the entry that made it, None where none did."""
    settled = round_.settled
    until = local_date(settled.at if settled else now)
    anchor = round_.due_on.isoformat()
    sent = [u for u in entries_of(round_.entries, PetitionerUpdated) if u.facts.anchor == anchor]
    n = 1
    while (on := deadlines.overdue_update_on(round_.due_on, n, terms, calendar)) < until or (
        settled is None and on == until
    ):
        yield on, next((update.entry for update in sent if update.facts.n >= n), None)
        n += 1


def _publishing(petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime) -> Iterator[Duty]:
    """A result is published within 2 working days, where the petitioner allowed it; the page itself is the proof.

    A disputed answer is no result: reopened in time, a petition owes no publication until it is answered again. Nor is
    one owed from the day on which the petitioner withdraws the consent.
    """
    approved = petition.last(Action.APPROVE)
    refused = petition.last(Action.WITHDRAW_CONSENT)
    reopened = petition.last(Action.REOPEN)
    if approved is not None and (petition.may_publish or (refused and refused.seq > approved.seq)):
        due_on = deadlines.publication_due_on(approved.at, terms, calendar)
        is_disputed = reopened is not None and reopened.seq > approved.seq
        disputed = reopened if is_disputed else _rounds(petition)[-1].withdrawn
        yield from _duty(
            DutyKind.PUBLICATION,
            local_date(approved.at),
            due_on,
            petition.last(Action.PUBLISH),
            now,
            withdrawn=min(filter(None, (disputed, refused)), key=lambda entry: entry.seq, default=None),
        )


def _duty(
    kind: DutyKind,
    promised_on: date,
    due_on: date,
    done: Entry | None,
    now: datetime,
    *,
    n: int = 1,
    withdrawn: Entry | None,
) -> Iterator[Duty]:
    """Yield a duty, unless its petition was withdrawn, or its answer disputed, while there was time to do it."""
    if done is None and withdrawn is not None and withdrawn.at <= end_of_day(due_on):
        return
    yield Duty(
        kind=kind,
        n=n,
        promised_on=promised_on,
        due_on=due_on,
        done_at=done.at if done else None,
        evidence=done.seq if done else None,
        standing=_status(due_on, done, now),
    )


def _status(due_on: date, done: Entry | None, now: datetime) -> DutyStatus:
    in_time = (done.at if done else now) < end_of_day(due_on)
    if done is None:
        return DutyStatus.OPEN if in_time else DutyStatus.UNMET
    return DutyStatus.KEPT if in_time else DutyStatus.LATE
