"""The page's challenge: a proof of work that the visitor's browser does while they write (ADR 0015).

A challenge is made for one form, by its key, and a form makes one petition; so a proof used again buys nothing, and
nothing about it has to be stored.
"""

from __future__ import annotations

import binascii
import json
from datetime import UTC, datetime, timedelta

from altcha import create_challenge, verify_solution
from altcha.v2 import Payload

from shared.domain.identity import reference as references
from shared.domain.identity.identifier_keys import Keyring
from shared.platform import clock

HOLDS_FOR = timedelta(hours=24)
"""Lifetime of a challenge; a form that stays open longer is sent without a proof."""
_CLOCKS_DIFFER_BY = timedelta(minutes=1)
LONGEST_PROOF = 4_000
_ALGORITHM = "PBKDF2/SHA-256"
_PREFIX = "00"
"""The derived key begins so: 256 tries on average."""


class Challenges:
    """Makes and checks challenges.

    Args:
        keyring: the identifiers' keys; a challenge is signed with the one in force when it was made.
        cost: rounds of PBKDF2 that one try takes.
    """

    def __init__(self, keyring: Keyring, cost: int) -> None:
        self._keyring = keyring
        self._cost = cost

    def make(self, form_key: str) -> str:
        """Return a challenge for a form, as JSON for its page."""
        now = clock.now()
        until = int((now + HOLDS_FOR).timestamp())
        challenge = create_challenge(
            _ALGORITHM,
            self._cost,
            key_prefix=_PREFIX,
            data={"form": form_key, "until": until},
            hmac_secret=self._secret(now),
        )
        return json.dumps(challenge.to_dict(), separators=(",", ":"))

    def is_met(self, proof: str, form_key: str) -> bool:
        """Return whether a proof solves a challenge that was made for this form, in time."""
        if not proof or len(proof) > LONGEST_PROOF:
            return False
        try:
            payload = Payload.from_base64(proof)
            challenge = payload.challenge.parameters
            shape = (challenge.cost, challenge.key_prefix, challenge.algorithm)
            if shape != (self._cost, _PREFIX, _ALGORITHM):
                return False
            data = challenge.data or {}
            until, now = int(data["until"]), clock.now()
            longest = (HOLDS_FOR + _CLOCKS_DIFFER_BY).total_seconds()
            if not 0 <= until - now.timestamp() <= longest or data["form"] != form_key:
                return False
            made_at = datetime.fromtimestamp(until, UTC) - HOLDS_FOR
            return bool(verify_solution(payload, self._secret(made_at)).verified)
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False

    def _secret(self, made_at: datetime) -> bytes:
        return references.derive(self._keyring.at(made_at), "challenge", "")
