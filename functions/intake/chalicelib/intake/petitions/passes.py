"""Passes: signed texts for an address, which open one thing about one petition for a short time.

A page that answers a form has to be reachable by GET, so that reloading, going back and the switch of languages keep
it; a GET can carry no PIN. A pass is signed for one purpose, ends soon, and ends with the PIN that it stands for.
Nothing is stored: it names its petition and its end, and an HMAC holds both.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.domain.errors import NotFoundOrWrongPinError
from shared.domain.identity import reference as references
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.petition.petition import Petition
from shared.domain.procedures.pin_requests import key_of, renewals_of
from shared.platform import clock
from shared.tables.petitions import Petitions

LONGEST = 100
"""Characters of a pass that are looked at."""
_SIGNATURE_LENGTH = 32


class Purpose(StrEnum):
    """The thing that a pass opens; the value is the label that its signature is derived under."""

    FILES = "files"
    """The states of a petition's files."""
    RECEIPT = "receipt-pass"
    """The receipt with the PIN."""
    PAGE = "page-pass"
    """The petition's page, for whoever came by a link or the receipt."""
    PAGE_BY_PIN = "page-pass-by-pin"
    """The same for whoever has shown the PIN: what they see counts as seen by the petitioner."""
    NEW_PIN = "new-pin-pass"
    """The same for whoever has just renewed the PIN, which the page shows."""


class Admitted(NamedTuple):
    """The petition that a pass is for, and what it opens."""

    petition: Petition
    purpose: Purpose


class Passes:
    """Issues passes and admits their holders.

    Args:
        petitions: the petitions table.
        keyring: the identifiers' keys; a pass is signed with the one that its petition's PIN derives from.
    """

    def __init__(self, petitions: Petitions, keyring: Keyring) -> None:
        self._petitions = petitions
        self._keyring = keyring

    def issue(self, purpose: Purpose, petition: Petition, until: datetime) -> str:
        """Return a pass for one purpose that holds until an instant, or until its petition has another PIN."""
        expires = int(until.timestamp())
        signature = self._signature(purpose, petition, expires)
        return f"{petition.reference}.{expires}.{signature}"

    def admit(self, offered: str, *purposes: Purpose) -> Admitted:
        """Return the petition and purpose of a valid pass.

        Raises:
            NotFoundOrWrongPinError: forged, ended, for another purpose, or no such petition.
        """
        reference, _, rest = offered[:LONGEST].partition(".")
        expires, _, signature = rest.partition(".")
        digits = references.normal_reference(reference)
        if digits is None or not (expires.isascii() and expires.isdigit()):
            raise NotFoundOrWrongPinError
        if int(expires) <= clock.now().timestamp():
            raise NotFoundOrWrongPinError
        petition = self._petitions.get(digits)
        if petition is None:
            raise NotFoundOrWrongPinError
        for purpose in purposes:
            ours = self._signature(purpose, petition, int(expires))
            if hmac.compare_digest(ours.encode(), signature.encode("utf-8", "replace")):
                return Admitted(petition, purpose)
        raise NotFoundOrWrongPinError

    def _signature(self, purpose: Purpose, petition: Petition, expires: int) -> str:
        signed = f"{petition.reference}:{expires}:{renewals_of(petition)}"
        return references.derive(key_of(self._keyring, petition), purpose, signed).hex()[:_SIGNATURE_LENGTH]
