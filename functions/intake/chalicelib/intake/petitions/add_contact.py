"""Gives a petition another contact, because the one on file does not work or is no longer its owner's.

Whoever holds the PIN may. The new contact is sealed and appended, never put in the place of the old one, and the old
one is notified: somebody who found a PIN cannot turn the answers to themselves unnoticed.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.intake.petitions.follow_up import FollowUp
from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError
from shared.domain.identity.contact import ContactError, normal_email, normal_phone
from shared.domain.identity.reference import contact_key
from shared.domain.identity.telephone import LONGEST_PHONE
from shared.domain.petition.change import PETITIONER, Change
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, Text
from shared.domain.petition.values.petitioner import MOST_CONTACTS, Identity, ReplyBy
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.throttle.suppressions import Suppressions
from shared.use_cases.idempotency import was_made

MOST = 5
"""Times that contacts may be added to one petition: the earlier ones are notified of each, and an SMS costs money."""


class ContactInput(BaseModel):
    """A telephone number, an e-mail address, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: Annotated[Annotated[Text, Field(max_length=LONGEST_PHONE)] | None, EMPTY_IS_ABSENT] = None
    email: Annotated[Annotated[Text, Field(max_length=254)] | None, EMPTY_IS_ABSENT] = None


class AddContact:
    """Adds a contact to a petition."""

    def __init__(self, follow_up: FollowUp, seal: Seal, suppressions: Suppressions, key: bytes) -> None:
        self._follow_up = follow_up
        self._seal = seal
        self._suppressions = suppressions
        self._key = key

    def add(self, petition: Petition, contact: ContactInput, cause: str, *, by: str = PETITIONER) -> Petition:
        """Append a contact; the same cause again changes nothing.

        Raises:
            InvalidInputError: neither was given, one cannot be one, or there were enough.
            ActionNotPossibleError: the petition has ended, so that no notice follows.
        """
        phone, email = _checked(contact)
        change = Change(by, clock.now(), f"add-contact:{cause}")
        if was_made(petition, change.id):
            return petition
        keys = tuple(contact_key(self._key, value) for value in (phone, email) if value)
        times = sum(entry.action is Action.ADD_CONTACT for entry in petition.history)
        if times >= MOST or len({*petition.petitioner.contact_keys, *keys}) > MOST_CONTACTS:
            raise InvalidInputError(("phone" if phone else "email", "too-many-contacts"))
        sealed = self._seal.close(Identity(phone=phone, email=email), petition.reference, change.at)
        channels = ((ReplyBy.EMAIL,) if email else ()) + ((ReplyBy.SMS,) if phone else ())
        changed = self._follow_up.apply(
            petition,
            change,
            lambda p: p.add_contact(change, sealed, keys, channels),
        )
        for key in keys:
            self._suppressions.lift(key)
        return changed

    def is_unreachable(self, petition: Petition) -> bool:
        """Return whether messages to a contact of this petition came back, so that its owner is asked for another."""
        return bool(self._suppressions.among(petition.petitioner.contact_keys[-2:]))


def _checked(contact: ContactInput) -> tuple[str | None, str | None]:
    if contact.phone is None and contact.email is None:
        raise InvalidInputError(("email", "contact-missing"))
    problems: list[tuple[str, str]] = []
    normalised: list[str | None] = []
    for name, value, normal in (
        ("phone", contact.phone, normal_phone),
        ("email", contact.email, normal_email),
    ):
        try:
            normalised.append(normal(value) if value is not None else None)
        except ContactError:
            problems.append((name, name))
            normalised.append(None)
    if problems:
        raise InvalidInputError(*problems)
    return normalised[0], normalised[1]
