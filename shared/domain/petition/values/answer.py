"""The answer to a petition: its draft, its approval, its publication, and the petitioner's rating."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel


class Citation(BaseModel):
    """A legal document that an answer rests on."""

    model_config = ConfigDict(frozen=True)

    number: str
    """As it is cited, e.g. `Nghị định 115/2020/NĐ-CP`."""
    article: str | None = None
    link: str | None = None


class Answer(BaseModel):
    """An answer: first a draft by the handler, then approved."""

    model_config = ConfigDict(frozen=True)

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


class Publication(BaseModel):
    """The text that the public reads: redacted by an officer, without the reference."""

    model_config = ConfigDict(frozen=True)

    subject: str
    content: str
    answer: str
    attachments: tuple[str, ...] = ()
    """Identifiers of the answer's files that are public too."""
    citations: tuple[Citation, ...] = ()
    published_at: datetime


class Rating(BaseModel):
    """The petitioner's satisfaction: 1 (not at all) to 5."""

    model_config = ConfigDict(frozen=True)

    score: int
    comment: str | None = None
    at: datetime
