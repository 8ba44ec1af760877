"""Moves every seal to the key that closes new ones, when an operator asks for it: a round for each request.

KMS re-encrypts each part by itself: neither this function nor the operator sees what lies in it. The history of each
petition notes the move, and its digests cover the new ciphertexts. What is under the key already stays as it is, so a
step done twice, or another round, moves nothing again. What lapses by itself within weeks is left to lapse (ADR 0082).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Self

from chalicelib.sla_timer.rounds import Due
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import SealedPart
from shared.platform import clock, telemetry
from shared.platform.item_by_item import MALFORMED, item_by_item
from shared.platform.messages import ResealRequest
from shared.platform.seal import Moved, Seal
from shared.tables.contacts.subscribers import LISTS, Subscribers, context_of
from shared.tables.jobs import Round
from shared.tables.petitions import Petitions

SEGMENTS = 8
"""Shards of petitions, as many as the reconciliation has."""
SUBSCRIBERS = "subscribers"
"""The shard of those who get new answers by e-mail: their addresses are sealed for a year."""
PAGE = 50
"""Petitions of one step: each takes a call of KMS for each part, and a write."""
NOTE = "Niêm phong danh tính được chuyển sang khóa mã hóa {key}; nội dung không đổi."
"""The note in the history, as officers and auditors read it."""


class Reached(NamedTuple):
    """The place in a shard, with what was moved on the way there; stored as `12:26483190231`."""

    moved: int
    after: str | None
    """The reference or list that was visited last; "" at the end of the shard."""

    @classmethod
    def of(cls, cursor: str | None) -> Self:
        """Return the place that a cursor stands for."""
        moved, _, after = (cursor or "0:").partition(":")
        return cls(int(moved), after if cursor else None)

    def __str__(self) -> str:
        return f"{self.moved}:{self.after or ''}"


class Resealing:
    """Has KMS put all seals under the key that closes new ones.

    Args:
        petitions: the petitions table.
        subscribers: those who get new answers by e-mail.
        seal: moves ciphertexts.
    """

    name = "reseal"
    longest = timedelta(hours=48)

    def __init__(self, petitions: Petitions, subscribers: Subscribers, seal: Seal) -> None:
        self._petitions = petitions
        self._subscribers = subscribers
        self._seal = seal

    @staticmethod
    def round_of(request: ResealRequest) -> Due:
        """Return the round that an operator asks for."""
        return Due(request.round, (*map(str, range(SEGMENTS)), SUBSCRIBERS))

    def due(self, now: datetime, latest: Round | None) -> Due | None:  # noqa: ARG002 - the jobs' signature
        """Return None: no time of day begins a round."""
        return None

    def step(self, current: Round, shard: str, cursor: str | None) -> str | None:  # noqa: ARG002 - the jobs' signature
        """Move one page of petitions, or one list of subscribers; the step after the last one ends the shard."""
        reached = Reached.of(cursor)
        if reached.after == "":
            return None
        if shard == SUBSCRIBERS:
            moved, after = self._move_list(reached.after)
        else:
            moved, after = self._move_page(int(shard), reached.after)
        telemetry.count("SealsMoved", moved)
        return str(Reached(reached.moved + moved, after))

    def finish(self, current: Round) -> None:
        """Do nothing more: every seal was moved by itself."""

    def _move_page(self, segment: int, after: str | None) -> tuple[int, str | None]:
        page, last = self._petitions.page(after, segment=segment, segments=SEGMENTS, limit=PAGE)
        moved = item_by_item(
            (stored.petition for stored in page if stored.petition.petitioner.seal),
            self._move_petition,
            lambda petition: petition.reference,
            job=self.name,
            errors=MALFORMED,
            leaves_out_newer=True,
        )
        return sum(moved), last

    def _move_petition(self, petition: Petition) -> bool:
        """Move the seal of a petition; return whether there was anything to move."""
        return self._petitions.change(petition, self._resealed) is not petition

    def _resealed(self, petition: Petition) -> Petition:
        each = [self._seal.moved(part.ciphertext, petition.reference) for part in petition.petitioner.seal]
        key = next((moved.key_id for moved in each if moved), None)
        if key is None:
            return petition
        parts = tuple(map(_under_its_key, petition.petitioner.seal, each))
        now = clock.now()
        change = Change.by_timer(now, f"reseal:{key.rpartition('/')[2]}:{petition.version}")
        return petition.move_seal(change, parts, NOTE.format(key=key))

    def _move_list(self, after: str | None) -> tuple[int, str | None]:
        number = int(after) + 1 if after else 0
        moved = item_by_item(
            self._subscribers.listed(number),
            self._move_subscriber,
            lambda name: name,
            job=self.name,
        )
        return sum(moved), str(number) if number + 1 < LISTS else None

    def _move_subscriber(self, name: str) -> bool:
        row = self._subscribers.get(name, clock.now())
        moved = self._seal.moved(row.ciphertext, context_of(name)) if row else None
        return row is not None and moved is not None and self._subscribers.reseal(row, moved.ciphertext)


def _under_its_key(part: SealedPart, moved: Moved | None) -> SealedPart:
    return part.model_copy(update={"ciphertext": moved.ciphertext}) if moved else part
