"""Which notices follow from an entry of the history: those of its action's row in `lifecycle`, with the exceptions."""

from __future__ import annotations

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

OF_ASSIGNMENT = Notice(NoticeKind.ASSIGNED, Audience.PETITIONER)
"""Follows from ROUTE and ASSIGN where the ministry switched it on: the fact `tells` of the entry."""

ESCALATION_LADDER = (Audience.UNIT_HEAD, Audience.APPROVER, Audience.TASK_FORCE)
"""The audience of each level of an overdue petition: the unit's head, Văn phòng Bộ, the Task Force."""


def notices_after(petition: Petition, entry: Entry) -> tuple[Notice, ...]:
    """Return the notices that follow from one history entry.

    The reply to an SMS is its receipt, and the operator tells a caller the reference: neither gets another receipt,
    unless the petitioner chose another channel. The draft of a second answer is for the Task Force, above whoever
    approved the first.

    The result depends on nothing that happened after the entry: the relay may be late, and the nightly reconciliation
    calculates it again.
    """
    reopened = petition.last(Action.REOPEN)
    if entry.action is Action.DRAFT_ANSWER and reopened is not None and reopened.seq < entry.seq:
        return (Notice(NoticeKind.DRAFT_WAITING, Audience.TASK_FORCE),)
    if entry.action is Action.ESCALATE:
        level = min(int(entry.facts["n"]), len(ESCALATION_LADDER))
        return (Notice(NoticeKind.ESCALATION, ESCALATION_LADDER[level - 1]),)
    if entry.action is Action.KEEP_ATTACHMENT:
        # Of several files only the one that completes the petition is announced; the desk shows them all.
        is_complete = entry.facts.get("completes") == "yes"
        return (Notice(NoticeKind.SUPPLEMENTED, Audience.HANDLER),) if is_complete else ()
    if entry.action is Action.RECEIVE and petition.was_acknowledged_at_once:
        return ()
    if entry.action is Action.ANSWER_WITH_PARENT:
        return MOVES[Action(entry.facts["as"])].notices
    if entry.action is Action.MERGE and "follows" in entry.facts:
        return ()
    if entry.state is State.RECEIVED and entry.action in _BACK_AT_INTAKE and "unit" in entry.facts:
        return _BACK_AT_INTAKE[entry.action]
    notifies_petitioner = entry.facts.get("tells") == Audience.PETITIONER
    return (*MOVES[entry.action].notices, *([OF_ASSIGNMENT] if notifies_petitioner else []))
