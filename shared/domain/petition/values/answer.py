"""The answer to a petition: its draft, its approval, its publication, and the petitioner's rating."""

from __future__ import annotations

from datetime import datetime

from shared.domain.base_model import StoredModel


class Citation(StoredModel):
    """A legal document that an answer rests on."""

    number: str
    """As it is cited, e.g. `Nghị định 115/2020/NĐ-CP`."""
    article: str | None = None
    link: str | None = None


class Remark(StoredModel):
    """A remark of whoever returned a draft, at a place of its text."""

    paragraph: int
    """The number of the paragraph, from 1, as `shared.domain.text.differences.paragraphs` counts them."""
    text: str
    quote: str | None = None
    """The words of the paragraph that are meant; None for the whole of it."""


class Answer(StoredModel):
    """An answer: first a draft by the handler, then approved."""

    text: str
    citations: tuple[Citation, ...] = ()
    drafted_by: str
    drafted_at: datetime
    attachments: tuple[str, ...] = ()
    """Identifiers of the officers' files that go with it."""
    remarks: tuple[Remark, ...] = ()
    """The places that were to be mended when the draft was returned."""
    needs_signature: bool = False
    """True if the head of the unit signs it before it goes to its approver (setting)."""
    signed_by: str | None = None
    signed_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None

    @property
    def awaits_signature(self) -> bool:
        """True if the head of the unit has yet to sign it."""
        return self.needs_signature and self.signed_by is None

    @property
    def in_full(self) -> str:
        """The answer with the documents that it cites, as one text for letters."""
        cited = (
            ", ".join(filter(None, (document.number, document.article, document.link)))
            for document in self.citations
        )
        return (
            "\n".join((self.text, "", "Căn cứ:", *(f"- {line}" for line in cited)))
            if self.citations
            else self.text
        )


class Publication(StoredModel):
    """The text that the public reads: redacted by an officer, without the reference."""

    subject: str
    content: str
    answer: str
    attachments: tuple[str, ...] = ()
    """Identifiers of the answer's files that are public too."""
    citations: tuple[Citation, ...] = ()
    published_at: datetime


class Rating(StoredModel):
    """The petitioner's satisfaction: 1 (not at all) to 5."""

    score: int
    comment: str | None = None
    at: datetime
