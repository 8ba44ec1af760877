"""The content of a call: what an operator reads out to the petitioner, and nothing else of the petition.

Shown to whoever dials, after the opening is recorded: an operator sees no petition that others wrote down, and the
person who answers has a right to hear the answer itself, not that there is one.
"""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.petition.facts import LetterFacts
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import MOVES, Action
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.petition.petition import Petition

LETTERS_PER_SECOND = 15
"""The speed of somebody who reads out slowly and clearly."""

_REPLY = "Trả lời ngay trong cuộc gọi này, gọi 1900 1547 hoặc soạn PAKN BS {reference} kèm nội dung gửi 8088."
WHERE_TO_TURN: dict[NoticeKind, str] = {
    NoticeKind.ANSWERED: (
        "Chưa thỏa đáng: chấm 1 hoặc 2 điểm rồi đề nghị cấp cao hơn xem xét lại một lần, ngay trong cuộc gọi này, gọi "
        "1900 1547 hoặc soạn PAKN XL {reference} gửi 8088."
    ),
    NoticeKind.INFORMATION_NEEDED: _REPLY,
    NoticeKind.REMINDER_TO_COMPLETE: _REPLY,
    NoticeKind.REFUSED: "Gửi lại với nội dung đầy đủ, hoặc gọi 1900 1547 để được hướng dẫn.",
    NoticeKind.FORWARDED: (
        "Liên hệ cơ quan nhận; theo dõi: gọi 1900 1547 hoặc soạn PAKN TC {reference} gửi 8088."
    ),
    NoticeKind.GUIDED: "Làm theo hướng dẫn trên; cần hỏi thêm: gọi 1900 1547.",
    NoticeKind.WITHDRAWN: (
        "Không phải người nghe rút: hủy yêu cầu rút ở trang Người gọi lại, hoặc soạn PAKN TIEP {reference} gửi 8088."
    ),
}
_ANYWHERE_ELSE = "Theo dõi, bổ sung: gọi 1900 1547 hoặc soạn PAKN TC {reference} gửi 8088."
_WITH_THE_ANSWER = frozenset({NoticeKind.ANSWERED, NoticeKind.PUBLISHED})
_WITH_THE_QUESTION = frozenset({NoticeKind.INFORMATION_NEEDED, NoticeKind.REMINDER_TO_COMPLETE})


class CallReading(BaseModel):
    """One thing to read out: what the petitioner asked, what the ministry says, and where to turn next."""

    model_config = ConfigDict(frozen=True)

    reference: str
    kind: NoticeKind
    question: str
    """The subject of the petition: what it is about."""
    request: str | None
    """The question that the ministry asks the petitioner."""
    answer: str | None
    """The approved answer, with the documents that it cites."""
    text: str | None
    """Another text for the petitioner: a reason, guidance, or news of the progress."""
    body: str | None
    """The body that it was forwarded to."""
    due_on: date | None
    """The last day for the answer, while there is none."""
    where_to_turn: str
    seconds: int
    """About how long it takes to read out."""
    may_rate: bool
    """True if the listener is asked for a score."""
    may_add: bool
    """True if the listener's own words are added to the petition."""


def reading_of(petition: Petition, seq: int, kind: NoticeKind) -> CallReading:
    """Return the part of a petition that is read out in a call about one notice.

    Args:
        petition: as it is now.
        seq: the history entry that the notice is about.
        kind: of the notice.
    """
    entry = petition.history[seq - 1]
    answer = petition.answer.in_full if petition.answer and kind in _WITH_THE_ANSWER else None
    entry_with_request = petition.last(Action.REQUEST_INFORMATION) if kind in _WITH_THE_QUESTION else None
    request = entry_with_request.text if entry_with_request else None
    text = None if answer or request else entry.text
    turn = WHERE_TO_TURN.get(kind, _ANYWHERE_ELSE).format(reference=petition.reference)
    aloud = " ".join(filter(None, (petition.subject, request, answer, text, turn)))
    return CallReading(
        reference=petition.reference,
        kind=kind,
        question=petition.subject,
        request=request,
        answer=answer,
        text=text,
        body=_body(entry),
        due_on=petition.due_on if petition.is_unanswered else None,
        where_to_turn=turn,
        seconds=max(10, len(aloud) // LETTERS_PER_SECOND),
        may_rate=answer is not None and petition.state in MOVES[Action.RATE].sources,
        may_add=petition.state in MOVES[Action.SUPPLEMENT].sources,
    )


def _body(entry: Entry) -> str | None:
    match entry.facts:
        case LetterFacts(body=body):
            return body
        case _:
            return None
