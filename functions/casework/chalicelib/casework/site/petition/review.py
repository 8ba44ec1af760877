"""The review of a draft on a petition's page: differences, remarks, checks, the effects of an approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.answers import DraftAnswer
from chalicelib.casework.approval.answer_together import may_join
from chalicelib.casework.approval.checks import Check, CheckKind, checks_of, marks_in
from chalicelib.casework.approval.review import review_of
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.similar import SimilarPetition
from chalicelib.casework.site.frame import Names
from shared.domain.calendar import deadlines
from shared.domain.identity.reference import spaced
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer, Citation
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, counted, gettext
from shared.web.labels import REPLY_BY
from shared.web.rendering import long_day

PASSED: dict[CheckKind, str] = {
    CheckKind.GAPS: N_("Không còn chỗ trống"),
    CheckKind.CITATIONS: N_("Số hiệu văn bản đúng dạng"),
    CheckKind.OTHERS: N_("Không thấy tên, số điện thoại của người khác"),
    CheckKind.READING: N_("Câu dễ đọc"),
}
NOT_PASSED: dict[CheckKind, str] = {
    CheckKind.GAPS: N_("Còn chỗ trống chưa điền"),
    CheckKind.CITATIONS: N_("Xem lại số hiệu văn bản"),
    CheckKind.OTHERS: N_("Có thể là tên, số điện thoại của người khác"),
    CheckKind.READING: N_("Có câu dài, khó đọc"),
}
NAMED_LAW = N_("Văn bản được dẫn")
_DECIDE = frozenset({Action.APPROVE, Action.SIGN_DRAFT, Action.RETURN_DRAFT})


def review_facts(
    petition: Petition,
    officer: DeskOfficer,
    forms: Mapping[Action, Mapping[str, Any]],
    directory: Directory,
    names: Names,
    language: Language,
) -> dict[str, Any]:
    """Return the variables of the draft's part of the page.

    Args:
        petition: the petition of the page.
        officer: who reads it.
        forms: the page's forms by action.
        directory: for placeholders, terms and the calendar.
        names: of officers.
        language: of the page.
    """
    read = permissions.as_read_by(officer, petition)
    decides = bool(_DECIDE & forms.keys())
    draft = _draft_at_work(forms.get(Action.DRAFT_ANSWER)) or (petition.draft if decides else None)
    checks = [_check(check, language) for check in checks_of(draft, read, directory)] if draft else []
    review = review_of(read, directory) if decides and petition.answer is None else None
    gaps = next(
        (check for check in checks if check["kind"] is CheckKind.GAPS and not check["is_passed"]), None
    )
    return {
        "review": review,
        "checks": checks,
        "places": _places(draft, read, directory, language) if draft else (),
        "returned_remarks": _remarks_to_mend(petition) if Action.DRAFT_ANSWER in forms else (),
        "remark_values": dict(forms[Action.RETURN_DRAFT]["contents"]) if Action.RETURN_DRAFT in forms else {},
        "signed_by": names.officer(petition.draft.signed_by)
        if petition.draft and petition.draft.signed_by
        else "",
        "warning": {"address": "#checks", "words": gaps["words"]} if gaps else None,
    }


def repeats(similar: tuple[SimilarPetition, ...], officer: DeskOfficer) -> list[tuple[str, str]]:
    """Return the open petitions that an approval may answer too, as (reference, text) for ticks."""
    return [
        (other.petition.reference, f"{spaced(other.petition.reference)} {other.petition.subject}")
        for other in similar
        if may_join(officer, other.petition)
    ]


def _draft_at_work(form: Mapping[str, Any] | None) -> Answer | None:
    """Return the draft that stands in the form; None where there is none, or it was not begun."""
    text = form["contents"].get("text", "") if form else ""
    if not form or not text.strip():
        return None
    documents = DraftAnswer.values_of(form["contents"])["citations"]
    citations = tuple(Citation(**document) for document in documents if document.get("number"))
    return Answer(text=text, citations=citations, drafted_by="", drafted_at=datetime.min)  # noqa: DTZ901 - not shown


def _remarks_to_mend(petition: Petition) -> tuple[Any, ...]:
    last = petition.last(Action.DRAFT_ANSWER, Action.RETURN_DRAFT)
    is_returned = last is not None and last.action is Action.RETURN_DRAFT
    return petition.draft.remarks if is_returned and petition.draft else ()


def _check(check: Check, language: Language) -> dict[str, Any]:
    """Return a check in words, with the places that did not pass."""
    _, _n = gettext(language), counted(language)
    detail = ", ".join(f"“{quote}”" for quote in check.quotes)
    if check.kind is CheckKind.READING:
        longest = check.longest_sentence or 0
        detail = _n("câu dài nhất %(count)s tiếng", longest) % {"count": longest}
    return {
        "kind": check.kind,
        "is_passed": check.is_passed,
        "words": _((PASSED if check.is_passed else NOT_PASSED)[check.kind]),
        "detail": detail,
    }


def _places(
    draft: Answer, petition: Petition, directory: Directory, language: Language
) -> tuple[tuple[str, str, str], ...]:
    """Return the text of a draft in pieces: (words, look, what is to be seen there); none where nothing is."""
    _ = gettext(language)
    marks = marks_in(draft, petition, directory)
    pieces, at = list[tuple[str, str, str]](), 0
    for mark in marks:
        message = _(NAMED_LAW if mark.is_passed else NOT_PASSED[mark.kind])
        pieces += (
            (draft.text[at : mark.start], "", ""),
            (draft.text[mark.start : mark.end], "law" if mark.is_passed else "gap", message),
        )
        at = mark.end
    return (*pieces, (draft.text[at:], "", "")) if marks else ()


def effects_of(petition: Petition, parts: Parts, language: Language, now: datetime) -> str:
    """Return the effects of an approval in words: when and by which channels it is sent, when published."""
    _, _n = gettext(language), counted(language)
    channels = ", ".join(_(REPLY_BY[channel]) for channel in petition.petitioner.reply_by)
    minutes = parts.actions.minutes_to_undo(petition, Action.APPROVE, now)
    words = (
        _n("Câu trả lời được gửi sau %(count)s phút qua %(channels)s; trước đó bạn hoàn tác được.", minutes)
        if minutes
        else _("Duyệt là gửi ngay qua %(channels)s.")
    )
    sent = words % {"channels": channels, "count": minutes} if channels else ""
    if not petition.may_publish:
        return sent
    terms, calendar = parts.directory.terms_of(petition), parts.directory.calendar()
    due_on = deadlines.publication_due_on(now, terms, calendar)
    published = _("Công khai chậm nhất %(day)s.") % {"day": long_day(due_on, language)}
    return f"{sent} {published}".strip()
