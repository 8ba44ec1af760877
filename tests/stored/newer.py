"""A version of the code that is newer by one release: every model of a petition has attributes that this one lacks."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer, Citation, Publication, Rating
from shared.domain.petition.values.attachments import Attachment
from shared.domain.petition.values.classification import Proposal
from shared.domain.petition.values.petitioner import Petitioner, SealedPart


class NewerCitation(Citation):
    """A citation with the day from which the document is in force."""

    in_force_since: date | None = None


class NewerAnswer(Answer):
    """An answer in plain words too."""

    summary: str | None = None
    citations: tuple[NewerCitation, ...] = ()


class NewerPublication(Publication):
    """A publication with its newer citations."""

    citations: tuple[NewerCitation, ...] = ()
    topics: tuple[str, ...] = ()


class NewerRating(Rating):
    """A rating with the step that it is about."""

    about: str | None = None


class NewerAttachment(Attachment):
    """A file with what was read in it."""

    pages: int | None = None


class NewerProposal(Proposal):
    """A proposal with the model that made it."""

    model: str | None = None


class NewerSealedPart(SealedPart):
    """A sealed part with its key's version."""

    key_version: int | None = None


class NewerPetitioner(Petitioner):
    """A petitioner with a wish about languages."""

    seal: tuple[NewerSealedPart, ...] = ()
    speaks: tuple[str, ...] = ()


class NewerEntry(Entry):
    """An entry with its place in a trace."""

    trace: str | None = None


class NewerPetition(Petition):
    """A petition of the newer version."""

    petitioner: NewerPetitioner
    proposal: NewerProposal | None = None
    draft: NewerAnswer | None = None
    answer: NewerAnswer | None = None
    publication: NewerPublication | None = None
    rating: NewerRating | None = None
    attachments: tuple[NewerAttachment, ...] = ()
    history: tuple[NewerEntry, ...] = ()
    door: str | None = None
    """An attribute of the receipt."""
    is_urgent: bool = Field(default=False)
    """Another one."""
