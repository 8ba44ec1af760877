"""The life of a petition as one table: from which states an action is possible, where it leads, who is notified.

Sources: Quyết định 852/QĐ-BNV (2018) on receiving and answering; Nghị định 20/2008/NĐ-CP and 92/2017/NĐ-CP on
forwarding and refusing; Quyết định 31/2021/QĐ-TTg on returning answers that miss the point.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.notice_kinds import Audience, Notice, NoticeKind
from shared.domain.words import N_


class State(StrEnum):
    """The state of a petition. Overdue and escalated are computed from the clock, never stored."""

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
    """An event in the life of a petition. Each becomes one entry of its history."""

    # the petitioner
    RECEIVE = "receive"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    UNDO_WITHDRAWAL = "undo-withdrawal"
    RATE = "rate"
    SEND_PIN = "send-pin"
    ADD_CONTACT = "add-contact"
    CHOOSE_CHANNELS = "choose-channels"
    RENEW_SECRETS = "renew-secrets"
    WITHDRAW_CONSENT = "withdraw-consent"
    # the router
    ROUTE = "route"
    HAND_TO_INTAKE = "hand-to-intake"
    SCREEN = "screen"
    # officers
    CLASSIFY = "classify"
    ASSIGN = "assign"
    ACCEPT = "accept"
    REASSIGN = "reassign"
    RETURN_TO_INTAKE = "return-to-intake"
    REQUEST_INFORMATION = "request-information"
    NOTE = "note"
    DRAFT_ANSWER = "draft-answer"
    SIGN_DRAFT = "sign-draft"
    APPROVE = "approve"
    RETURN_DRAFT = "return-draft"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    REFUSE = "refuse"
    FORWARD = "forward"
    SEND_LETTER = "send-letter"
    GUIDE = "guide"
    RESTRICT = "restrict"
    MERGE = "merge"
    SPLIT = "split"
    REOPEN = "reopen"
    CLOSE = "close"
    TAKE_BACK = "take-back"
    OPEN_SEAL = "open-seal"
    OPEN_ATTACHMENT = "open-attachment"
    # files, of the petitioner or of an officer
    ATTACH = "attach"
    KEEP_ATTACHMENT = "keep-attachment"
    REJECT_ATTACHMENT = "reject-attachment"
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
ENDED = frozenset({State.CLOSED, State.REFUSED, State.FORWARDED, State.GUIDED, State.WITHDRAWN})
"""States in which the ministry owes nothing more; personal data is erased from here. Every state is in one set."""
SIDE_EXITS = ENDED - {State.CLOSED}
"""Ends without an answer to the matter itself; a decision of the approver leads out of each (REOPEN)."""
EVERY = frozenset(State)

_UNDECIDED = frozenset(
    {State.RECEIVED, State.AWAITING_INFORMATION, State.ASSIGNED, State.IN_PROGRESS, State.REOPENED}
)
_MERGED, _ANSWERED = frozenset({State.MERGED}), frozenset({State.ANSWERED})
_FORWARDED = frozenset({State.FORWARDED})
_SUBMITTED = frozenset({State.AWAITING_APPROVAL})
_ACCEPTED = frozenset({State.IN_PROGRESS, State.AWAITING_INFORMATION}) | _SUBMITTED
_DECIDED = frozenset({State.ANSWERED, State.REFUSED, State.FORWARDED, State.GUIDED, State.RESTRICTED})
_NOTIFIED = UNANSWERED | RESULT_KNOWN | RESTRICTED_LANE
_AT_WORK = frozenset({State.ASSIGNED, State.IN_PROGRESS, State.REOPENED})


class Move(NamedTuple):
    """One row of the table."""

    label: str
    """The name of the action in histories, in Vietnamese; the English is in the catalogue."""
    sources: frozenset[State]
    """The states in which the action is possible."""
    target: State | None
    """The state that it leads to; None: the state stays, or the verb on `Petition` decides."""
    notices: tuple[Notice, ...]
    """The notices that follow from it (`notices_after`)."""


def _notify(kind: NoticeKind, *audiences: Audience) -> tuple[Notice, ...]:
    return tuple(Notice(kind, audience) for audience in audiences)


_NOBODY: tuple[Notice, ...] = ()
_WHERE_TO = _notify(NoticeKind.FORWARDED, Audience.PETITIONER)
_BY_ENTRY = _NOBODY
"""The notices depend on the facts of the entry: `notices_after` decides."""

_OF_PETITIONERS: dict[Action, Move] = {
    # creates the petition, so it is possible in no state
    Action.RECEIVE: Move(
        N_("Tiếp nhận"), frozenset(), State.RECEIVED, _notify(NoticeKind.RECEIPT, Audience.PETITIONER)
    ),
    # AWAITING_INFORMATION goes back to work: Petition.supplement
    Action.SUPPLEMENT: Move(
        N_("Người gửi bổ sung"),
        UNANSWERED | RESTRICTED_LANE,
        None,
        _notify(NoticeKind.SUPPLEMENTED, Audience.HANDLER),
    ),
    Action.WITHDRAW: Move(
        N_("Người gửi rút"), UNANSWERED, State.WITHDRAWN, _notify(NoticeKind.WITHDRAWN, Audience.PETITIONER)
    ),
    # back to the state before the withdrawal: FollowUpVerbs.undo_withdrawal
    Action.UNDO_WITHDRAWAL: Move(
        N_("Người gửi hủy yêu cầu rút"),
        frozenset({State.WITHDRAWN}),
        None,
        _notify(NoticeKind.RESUMED, Audience.PETITIONER, Audience.HANDLER),
    ),
    Action.RATE: Move(N_("Người gửi đánh giá"), RESULT_KNOWN | {State.CLOSED}, None, _NOBODY),
    Action.SEND_PIN: Move(
        N_("Gửi lại mã PIN theo yêu cầu"), EVERY, None, _notify(NoticeKind.PIN_AGAIN, Audience.PETITIONER)
    ),
    Action.RENEW_SECRETS: Move(
        N_("Mã PIN được đổi"), EVERY, None, _notify(NoticeKind.SECRETS_RENEWED, Audience.PETITIONER)
    ),
    Action.WITHDRAW_CONSENT: Move(N_("Người gửi thôi đồng ý công khai"), EVERY, None, _NOBODY),
    Action.ADD_CONTACT: Move(
        N_("Người gửi thêm liên hệ"), _NOTIFIED, None, _notify(NoticeKind.CONTACT_ADDED, Audience.PETITIONER)
    ),
    Action.CHOOSE_CHANNELS: Move(N_("Người gửi đổi cách nhận tin"), _NOTIFIED, None, _NOBODY),
}

_OF_THE_ROUTER: dict[Action, Move] = {
    Action.ROUTE: Move(
        N_("Phân công tự động"),
        frozenset({State.RECEIVED}),
        State.ASSIGNED,
        _notify(NoticeKind.ASSIGNED, Audience.UNIT_HEAD),
    ),
    Action.HAND_TO_INTAKE: Move(
        N_("Chuyển bộ phận tiếp nhận"),
        frozenset({State.RECEIVED}),
        None,
        _notify(NoticeKind.HANDED_TO_INTAKE, Audience.INTAKE),
    ),
    # what may be a denunciation leaves its unit: screening.keep_from_units
    Action.SCREEN: Move(N_("Kiểm tra nội dung bổ sung"), EVERY, None, _NOBODY),
}

OF_OFFICERS: dict[Action, Move] = {
    Action.CLASSIFY: Move(N_("Phân loại"), _UNDECIDED, None, _NOBODY),
    Action.ASSIGN: Move(
        N_("Phân công"), _UNDECIDED, State.ASSIGNED, _notify(NoticeKind.ASSIGNED, Audience.UNIT_HEAD)
    ),
    Action.ACCEPT: Move(
        N_("Đơn vị nhận xử lý"), frozenset({State.ASSIGNED, State.REOPENED}), State.IN_PROGRESS, _NOBODY
    ),
    # to another officer of the same unit: the state, the draft and every clock stay
    Action.REASSIGN: Move(
        N_("Giao cho người khác"), _ACCEPTED, None, _notify(NoticeKind.ASSIGNED, Audience.HANDLER)
    ),
    Action.RETURN_TO_INTAKE: Move(
        N_("Trả lại bộ phận tiếp nhận"),
        _AT_WORK | RESTRICTED_LANE,
        State.RECEIVED,
        _notify(NoticeKind.HANDED_TO_INTAKE, Audience.INTAKE),
    ),
    Action.REQUEST_INFORMATION: Move(
        N_("Yêu cầu bổ sung thông tin"),
        _UNDECIDED - {State.AWAITING_INFORMATION},
        State.AWAITING_INFORMATION,
        _notify(NoticeKind.INFORMATION_NEEDED, Audience.PETITIONER),
    ),
    Action.NOTE: Move(N_("Ghi chú tiến độ"), EVERY, None, _NOBODY),
    Action.DRAFT_ANSWER: Move(
        N_("Trình dự thảo trả lời"),
        frozenset({State.IN_PROGRESS, State.AWAITING_INFORMATION}),
        State.AWAITING_APPROVAL,
        _notify(NoticeKind.DRAFT_WAITING, Audience.APPROVER),
    ),
    Action.SIGN_DRAFT: Move(
        N_("Lãnh đạo ký dự thảo"), _SUBMITTED, None, _notify(NoticeKind.DRAFT_WAITING, Audience.APPROVER)
    ),
    Action.APPROVE: Move(
        N_("Phê duyệt trả lời"), _SUBMITTED, State.ANSWERED, _notify(NoticeKind.ANSWERED, Audience.PETITIONER)
    ),
    Action.RETURN_DRAFT: Move(
        N_("Trả lại dự thảo"),
        _SUBMITTED,
        State.IN_PROGRESS,
        _notify(NoticeKind.DRAFT_RETURNED, Audience.HANDLER),
    ),
    Action.PUBLISH: Move(
        N_("Công khai kết quả"),
        _ANSWERED,
        State.PUBLISHED,
        _notify(NoticeKind.PUBLISHED, Audience.PETITIONER),
    ),
    # PUBLISHED becomes ANSWERED; after a reopening the first answer may still be public: Petition.unpublish
    Action.UNPUBLISH: Move(N_("Gỡ công khai"), RESULT_KNOWN | UNANSWERED | {State.CLOSED}, None, _NOBODY),
    Action.REFUSE: Move(
        N_("Từ chối tiếp nhận"), _UNDECIDED, State.REFUSED, _notify(NoticeKind.REFUSED, Audience.PETITIONER)
    ),
    Action.FORWARD: Move(N_("Chuyển cơ quan có thẩm quyền"), _UNDECIDED, State.FORWARDED, _WHERE_TO),
    # the letter that was only written when the petition was forwarded is sent, or sent again
    Action.SEND_LETTER: Move(N_("Gửi văn bản đến cơ quan có thẩm quyền"), _FORWARDED, None, _WHERE_TO),
    Action.GUIDE: Move(
        N_("Hướng dẫn thủ tục"), _UNDECIDED, State.GUIDED, _notify(NoticeKind.GUIDED, Audience.PETITIONER)
    ),
    Action.RESTRICT: Move(
        N_("Đã chuyển sang quy trình riêng"),
        _UNDECIDED | _MERGED | {State.AWAITING_APPROVAL},
        State.RESTRICTED,
        _notify(NoticeKind.RESTRICTED, Audience.TASK_FORCE),
    ),
    # a merged petition follows its parent into another
    Action.MERGE: Move(
        N_("Gộp"), _UNDECIDED | _MERGED, State.MERGED, _notify(NoticeKind.MERGED, Audience.PETITIONER)
    ),
    # back to the state before the merge: merging.split
    Action.SPLIT: Move(
        N_("Tách ra xử lý riêng"),
        _MERGED,
        State.RECEIVED,
        (*_notify(NoticeKind.SPLIT, Audience.PETITIONER), *_notify(NoticeKind.ASSIGNED, Audience.UNIT_HEAD)),
    ),
    Action.REOPEN: Move(
        N_("Mở lại"),
        RESULT_KNOWN | ENDED,
        State.REOPENED,
        _notify(NoticeKind.REOPENED, Audience.PETITIONER, Audience.UNIT_HEAD, Audience.APPROVER),
    ),
    Action.CLOSE: Move(
        N_("Kết thúc"),
        RESULT_KNOWN | RESTRICTED_LANE,
        State.CLOSED,
        _notify(NoticeKind.CLOSED, Audience.PETITIONER),
    ),
    Action.TAKE_BACK: Move(N_("Hoàn tác"), _DECIDED | _MERGED, None, _BY_ENTRY),
    Action.OPEN_SEAL: Move(N_("Mở thông tin người gửi"), EVERY, None, _NOBODY),
    Action.OPEN_ATTACHMENT: Move(N_("Mở tệp đính kèm"), EVERY, None, _NOBODY),
}
"""Each of them has a row in `casework.actions.catalogue` too: who may take it, its input, form and button."""

_OF_FILES: dict[Action, Move] = {
    Action.ATTACH: Move(N_("Chuẩn bị nhận tệp"), UNANSWERED | RESTRICTED_LANE, None, _NOBODY),
    # a file declared in time may arrive late; AWAITING_INFORMATION goes back to work: Petition.keep_file
    Action.KEEP_ATTACHMENT: Move(N_("Nhận tệp đính kèm"), EVERY, None, _BY_ENTRY),
    Action.REJECT_ATTACHMENT: Move(N_("Không nhận tệp đính kèm"), EVERY, None, _NOBODY),
}

_OF_THE_PARENT: dict[Action, Move] = {
    # ends as its parent did: merging.what_follows
    Action.ANSWER_WITH_PARENT: Move(N_("Trả lời chung"), _MERGED, None, _BY_ENTRY),
    Action.PUBLISH_WITH_PARENT: Move(
        N_("Công khai kết quả chung"),
        _ANSWERED,
        State.PUBLISHED,
        _notify(NoticeKind.PUBLISHED, Audience.PETITIONER),
    ),
}

_OF_THE_CLOCK: dict[Action, Move] = {
    Action.WARN_HANDLER: Move(
        N_("Nhắc người xử lý sắp đến hạn"), UNANSWERED, None, _notify(NoticeKind.WARNING, Audience.HANDLER)
    ),
    Action.WARN_UNIT_HEAD: Move(
        N_("Nhắc lãnh đạo đơn vị sắp đến hạn"),
        UNANSWERED,
        None,
        _notify(NoticeKind.WARNING, Audience.UNIT_HEAD),
    ),
    Action.ESCALATE: Move(N_("Báo cáo quá hạn lên cấp trên"), UNANSWERED, None, _BY_ENTRY),
    Action.UPDATE_PETITIONER: Move(
        N_("Thông báo tình hình xử lý cho người gửi"),
        UNANSWERED,
        None,
        _notify(NoticeKind.OVERDUE_UPDATE, Audience.PETITIONER),
    ),
    Action.REMIND_ACCEPTANCE: Move(
        N_("Nhắc đơn vị nhận xử lý"),
        frozenset({State.ASSIGNED}),
        None,
        _notify(NoticeKind.ACCEPTANCE_DUE, Audience.UNIT_HEAD),
    ),
    Action.REMIND_APPROVAL: Move(
        N_("Nhắc phê duyệt"), _SUBMITTED, None, _notify(NoticeKind.APPROVAL_DUE, Audience.APPROVER)
    ),
    Action.REMIND_COMPLETION: Move(
        N_("Nhắc người gửi bổ sung"),
        frozenset({State.AWAITING_INFORMATION}),
        None,
        _notify(NoticeKind.REMINDER_TO_COMPLETE, Audience.PETITIONER),
    ),
    Action.REPORT_INCOMPLETE: Move(
        N_("Báo người gửi chưa bổ sung"),
        frozenset({State.AWAITING_INFORMATION}),
        None,
        _notify(NoticeKind.INCOMPLETE, Audience.HANDLER),
    ),
    Action.REMIND_FORWARDING: Move(
        N_("Nhắc chuyển cơ quan có thẩm quyền"),
        UNANSWERED,
        None,
        _notify(NoticeKind.FORWARDING_DUE, Audience.INTAKE),
    ),
    Action.REMIND_PUBLICATION: Move(
        N_("Nhắc công khai kết quả"), _ANSWERED, None, _notify(NoticeKind.PUBLICATION_DUE, Audience.APPROVER)
    ),
    Action.MOVE_DUE_DATE: Move(
        N_("Đổi ngày đến hạn"),
        UNANSWERED,
        None,
        _notify(NoticeKind.DUE_DATE_MOVED, Audience.PETITIONER),
    ),
    Action.ERASE: Move(N_("Xóa dữ liệu cá nhân hết thời hạn lưu giữ"), ENDED, None, _NOBODY),
}

MOVES: dict[Action, Move] = (
    _OF_PETITIONERS | _OF_THE_ROUTER | OF_OFFICERS | _OF_FILES | _OF_THE_PARENT | _OF_THE_CLOCK
)
"""The whole state machine."""


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
