"""Published answers as everybody may read them; they stand in the index `published` of the petitions table."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Citation, Publication
from shared.domain.petition.values.classification import Kind
from shared.tables.dynamo import stored_instant


class PublicFile(BaseModel):
    """A file of an answer that everybody may have."""

    model_config = ConfigDict(frozen=True)

    id: str
    filename: str
    content_type: str
    size: int


class PublicAnswer(BaseModel):
    """A published answer as everybody may read it; it carries no reference."""

    model_config = ConfigDict(frozen=True)

    subject: str
    content: str
    answer: str
    citations: tuple[Citation, ...] = ()
    field: str | None
    unit: str | None
    kind: Kind | None
    received_on: date
    answered_on: date
    published_at: datetime
    attachments: tuple[PublicFile, ...] = ()
    name: str = ""
    """Names it among the published answers of all months, without its reference."""
    is_abridged: bool = False
    """True if its texts stand only in the petition: the item had no space to hold them twice."""


def published_name(petition: Petition, publication: Publication) -> str:
    """Return the name of an answer among the published ones: of its first publication, so that its page stays."""
    return publication_name(petition.submission, petition.first_published_at or publication.published_at)


def publication_name(submission: str, published_at: datetime) -> str:
    """Return the name of one publication of an answer; the first eight letters of a submission are enough."""
    return f"{stored_instant(published_at)}#{submission[:8]}"


def month_of_name(name: str) -> str:
    """Return the month in Vietnam of a publication, e.g. `2026-11`, by its name."""
    return f"{local_date(datetime.fromisoformat(name.partition('#')[0])):%Y-%m}"


def abridged(answer: PublicAnswer) -> PublicAnswer:
    """Return a published answer without its texts; whoever shows it takes them from the petition."""
    return answer.model_copy(update={"content": "", "answer": "", "is_abridged": True})


def public_answer(petition: Petition) -> PublicAnswer:
    """Return the published answer of a petition, as everybody may read it."""
    assert petition.publication is not None  # noqa: S101 - asked only for published petitions
    answered_at = petition.answer.approved_at if petition.answer else None
    return PublicAnswer(
        **petition.publication.model_dump(exclude={"attachments"}),
        attachments=tuple(
            PublicFile(
                id=file.id, filename=file.filename, content_type=file.content_type or "", size=file.size or 0
            )
            for file in petition.attachments
            if file.is_clean and petition.is_public(file)
        ),
        name=published_name(petition, petition.publication),
        field=petition.field,
        unit=petition.unit,
        kind=petition.kind,
        received_on=local_date(petition.received_at),
        answered_on=local_date(answered_at or petition.publication.published_at),
    )
