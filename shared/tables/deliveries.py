"""The deliveries table: what was sent to whom over which channel, and what is known of its arrival.

Written by the notifier, read by casework. A row is claimed before a provider is called, so that a message which
arrives twice, or a worker that dies, leads to no second send. Whatever still has something to happen (a retry, a
claim that may run out, a receipt that may stay out) carries `wake_at`; the sweep puts its notice back on the queue
then. Rows carry no name, number, address or free text.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.domain.promises.notices import Audience, NoticeKind
from shared.tables.dynamo import ConditionFailedError, Item, Query, Table, Value


class DeliveryChannel(StrEnum):
    """What carries a notice. `NONE` stands for a notice that nothing carried: void, or nobody could be reached."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    PHONE = "PHONE"
    NONE = "NONE"


class DeliveryState(StrEnum):
    """How far a delivery got."""

    PREPARED = "PREPARED"
    """To be tried (again) at `wake_at`: it waits for the morning, or the last attempt failed for the moment."""
    SENDING = "SENDING"
    """A worker claimed it and calls the provider, or died doing so."""
    SENT = "SENT"
    """The provider took it."""
    UNPROVEN = "UNPROVEN"
    """The provider took it and gave no proof of its arrival in time: the next channel was taken."""
    DELIVERED = "DELIVERED"
    """The provider proved its arrival."""
    FAILED = "FAILED"
    """It will not arrive over this channel."""
    AMBIGUOUS = "AMBIGUOUS"
    """The provider's answer was lost and nobody can know: counted and shown, not sent again."""
    SUPERSEDED = "SUPERSEDED"
    """The petition had moved on before it was sent."""
    CARRIED = "CARRIED"
    """Another notice's message says it too: what became of that one became of this one."""
    OPEN = "OPEN"
    """A call that an operator has to make."""
    LETTER = "LETTER"
    """Nobody could be reached by calls: a letter is to be written."""
    DONE = "DONE"
    """The operator made the call, or posted the letter."""


TOLD = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.DELIVERED,
        DeliveryState.AMBIGUOUS,
        DeliveryState.OPEN,
        DeliveryState.LETTER,
        DeliveryState.DONE,
    }
)
"""States after which a notice is not tried over another channel."""

PROVABLE = frozenset(
    {
        DeliveryState.PREPARED,
        DeliveryState.SENDING,
        DeliveryState.SENT,
        DeliveryState.UNPROVEN,
        DeliveryState.AMBIGUOUS,
    }
)
"""States that a provider's receipt may still change: the first one to say DELIVERED or FAILED counts."""


class Delivery(BaseModel):
    """One notice on its way to one reader over one channel."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reference: str
    notice: str
    """Sort key: `{seq}#{kind}#{audience}#{channel}`, for officers with `#{user name}`."""
    seq: int
    kind: NoticeKind
    audience: Audience
    channel: DeliveryChannel
    reader: str | None = None
    """An officer's user name."""
    state: DeliveryState
    at: datetime
    """When it reached this state."""
    wake_at: datetime | None = None
    """When to look at it again; None when nothing is to happen any more."""
    attempt: int = 0
    """How many rounds of tries there were; within one, each provider of the channel may be tried."""
    claim: str = ""
    """Names the worker's attempt, so that a write whose reply was lost is recognised as one's own."""
    claimed_at: datetime | None = None
    in_doubt_since: datetime | None = None
    """Since when an attempt of unknown outcome stands in the room."""
    provider: str | None = None
    proves: bool = False
    """Whether its provider tells of arrivals, so that silence means something."""
    provider_id: str | None = None
    reason: str | None = None
    """A provider's error code or our own word for why; never a provider's text."""
    segments: int | None = None
    """How many SMS it costs."""
    template: str | None = None
    """Which version of the text was used."""
    text: str | None = None
    """What the operator says in a call; the number to call stays in the seal."""
    complained_at: datetime | None = None
    """When we learned that its reader called it unwanted: it arrived, and nothing more goes to that address."""
    listed: str | None = None
    """Which list for people it stands on, `CALLS` or `IN_DOUBT`: the key of the index `lists`."""
    listed_at: datetime | None = None
    """From when on: a call, when it is to be made (again)."""
    handled_by: str | None = None
    """The operator who called last."""
    carried_by: str | None = None
    """`{reference}/{prefix}` of the notice whose message says this one too."""
    carries: str | None = None
    """The notices that this message says too, as `{reference}/{prefix}` with blanks between."""

    @property
    def prefix(self) -> str:
        """What all deliveries of this notice begin with."""
        return notice_prefix(self.seq, self.kind, self.audience)

    @property
    def name(self) -> str:
        """Which notice this is a delivery of: `{reference}/{prefix}`."""
        return f"{self.reference}/{self.prefix}"


CALLS, IN_DOUBT = "CALLS", "IN_DOUBT"
"""The partitions of the index `lists`: people work off lists of tens, not of thousands."""
WAKE_SHARDS = 4
"""Partitions of the index `wake`: ten thousand rows that wait for one provider are not one partition's load."""

_VIEW = "SEEN#"
"""What the names of rows begin with that are no deliveries: the petitioner looked."""
_IS_NEW = "attribute_not_exists(notice)"


def notice_prefix(seq: int, kind: NoticeKind, audience: Audience) -> str:
    """Return what all deliveries of one notice begin with."""
    return f"{seq}#{kind}#{audience}#"


class CallOutcome(StrEnum):
    """What came of an operator's call."""

    REACHED = "REACHED"
    CALL_LATER = "CALL_LATER"
    """Somebody asked to be called at another time."""
    NO_ANSWER = "NO_ANSWER"
    WRONG_NUMBER = "WRONG_NUMBER"
    LETTER = "LETTER"
    """After calls in vain: a letter was posted."""
    UNREACHABLE = "UNREACHABLE"
    """After calls in vain: no letter can be written either."""


CALL_TRIES = 3
"""After so many calls without an answer a letter is to be written."""
CALL_AGAIN_AFTER = timedelta(hours=3)


def after_call(
    task: Delivery, outcome: CallOutcome, by: str, at: datetime, call_at: datetime | None = None
) -> Delivery:
    """Return a call task after one call: done, to be called again, to be written a letter, or failed.

    Args:
        task: the task as it was.
        outcome: what came of the call.
        by: the operator.
        at: now.
        call_at: when somebody asked to be called, for `CALL_LATER`.
    """
    tries = task.attempt + 1
    called = task.model_copy(update={"attempt": tries, "handled_by": by, "reason": outcome.value, "at": at})
    if outcome is CallOutcome.CALL_LATER or (outcome is CallOutcome.NO_ANSWER and tries < CALL_TRIES):
        return called.model_copy(update={"listed_at": call_at or at + CALL_AGAIN_AFTER})
    if outcome in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER):
        return called.model_copy(update={"state": DeliveryState.LETTER, "listed_at": at})
    is_told = outcome is not CallOutcome.UNREACHABLE
    state = DeliveryState.DONE if is_told else DeliveryState.FAILED
    return called.model_copy(update={"state": state, "listed": None, "listed_at": None})


def possible_outcomes(task: Delivery) -> tuple[CallOutcome, ...]:
    """Return what may come of a task: calls first; when they were in vain, a letter or nothing more."""
    if task.state is DeliveryState.LETTER:
        return (CallOutcome.LETTER, CallOutcome.REACHED, CallOutcome.UNREACHABLE)
    return (
        CallOutcome.REACHED,
        CallOutcome.NO_ANSWER,
        CallOutcome.CALL_LATER,
        CallOutcome.WRONG_NUMBER,
    )


class Proven(NamedTuple):
    """A delivery before and after a receipt; both the same when the receipt changed nothing."""

    before: Delivery
    after: Delivery


class ClaimLostError(Exception):
    """Somebody else has this delivery; `other` is how it stands now."""

    def __init__(self, other: Delivery) -> None:
        super().__init__(other.state)
        self.other = other


class Deliveries:
    """Reads and writes deliveries. Every write is conditional."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    # --- writing -----------------------------------------------------------------------------------

    def add(self, delivery: Delivery) -> None:
        """Write a delivery unless there is one of that name already (call tasks, void notices)."""
        self._put(delivery, _IS_NEW, {})

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
        only_from: frozenset[DeliveryState] = PROVABLE,
    ) -> Proven | None:
        """Write what a provider's receipt says, if nothing final is known yet.

        Returns:
            The delivery as it was and as it stands now; None when there is none of that name.
        """
        values = {f"s{n}": provable for n, provable in enumerate(sorted(only_from))}
        try:
            old = self._table.update_if(
                {"reference": reference, "notice": notice},
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

    def record_complaint(self, reference: str, notice: str, at: datetime) -> Delivery | None:
        """Write that a delivery's reader complained of it; its state stays, and the first time counts.

        Returns:
            The delivery as it stands now; None when there is none of that name.
        """
        try:
            return _delivery_of(
                self._table.update_if(
                    {"reference": reference, "notice": notice},
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
        return tuple(sorted(self._query(reference, ""), key=lambda one: (one.seq, one.at)))

    def open_calls(self, until: datetime, limit: int = 50) -> tuple[Delivery, ...]:
        """Return the calls to be made by now, the longest waiting first."""
        return self._listed(CALLS, until, limit)

    def in_doubt(self, until: datetime, limit: int = 100) -> tuple[Delivery, ...]:
        """Return the deliveries of which nobody knows whether they were sent, the oldest first."""
        return self._listed(IN_DOUBT, until, limit)

    def _listed(self, name: str, until: datetime, limit: int) -> tuple[Delivery, ...]:
        query = Query(
            "listed = :list AND listed_at <= :until", {"list": name, "until": _instant(until)}, index="lists"
        )
        return tuple(_delivery_of(item) for item in self._table.query(query, limit=limit).items)

    def due(self, shard: int, until: datetime) -> Iterator[tuple[str, str]]:
        """Yield (reference, notice) of one shard's deliveries to look at by `until`, to the last page."""
        query = Query(
            "wake_shard = :shard AND wake_at <= :until",
            {"shard": shard, "until": _instant(until)},
            index="wake",
        )
        for item in self._table.query_all(query):
            yield item["reference"], item["notice"]

    def _query(self, reference: str, prefix: str) -> tuple[Delivery, ...]:
        items = self._items(reference, prefix)
        return tuple(_delivery_of(item) for item in items if not item["notice"].startswith(_VIEW))

    def _items(self, reference: str, prefix: str) -> list[Item]:
        condition, values = "#reference = :reference", {"reference": reference}
        if prefix:
            condition += " AND begins_with(notice, :prefix)"
            values["prefix"] = prefix
        return list(self._table.query_all(Query(condition, values, is_consistent=True)))


def _stands_as(seen: Delivery) -> tuple[str, Mapping[str, Value]]:
    return "claim = :claim AND #state = :state", {"claim": seen.claim, "state": seen.state}


def _item(delivery: Delivery) -> Item:
    facts = {
        name: _instant(value) if isinstance(value, datetime) else value
        for name, value in delivery.model_dump(exclude_none=True).items()
    }
    if delivery.wake_at is not None:
        facts["wake_shard"] = zlib.crc32(delivery.reference.encode()) % WAKE_SHARDS
    return facts


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _delivery_of(item: Item) -> Delivery:
    return Delivery.model_validate(item)
