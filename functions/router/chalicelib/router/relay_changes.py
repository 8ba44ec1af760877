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

from math import ceil
from typing import Any

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


class Relay:
    """Sends what follows from changes to the queues `routing` and `notices`."""

    def __init__(
        self, petitions: Petitions, directory: Directory, routing_queue_url: str, notices_queue_url: str
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._urls = {Queue.ROUTING: routing_queue_url, Queue.NOTICES: notices_queue_url}

    def relay(self, event: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
        """Relay a batch of stream records, in order.

        Returns:
            the first record that failed, from which Lambda reads the stream again; nothing before it is repeated.
        """
        for record in event["Records"]:
            with correlation.begun(record.get("eventID")):
                try:
                    self._relay_or_set_aside(record["dynamodb"])
                except Exception as error:  # noqa: BLE001 - the stream must learn where to go on from
                    _report(error)
                    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        return {"batchItemFailures": []}

    def relay_later(self, reference: str, seen: int) -> None:
        """Relay the entries after version `seen` of a petition whose change was set aside.

        Raises:
            ValidationError: it still cannot be read.
        """
        petition = self._petitions.get(reference)
        if petition is not None:
            self._send(petition, requests_after(petition, seen))

    def _relay_or_set_aside(self, change: dict[str, Any]) -> None:
        try:
            petition, requests = _requests_of(change)
        except Exception as error:  # noqa: BLE001 - whatever it is, it would be the same the next time
            self._set_aside(change, error)
        else:
            self._send(petition, requests)
            if petition is not None:
                count_promises(petition, _version(change, "OldImage"))

    def _set_aside(self, change: dict[str, Any], error: Exception) -> None:
        """Put a change that cannot be read on the queue, count it, and name it by its keys."""
        later = ChangeSetAside(
            reference=str(change["Keys"]["reference"]["S"]),
            seen=_version(change, "OldImage"),
            sequence=change["SequenceNumber"],
        )
        queues.send(self._urls[Queue.ROUTING], [later])
        telemetry.count("ChangeSetAside")
        telemetry.logger().error(
            "change set aside", reference=later.reference, seen=later.seen, sequence=later.sequence
        )
        skip("relay", later.reference, error)

    def _send(self, petition: Petition | None, requests: Requested) -> None:
        """Send the messages; those of a decision that may be taken back come into sight when its word leaves."""
        correlation.follow(petition.history[-1].correlation if petition else None)
        now = clock.now()
        for queue, url in self._urls.items():
            by_delay: dict[int, list[Message]] = {}
            for message in filter(self._is_for_anybody, requests[queue]):
                at = held_until(petition, message) if petition else None
                by_delay.setdefault(ceil(max((at - now).total_seconds(), 0)) if at else 0, []).append(message)
            for seconds, messages in by_delay.items():
                queues.send(url, messages, after_seconds=min(seconds, LONGEST_DELAY))

    def _is_for_anybody(self, message: Message) -> bool:
        """Return whether somebody reads a message: events, only where a program subscribed."""
        is_event = isinstance(message, NoticeRequest) and message.kind is NoticeKind.EVENT
        return not is_event or bool(subscriptions(self._directory))


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
