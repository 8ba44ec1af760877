"""Evidence that a petitioner was notified, from the rows of one petition in the table `deliveries`: one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from typing_extensions import override

from shared.domain.promises.deliveries import CallOutcome, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.evidence import Evidence, Proof, Telling
from shared.domain.promises.notices import Audience
from shared.tables.deliveries import Deliveries


class Seen(NamedTuple):
    """A view by the petitioner, with their PIN, of the petition with so many history entries."""

    version: int
    at: datetime


def evidence_in(
    rows: Sequence[Delivery],
    seen: Iterable[Seen] = (),
    carriers: Callable[[str], Sequence[Delivery]] = lambda _name: (),
    *,
    acceptance_counts: bool = False,
) -> Evidence:
    """Return the evidence in a petition's rows.

    Args:
        rows: all its deliveries.
        seen: the petitioner's views.
        carriers: returns the deliveries of a notice of another petition, whose message contained this notice too.
        acceptance_counts: whether acceptance by a provider without receipts proves a delivery.
    """
    to_petitioner = [row for row in rows if row.audience is Audience.PETITIONER]
    views = sorted(seen)
    evidence: dict[int, Telling | None] = {}
    for seq in {row.seq for row in to_petitioner} | set(
        range(1, max((v.version for v in views), default=0) + 1)
    ):
        own = [row for row in to_petitioner if row.seq == seq]
        deciding = [
            carrier
            for row in own
            for carrier in (_carriers_of(row, rows, carriers) if _is_carried(row) else [row])
        ]
        tellings = [t for row in deciding if (t := _telling(row, acceptance_counts=acceptance_counts))]
        tellings += [Telling(at=view.at, proof=Proof.SEEN) for view in views if view.version >= seq][:1]
        if tellings:
            evidence[seq] = min(tellings, key=lambda telling: telling.at)
        elif deciding and all(row.state is DeliveryState.FAILED for row in deciding):
            evidence[seq] = None
    return evidence


class DeliveriesOfPetition:
    """The deliveries of one petition and its petitioner's views, read with one query when they are first needed."""

    def __init__(self, deliveries: Deliveries, reference: str) -> None:
        self._deliveries, self._reference = deliveries, reference

    @cached_property
    def _read(self) -> tuple[tuple[Delivery, ...], tuple[tuple[int, datetime], ...]]:
        return self._deliveries.with_views(self._reference)

    @property
    def in_order(self) -> list[Delivery]:
        """The deliveries, as the history has them."""
        return sorted(self._read[0], key=lambda delivery: (delivery.seq, delivery.at))

    def evidence(self, *, acceptance_counts: bool = False) -> Evidence:
        """Return the evidence that the petitioner was notified; nothing is read before it is looked into.

        One more query is made for each other petition whose message contained a notice of this one too.
        """

        def read() -> Evidence:
            rows, seen = self._read
            views = (Seen(version, at) for version, at in seen)
            return evidence_in(rows, views, self._deliveries.of_name, acceptance_counts=acceptance_counts)

        return _LazyEvidence(read)


class _LazyEvidence(Mapping[int, Telling | None]):
    """Evidence that is read when a duty first asks for it: most petitions that are open have none that does."""

    def __init__(self, read: Callable[[], Evidence]) -> None:
        self._read_all = read

    @cached_property
    def _all(self) -> Evidence:
        return self._read_all()

    @override
    def __getitem__(self, seq: int) -> Telling | None:
        return self._all[seq]

    @override
    def __iter__(self) -> Iterator[int]:
        return iter(self._all)

    @override
    def __len__(self) -> int:
        return len(self._all)


def evidence_of(deliveries: Deliveries, reference: str, *, acceptance_counts: bool = False) -> Evidence:
    """Return the evidence that the petitioner of one petition was notified, as it stands now."""
    return dict(DeliveriesOfPetition(deliveries, reference).evidence(acceptance_counts=acceptance_counts))


def _is_carried(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.CARRIED and delivery.carried_by is not None


def _carriers_of(
    delivery: Delivery, rows: Sequence[Delivery], carriers: Callable[[str], Sequence[Delivery]]
) -> list[Delivery]:
    """Return the deliveries whose message contained a carried notice."""
    name = delivery.carried_by or ""
    here = [row for row in rows if row.name == name]
    return [row for row in (here or carriers(name)) if delivery.name in (row.carries or "").split()]


def _telling(delivery: Delivery, *, acceptance_counts: bool) -> Telling | None:
    if delivery.state is DeliveryState.DELIVERED:
        return Telling(at=delivery.claimed_at or delivery.at, proof=Proof.RECEIPT)
    if delivery.state is DeliveryState.DONE:
        is_letter = delivery.reason == CallOutcome.LETTER
        return Telling(at=delivery.at, proof=Proof.LETTER if is_letter else Proof.CALL)
    if delivery.state is DeliveryState.SUPERSEDED and delivery.channel is DeliveryChannel.NONE:
        return Telling(at=delivery.at, proof=Proof.OVERTAKEN)
    if acceptance_counts and delivery.state is DeliveryState.SENT and not delivery.proves:
        return Telling(at=delivery.claimed_at or delivery.at, proof=Proof.ACCEPTED)
    return None
