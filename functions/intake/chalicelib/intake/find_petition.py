"""Finds the petition of somebody who shows its reference and PIN: the one way in for a petitioner on the web."""

from __future__ import annotations

from chalicelib.intake.pin_guard import PinGuard
from shared.domain import reference as references
from shared.domain.errors import NotFoundOrWrongPinError
from shared.domain.petition import Petition
from shared.domain.pin_again import times_sent
from shared.petitions import Petitions


class PetitionFinder:
    """Hands out a petition against its PIN or link token, and nothing else."""

    def __init__(self, petitions: Petitions, guard: PinGuard, key: bytes) -> None:
        self._petitions = petitions
        self._guard = guard
        self._key = key

    def find(self, reference: str, secret: str, address: str) -> Petition:
        """Return the petition.

        Wrong, unknown and locked take the same steps, so neither the answer nor its time tells which it was. What
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
        petition = self._petitions.get(digits)
        opened = times_sent(petition)
        is_locked = self._guard.is_locked(digits, address, opened)
        is_proven = references.proves(self._key, digits, secret[:80])
        if petition is None or not is_proven or is_locked:
            self._guard.count_wrong_try(digits, address, opened)
            raise NotFoundOrWrongPinError
        return petition
