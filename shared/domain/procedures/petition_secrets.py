"""PIN and link of a petition: they derive from its reference, under the key that was in force when they were given.

That was at its receipt, or when they were last renewed; so a renewal leaves an earlier key behind (docs/adr/0083).
"""

from __future__ import annotations

from datetime import datetime

from shared.domain.identity import reference as references
from shared.domain.identity.keyring import Keyring
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.procedures.pin_requests import renewals_of


def given_at(petition: Petition) -> datetime:
    """Return the instant from which PIN and link are the ones that they are."""
    renewed = [entry.at for entry in petition.history if entry.action is Action.RENEW_SECRETS]
    return renewed[-1] if renewed else petition.stored_at


def key_of(keyring: Keyring, petition: Petition) -> bytes:
    """Return the key that PIN and link of a petition derive from."""
    return keyring.at(given_at(petition))


def pin_of(keyring: Keyring, petition: Petition) -> str:
    """Return a petition's PIN."""
    return references.pin_of(key_of(keyring, petition), petition.reference, renewals_of(petition))


def first_pin_of(keyring: Keyring, petition: Petition) -> str:
    """Return the PIN that a petition was received with, renewed or not."""
    return references.pin_of(keyring.at(petition.stored_at), petition.reference)


def link_token_of(keyring: Keyring, petition: Petition) -> str:
    """Return the token in a petition's links."""
    return references.link_token_of(key_of(keyring, petition), petition.reference, renewals_of(petition))


def is_pin(keyring: Keyring, petition: Petition | None, reference: str, secret: str) -> bool:
    """Return whether a secret is the PIN of a reference; of one that no petition has, under any key."""
    renewals = renewals_of(petition)
    return any(references.is_pin(key, reference, secret, renewals) for key in _keys_for(keyring, petition))


def is_link_token(keyring: Keyring, petition: Petition | None, reference: str, secret: str) -> bool:
    """Return whether a secret is the token of a reference's links, likewise."""
    renewals = renewals_of(petition)
    return any(
        references.is_link_token(key, reference, secret, renewals) for key in _keys_for(keyring, petition)
    )


def _keys_for(keyring: Keyring, petition: Petition | None) -> tuple[bytes, ...]:
    return (key_of(keyring, petition),) if petition is not None else keyring.every()
