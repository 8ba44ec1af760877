"""The deliveries table: what was sent to whom over which channel, and what is known of its arrival.

Written by the notifier, read by casework. A row is claimed before a provider is called, so that a message which
arrives twice, or a worker that dies, leads to no second send. Whatever still has something to happen (a retry, a
claim that may run out, a receipt that may stay out) carries `wake_at`; the sweep puts its notice back on the queue
then. Rows carry no name, number, address or free text.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from shared.domain.promises.deliveries import (
    CallOutcome,
    Delivery,
    DeliveryState,
    after_call,
    notice_prefix,
    states_before,
)
from shared.domain.promises.notices import Audience, NoticeKind
from shared.tables.batches import batch_get
from shared.tables.documents import DELIVERY, SCHEMA
from shared.tables.dynamo import ConditionFailedError, Item, Query, Table, Value

CALLS, AMBIGUOUS, CONTRADICTED = "CALLS", "IN_DOUBT", "CONTRADICTED"
"""Partitions of the index `lists`: people work off lists of tens, not of thousands; the last is read by days."""
WAKE_SHARDS = 4
"""Partitions of the index `wake`: ten thousand rows that wait for one provider are not one partition's load."""

_VIEW = "SEEN#"
"""The beginning of the sort keys of rows that are views of the petitioner, not deliveries."""
_IS_NEW = "attribute_not_exists(notice)"


def events_list(subscription: str) -> str:
    """Return the partition of the index `lists` that holds the events for one program."""
    return f"EVENTS#{subscription}"


class Proven(NamedTuple):
    """A delivery before and after a receipt; both the same when the receipt changed nothing."""

    before: Delivery
    after: Delivery


class ClaimLostError(Exception):
    """Another worker has this delivery; `other` is the stored one."""

    def __init__(self, other: Delivery) -> None:
        super().__init__(other.state)
        self.other = other


class Deliveries:
    """Reads and writes deliveries. Every write is conditional."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    # --- writing -----------------------------------------------------------------------------------

    def add(self, delivery: Delivery) -> Delivery | None:
        """Write a delivery unless there is one of that name already (call tasks, void notices).

        Returns:
            The other one that stands there; None where this one was written, now or by an earlier try.
        """
        other = self._put(delivery, _IS_NEW, {})
        return None if other is None or _item(other) == _item(delivery) else other

    def claim(self, delivery: Delivery, seen: Delivery | None) -> None:
        """Take a delivery for one attempt, if it still stands as it was seen (`None`: does not exist).

        Raises:
            ClaimLostError: when another worker was faster.
        """
        condition, values = (_IS_NEW, {}) if seen is None else _stands_as(seen)
        other = self._put(delivery, condition, values)
        if other is not None and other.claim != delivery.claim:
            raise ClaimLostError(other)

    def settle(self, delivery: Delivery, claimed: Delivery) -> None:
        """Write how a claimed attempt ended; a receipt that was faster stays, because it knows more."""
        self._put(delivery, *_stands_as(claimed))

    def prove(
        self,
        reference: str,
        notice: str,
        state: DeliveryState,
        *,
        at: datetime,
        reason: str | None = None,
    ) -> Proven | None:
        """Write what a provider's receipt says, where it changes what is known (`states_before`).

        Returns:
            The delivery as it was and as it stands now; None when there is none of that name.
        """
        contradicted = (
            self._contradict(reference, notice, at, reason) if state is DeliveryState.FAILED else None
        )
        if contradicted is not None:
            return contradicted
        from_states = states_before(state) - {DeliveryState.DELIVERED}
        values = {f"s{n}": before for n, before in enumerate(sorted(from_states))}
        try:
            old = self._update(
                _key(reference, notice),
                "SET #state = :state, #at = :at, #reason = :reason REMOVE listed, listed_at"
                + ("" if state is DeliveryState.SENT else ", wake_at, wake_shard"),
                f"#state IN ({', '.join(f':{name}' for name in values)})",
                {**values, "state": state, "at": _instant(at), "reason": reason or "receipt"},
                returns="ALL_OLD",
            )
        except ConditionFailedError as error:
            return Proven(_delivery_of(error.old), _delivery_of(error.old)) if error.old else None
        before = _delivery_of(old)
        return Proven(before, before.model_copy(update={"state": state, "at": at}))

    def _contradict(self, reference: str, notice: str, at: datetime, reason: str | None) -> Proven | None:
        """Write that a delivery whose arrival was proven failed, and list it; None where it was not proven."""
        try:
            old = self._update(
                _key(reference, notice),
                "SET delivered_at = #at, #state = :failed, #at = :at, #reason = :reason, "
                "listed = :list, listed_at = :at",
                "#state = :delivered",
                {
                    "failed": DeliveryState.FAILED,
                    "delivered": DeliveryState.DELIVERED,
                    "at": _instant(at),
                    "reason": reason or "receipt",
                    "list": CONTRADICTED,
                },
                returns="ALL_OLD",
            )
        except ConditionFailedError:
            return None
        before = _delivery_of(old)
        failed = {"state": DeliveryState.FAILED, "at": at, "reason": reason, "delivered_at": before.at}
        return Proven(before, before.model_copy(update=failed))

    def record_complaint(self, reference: str, notice: str, at: datetime) -> Delivery | None:
        """Write that a delivery's reader complained of it; its state stays, and the first time counts.

        Returns:
            The delivery as it stands now; None when there is none of that name.
        """
        try:
            return _delivery_of(
                self._update(
                    _key(reference, notice),
                    "SET complained_at = if_not_exists(complained_at, :at)",
                    "attribute_exists(notice)",
                    {"at": _instant(at)},
                )
            )
        except ConditionFailedError:
            return None

    def record_view(self, reference: str, version: int, at: datetime) -> None:
        """Write that the petitioner saw a petition with so many history entries; the first time counts."""
        view: Item = {
            "reference": reference,
            "notice": f"{_VIEW}{version:05}",
            "seq": version,
            "at": _instant(at),
        }
        with suppress(ConditionFailedError):
            self._table.put_if(view, _IS_NEW)

    def record_call(
        self,
        task: Delivery,
        outcome: CallOutcome,
        by: str,
        at: datetime,
        call_at: datetime | None = None,
    ) -> Delivery:
        """Write what came of a call, if nobody else has called since the task was read.

        Raises:
            ClaimLostError: when somebody has.
        """
        called = after_call(task, outcome, by, at, call_at)
        other = self._put(
            called,
            "#state = :state AND attempt = :attempt",
            {"state": task.state, "attempt": task.attempt},
        )
        if other is not None and other != called:
            raise ClaimLostError(other)
        return called

    def _update(
        self,
        key: Mapping[str, Value],
        update: str,
        condition: str,
        values: Mapping[str, Value],
        *,
        returns: Literal["ALL_NEW", "ALL_OLD"] = "ALL_NEW",
    ) -> Item:
        """Change a delivery, unless newer code wrote it.

        Raises:
            ConditionFailedError: the condition does not hold.
            NewerItemError: newer code wrote it; nothing was written.
        """
        try:
            return self._table.update_if(
                key,
                update,
                f"({condition}) AND (attribute_not_exists(#schema) OR #schema <= :understood)",
                {**values, "understood": DELIVERY.understood},
                returns=returns,
            )
        except ConditionFailedError as error:
            DELIVERY.require(error.old or {})
            raise

    def _put(self, delivery: Delivery, condition: str, values: Mapping[str, Value]) -> Delivery | None:
        """Write a delivery if the condition holds; else return the one that is stored."""
        try:
            self._table.put_if(_item(delivery), condition, values)
        except ConditionFailedError as error:
            if error.old is None:
                raise
            return _delivery_of(error.old)
        return None

    # --- reading -----------------------------------------------------------------------------------

    def of_notice(
        self, reference: str, seq: int, kind: NoticeKind, audience: Audience
    ) -> tuple[Delivery, ...]:
        """Return all deliveries of one notice, read consistently."""
        return self._query(reference, notice_prefix(seq, kind, audience))

    def of_name(self, name: str) -> tuple[Delivery, ...]:
        """Return all deliveries of the notice of this name (`Delivery.name`), read consistently."""
        reference, _, prefix = name.partition("/")
        return self._query(reference, prefix)

    def announced(self, reference: str, notices: Iterable[str]) -> AbstractContextManager[None]:
        """Let deliveries that `named` will read come along with the item that is read before them."""
        return batch_get.announced([self._table.key(_key(reference, notice)) for notice in notices])

    def named(self, reference: str, notices: Iterable[str]) -> tuple[Delivery, ...]:
        """Return those of a petition's deliveries that have these sort keys, read consistently: one call for each."""
        items = (self._table.get(_key(reference, notice)) for notice in notices)
        return tuple(_delivery_of(item) for item in items if item is not None)

    def with_views(self, reference: str) -> tuple[tuple[Delivery, ...], tuple[tuple[int, datetime], ...]]:
        """Return all deliveries of one petition, and when its petitioner looked: (history entries there were, when)."""
        items = self._items(reference, "")
        views = [item for item in items if item["notice"].startswith(_VIEW)]
        return (
            tuple(_delivery_of(item) for item in items if item not in views),
            tuple((item["seq"], datetime.fromisoformat(item["at"])) for item in views),
        )

    def notices_of(self, reference: str) -> list[str]:
        """Return the sort keys of one petition's deliveries (`Delivery.notice`), at half the price of reading them."""
        query = Query("#reference = :reference", {"reference": reference}, attributes="notice")
        return [item["notice"] for item in self._table.query_all(query)]

    def of_petition(self, reference: str) -> tuple[Delivery, ...]:
        """Return all deliveries of one petition, as the history has them."""
        return tuple(sorted(self._query(reference, ""), key=lambda delivery: (delivery.seq, delivery.at)))

    def of_program(
        self, subscription: str, limit: int, *, before: datetime | None = None, after: datetime | None = None
    ) -> tuple[Delivery, ...]:
        """Return the events for one program, the latest first; only those before, or else after, an instant.

        There are as many as are wanted, and all of the last instant, so that one can go on from that instant. With
        `after` they are the earliest behind it.
        """
        condition, values = "listed = :list", {"list": events_list(subscription)}
        instant = before or after
        if instant is not None:
            condition += " AND listed_at < :instant" if before else " AND listed_at > :instant"
            values["instant"] = _instant(instant)
        query = Query(condition, values, index="lists", is_ascending=before is None and after is not None)
        items = self._table.query(query, limit=limit).items
        if len(items) == limit:
            last = items[-1]["listed_at"]
            ties = Query(
                "listed = :list AND listed_at = :last", {"list": values["list"], "last": last}, index="lists"
            )
            items = [item for item in items if item["listed_at"] != last] + list(self._table.query_all(ties))
        deliveries = map(_delivery_of, items)
        return tuple(sorted(deliveries, key=lambda delivery: str(delivery.listed_at), reverse=True))

    def repeat(self, delivery: Delivery, at: datetime) -> None:
        """Let an event that ended be sent again with the next sweep; a row that changed meanwhile stays as it is."""
        again = {"state": DeliveryState.PREPARED, "attempt": 0, "wake_at": at, "at": at, "reason": None}
        self.settle(delivery.model_copy(update={**again, "ambiguous_since": None}), delivery)

    def open_calls(self, until: datetime, limit: int = 50) -> tuple[Delivery, ...]:
        """Return the calls to be made by now, the longest waiting first."""
        return self._listed(CALLS, until, limit)

    def ambiguous(self, until: datetime, limit: int = 100) -> tuple[Delivery, ...]:
        """Return the deliveries of which nobody knows whether they were sent, the oldest first."""
        return self._listed(AMBIGUOUS, until, limit)

    def contradicted(self, start: datetime, end: datetime) -> tuple[Delivery, ...]:
        """Return the deliveries whose proven arrival was contradicted between two instants, in that order."""
        query = Query(
            "listed = :list AND listed_at BETWEEN :start AND :last",
            {"list": CONTRADICTED, "start": _instant(start), "last": _instant(end - timedelta(seconds=1))},
            index="lists",
        )
        return tuple(_delivery_of(item) for item in self._table.query_all(query))

    def _listed(self, name: str, until: datetime, limit: int) -> tuple[Delivery, ...]:
        query = Query(
            "listed = :list AND listed_at <= :until", {"list": name, "until": _instant(until)}, index="lists"
        )
        return tuple(_delivery_of(item) for item in self._table.query(query, limit=limit).items)

    def due(self, shard: int, until: datetime) -> Iterator[tuple[str, str, str]]:
        """Yield (reference, notice, stored wake_at) of one shard's deliveries due by `until`, to the last page."""
        query = Query(
            "wake_shard = :shard AND wake_at <= :until",
            {"shard": shard, "until": _instant(until)},
            index="wake",
        )
        for item in self._table.query_all(query):
            yield item["reference"], item["notice"], item["wake_at"]

    def _query(self, reference: str, prefix: str) -> tuple[Delivery, ...]:
        items = self._items(reference, prefix)
        return tuple(_delivery_of(item) for item in items if not item["notice"].startswith(_VIEW))

    def _items(self, reference: str, prefix: str) -> list[Item]:
        condition, values = "#reference = :reference", {"reference": reference}
        if prefix:
            condition += " AND begins_with(notice, :prefix)"
            values["prefix"] = prefix
        return list(self._table.query_all(Query(condition, values, is_consistent=True)))


def _key(reference: str, notice: str) -> dict[str, str]:
    return {"reference": reference, "notice": notice}


def _stands_as(seen: Delivery) -> tuple[str, Mapping[str, Value]]:
    return "claim = :claim AND #state = :state", {"claim": seen.claim, "state": seen.state}


def _item(delivery: Delivery) -> Item:
    facts = {
        name: _instant(value) if isinstance(value, datetime) else value
        for name, value in delivery.model_dump(exclude_none=True, by_alias=True).items()
    }
    is_event = (
        delivery.kind is NoticeKind.EVENT
    )  # which older code does not know, and must not read as another
    facts[SCHEMA] = DELIVERY.understood if is_event else DELIVERY.number_of(delivery)
    if delivery.wake_at is not None:
        facts["wake_shard"] = zlib.crc32(delivery.reference.encode()) % WAKE_SHARDS
    return facts


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _delivery_of(item: Item) -> Delivery:
    DELIVERY.require(item)
    facts = {name: value for name, value in item.items() if name != "wake_shard"}
    if facts.get(SCHEMA) == 1:
        del facts[SCHEMA]
    return Delivery.model_validate(facts)
