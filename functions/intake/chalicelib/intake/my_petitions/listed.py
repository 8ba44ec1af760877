"""The petitions of a session, as its page lists them: who has to act, what is late, what is owed next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import RESULT_KNOWN, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.procedures.my_petitions import Turn, by_turn, opens_by_contact
from shared.domain.promises.next_steps import StepKind, next_steps
from shared.platform import clock
from shared.tables.contacts.codes import ContactSession
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

MOST = 100
"""Petitions on one page, the newest; older ones open with reference and PIN."""


class Line(NamedTuple):
    """One petition of the list."""

    reference: str
    subject: str
    state: State
    turn: Turn
    received_on: date
    due_on: date
    days_left: int
    """Working days; negative once the due date has passed."""
    is_late: bool
    update_on: date | None = None
    """The day of the next update that is owed while the answer is late."""
    asked_on: date | None = None
    answered_on: date | None = None
    days_early: int = 0
    """Working days that the answer came before its last day; negative where it came after."""
    score: int | None = None


class MyPetitions:
    """Lists and opens the petitions of a session.

    Args:
        petitions: the petitions table.
        directory: terms and calendar.
        kept_for: the time after the end of a matter for which a contact opens it; None is for ever.
    """

    def __init__(self, petitions: Petitions, directory: Directory, kept_for: timedelta | None) -> None:
        self._petitions = petitions
        self._directory = directory
        self._kept_for = kept_for

    def of(self, session: ContactSession) -> dict[Turn, list[Line]]:
        """Return the petitions that this session may open, by who has to act."""
        now = clock.now()
        references = [name for name, _ in self._petitions.of_contact(session.contact_key, limit=MOST)]
        theirs = (p for p in self._petitions.get_all(references) if self._opens(p, session, now))
        outside = (petition.as_known_outside(now) for petition in theirs)
        return {turn: self._lines(turn, group, now) for turn, group in by_turn(outside).items()}

    def get(self, session: ContactSession, reference: str) -> Petition | None:
        """Return one petition of this session; None for every reason alike."""
        petition = self._petitions.get(reference)
        return petition if petition and self._opens(petition, session, clock.now()) else None

    def _opens(self, petition: Petition, session: ContactSession, now: datetime) -> bool:
        return opens_by_contact(petition, session.contact_key, now, self._kept_for)

    def _lines(self, turn: Turn, petitions: Iterable[Petition], now: datetime) -> list[Line]:
        return [self._line(turn, petition, now) for petition in petitions]

    def _line(self, turn: Turn, petition: Petition, now: datetime) -> Line:
        calendar = self._directory.calendar()
        answered_at = petition.answer.approved_at if petition.answer else None
        is_answered = answered_at is not None and not petition.is_unanswered
        question = petition.last(Action.REQUEST_INFORMATION)
        is_waiting = petition.state is State.AWAITING_INFORMATION
        is_late = petition.is_unanswered and deadlines.is_overdue(petition.due_on, now)
        answered_on = local_date(answered_at) if answered_at and is_answered else None
        return Line(
            reference=petition.reference,
            subject=petition.subject,
            state=petition.state,
            turn=turn,
            received_on=local_date(petition.received_at),
            due_on=petition.due_on,
            days_left=deadlines.days_left(petition.due_on, now, calendar).in_words,
            is_late=is_late,
            update_on=self._update_on(petition, now) if is_late else None,
            asked_on=local_date(question.at) if question and is_waiting else None,
            answered_on=answered_on,
            days_early=deadlines.days_before(petition.due_on, answered_on, calendar).in_words
            if answered_on
            else 0,
            score=petition.rating.score if petition.rating and petition.state not in RESULT_KNOWN else None,
        )

    def _update_on(self, petition: Petition, now: datetime) -> date | None:
        steps = next_steps(petition, self._directory.terms_of(petition), self._directory.calendar(), now)
        return next((step.due_on for step in steps if step.kind is StepKind.UPDATE), None)
