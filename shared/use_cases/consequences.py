"""Sends the consequences of a history's entries, and sees whether they came about: the second half of the table.

Three loops go over it: the relay of the change stream sends what follows from new entries, its replay sends it again
for a change that was put aside, and the nightly reconciliation sends what it cannot see done. So what can be lost can
be found, and a consequence that is added here is in all three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.facts import FileDeclared, Merged
from shared.domain.petition.history import Entry, entries_of
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import AttachmentState, quarantine_key
from shared.domain.petition.values.classification import Lane
from shared.domain.procedures import merging, screening
from shared.domain.promises.consequences import AFTER, ALWAYS, Consequence
from shared.domain.promises.deliveries import notice_prefix
from shared.domain.promises.events import events_after
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from shared.platform.messages import Message, NoticeRequest, RoutingRequest, TaskType, UploadRequest

SETTLED_AFTER = timedelta(hours=6)
"""The messages of younger entries may still be in the queues."""
CHECKED_FOR = timedelta(days=8)
"""The nights before looked for what is seen outside the petition; the bucket keeps no upload for longer."""


class Queue(StrEnum):
    """A queue that consequences are sent to."""

    ROUTING = "routing"
    NOTICES = "notices"
    UPLOADS = "uploads"


class Surroundings(Protocol):
    """The things outside a petition that show whether something was done for it; read when they are asked for."""

    def delivery_names(self) -> Iterable[str]:
        """Return the names of its deliveries (`Delivery.notice`)."""

    def epoch_at(self, at: datetime) -> int:
        """Return the epoch of an entry that was made at an instant: it is part of its deliveries' names."""

    def had_subscribers(self, on: date) -> bool:
        """Return whether any program of today had subscribed to events by a day."""

    def relative(self, reference: str) -> Petition | None:
        """Return another petition; None where there is none."""

    def is_in_quarantine(self, key: str) -> bool:
        """Return whether an uploaded file still lies there; its form held for an hour at most."""


Requests = Callable[[Petition, Entry], Iterable[Message]]
IsDone = Callable[[Petition, Message, Surroundings, datetime], bool]


class Sending(NamedTuple):
    """A consequence that a message brings about."""

    queue: Queue
    requests: Requests
    """The messages that follow from one entry."""
    is_done: IsDone
    """True if what a message asks for was done, as far as the petition and its surroundings show."""
    is_relayed: bool = True
    """False: its message comes from elsewhere (the bucket announces a file); only what is missing is sent."""
    checked_for: timedelta | None = None
    """For how long after its entry it is looked for; None: always."""


def _task(task: TaskType) -> Requests:
    return lambda petition, _entry: [RoutingRequest(reference=petition.reference, task=task)]


def _is_routed(petition: Petition, *_: object) -> bool:
    return petition.state is not State.RECEIVED or petition.unit is not None


def _is_screened(petition: Petition, *_: object) -> bool:
    return petition.lane is Lane.RESTRICTED or not screening.unscreened(petition)


_FOLLOWERS = frozenset({State.MERGED, State.ANSWERED, State.FORWARDED})
"""The states in which a child still follows its parent."""


def _has_followed(petition: Petition, _message: Message, around: Surroundings, now: datetime) -> bool:
    if petition.parent is None or petition.state not in _FOLLOWERS:
        return True
    parent = around.relative(petition.parent)
    if parent is None or parent.history[-1].at > now - SETTLED_AFTER:
        return True
    return merging.followed(petition, parent, around.relative, at=now) is petition


def _is_seen_at_the_children(*_: object) -> bool:
    """Leave it to FOLLOW of each child: they know their parent, however many they are."""
    return True


def _parents_to_count(petition: Petition, entry: Entry) -> Iterator[RoutingRequest]:
    if entry.action is Action.CLASSIFY:
        yield RoutingRequest(reference=petition.reference, task=TaskType.COUNT_MERGED)
    for _merge, facts in entries_of(petition.history, Merged):
        if facts.parent is not None:
            yield RoutingRequest(reference=facts.parent, task=TaskType.COUNT_MERGED)


def _is_counted(petition: Petition, message: Message, around: Surroundings, _now: datetime) -> bool:
    """Return whether a parent has counted at all; it counts all of its children anew each time."""
    assert isinstance(message, RoutingRequest)  # noqa: S101 - the row beside it makes no others
    if petition.state is not State.MERGED or petition.parent != message.reference:
        return True
    parent = around.relative(message.reference)
    return parent is None or parent.merged_count > 0 or not merging.is_counted(petition, parent)


def _notices(petition: Petition, entry: Entry) -> Iterator[NoticeRequest]:
    for kind, audience in notices_after(petition, entry):
        yield NoticeRequest(reference=petition.reference, seq=entry.seq, kind=kind, audience=audience)


def _is_notified(petition: Petition, message: Message, around: Surroundings, _now: datetime) -> bool:
    assert isinstance(message, NoticeRequest)  # noqa: S101 - the row beside it makes no others
    epoch = around.epoch_at(petition.history[message.seq - 1].at)
    prefix = notice_prefix(message.seq, message.kind, message.audience, epoch)
    return any(name.startswith(prefix) for name in around.delivery_names())


def _event(petition: Petition, entry: Entry) -> Iterator[NoticeRequest]:
    if events_after(petition, entry):
        yield NoticeRequest(
            reference=petition.reference, seq=entry.seq, kind=NoticeKind.EVENT, audience=Audience.PROGRAM
        )


def _is_announced(petition: Petition, message: Message, around: Surroundings, now: datetime) -> bool:
    assert isinstance(message, NoticeRequest)  # noqa: S101 - the row beside it makes no others
    day = local_date(petition.history[message.seq - 1].at)
    return not around.had_subscribers(day) or _is_notified(petition, message, around, now)


def _upload(petition: Petition, entry: Entry) -> Iterator[UploadRequest]:
    if isinstance(entry.facts, FileDeclared):
        yield UploadRequest(key=quarantine_key(petition.reference, entry.facts.attachment))


def _is_examined(petition: Petition, message: Message, around: Surroundings, _now: datetime) -> bool:
    assert isinstance(message, UploadRequest)  # noqa: S101 - the row beside it makes no others
    attachment = petition.attachment(message.key.rpartition("/")[2])
    if attachment is None or attachment.state is not AttachmentState.EXPECTED:
        return True
    return not around.is_in_quarantine(message.key)


SENT: Mapping[Consequence, Sending] = {
    Consequence.ROUTE: Sending(Queue.ROUTING, _task(TaskType.ROUTE), _is_routed),
    Consequence.SCREEN: Sending(Queue.ROUTING, _task(TaskType.SCREEN), _is_screened),
    Consequence.FOLLOW: Sending(Queue.ROUTING, _task(TaskType.FOLLOW), _has_followed),
    Consequence.LEAD: Sending(Queue.ROUTING, _task(TaskType.LEAD), _is_seen_at_the_children),
    Consequence.COUNT_MERGED: Sending(Queue.ROUTING, _parents_to_count, _is_counted),
    Consequence.TELL: Sending(Queue.NOTICES, _notices, _is_notified, checked_for=CHECKED_FOR),
    Consequence.ANNOUNCE: Sending(Queue.NOTICES, _event, _is_announced, checked_for=CHECKED_FOR),
    Consequence.CHECK_FILE: Sending(
        Queue.UPLOADS, _upload, _is_examined, is_relayed=False, checked_for=CHECKED_FOR
    ),
}
"""Consequences that a message brings about."""

WRITTEN: Mapping[Consequence, str] = {Consequence.WAKE: "wake_at"}
"""Consequences that stand in the item, written with the entry, by attribute; the reconciliation compares them."""

FOUND: Mapping[Consequence, str] = {Consequence.COUNT: "roll-up", Consequence.SIGN: "roots"}
"""Consequences that a job of the SLA timer finds by itself, in the index `changed`: no message is sent."""

Requested = dict[Queue, list[Message]]


def held_until(petition: Petition, message: Message) -> datetime | None:
    """Return the instant from which a message is handled, where word of its entry is held; None: at once."""
    match message:
        case NoticeRequest(seq=seq):
            return petition.history[seq - 1].facts.word_at
        case RoutingRequest(task=TaskType.LEAD):
            return petition.held.word_at if petition.held else None
        case _:
            return None


def requests_after(petition: Petition, seen: int) -> Requested:
    """Return the messages that follow from the history entries after version `seen`, each once, by queue."""
    requested: dict[Queue, dict[Message, None]] = {queue: {} for queue in Queue}
    for entry in petition.history[seen:]:
        for sending in _sendings(entry):
            if sending.is_relayed:
                requested[sending.queue] |= dict.fromkeys(sending.requests(petition, entry))
    return {queue: list(messages) for queue, messages in requested.items()}


def missing_requests(petition: Petition, around: Surroundings, now: datetime) -> Requested:
    """Return the messages whose effect should be there by now and cannot be seen, each once, by queue."""
    requested: dict[Queue, dict[Message, bool]] = {queue: {} for queue in Queue}
    for entry in petition.history:
        for sending in _sendings(entry):
            if _is_to_be_looked_for(entry, sending, now):
                done = requested[sending.queue]
                for message in sending.requests(petition, entry):
                    if message not in done:
                        done[message] = sending.is_done(petition, message, around, now)
    return {
        queue: [message for message, is_done in messages.items() if not is_done]
        for queue, messages in requested.items()
    }


def _is_to_be_looked_for(entry: Entry, sending: Sending, now: datetime) -> bool:
    is_old = sending.checked_for is not None and entry.at < now - sending.checked_for
    return entry.at <= now - SETTLED_AFTER and not is_old


def _sendings(entry: Entry) -> Iterator[Sending]:
    return (SENT[consequence] for consequence in (*AFTER[entry.action], *ALWAYS) if consequence in SENT)
