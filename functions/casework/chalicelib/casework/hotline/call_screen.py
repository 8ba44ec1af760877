"""One call on one screen: the petitions of a caller, the texts that they may hear, and the calls that we owe them.

Whoever shows the PIN, or answers when the operator rings the number on file, hears the question and the answer. Whoever
only calls from a number hears the status: a displayed number can be forged (docs/adr/0070-what-a-caller-hears.md).
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.hotline.call_readings import CallReading, reading_of
from chalicelib.casework.hotline.call_tasks import CallTasks, CallView
from chalicelib.casework.hotline.callers import (
    CallerInput,
    Callers,
    EarlierPetition,
    WishInput,
    summary_of,
)
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.petition.petition import Petition
from shared.domain.petition.work import LOOK_UP
from shared.platform import clock
from shared.tables.petitions import Petitions

READ_OUT = "Đọc nội dung cho người gọi, đã xác nhận là người gửi"
_LATEST: tuple[tuple[Action, NoticeKind], ...] = (
    (Action.APPROVE, NoticeKind.ANSWERED),
    (Action.ANSWER_WITH_PARENT, NoticeKind.ANSWERED),
    (Action.REQUEST_INFORMATION, NoticeKind.INFORMATION_NEEDED),
    (Action.REFUSE, NoticeKind.REFUSED),
    (Action.FORWARD, NoticeKind.FORWARDED),
    (Action.GUIDE, NoticeKind.GUIDED),
    (Action.MERGE, NoticeKind.MERGED),
    (Action.WITHDRAW, NoticeKind.WITHDRAWN),
    (Action.REOPEN, NoticeKind.REOPENED),
    (Action.NOTE, NoticeKind.OVERDUE_UPDATE),
    (Action.RECEIVE, NoticeKind.RECEIPT),
)
"""The actions whose texts a caller hears; the latest of them in the history is read out."""


class Heard(NamedTuple):
    """One petition as its caller may hear it."""

    petition: EarlierPetition
    reading: CallReading | None
    """The text to read out; None for a caller who proved no more than the number that is displayed."""


class CallScreen:
    """The queries of the call screen, besides the services for callers (`Callers`)."""

    def __init__(self, petitions: Petitions, callers: Callers, call_tasks: CallTasks) -> None:
        self._petitions = petitions
        self._callers = callers
        self._call_tasks = call_tasks

    def tasks_of(self, officer: DeskOfficer, petitions: tuple[EarlierPetition, ...]) -> tuple[CallView, ...]:
        """Return the calls that we owe the caller about these petitions, the oldest first."""
        if not permissions.is_able(officer, Ability.MAKE_CALLS):
            return ()
        references = {petition.reference for petition in petitions}
        return tuple(task for task in self._call_tasks.waiting(officer) if task.reference in references)

    def look_up(self, officer: DeskOfficer, caller: CallerInput) -> tuple[EarlierPetition, ...]:
        """Return the caller's petitions, as `Callers.earlier` does."""
        return self._callers.earlier(officer, caller)

    def hear(self, officer: DeskOfficer, reference: str, request: WishInput) -> Heard:
        """Do what a caller wants with a petition, and return it with its reading, which is recorded first.

        Raises:
            As `Callers.serve` does.
        """
        petition = self._callers.serve(officer, reference, request)
        if not request.shows_content:
            return Heard(summary_of(petition), None)
        recorded = self._petitions.change(
            petition, lambda current: _read_out(current, officer, request.call_id)
        )
        return Heard(summary_of(recorded), latest_reading(recorded))


def _read_out(petition: Petition, officer: DeskOfficer, call_id: str) -> Petition:
    """Record that a petition was read out in a call, once for each call."""
    change = Change(officer.actor, clock.now(), f"{LOOK_UP}read:{call_id}")
    return petition if petition.has_change(change.id) else petition.record_opening(change, READ_OUT)


def latest_reading(petition: Petition) -> CallReading:
    """Return the reading of a petition as its petitioner knows it: the answer, a question, or the latest news."""
    petition = petition.as_known_outside(clock.now())
    kinds = dict(_LATEST)
    if petition.answer is not None and not petition.is_unanswered:
        answered = petition.last(Action.APPROVE, Action.ANSWER_WITH_PARENT)
        if answered is not None:
            return reading_of(petition, answered.seq, NoticeKind.ANSWERED)
    visible = (entry for entry in reversed(petition.history) if entry.is_visible and entry.action in kinds)
    entry = next(visible, petition.history[0])
    return reading_of(petition, entry.seq, kinds.get(entry.action, NoticeKind.RECEIPT))
