"""Rows of what a search found, for the page of search and for published answers beside a petition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.casework.desk.search import AnswerHit, PassageView
from chalicelib.casework.site.frame import Names
from shared.search.port import Part
from shared.web.i18n import N_, Language, gettext

PARTS: dict[Part, str] = {
    Part.CONTENT: N_("Người gửi viết"),
    Part.ANSWER: N_("Câu trả lời"),
    Part.DRAFT: N_("Dự thảo"),
}
"""The parts that are named before a passage; the subject is the heading of a result."""


def answers_beside(answers: Sequence[AnswerHit], names: Names, language: Language) -> list[dict[str, Any]]:
    """Return published answers like a petition for the macro of `published_like.html`."""
    return [answer_row(hit, names, language) for hit in answers]


def answer_row(hit: AnswerHit, names: Names, language: Language) -> dict[str, Any]:
    """Return a published answer as a row, its unit and field by name."""
    return {
        **hit.model_dump(),
        "heading": heading(hit.passages, hit.subject),
        "named": named(hit.passages, language),
        "unit_label": names.unit(hit.unit),
        "field_label": names.field(hit.field),
    }


def heading(passages: tuple[PassageView, ...], subject: str) -> list[dict[str, Any]]:
    """Return the subject in pieces, the words of the search marked."""
    pieces = next((passage.pieces for passage in passages if passage.part is Part.SUBJECT), ())
    return [piece.model_dump() for piece in pieces] or [{"text": subject, "is_match": False}]


def named(passages: tuple[PassageView, ...], language: Language) -> list[dict[str, Any]]:
    """Return the passages besides the subject, each with the name of its part."""
    _ = gettext(language)
    return [
        {"label": _(PARTS[passage.part]), "pieces": [piece.model_dump() for piece in passage.pieces]}
        for passage in passages
        if passage.part in PARTS
    ]
