"""Which notices follow from a change: one table from action to (kind, audience)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from shared.domain.petition.lifecycle import Action, State

if TYPE_CHECKING:
    from shared.domain.petition.history import Entry
    from shared.domain.petition.petition import Petition


class Audience(StrEnum):
    """Whom a notice is for."""

    PETITIONER = "PETITIONER"
    HANDLER = "HANDLER"
    UNIT_HEAD = "UNIT_HEAD"
    APPROVER = "APPROVER"
    INTAKE = "INTAKE"
    TASK_FORCE = "TASK_FORCE"
    OFFICER = "OFFICER"
    """One officer, for themselves: whoever has work on the desk gets a digest of it."""


class NoticeKind(StrEnum):
    """What a notice says."""

    RECEIPT = "RECEIPT"
    INFORMATION_NEEDED = "INFORMATION_NEEDED"
    REMINDER_TO_COMPLETE = "REMINDER_TO_COMPLETE"
    FORWARDED = "FORWARDED"
    GUIDED = "GUIDED"
    REFUSED = "REFUSED"
    MERGED = "MERGED"
    SPLIT = "SPLIT"
    OVERDUE_UPDATE = "OVERDUE_UPDATE"
    DUE_DATE_MOVED = "DUE_DATE_MOVED"
    ANSWERED = "ANSWERED"
    PUBLISHED = "PUBLISHED"
    REOPENED = "REOPENED"
    CLOSED = "CLOSED"
    PIN_AGAIN = "PIN_AGAIN"
    CONTACT_ADDED = "CONTACT_ADDED"
    """Told to the contacts that were there before."""
    # to officers
    ASSIGNED = "ASSIGNED"
    SUPPLEMENTED = "SUPPLEMENTED"
    DRAFT_WAITING = "DRAFT_WAITING"
    DRAFT_RETURNED = "DRAFT_RETURNED"
    WARNING = "WARNING"
    ESCALATION = "ESCALATION"
    ACCEPTANCE_DUE = "ACCEPTANCE_DUE"
    APPROVAL_DUE = "APPROVAL_DUE"
    FORWARDING_DUE = "FORWARDING_DUE"
    PUBLICATION_DUE = "PUBLICATION_DUE"
    HANDED_TO_INTAKE = "HANDED_TO_INTAKE"
    INCOMPLETE = "INCOMPLETE"
    RESTRICTED = "RESTRICTED"
    DIGEST = "DIGEST"
    """What an officer has on the desk this morning; follows from the clock, not from a petition."""


class Notice(NamedTuple):
    """What somebody must be told because of a history entry."""

    kind: NoticeKind
    audience: Audience


_FOLLOWS: dict[Action, tuple[Notice, ...]] = {
    Action.RECEIVE: (Notice(NoticeKind.RECEIPT, Audience.PETITIONER),),
    Action.SUPPLEMENT: (Notice(NoticeKind.SUPPLEMENTED, Audience.HANDLER),),
    Action.ADD_CONTACT: (Notice(NoticeKind.CONTACT_ADDED, Audience.PETITIONER),),
    Action.SEND_PIN: (Notice(NoticeKind.PIN_AGAIN, Audience.PETITIONER),),
    Action.ROUTE: (Notice(NoticeKind.ASSIGNED, Audience.UNIT_HEAD),),
    Action.ASSIGN: (Notice(NoticeKind.ASSIGNED, Audience.UNIT_HEAD),),
    Action.HAND_TO_INTAKE: (Notice(NoticeKind.HANDED_TO_INTAKE, Audience.INTAKE),),
    Action.RETURN_TO_INTAKE: (Notice(NoticeKind.HANDED_TO_INTAKE, Audience.INTAKE),),
    Action.REQUEST_INFORMATION: (Notice(NoticeKind.INFORMATION_NEEDED, Audience.PETITIONER),),
    Action.DRAFT_ANSWER: (Notice(NoticeKind.DRAFT_WAITING, Audience.APPROVER),),
    Action.RETURN_DRAFT: (Notice(NoticeKind.DRAFT_RETURNED, Audience.HANDLER),),
    Action.APPROVE: (Notice(NoticeKind.ANSWERED, Audience.PETITIONER),),
    Action.PUBLISH: (Notice(NoticeKind.PUBLISHED, Audience.PETITIONER),),
    Action.REFUSE: (Notice(NoticeKind.REFUSED, Audience.PETITIONER),),
    Action.FORWARD: (Notice(NoticeKind.FORWARDED, Audience.PETITIONER),),
    Action.GUIDE: (Notice(NoticeKind.GUIDED, Audience.PETITIONER),),
    Action.RESTRICT: (Notice(NoticeKind.RESTRICTED, Audience.TASK_FORCE),),
    Action.MERGE: (Notice(NoticeKind.MERGED, Audience.PETITIONER),),
    Action.SPLIT: (
        Notice(NoticeKind.SPLIT, Audience.PETITIONER),
        Notice(NoticeKind.ASSIGNED, Audience.UNIT_HEAD),
    ),
    Action.PUBLISH_WITH_PARENT: (Notice(NoticeKind.PUBLISHED, Audience.PETITIONER),),
    Action.REOPEN: (
        Notice(NoticeKind.REOPENED, Audience.PETITIONER),
        Notice(NoticeKind.REOPENED, Audience.UNIT_HEAD),
        Notice(NoticeKind.REOPENED, Audience.APPROVER),
    ),
    Action.CLOSE: (Notice(NoticeKind.CLOSED, Audience.PETITIONER),),
    Action.WARN_HANDLER: (Notice(NoticeKind.WARNING, Audience.HANDLER),),
    Action.WARN_UNIT_HEAD: (Notice(NoticeKind.WARNING, Audience.UNIT_HEAD),),
    Action.UPDATE_PETITIONER: (Notice(NoticeKind.OVERDUE_UPDATE, Audience.PETITIONER),),
    Action.REMIND_ACCEPTANCE: (Notice(NoticeKind.ACCEPTANCE_DUE, Audience.UNIT_HEAD),),
    Action.REMIND_APPROVAL: (Notice(NoticeKind.APPROVAL_DUE, Audience.APPROVER),),
    Action.REMIND_COMPLETION: (Notice(NoticeKind.REMINDER_TO_COMPLETE, Audience.PETITIONER),),
    Action.REPORT_INCOMPLETE: (Notice(NoticeKind.INCOMPLETE, Audience.HANDLER),),
    Action.REMIND_FORWARDING: (Notice(NoticeKind.FORWARDING_DUE, Audience.INTAKE),),
    Action.REMIND_PUBLICATION: (Notice(NoticeKind.PUBLICATION_DUE, Audience.APPROVER),),
    Action.MOVE_DUE_DATE: (Notice(NoticeKind.DUE_DATE_MOVED, Audience.PETITIONER),),
}

_TAKEN_BACK: dict[Action, tuple[Notice, ...]] = {
    Action.SPLIT: (_FOLLOWS[Action.SPLIT][0], *_FOLLOWS[Action.RETURN_TO_INTAKE]),
    Action.SCREEN: _FOLLOWS[Action.RETURN_TO_INTAKE],
}
"""What follows where these leave a petition at the intake desk."""

OF_ASSIGNMENT = Notice(NoticeKind.ASSIGNED, Audience.PETITIONER)
"""Follows from ROUTE and ASSIGN where the ministry switched it on: the entry itself says so."""

ESCALATION_LADDER = (Audience.UNIT_HEAD, Audience.APPROVER, Audience.TASK_FORCE)
"""Who hears of an overdue petition, in turn: the unit's head, Văn phòng Bộ, the Task Force."""


def notices_after(petition: Petition, entry: Entry) -> tuple[Notice, ...]:
    """Return the notices that follow from one history entry.

    A petition that came by SMS was acknowledged in the very reply to its message, and a caller was told the
    reference by the operator: neither is told again unless another channel was chosen. The draft of a second answer
    waits for the Task Force, above whoever approved the first. What follows from an entry never changes by what came
    after it: the relay may be late, and the reconciliation asks again at night.
    """
    reopened = petition.last(Action.REOPEN)
    if entry.action is Action.DRAFT_ANSWER and reopened is not None and reopened.seq < entry.seq:
        return (Notice(NoticeKind.DRAFT_WAITING, Audience.TASK_FORCE),)
    if entry.action is Action.ESCALATE:
        level = min(int(entry.facts["n"]), len(ESCALATION_LADDER))
        return (Notice(NoticeKind.ESCALATION, ESCALATION_LADDER[level - 1]),)
    if entry.action is Action.KEEP_ATTACHMENT:
        # Of several files only the one that ends the waiting is told of; the desk shows them all.
        is_awaited = entry.facts.get("completes") == "yes"
        return (Notice(NoticeKind.SUPPLEMENTED, Audience.HANDLER),) if is_awaited else ()
    if entry.action is Action.RECEIVE and petition.was_acknowledged_at_once:
        return ()
    if entry.action is Action.ANSWER_WITH_PARENT:
        return _FOLLOWS[Action(entry.facts["as"])]
    if entry.action is Action.MERGE and "follows" in entry.facts:
        return ()
    if entry.state is State.RECEIVED and entry.action in _TAKEN_BACK and "unit" in entry.facts:
        return _TAKEN_BACK[entry.action]
    tells_petitioner = entry.facts.get("tells") == Audience.PETITIONER
    return (*_FOLLOWS.get(entry.action, ()), *([OF_ASSIGNMENT] if tells_petitioner else []))
