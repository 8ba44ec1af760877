"""The life of a petition as one table: which action is possible in which state, and where it leads.

Sources: Quyết định 852/QĐ-BNV (2018) on receiving and answering; Nghị định 20/2008/NĐ-CP and 92/2017/NĐ-CP on
forwarding and refusing; Quyết định 31/2021/QĐ-TTg on returning answers that miss the point.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from shared.domain.errors import ActionNotPossibleError


class State(StrEnum):
    """Where a petition stands. Overdue and escalated are computed from the clock, never stored."""

    RECEIVED = "RECEIVED"
    AWAITING_INFORMATION = "AWAITING_INFORMATION"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    ANSWERED = "ANSWERED"
    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"
    REFUSED = "REFUSED"
    FORWARDED = "FORWARDED"
    GUIDED = "GUIDED"
    RESTRICTED = "RESTRICTED"
    MERGED = "MERGED"
    WITHDRAWN = "WITHDRAWN"


class Action(StrEnum):
    """What can happen to a petition. Each becomes one entry of its history."""

    # the petitioner
    RECEIVE = "receive"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    RATE = "rate"
    SEND_PIN = "send-pin"
    ADD_CONTACT = "add-contact"
    # the router
    ROUTE = "route"
    HAND_TO_INTAKE = "hand-to-intake"
    SCREEN = "screen"
    # officers
    CLASSIFY = "classify"
    ASSIGN = "assign"
    ACCEPT = "accept"
    RETURN_TO_INTAKE = "return-to-intake"
    REQUEST_INFORMATION = "request-information"
    NOTE = "note"
    DRAFT_ANSWER = "draft-answer"
    APPROVE = "approve"
    RETURN_DRAFT = "return-draft"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    REFUSE = "refuse"
    FORWARD = "forward"
    GUIDE = "guide"
    RESTRICT = "restrict"
    MERGE = "merge"
    SPLIT = "split"
    REOPEN = "reopen"
    CLOSE = "close"
    OPEN_SEAL = "open-seal"
    # files, of the petitioner or of an officer
    ATTACH = "attach"
    KEEP_ATTACHMENT = "keep-attachment"
    REJECT_ATTACHMENT = "reject-attachment"
    OPEN_ATTACHMENT = "open-attachment"
    # what became of the petition that it was merged into
    ANSWER_WITH_PARENT = "answer-with-parent"
    PUBLISH_WITH_PARENT = "publish-with-parent"
    # the clock
    WARN_HANDLER = "warn-handler"
    WARN_UNIT_HEAD = "warn-unit-head"
    ESCALATE = "escalate"
    UPDATE_PETITIONER = "update-petitioner"
    REMIND_ACCEPTANCE = "remind-acceptance"
    REMIND_APPROVAL = "remind-approval"
    REMIND_COMPLETION = "remind-completion"
    REPORT_INCOMPLETE = "report-incomplete"
    REMIND_FORWARDING = "remind-forwarding"
    REMIND_PUBLICATION = "remind-publication"
    MOVE_DUE_DATE = "move-due-date"
    ERASE = "erase"


class Move(NamedTuple):
    """One row of the table: the states an action starts from and the one it leads to (None: stays)."""

    sources: frozenset[State]
    target: State | None


UNANSWERED = frozenset(
    {
        State.RECEIVED,
        State.AWAITING_INFORMATION,
        State.ASSIGNED,
        State.IN_PROGRESS,
        State.AWAITING_APPROVAL,
        State.REOPENED,
        State.MERGED,
    }
)
"""Open states: the petitioner is owed an answer, and the clock of the law runs; a merged one waits for its parent's."""

RESTRICTED_LANE = frozenset({State.RESTRICTED})
RESULT_KNOWN = frozenset({State.ANSWERED, State.PUBLISHED})
ENDED = frozenset(State) - UNANSWERED - RESULT_KNOWN - RESTRICTED_LANE
EVERY = frozenset(State)

_UNDECIDED = frozenset(
    {State.RECEIVED, State.AWAITING_INFORMATION, State.ASSIGNED, State.IN_PROGRESS, State.REOPENED}
)
_MERGED = frozenset({State.MERGED})
_AT_WORK = frozenset({State.ASSIGNED, State.IN_PROGRESS, State.REOPENED})

MOVES: dict[Action, Move] = {
    Action.SUPPLEMENT: Move(
        UNANSWERED | RESTRICTED_LANE, None
    ),  # AWAITING_INFORMATION goes back to work: Petition.supplement
    Action.WITHDRAW: Move(UNANSWERED, State.WITHDRAWN),
    Action.RATE: Move(RESULT_KNOWN | {State.CLOSED}, None),
    Action.SEND_PIN: Move(EVERY, None),
    Action.ADD_CONTACT: Move(UNANSWERED | RESULT_KNOWN | RESTRICTED_LANE, None),
    Action.ROUTE: Move(frozenset({State.RECEIVED}), State.ASSIGNED),
    Action.HAND_TO_INTAKE: Move(frozenset({State.RECEIVED}), None),
    Action.SCREEN: Move(EVERY, None),  # what may denounce leaves its unit: screening.keep_from_units
    Action.CLASSIFY: Move(_UNDECIDED, None),
    Action.ASSIGN: Move(_UNDECIDED, State.ASSIGNED),
    Action.ACCEPT: Move(frozenset({State.ASSIGNED, State.REOPENED}), State.IN_PROGRESS),
    Action.RETURN_TO_INTAKE: Move(_AT_WORK | RESTRICTED_LANE, State.RECEIVED),
    Action.REQUEST_INFORMATION: Move(_UNDECIDED - {State.AWAITING_INFORMATION}, State.AWAITING_INFORMATION),
    Action.NOTE: Move(EVERY, None),
    Action.DRAFT_ANSWER: Move(
        frozenset({State.IN_PROGRESS, State.AWAITING_INFORMATION}), State.AWAITING_APPROVAL
    ),
    Action.APPROVE: Move(frozenset({State.AWAITING_APPROVAL}), State.ANSWERED),
    Action.RETURN_DRAFT: Move(frozenset({State.AWAITING_APPROVAL}), State.IN_PROGRESS),
    Action.PUBLISH: Move(frozenset({State.ANSWERED}), State.PUBLISHED),
    Action.UNPUBLISH: Move(
        RESULT_KNOWN | UNANSWERED | {State.CLOSED}, None
    ),  # PUBLISHED becomes ANSWERED; what was published before a reopening may be public still: Petition.unpublish
    Action.REFUSE: Move(_UNDECIDED, State.REFUSED),
    Action.FORWARD: Move(_UNDECIDED, State.FORWARDED),
    Action.GUIDE: Move(_UNDECIDED, State.GUIDED),
    Action.RESTRICT: Move(_UNDECIDED | _MERGED | {State.AWAITING_APPROVAL}, State.RESTRICTED),
    Action.MERGE: Move(_UNDECIDED | _MERGED, State.MERGED),  # a merged one follows its parent into another
    Action.SPLIT: Move(_MERGED, State.RECEIVED),  # back to what it was before: merging.split
    Action.ANSWER_WITH_PARENT: Move(_MERGED, None),  # ends as its parent did: merging.what_follows
    Action.PUBLISH_WITH_PARENT: Move(frozenset({State.ANSWERED}), State.PUBLISHED),
    Action.REOPEN: Move(RESULT_KNOWN | {State.CLOSED}, State.REOPENED),
    Action.CLOSE: Move(RESULT_KNOWN | RESTRICTED_LANE, State.CLOSED),
    Action.OPEN_SEAL: Move(EVERY, None),
    Action.ATTACH: Move(UNANSWERED | RESTRICTED_LANE, None),
    Action.KEEP_ATTACHMENT: Move(
        EVERY, None
    ),  # what was declared in time may arrive late; AWAITING_INFORMATION goes back to work
    Action.REJECT_ATTACHMENT: Move(EVERY, None),
    Action.OPEN_ATTACHMENT: Move(EVERY, None),
    Action.WARN_HANDLER: Move(UNANSWERED, None),
    Action.WARN_UNIT_HEAD: Move(UNANSWERED, None),
    Action.ESCALATE: Move(UNANSWERED, None),
    Action.UPDATE_PETITIONER: Move(UNANSWERED, None),
    Action.REMIND_ACCEPTANCE: Move(frozenset({State.ASSIGNED}), None),
    Action.REMIND_APPROVAL: Move(frozenset({State.AWAITING_APPROVAL}), None),
    Action.REMIND_COMPLETION: Move(frozenset({State.AWAITING_INFORMATION}), None),
    Action.REPORT_INCOMPLETE: Move(frozenset({State.AWAITING_INFORMATION}), None),
    Action.REMIND_FORWARDING: Move(UNANSWERED, None),
    Action.REMIND_PUBLICATION: Move(frozenset({State.ANSWERED}), None),
    Action.MOVE_DUE_DATE: Move(UNANSWERED, None),
    Action.ERASE: Move(ENDED, None),
}
"""The whole state machine. `receive` is not in it: it makes the petition."""


def target_of(action: Action, state: State) -> State:
    """Return the state that an action leads to.

    Raises:
        ActionNotPossibleError: when the table has no such move.
    """
    move = MOVES[action]
    if state not in move.sources:
        raise ActionNotPossibleError(action, state)
    return move.target or state


def possible_actions(state: State) -> tuple[Action, ...]:
    """Return the actions that the table allows in a state, in the table's order."""
    return tuple(action for action, move in MOVES.items() if state in move.sources)
