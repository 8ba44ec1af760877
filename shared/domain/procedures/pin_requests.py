"""A petition's PIN and link: what they are, how often they are given again or renewed, and how long a link opens it.

They derive from the reference, under the key that was in force when they were given: at the receipt, or when they were
last renewed; so a renewal leaves an earlier key behind (docs/adr/0083). What is sent goes only to a contact that stood
in the petition already, so whoever asks learns nothing and gets nothing, unless the contact is theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity import reference as references
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.petition.lifecycle import ENDED, MOVES, Action
from shared.domain.petition.petition import Petition

NOT_AGAIN_WITHIN = timedelta(minutes=2)
"""A second click within this time sends nothing more."""
NEW_LINK_HOLDS_FOR = timedelta(days=30)
"""A link that was sent again opens a closed matter for so long."""
_ENDS = frozenset(action for action, move in MOVES.items() if move.target in ENDED)
_SENDS_LINK = frozenset({Action.SEND_PIN, Action.RENEW_SECRETS})
IN_ALL = 30
"""However old a petition grows, requests of somebody who knows a contact cannot fill its history."""


def times_sent(petition: Petition | None) -> int:
    """Count how often the PIN was given again; each time opens the tries for the PIN anew."""
    return sum(entry.action is Action.SEND_PIN for entry in petition.history) if petition else 0


def renewals_of(petition: Petition | None) -> int:
    """Count how often PIN and link were renewed: each time the earlier ones died."""
    return petition.renewals if petition else 0


def may_renew(petition: Petition, now: datetime, *, per_day: int) -> bool:
    """Return whether PIN and link may be renewed once more today: every contact is notified of each renewal."""
    renewed = [entry.at for entry in petition.history if entry.action is Action.RENEW_SECRETS]
    today = [at for at in renewed if local_date(at) == local_date(now)]
    return len(renewed) < IN_ALL and len(today) < per_day


def link_holds(petition: Petition, now: datetime, kept_for: timedelta | None) -> bool:
    """Return whether links open a petition: until its matter has been closed for long, and a month after a new one.

    Args:
        petition: in any state.
        now: the instant.
        kept_for: after the end of the matter *(setting)*; None is for ever.
    """
    if kept_for is None or petition.state not in ENDED:
        return True
    ended = [entry.at for entry in petition.in_force if entry.action in _ENDS] or [petition.received_at]
    sent = [entry.at for entry in petition.history if entry.action in _SENDS_LINK]
    return now - ended[-1] < kept_for or bool(sent and now - sent[-1] < NEW_LINK_HOLDS_FOR)


def may_send_pin(petition: Petition, now: datetime, *, per_day: int) -> bool:
    """Return whether the PIN may be given once more today: an SMS costs money, and too many of them annoy."""
    sent = [entry.at for entry in petition.history if entry.action is Action.SEND_PIN]
    today = [at for at in sent if local_date(at) == local_date(now)]
    return len(sent) < IN_ALL and len(today) < per_day and not (sent and now - sent[-1] < NOT_AGAIN_WITHIN)


# --- what they are -------------------------------------------------------------------------------------


def key_of(keyring: Keyring, petition: Petition) -> bytes:
    """Return the key that PIN and link of a petition derive from."""
    return keyring.at(petition.secrets_given_at)


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
