"""Notices that fall together for one person go out as one message: whoever is told first takes the others along.

Whatever still has to be told follows from the petitions' histories, so nothing else has to remember it: a notice
without any delivery has not been told. It is taken along by a row of its own (CARRIED, conditional, named as its
own first attempt would be), so it cannot be carried and sent by itself; and it is looked at again (`wake_at`) until a
message that *says* it (`carries`) is on its way. Whatever dies in between, each notice is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.notifier.attempts.retry_policy import look_again_at
from chalicelib.notifier.contact_policy.contact_policy import Manners
from chalicelib.notifier.notices.channels import Way
from chalicelib.notifier.notices.notice import Notice
from chalicelib.notifier.notices.supersession import is_superseded
from shared.domain.petition.petition import Petition
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from shared.platform import clock, telemetry
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import (
    TOLD,
    ClaimLostError,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
)
from shared.tables.petitions import Petitions

FirstWay = Callable[[Petition], Way | None]
"""Returns the channel and address that a petition's owner is told over first; opens the seal."""

LOOKED_BACK = timedelta(days=2)
"""What is older and still untold is no company but a loss, which the reconciliation finds."""
MOST = 10
"""Notices in one message."""
ALONE = frozenset({NoticeKind.PIN_AGAIN, NoticeKind.CONTACT_ADDED})
"""Kinds that never travel with others."""


class Bunches:
    """Finds what can be told in the same message, and makes sure that it is told in no other."""

    def __init__(self, petitions: Petitions, deliveries: Deliveries, manners: Manners) -> None:
        self._petitions = petitions
        self._deliveries = deliveries
        self._manners = manners

    def company_of(
        self, notice: Notice, known: Sequence[Delivery], way: Way, first_way: FirstWay
    ) -> tuple[Notice, ...]:
        """Return the notices to tell together with this one, in the order of their happening.

        They join before the first attempt; later attempts, and other channels, say the same.
        """
        begun = [one for one in known if one.attempt]
        if begun:
            names = dict.fromkeys(name for one in begun for name in (one.carries or "").split())
            return tuple(self._notice_of(name) for name in names)
        if notice.request.kind in ALONE:
            return ()
        found: list[Notice] = []
        for other in self._untold(notice, way, first_way):
            if len(found) < MOST - 1 and self._take_along(other, notice, way[0]):
                found.append(other)
        if found:
            telemetry.count("NoticesBunched", len(found), channel=way[0])
        return tuple(found)

    def is_told(self, carried: Delivery) -> bool | None:
        """Tell whether a carried notice was told; False when it has to be told by itself after all.

        None while that is not decided.
        """
        leading = self._deliveries.of_name(carried.carried_by or "")
        saying = [one for one in leading if carried.name in (one.carries or "").split()]
        if any(one.state in TOLD for one in saying):
            return True
        is_over = any(one.state in TOLD or one.channel is DeliveryChannel.NONE for one in leading)
        return bool(saying) if is_over else None

    # --- what is there to tell ------------------------------------------------------------------------

    def _untold(self, notice: Notice, way: Way, first_way: FirstWay) -> Iterator[Notice]:
        now = clock.now()
        if not self._manners.is_late(notice.entry, now):
            return
        yield from self._untold_of(notice.petition, notice, now)
        keys = notice.petition.petitioner.contact_keys
        references = {reference for key in keys[:1] for reference, *_ in self._petitions.of_contact(key)}
        for petition in self._petitions.get_all(references - {notice.request.reference}):
            if petition.language != notice.petition.language or not any(_owed(petition, now)):
                continue
            if first_way(petition) == way:
                yield from self._untold_of(petition, notice, now)

    def _untold_of(self, petition: Petition, notice: Notice, now: datetime) -> Iterator[Notice]:
        """Yield the notices of a petition that hold, may go out now and of which no delivery is known."""
        owed = [one for one in _owed(petition, now) if one.name != notice.name]
        owed = [one for one in owed if self._manners.hold_until(one.entry, now) is None]
        if not owed:
            return
        known = self._deliveries.of_petition(petition.reference)
        for one in owed:
            rows = [row for row in known if row.notice.startswith(one.prefix)]
            is_ours = all(row.carried_by == notice.name or _is_held(row) for row in rows)
            if is_ours and not is_superseded(one.request.kind, one.petition, one.entry):
                yield one

    def _take_along(self, other: Notice, notice: Notice, channel: DeliveryChannel) -> bool:
        """Write that a notice is told by another's message; False when somebody else tells it."""
        request = other.request
        carried = Delivery(
            reference=request.reference,
            notice=f"{other.prefix}{channel}",
            seq=request.seq,
            kind=request.kind,
            audience=request.audience,
            channel=channel,
            state=DeliveryState.CARRIED,
            at=clock.now(),
            claim=notice.name,
            carried_by=notice.name,
            wake_at=look_again_at(clock.now()),
        )
        known = self._deliveries.of_name(other.name)
        held = next((row for row in known if row.notice == carried.notice and _is_held(row)), None)
        try:
            self._deliveries.claim(carried, held)
        except ClaimLostError:
            return False
        return True

    def _notice_of(self, name: str) -> Notice:
        reference, _, prefix = name.partition("/")
        seq, kind, audience, _ = prefix.split("#")
        petition = self._petitions.get(reference)
        assert petition is not None  # noqa: S101 - the name was made of this very petition
        request = NoticeRequest(
            reference=reference, seq=int(seq), kind=NoticeKind(kind), audience=Audience(audience)
        )
        return Notice(request, petition, petition.history[request.seq - 1])


def _is_held(row: Delivery) -> bool:
    """Tell whether a notice merely waits: nothing was tried yet."""
    return row.state is DeliveryState.PREPARED and not row.attempt


def _owed(petition: Petition, now: datetime) -> Iterator[Notice]:
    """Yield what the petitioner is to be told of the latest days."""
    for entry in petition.history:
        if now - entry.at > LOOKED_BACK:
            continue
        for kind, audience in notices_after(petition, entry):
            if audience is Audience.PETITIONER and kind not in ALONE:
                request = NoticeRequest(
                    reference=petition.reference, seq=entry.seq, kind=kind, audience=audience
                )
                yield Notice(request, petition, entry)


def in_order(notices: Sequence[Notice]) -> list[Notice]:
    """Return notices as they happened."""
    return sorted(notices, key=lambda one: (one.entry.at, one.name))
