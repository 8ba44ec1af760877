"""Turns each change of a petition into the messages that follow from it.

Called with the change stream of the petitions table. Code that writes a petition never sends a message: every change of
the table arrives here at least once, and receivers accept a message twice.

A stream is read in order, so the kind of a failure decides what becomes of it. *Reading* a change calls nobody: what
fails there fails each time, and would hold up everything behind it. Such a change becomes a message of the queue
`routing` (`ChangeSetAside`: reference, version, sequence number), with tries of its own, and dead letters from which it
is put back once the petition, or the code, is mended. *Sending* fails for all changes alike, when SQS throttles or does
not answer: then the stream is read again from that change, for as long as it keeps it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from math import ceil
from typing import Any, NamedTuple

from chalicelib.router.count_promises import count_promises
from shared.domain.petition.history import is_continued
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.petition.petition import Petition
from shared.platform import clock, correlation, queues, telemetry
from shared.platform.item_by_item import MALFORMED, skip
from shared.platform.messages import ChangeSetAside, Message, NoticeRequest, RoutingRequest, TaskType
from shared.tables.directory import Directory
from shared.tables.petition_items import is_written_by_restoration, petition_of
from shared.tables.petitions import Petitions
from shared.use_cases.consequences import Queue, Requested, held_until, requests_after
from shared.use_cases.subscriptions import subscriptions

LONGEST_DELAY = 900
"""Seconds that SQS keeps a message out of sight at most."""


class _Post(NamedTuple):
    """A message on its way to a queue."""

    position: int
    """The place of its change in the batch."""
    queue_url: str
    after_seconds: int
    message: Message
    cause: str | None
    """The id that it bears."""


class Relay:
    """Sends what follows from changes to the queues `routing` and `notices`."""

    def __init__(
        self, petitions: Petitions, directory: Directory, routing_queue_url: str, notices_queue_url: str
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._urls = {Queue.ROUTING: routing_queue_url, Queue.NOTICES: notices_queue_url}

    def relay(self, event: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
        """Relay a batch of stream records; the messages of all of them go out together, ten in a call.

        Returns:
            the first record that failed, from which Lambda reads the stream again; nothing before it is repeated, some
            of what is behind it may be.
        """
        records = event["Records"]
        posts: list[_Post] = []
        counts: list[Callable[[], None]] = []
        for position, record in enumerate(records):
            with correlation.begun(record.get("eventID")):
                try:
                    petition, requests, count = self._read_or_set_aside(record["dynamodb"])
                    posts += self._posts(position, petition, requests)
                except Exception as error:  # noqa: BLE001 - the stream must learn where to go on from
                    _report(error)
                    break
                counts.append(partial(_count_under, correlation.handed_on(), count))
        relayed = min(len(counts), _sent_before(posts))
        for count_relayed in counts[:relayed]:
            count_relayed()
        failed = records[relayed : relayed + 1]
        return {
            "batchItemFailures": [{"itemIdentifier": each["dynamodb"]["SequenceNumber"]} for each in failed]
        }

    def relay_later(self, reference: str, seen: int) -> None:
        """Relay the entries after version `seen` of a petition whose change was set aside.

        Raises:
            ValidationError: it still cannot be read.
        """
        petition = self._petitions.get(reference)
        if petition is not None:
            for batch in _batches(self._posts(0, petition, requests_after(petition, seen))):
                _send(batch)

    def _read_or_set_aside(
        self, change: dict[str, Any]
    ) -> tuple[Petition | None, Requested, Callable[[], None]]:
        """Return a petition with the messages that follow from a change, and what counts it once they are sent."""
        try:
            petition, requests = _requests_of(change)
        except Exception as error:  # noqa: BLE001 - whatever it is, it would be the same the next time
            later = ChangeSetAside(
                reference=str(change["Keys"]["reference"]["S"]),
                seen=_version(change, "OldImage"),
                sequence=change["SequenceNumber"],
            )
            return None, {Queue.ROUTING: [later], Queue.NOTICES: []}, partial(_report_set_aside, later, error)
        return petition, requests, partial(_count_promises, petition, _version(change, "OldImage"))

    def _posts(self, position: int, petition: Petition | None, requests: Requested) -> list[_Post]:
        """Return the messages of one change; those of a decision that may be taken back come into sight later."""
        correlation.follow(petition.history[-1].correlation if petition else None)
        cause, now = correlation.handed_on(), clock.now()
        posts = []
        for queue, url in self._urls.items():
            for message in filter(self._is_for_anybody, requests[queue]):
                at = held_until(petition, message) if petition else None
                seconds = ceil(max((at - now).total_seconds(), 0)) if at else 0
                posts.append(_Post(position, url, min(seconds, LONGEST_DELAY), message, cause))
        return posts

    def _is_for_anybody(self, message: Message) -> bool:
        """Return whether somebody reads a message: events, only where a program subscribed."""
        is_event = isinstance(message, NoticeRequest) and message.kind is NoticeKind.EVENT
        return not is_event or bool(subscriptions(self._directory))


def _batches(posts: Iterable[_Post]) -> Iterator[list[_Post]]:
    """Yield messages as they are sent together: to one queue, into sight at once, ten at most."""
    together: dict[tuple[str, int], list[_Post]] = {}
    for post in posts:
        together.setdefault((post.queue_url, post.after_seconds), []).append(post)
    for each in together.values():
        yield from (each[start : start + queues.BATCH] for start in range(0, len(each), queues.BATCH))


def _sent_before(posts: Iterable[_Post]) -> int:
    """Send messages; return the position of the first change of which one was not taken, or one behind the last."""
    batches = list(_batches(posts))
    unsent: list[_Post] = []
    for number, batch in enumerate(batches):
        try:
            _send(batch)
        except queues.SendingFailedError as error:
            _report(error)
            unsent += [batch[place] for place in error.failed]
        except Exception as error:  # noqa: BLE001 - SQS throttles, or does not answer: all is tried again
            _report(error)
            unsent += chain(*batches[number:])
            break
    return min((post.position for post in unsent), default=sys.maxsize)


def _send(batch: list[_Post]) -> None:
    queues.send_each(
        batch[0].queue_url,
        [(post.message, post.cause) for post in batch],
        after_seconds=batch[0].after_seconds,
    )


def _count_under(cause: str | None, count: Callable[[], None]) -> None:
    with correlation.begun(cause):
        count()


def _count_promises(petition: Petition | None, seen: int) -> None:
    if petition is not None:
        count_promises(petition, seen)


def _report_set_aside(later: ChangeSetAside, error: Exception) -> None:
    """Count a change that was put on the queue because it cannot be read, and name it by its keys."""
    telemetry.count("ChangeSetAside")
    telemetry.logger().error(
        "change set aside", reference=later.reference, seen=later.seen, sequence=later.sequence
    )
    skip("relay", later.reference, error)


def _requests_of(change: dict[str, Any]) -> tuple[Petition | None, Requested]:
    """Return a petition with the messages that follow from a change; a removed or rewritten one is reported."""
    if is_written_by_restoration(change):
        telemetry.count("HistoriesRestored")
        return None, {queue: [] for queue in Queue}
    if "NewImage" not in change:
        _report_rewritten(change["Keys"]["reference"]["S"])
        return None, {queue: [] for queue in Queue}
    petition = petition_of(change["NewImage"])
    before = _read(change["OldImage"]) if "OldImage" in change else None
    if before and not is_continued(before.history, petition.history):
        _report_rewritten(petition.reference)
    seen = before.version if before else _version(change, "OldImage")
    requested = requests_after(petition, seen)
    if before and petition.version > seen and before.merged_count != petition.merged_count:
        recount = RoutingRequest(reference=petition.reference, task=TaskType.COUNT_MERGED)
        requested[Queue.ROUTING].append(recount)  # somebody read it before its children were counted
    return petition, requested


def _read(image: dict[str, Any]) -> Petition | None:
    """Return a petition as it was before; None where it could not be read, and is mended now."""
    try:
        return petition_of(image)
    except MALFORMED:
        return None


def _version(change: dict[str, Any], image: str) -> int:
    """Return the version of an image, which stands beside the petition itself; 0 where there is no image."""
    version = str(change.get(image, {}).get("version", {}).get("N", ""))
    return int(version) if version.isdecimal() else 0


def _report_rewritten(reference: str) -> None:
    """Report a petition that was removed, or whose past entries were replaced: nothing in the code does either."""
    telemetry.count("HistoriesRewritten")
    telemetry.logger().error("history rewritten", reference=reference)


def _report(error: Exception) -> None:
    telemetry.logger().error("change not relayed", error_type=type(error).__name__)
