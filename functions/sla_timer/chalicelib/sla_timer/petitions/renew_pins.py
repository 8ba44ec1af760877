"""Renews PINs and links that an earlier key derives, when an operator asks for it after a leak, in a round.

Each petition with a contact gets the entry of a renewal, by the timer; every contact is notified of it, as of any, and
the new ones derive from the key in force. Who has no contact keeps the PIN: nobody could give them another (ADR 0083).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.sla_timer.petitions.move_seals import SEGMENTS, Reached
from chalicelib.sla_timer.rounds import Due
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform import clock, telemetry
from shared.platform.item_by_item import MALFORMED, item_by_item
from shared.platform.messages import RenewalRequest
from shared.tables.jobs import Round
from shared.tables.petitions import Petitions

PAGE = 50
"""Petitions of one step: each takes a write."""


class Renewing:
    """Renews what was given before a key was in force.

    Args:
        petitions: the petitions table.
    """

    name = "renewal"
    longest = timedelta(hours=48)

    def __init__(self, petitions: Petitions) -> None:
        self._petitions = petitions

    @staticmethod
    def round_of(request: RenewalRequest) -> Due:
        """Return the round that an operator asks for."""
        return Due(request.round, tuple(map(str, range(SEGMENTS))))

    def due(self, now: datetime, latest: Round | None) -> Due | None:  # noqa: ARG002 - the jobs' signature
        """Return None: no time of day begins a round."""
        return None

    def step(self, current: Round, shard: str, cursor: str | None) -> str | None:
        """Renew what one page of petitions has; the step after the last one ends the shard."""
        reached, before = Reached.of(cursor), before_of(current)
        if reached.after == "":
            return None
        page, last = self._petitions.page(reached.after, segment=int(shard), segments=SEGMENTS, limit=PAGE)
        done = item_by_item(
            (stored.petition for stored in page if _is_meant(stored.petition, before)),
            lambda petition: self._renew(petition, before),
            lambda petition: petition.reference,
            job=self.name,
            errors=MALFORMED,
            leaves_out_newer=True,
        )
        renewed = sum(done)
        telemetry.count("PinsRenewed", renewed)
        return str(Reached(reached.moved + renewed, last))

    def finish(self, current: Round) -> None:
        """Do nothing more: every petition was renewed by itself."""

    def _renew(self, petition: Petition, before: datetime) -> bool:
        """Renew PIN and link of a petition; return whether they were still those of before."""
        return self._petitions.change(petition, lambda seen: _renewed(seen, before)) is not petition


def before_of(current: Round) -> datetime:
    """Return the instant before which what a round renews was given."""
    return datetime.fromtimestamp(int(current.name.partition("/")[0]), UTC)


def _is_meant(petition: Petition, before: datetime) -> bool:
    is_erased = petition.last(Action.ERASE) is not None
    return bool(petition.petitioner.contact_keys) and not is_erased and petition.secrets_given_at < before


def _renewed(petition: Petition, before: datetime) -> Petition:
    if not _is_meant(petition, before):
        return petition
    change = Change.by_timer(clock.now(), f"renew-secrets:{petition.renewals + 1}")
    return petition.renew_secrets(change)
