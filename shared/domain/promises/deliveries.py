"""Deliveries: the attempts to bring a notice to one reader over one channel, calls of operators included.

The table `deliveries` stores them; the notifier makes them, officers and operators see them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import ConfigDict, Field

from shared.domain.base_model import StoredModel
from shared.domain.promises.notices import Audience, NoticeKind


class DeliveryChannel(StrEnum):
    """The channel of a notice. `NONE` stands for a notice without one: it was void, or nobody could be reached."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    PHONE = "PHONE"
    WEBHOOK = "WEBHOOK"
    """A request to a program's address."""
    NONE = "NONE"


class DeliveryState(StrEnum):
    """The progress of a delivery."""

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
    """Another notice's message contains it: the outcome of that delivery is the outcome of this one."""
    OPEN = "OPEN"
    """A call that an operator has to make."""
    LETTER = "LETTER"
    """Nobody could be reached by calls: a letter is to be written."""
    DONE = "DONE"
    """The operator made the call, or posted the letter."""


NOTIFIED = frozenset(
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
"""States that a receipt of the arrival may still change."""

DISPROVABLE = PROVABLE | {DeliveryState.DELIVERED}
"""States that a receipt of the failure may still change: a mail server may take a message and hours later find that it
cannot deliver it, and of a long SMS one part may arrive and another not."""


def states_before(receipt: DeliveryState) -> frozenset[DeliveryState]:
    """Return the states that a receipt changes, in whatever order receipts come: SENT, then DELIVERED, then FAILED.

    SENT only settles an ambiguous delivery, DELIVERED changes what is not final yet, FAILED contradicts DELIVERED too.
    """
    if receipt is DeliveryState.SENT:
        return frozenset({DeliveryState.AMBIGUOUS})
    return DISPROVABLE if receipt is DeliveryState.FAILED else PROVABLE


class Delivery(StoredModel):
    """One notice on its way to one reader over one channel."""

    model_config = ConfigDict(populate_by_name=True)

    reference: str
    notice: str
    """Sort key: `{seq}#{kind}#{audience}#{channel}`, for officers with `#{user name}`, for one of several contacts with
    `#{number}`. After a restoration of the data `{seq}` is `{seq}e{epoch}` (`promises.restorations`)."""
    seq: int
    kind: NoticeKind
    audience: Audience
    channel: DeliveryChannel
    reader: str | None = None
    """An officer's user name; of an event `{subscription}:{type}`."""
    contact: int | None = None
    """The number of the contact on file (`contacts_on_file`, from 1) where each gets it; None: the chosen one."""
    state: DeliveryState
    at: datetime
    """The instant at which it reached this state."""
    wake_at: datetime | None = None
    """The instant at which the sweep takes it up again; None when nothing is to happen any more."""
    attempt: int = 0
    """The number of rounds of attempts; within one round, each provider of the channel may be tried."""
    claim: str = ""
    """Names the worker's attempt, so that a write whose reply was lost is recognised as one's own."""
    claimed_at: datetime | None = None
    ambiguous_since: datetime | None = Field(default=None, alias="in_doubt_since")
    """The instant of the first attempt whose outcome is unknown."""
    provider: str | None = None
    proves: bool = False
    """True if its provider sends receipts, so that a missing receipt means something."""
    provider_id: str | None = None
    reason: str | None = None
    """A provider's error code or our own word for why; never a provider's text."""
    segments: int | None = None
    """The number of SMS that it costs."""
    template: str | None = None
    """The version of the text that was used."""
    text: str | None = None
    """The text that the operator reads out in a call; the number to call stays in the seal."""
    complained_at: datetime | None = None
    """The instant at which a complaint of its reader came: it arrived, and nothing more goes to that address."""
    delivered_at: datetime | None = None
    """The instant at which a receipt of its arrival came that a later one contradicted; None where none did."""
    listed: str | None = None
    """The list of the index `lists` that contains it: `CALLS` for operators, `IN_DOUBT` for administrators,
    `CONTRADICTED` for those who follow the figures, `EVENTS#{subscription}` for those who look after programs."""
    listed_at: datetime | None = None
    """The sort key of that list; for a call, the instant from which it is to be made (again)."""
    handled_by: str | None = None
    """The operator who called last."""
    correlation: str | None = None
    """The id of the request or message from which the notice follows (ADR 0079)."""
    carried_by: str | None = None
    """`{reference}/{prefix}` of the notice whose message contains this one."""
    carries: str | None = None
    """The notices that this message contains too, as `{reference}/{prefix}` with blanks between."""

    @property
    def prefix(self) -> str:
        """The beginning of the sort keys of all deliveries of this notice."""
        return notice_prefix(self.seq, self.kind, self.audience, named(self.notice).epoch)

    @property
    def name(self) -> str:
        """The name of the notice that it delivers: `{reference}/{prefix}`."""
        return f"{self.reference}/{self.prefix}"


class NamedNotice(NamedTuple):
    """The notice that the name of one of its deliveries stands for."""

    seq: int
    kind: NoticeKind
    audience: Audience
    epoch: int


_ENTRY = re.compile(r"(\d{1,5})(?:e([1-9]\d{0,2}))?", re.ASCII)
"""A history entry in names: its number, and its epoch unless that is 0."""


def entry_name(seq: int, epoch: int) -> str:
    """Return how names of deliveries, and the providers' idempotency keys, name a history entry: `12`, `12e1`."""
    return f"{seq}e{epoch}" if epoch else f"{seq}"


def entry_named(name: str) -> tuple[int, int]:
    """Return the number and the epoch of the history entry that a name stands for.

    Raises:
        ValueError: it is no name of an entry.
    """
    match = _ENTRY.fullmatch(name)
    if match is None:
        raise ValueError("no history entry")
    return int(match[1]), int(match[2] or 0)


def notice_prefix(seq: int, kind: NoticeKind, audience: Audience, epoch: int = 0) -> str:
    """Return the beginning of the sort keys of all deliveries of one notice."""
    return f"{entry_name(seq, epoch)}#{kind}#{audience}#"


def named(notice: str) -> NamedNotice:
    """Return the notice that a sort key, or the beginning of one, stands for.

    Raises:
        ValueError: it is no sort key of a delivery.
    """
    entry, kind, audience, *_ = notice.split("#")
    seq, epoch = entry_named(entry)
    return NamedNotice(seq, NoticeKind(kind), Audience(audience), epoch)


class CallOutcome(StrEnum):
    """The outcome of an operator's call."""

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
"""The number of calls without an answer after which a letter is to be written."""
CALL_AGAIN_AFTER = timedelta(hours=3)


def after_call(
    task: Delivery, outcome: CallOutcome, by: str, at: datetime, call_at: datetime | None = None
) -> Delivery:
    """Return a call task after one call: done, to be called again, to be written a letter, or failed.

    Args:
        task: the task as it was.
        outcome: of the call.
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
    is_unreachable = outcome is CallOutcome.UNREACHABLE
    state = DeliveryState.FAILED if is_unreachable else DeliveryState.DONE
    return called.model_copy(update={"state": state, "listed": None, "listed_at": None})


def possible_outcomes(task: Delivery) -> tuple[CallOutcome, ...]:
    """Return the possible outcomes of a task: those of calls first; after calls in vain, a letter or nothing more."""
    if task.state is DeliveryState.LETTER:
        return (CallOutcome.LETTER, CallOutcome.REACHED, CallOutcome.UNREACHABLE)
    return (
        CallOutcome.REACHED,
        CallOutcome.NO_ANSWER,
        CallOutcome.CALL_LATER,
        CallOutcome.WRONG_NUMBER,
    )
