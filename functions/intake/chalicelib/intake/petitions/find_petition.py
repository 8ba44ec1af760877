"""Finds the petition of somebody who shows its reference and PIN: the one way in for a petitioner on the web.

Callers of the hotline may show the number they call from instead of the PIN.
"""

from __future__ import annotations

from shared.domain.errors import NotFoundOrWrongPinError
from shared.domain.identity import reference as references
from shared.domain.petition.petition import Petition
from shared.domain.procedures.pin_requests import times_sent
from shared.tables.petitions import Petitions
from shared.tables.throttle.pin_guard import PinGuard


class PetitionFinder:
    """Hands out a petition against its PIN or link token, and nothing else."""

    def __init__(self, petitions: Petitions, guard: PinGuard, key: bytes) -> None:
        self._petitions = petitions
        self._guard = guard
        self._key = key

    def find(self, reference: str, secret: str, address: str) -> Petition:
        """Return the petition.

        Wrong, unknown and locked take the same steps, so neither the answer nor its time shows which it was. What
        can be no reference at all is known to everybody who reads the check digit's rule, and is refused at once.

        Args:
            reference: as a person writes it, with or without spaces.
            secret: its PIN, or the token of a link.
            address: the caller's network address.

        Raises:
            NotFoundOrWrongPinError: for every reason alike.
        """
        digits = references.normal_reference(reference[:40])
        if digits is None or not secret:
            raise NotFoundOrWrongPinError
        return self._proven(digits, secret, None, address)

    def find_by_phone(self, reference: str, pin: str, number: str | None, address: str) -> Petition:
        """Return the petition to a caller: against its PIN, or without one to whoever calls from a number on file.

        Args:
            reference: as it was keyed in.
            pin: as it was keyed in; "" when the caller has none at hand.
            number: the one they call from, None when it is withheld.
            address: names the caller for the counting of wrong tries.

        Raises:
            ValueError: what was keyed in can be no reference.
            NotFoundOrWrongPinError: for every other reason alike.
        """
        digits = references.normal_reference(reference)
        if digits is None:
            raise ValueError("no reference")
        return self._proven(digits, pin, None if pin else number, address)

    def _proven(self, digits: str, secret: str, number: str | None, address: str) -> Petition:
        petition = self._petitions.get(digits)
        opened = times_sent(petition)
        is_locked = self._guard.is_locked(digits, address, opened)
        if number is None:
            is_proven = references.proves(self._key, digits, secret[:80])
        else:
            contact = references.contact_key(self._key, number)
            is_proven = petition is not None and contact in petition.petitioner.contact_keys
        if petition is None or not is_proven or is_locked:
            self._guard.count_wrong_try(digits, address, opened)
            raise NotFoundOrWrongPinError
        return petition
