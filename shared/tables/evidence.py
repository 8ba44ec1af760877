"""What is known of a petitioner's being told, from the rows of one petition in the table `deliveries`: one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.domain.promises.deliveries import CallOutcome, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.evidence import Evidence, Proof, Telling
from shared.domain.promises.notices import Audience
from shared.tables.deliveries import Deliveries


class Seen(NamedTuple):
    """The petitioner looked at the petition, with their PIN, when it had so many history entries."""

    version: int
    at: datetime


def evidence_in(
    rows: Sequence[Delivery],
    seen: Iterable[Seen] = (),
    carriers: Callable[[str], Sequence[Delivery]] = lambda _name: (),
    *,
    acceptance_counts: bool = False,
) -> Evidence:
    """Return what a petition's rows show.

    Args:
        rows: all its deliveries.
        seen: when the petitioner looked.
        carriers: returns the deliveries of a notice of another petition, whose message said this one too.
        acceptance_counts: whether it is enough that a provider without receipts took a message.
    """
    to_petitioner = [one for one in rows if one.audience is Audience.PETITIONER]
    views = sorted(seen)
    found: dict[int, Telling | None] = {}
    for seq in {one.seq for one in to_petitioner} | set(
        range(1, max((v.version for v in views), default=0) + 1)
    ):
        own = [one for one in to_petitioner if one.seq == seq]
        deciding = [
            row for one in own for row in (_carriers_of(one, rows, carriers) if _is_carried(one) else [one])
        ]
        tellings = [t for one in deciding if (t := _telling(one, acceptance_counts=acceptance_counts))]
        tellings += [Telling(at=view.at, proof=Proof.SEEN) for view in views if view.version >= seq][:1]
        if tellings:
            found[seq] = min(tellings, key=lambda telling: telling.at)
        elif deciding and all(one.state is DeliveryState.FAILED for one in deciding):
            found[seq] = None
    return found


def evidence_of(deliveries: Deliveries, reference: str, *, acceptance_counts: bool = False) -> Evidence:
    """Return what is known of one petition's petitioner being told, read with one query.

    One more is made for each other petition whose message told of this one too.
    """
    rows, seen = deliveries.with_views(reference)
    views = (Seen(version, at) for version, at in seen)
    return evidence_in(rows, views, deliveries.of_name, acceptance_counts=acceptance_counts)


def _is_carried(one: Delivery) -> bool:
    return one.state is DeliveryState.CARRIED and one.carried_by is not None


def _carriers_of(
    one: Delivery, rows: Sequence[Delivery], carriers: Callable[[str], Sequence[Delivery]]
) -> list[Delivery]:
    """Return the deliveries that said a carried notice too."""
    name = one.carried_by or ""
    here = [row for row in rows if row.name == name]
    return [row for row in (here or carriers(name)) if one.name in (row.carries or "").split()]


def _telling(one: Delivery, *, acceptance_counts: bool) -> Telling | None:
    if one.state is DeliveryState.DELIVERED:
        return Telling(at=one.claimed_at or one.at, proof=Proof.RECEIPT)
    if one.state is DeliveryState.DONE:
        is_letter = one.reason == CallOutcome.LETTER
        return Telling(at=one.at, proof=Proof.LETTER if is_letter else Proof.CALL)
    if one.state is DeliveryState.SUPERSEDED and one.channel is DeliveryChannel.NONE:
        return Telling(at=one.at, proof=Proof.OVERTAKEN)
    if acceptance_counts and one.state is DeliveryState.SENT and not one.proves:
        return Telling(at=one.claimed_at or one.at, proof=Proof.ACCEPTED)
    return None
