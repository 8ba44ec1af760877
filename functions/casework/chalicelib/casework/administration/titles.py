"""Titles of what administrators change: of texts, and of proposals about any row."""

from __future__ import annotations

from shared.domain.petition.notice_kinds import NoticeKind
from shared.tables.proposals import Proposal
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import NOTICES
from shared.wording.sources import (
    ANSWERS,
    BATCH,
    CODE,
    CONFIRM_ANSWERS,
    LEADERS,
    TextMissingError,
    name_of,
)

_NO_NOTICES: dict[str, str] = {
    BATCH: N_("Nhiều thông báo trong một tin"),
    LEADERS: N_("Thư số liệu hằng tuần của lãnh đạo"),
    CODE: N_("Mã mở Hồ sơ của tôi"),
    CONFIRM_ANSWERS: N_("Xác nhận nhận câu trả lời mới"),
    ANSWERS: N_("Câu trả lời mới trong tuần"),
}
"""Names of texts whose kind is no kind of notice."""


def text_label(kind: str, language: Language) -> str:
    """Return the name of a text."""
    return gettext(language)(_NO_NOTICES.get(kind) or NOTICES[NoticeKind(kind)])


def title_of(proposal: Proposal, language: Language) -> str:
    """Return the title of what a proposal changes: the name of a text, else of the row."""
    if proposal.kind == "template":
        try:
            return text_label(name_of(proposal.row_id).kind, language)
        except TextMissingError:
            return proposal.row_id
    return str(proposal.row.get("name") or proposal.row_id)
