"""The person who petitions: the data that may be read, and the identity that is sealed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel, StoredModel


class PetitionerType(StrEnum):
    """The type of a petitioner."""

    CITIZEN = "CITIZEN"
    BUSINESS = "BUSINESS"
    ORGANISATION = "ORGANISATION"
    FOREIGNER = "FOREIGNER"


class ReplyBy(StrEnum):
    """A channel that a petitioner may choose, in their order of preference."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    PHONE = "PHONE"


MOST_CONTACTS = 4
"""Contacts of one petition: each is found by an index of its own (`shared.tables.petition_items`)."""


class Identity(BaseModel):
    """The identity of the petitioner. It exists in the clear only on its way into and out of the seal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = None
    address: str | None = None
    phone: str | None = None
    phone_note: str | None = None
    """Text beside the number: a second one, an extension, or what a caller dictated that is no number."""
    email: str | None = None
    organisation: str | None = None
    text: str | None = None
    """The text that somebody wrote in answer to "your name and address, please", in one piece."""
    recording: str | None = None
    """The address of the recording of a call; a voice identifies a person."""


def contacts_on_file(parts: Iterable[Identity]) -> tuple[str, ...]:
    """Return every e-mail address and telephone number of a seal, in the order of its parts, each once.

    The seal only grows, so the place of a contact in this order never changes: deliveries name it by its number.
    """
    return tuple(dict.fromkeys(c for part in parts for c in (part.email, part.phone) if c))


class SealedPart(StoredModel):
    """One closed piece of identity: the seal is a list, because a petitioner may add to it later."""

    at: datetime
    ciphertext: str
    """KMS ciphertext in base64, bound to the reference by its encryption context."""


class Petitioner(StoredModel):
    """The data about the petitioner that need no opening of the seal."""

    type: PetitionerType = PetitionerType.CITIZEN
    seal: tuple[SealedPart, ...] = ()
    contact_keys: tuple[str, ...] = ()
    reply_by: tuple[ReplyBy, ...] = ()
    """Channels that were chosen and have a contact, first choice first; the same order serves as fallback."""
    is_named: bool = True
    """True if a name and address were given (an SMS sender has only a number at first)."""
