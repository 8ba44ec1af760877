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


class Answer(StoredModel):
    """An answer: first a draft by the handler, then approved."""

    text: str
    citations: tuple[Citation, ...] = ()
    drafted_by: str
    drafted_at: datetime
    attachments: tuple[str, ...] = ()
    """Identifiers of the officers' files that go with it."""
    approved_by: str | None = None
    approved_at: datetime | None = None

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
