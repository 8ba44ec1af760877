"""Which notices follow from an entry of the history: those of its action's row in `lifecycle`, with the exceptions."""

from __future__ import annotations

from shared.domain.petition.facts import (
    AnsweredWithParent,
    Assigned,
    Drafted,
    FileKept,
    Merged,
    TakenBack,
    TimeLimitReached,
)
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.notice_kinds import Audience, Notice, NoticeKind
from shared.domain.petition.petition import Petition

__all__ = ["ESCALATION_LADDER", "OF_ASSIGNMENT", "Audience", "Notice", "NoticeKind", "notices_after"]

_BACK_AT_INTAKE: dict[Action, tuple[Notice, ...]] = {
    Action.SPLIT: (MOVES[Action.SPLIT].notices[0], *MOVES[Action.RETURN_TO_INTAKE].notices),
    Action.SCREEN: MOVES[Action.RETURN_TO_INTAKE].notices,
}
"""The notices where these actions leave a petition at the intake desk."""

_TO_THE_APPROVER = frozenset({Action.DRAFT_ANSWER, Action.SIGN_DRAFT})
_WAITS_AGAIN = MOVES[Action.DRAFT_ANSWER].notices
"""The notices where the petitioner added something before they were notified of an approval (ADR 0067)."""

OF_ASSIGNMENT = Notice(NoticeKind.ASSIGNED, Audience.PETITIONER)
"""Follows from ROUTE and ASSIGN where the ministry switched it on: the fact `tells` of the entry."""

ESCALATION_LADDER = (Audience.UNIT_HEAD, Audience.APPROVER, Audience.TASK_FORCE)
"""The audience of each level of an overdue petition: the unit's head, Văn phòng Bộ, the Task Force."""


def notices_after(petition: Petition, entry: Entry) -> tuple[Notice, ...]:
    """Return the notices that follow from one history entry.

    The reply to an SMS is its receipt, and the operator tells a caller the reference: neither gets another receipt,
    unless the petitioner chose another channel. The draft of a second answer is for the Task Force, above whoever
    approved the first; one that its unit signs is first for the head of the unit.

    The result depends on nothing that happened after the entry: the relay may be late, and the nightly reconciliation
    calculates it again.
    """
    reopened = petition.second_look
    is_signed_first = isinstance(entry.facts, Drafted) and entry.facts.needs_signature
    is_for_approver = entry.action in _TO_THE_APPROVER or _waits_again(entry)
    if is_for_approver and not is_signed_first and reopened and reopened.seq < entry.seq:
        return (Notice(NoticeKind.DRAFT_WAITING, Audience.TASK_FORCE),)
    if entry.action is Action.RECEIVE and petition.was_acknowledged_at_once:
        return ()
    if entry.state is State.RECEIVED and entry.action in _BACK_AT_INTAKE and entry.facts.has("unit"):
        return _BACK_AT_INTAKE[entry.action]
    return _notices_by_facts(entry)


def _notices_by_facts(entry: Entry) -> tuple[Notice, ...]:
    notices = MOVES[entry.action].notices
    match entry.facts:
        case TimeLimitReached(n=level) if entry.action is Action.ESCALATE:
            return (Notice(NoticeKind.ESCALATION, ESCALATION_LADDER[min(level, len(ESCALATION_LADDER)) - 1]),)
        case FileKept(completes=completes):
            # Of several files only the one that completes the petition is announced; the desk shows them all.
            return (Notice(NoticeKind.SUPPLEMENTED, Audience.HANDLER),) if completes else ()
        case AnsweredWithParent(settled_as=action):
            return MOVES[action].notices
        case Merged(follows=str()) | Merged(answers_at_once=True):
            return ()
        case TakenBack() if _waits_again(entry):
            return _WAITS_AGAIN
        case Drafted(needs_signature=True):
            return (Notice(NoticeKind.DRAFT_WAITING, Audience.UNIT_HEAD),)
        case Assigned(tells="PETITIONER"):
            return (*notices, OF_ASSIGNMENT)
        case _:
            return notices


def _waits_again(entry: Entry) -> bool:
    """Return whether an approval waits again, because its petitioner acted before they were notified of it."""
    facts = entry.facts
    return isinstance(facts, TakenBack) and facts.overtaken and facts.taken_back is Action.APPROVE
