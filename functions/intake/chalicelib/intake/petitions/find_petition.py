"""Finds the petition of somebody who shows its reference and PIN: the one way in for a petitioner on the web.

A link's token is compared first, and never waits: it is one of 2¹²⁸. A PIN is compared after `PinGuard` has let the
try pass. Callers of the hotline may show the number they call from instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple

from shared.domain.errors import LinkExpiredError, NotFoundOrWrongPinError, PetitionLostError
from shared.domain.identity import reference as references
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.petition.petition import Petition
from shared.domain.procedures import pin_requests
from shared.domain.procedures.pin_requests import link_holds, renewals_of, times_sent
from shared.platform import clock
from shared.tables.petitions import Petitions
from shared.tables.throttle.pin_guard import PinGuard, PinTry


class Proof(NamedTuple):
    """The proof that somebody shows besides the reference."""

    secret: str
    """The PIN, or the token of a link."""
    address: str
    """The caller's network address."""
    offered: str = ""
    """The ticket or the work that a slowed PIN needs."""


class PetitionFinder:
    """Hands out a petition against its PIN or link token, and nothing else.

    Args:
        petitions: the petitions table.
        guard: slows those who guess.
        keyring: the identifiers' keys.
        link_kept_for: how long after its matter has ended a link opens it; None is for ever.
        was_restored: returns whether the stored data were ever restored: only then is a reference lost.
    """

    def __init__(
        self,
        petitions: Petitions,
        guard: PinGuard,
        keyring: Keyring,
        link_kept_for: timedelta | None,
        was_restored: Callable[[], bool],
    ) -> None:
        self._was_restored = was_restored
        self._petitions = petitions
        self._guard = guard
        self._keyring = keyring
        self._link_kept_for = link_kept_for

    def find(self, reference: str, proof: Proof) -> Petition:
        """Return the petition.

        Wrong and unknown take the same steps, so neither the answer nor its time shows which it was. Whether a try
        is slowed depends on the tries before it, not on the secret. What can be no reference at all is known to
        everybody who reads the check digit's rule, and is refused at once.

        Args:
            reference: as a person writes it, with or without spaces.
            proof: its PIN, or the token of a link.

        Raises:
            NotFoundOrWrongPinError: for every reason alike.
            PetitionLostError: the secret is right, so the reference was given out, and its petition was lost.
            LinkExpiredError: the link is right, and its matter has been closed for long.
            PinSlowedError: the PIN is compared after a wait, or some work.
        """
        digits = references.normal_reference(reference[:40])
        if digits is None or not proof.secret:
            raise NotFoundOrWrongPinError
        petition = self._petitions.get(digits)
        if pin_requests.is_link_token(self._keyring, petition, digits, proof.secret[:80]):
            return self._by_link(petition)
        return self._by_pin(petition, digits, proof)

    def find_by_phone(self, reference: str, number: str | None, proof: Proof) -> Petition:
        """Return the petition to a caller: against its PIN, or without one to whoever calls from a number on file.

        Args:
            reference: as it was keyed in.
            number: the one they call from, None when it is withheld.
            proof: the PIN as it was keyed in, "" when the caller has none at hand; the address names the caller.

        Raises:
            ValueError: what was keyed in can be no reference.
            NotFoundOrWrongPinError: for every other reason alike.
            PinSlowedError: the caller has tried too often.
        """
        digits = references.normal_reference(reference)
        if digits is None:
            raise ValueError("no reference")
        petition = self._petitions.get(digits)
        if proof.secret:
            return self._by_pin(petition, digits, proof)
        contact = references.contact_key(self._keyring.names(), number or "")
        if petition is None or contact not in petition.petitioner.contact_keys:
            self._guard.count_wrong_proof(proof.address)
            raise NotFoundOrWrongPinError
        return petition

    def find_sent_by(self, reference: str, sender: str, contacts: Iterable[str]) -> Petition:
        """Return the petition to the program that sent it, for somebody whose contact is on file.

        Args:
            reference: as a person writes it.
            sender: the author of its first history entry.
            contacts: telephone numbers and e-mail addresses in their normal form.

        Raises:
            NotFoundOrWrongPinError: for every reason alike.
        """
        digits = references.normal_reference(reference[:40])
        petition = self._petitions.get(digits) if digits else None
        offered = {references.contact_key(self._keyring.names(), contact) for contact in contacts}
        if (
            petition is None
            or petition.history[0].by != sender
            or not offered & {*petition.petitioner.contact_keys}
        ):
            raise NotFoundOrWrongPinError
        return petition

    def pin_of(self, petition: Petition) -> str:
        """Return a petition's PIN, to show it to whoever may have it: its receipt, and whoever renewed it."""
        return pin_requests.pin_of(self._keyring, petition)

    def is_pin(self, petition: Petition, secret: str) -> bool:
        """Return whether a secret is a petition's PIN."""
        return pin_requests.is_pin(self._keyring, petition, petition.reference, secret)

    def secret_for(self, petition: Petition, secret: str) -> str:
        """Return the secret that the forms of a petition's page carry: the token, as long as links open it."""
        if not link_holds(petition, clock.now(), self._link_kept_for):
            return secret
        return pin_requests.link_token_of(self._keyring, petition)

    def _by_link(self, petition: Petition | None) -> Petition:
        if petition is None:
            raise PetitionLostError if self._was_restored() else NotFoundOrWrongPinError
        if not link_holds(petition, clock.now(), self._link_kept_for):
            raise LinkExpiredError
        return petition

    def _by_pin(self, petition: Petition | None, digits: str, proof: Proof) -> Petition:
        opened = times_sent(petition) + renewals_of(petition)
        attempt = PinTry(digits, proof.secret[:80], proof.address, opened, proof.offered[:4000])
        self._guard.check(attempt)
        is_right = pin_requests.is_pin(self._keyring, petition, digits, proof.secret[:80])
        if petition is None and is_right and self._was_restored():
            raise PetitionLostError
        if petition is None or not is_right:
            self._guard.count_wrong_pin(attempt)
            raise NotFoundOrWrongPinError
        return petition
