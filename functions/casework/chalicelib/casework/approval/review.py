"""The review of a draft: beside the draft that was returned, the differences marked, with its remarks and checks."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from chalicelib.casework.approval.checks import Check, checks_of
from shared.domain.base_model import BaseModel
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer
from shared.domain.text.differences import Edition, Paragraph, differences
from shared.tables.directory import Directory


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class StretchView(_View):
    """A stretch of a paragraph, and which edition has it."""

    part: Edition
    text: str


class RemarkView(_View):
    """A remark on the earlier draft."""

    number: int
    paragraph: int
    quote: str | None
    text: str
    is_changed: bool
    """True if the new draft differs in that paragraph, or leaves it out."""


class ParagraphView(_View):
    """A paragraph of both editions; a number is missing where an edition has none like it."""

    before: int | None
    after: int | None
    pieces: tuple[StretchView, ...]
    remarks: tuple[int, ...] = ()
    """The numbers of the remarks on the earlier paragraph."""


class DraftReview(_View):
    """A draft that is to be approved, with everything that helps to decide."""

    number: int
    """The number of the draft in its round: 1 for the first."""
    drafted_by: str
    drafted_at: datetime
    compared_with: datetime | None
    """The time of the draft that it is compared with; None where none was returned, or none was kept."""
    awaits_signature: bool
    paragraphs: tuple[ParagraphView, ...]
    added: int
    removed: int
    remarks: tuple[RemarkView, ...]
    checks: tuple[Check, ...]


class ReviewOfDraft(_View):
    """The review of a petition's draft; None where it has no draft."""

    review: DraftReview | None


def returned_before(petition: Petition) -> Answer | None:
    """Return the draft that was returned last in this round of work; None where none was, or none was kept."""
    returned = petition.last(Action.RETURN_DRAFT, Action.REOPEN)
    if returned is None or returned.action is Action.REOPEN or not petition.earlier_drafts:
        return None
    before = (e for e in reversed(petition.history[: returned.seq]) if e.action is Action.DRAFT_ANSWER)
    drafted, earlier = next(before, None), petition.earlier_drafts[-1]
    return earlier if drafted is not None and earlier.drafted_at == drafted.at else None


def review_of(petition: Petition, directory: Directory) -> DraftReview | None:
    """Return the review of a petition's draft, as its reader may read it; None where there is no draft."""
    draft = petition.draft
    if draft is None:
        return None
    earlier = returned_before(petition)
    rows = differences(earlier.text, draft.text) if earlier else _alone(draft.text)
    remarks = _remarks(earlier, rows)
    pieces = [piece for row in rows for piece in row.pieces]
    return DraftReview(
        number=_number(petition),
        drafted_by=draft.drafted_by,
        drafted_at=draft.drafted_at,
        compared_with=earlier.drafted_at if earlier else None,
        awaits_signature=draft.awaits_signature,
        paragraphs=tuple(
            ParagraphView(
                before=row.before,
                after=row.after,
                pieces=tuple(StretchView(part=piece.part, text=piece.text) for piece in row.pieces),
                remarks=tuple(
                    r.number for r in remarks if row.before is not None and r.paragraph == row.before
                ),
            )
            for row in rows
        ),
        added=sum(piece.part is Edition.AFTER for piece in pieces),
        removed=sum(piece.part is Edition.BEFORE for piece in pieces),
        remarks=remarks,
        checks=checks_of(draft, petition, directory),
    )


def _alone(text: str) -> tuple[Paragraph, ...]:
    return differences(text, text)


def _remarks(earlier: Answer | None, rows: tuple[Paragraph, ...]) -> tuple[RemarkView, ...]:
    unchanged = {row.before for row in rows if not row.is_changed}
    return tuple(
        RemarkView(number=number, **remark.model_dump(), is_changed=remark.paragraph not in unchanged)
        for number, remark in enumerate(earlier.remarks if earlier else (), start=1)
    )


def _number(petition: Petition) -> int:
    since = petition.last(Action.REOPEN)
    entries = petition.history[since.seq :] if since else petition.history
    return sum(entry.action is Action.DRAFT_ANSWER for entry in entries)
