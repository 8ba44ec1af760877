"""Gives a petition another PIN and another link: the earlier ones open it no more, and every contact is notified."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.intake.petitions.follow_up import FollowUp
from shared.domain.errors import TooManyRequestsError
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.petition.change import PETITIONER
from shared.domain.petition.petition import Petition
from shared.domain.procedures.pin_requests import link_token_of, may_renew, pin_of
from shared.platform import clock

_DAY = 24 * 3600


class Renewed(NamedTuple):
    """A petition with its new PIN and link token."""

    petition: Petition
    pin: str
    token: str


class Renewal:
    """Renews PINs and links.

    Args:
        follow_up: makes the change that the notice follows from.
        keyring: the identifiers' keys.
        per_day: how often in a day.
    """

    def __init__(self, follow_up: FollowUp, keyring: Keyring, *, per_day: int) -> None:
        self._follow_up = follow_up
        self._keyring = keyring
        self._per_day = per_day

    def renew(self, petition: Petition, *, by: str = PETITIONER) -> Renewed:
        """Renew PIN and link for whoever has shown one of them; the same request twice at once is one.

        Raises:
            TooManyRequestsError: enough for today.
        """
        if not may_renew(petition, clock.now(), per_day=self._per_day):
            raise TooManyRequestsError(_DAY)
        changed = self._follow_up.renew_secrets(petition, by=by)
        return Renewed(changed, pin_of(self._keyring, changed), link_token_of(self._keyring, changed))
