"""Turns each change of a petition into the messages that follow from it.

Called with the change stream of the petitions table. Code that writes a petition never sends a message: every change of
the table arrives here at least once, and receivers accept a message twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.procedures import merging, screening
from shared.domain.promises.notices import notices_after
from shared.platform import queues, telemetry
from shared.platform.messages import NoticeRequest, RoutingRequest, TaskType
from shared.tables.petition_items import petition_of


class Relay:
    """Sends what follows from changes to the queues `routing` and `notices`."""

    def __init__(self, routing_queue_url: str, notices_queue_url: str) -> None:
        self._routing = routing_queue_url
        self._notices = notices_queue_url

    def relay(self, event: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
        """Relay a batch of stream records, in order.

        Returns:
            the first record that failed, from which Lambda reads the stream again; nothing before it is repeated.
        """
        for record in event["Records"]:
            try:
                self._relay_record(record["dynamodb"])
            except Exception as error:  # noqa: BLE001 - the stream must learn where to go on from
                _report(error)
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        return {"batchItemFailures": []}

    def _relay_record(self, change: dict[str, Any]) -> None:
        if "NewImage" not in change:
            _report_rewritten(change["Keys"]["reference"]["S"])
            return
        petition = petition_of(change["NewImage"])
        before = petition_of(change["OldImage"]) if "OldImage" in change else None
        seen = before.version if before else 0
        if before and not is_continued(before, petition):
            _report_rewritten(petition.reference)
        queues.send(self._routing, routing_requests(petition, seen))
        queues.send(self._notices, notice_requests(petition, seen))


def is_continued(before: Petition, after: Petition) -> bool:
    """Return whether a history begins with the one before; it does after every change by the code, an erasure too.

    Somebody with the table can make every hash of a history anew, before a root was signed over it: the change stream
    has both.
    """
    hashes = [entry.hash for entry in before.history]
    return hashes == [entry.hash for entry in after.history[: before.version]]


def routing_requests(petition: Petition, seen: int) -> Iterator[RoutingRequest]:
    """Yield the router's tasks that follow from the history entries after version `seen`.

    Texts that a petitioner added are screened. A merged petition follows its new parent at once, in case that was
    answered meanwhile; the outcome of a petition is passed on to those merged into it. Whichever of the two is written
    later, one of them sees the other.
    """
    actions = {entry.action for entry in petition.history[seen:]}
    if Action.RECEIVE in actions:
        yield RoutingRequest(reference=petition.reference)
    if actions & screening.WRITTEN_LATER:
        yield RoutingRequest(reference=petition.reference, task=TaskType.SCREEN)
    if Action.MERGE in actions:
        yield RoutingRequest(reference=petition.reference, task=TaskType.FOLLOW)
    if actions & merging.BECOMING:
        yield RoutingRequest(reference=petition.reference, task=TaskType.LEAD)


def notice_requests(petition: Petition, seen: int) -> Iterator[NoticeRequest]:
    """Yield the notices that follow from the history entries after version `seen`."""
    for entry in petition.history[seen:]:
        for kind, audience in notices_after(petition, entry):
            yield NoticeRequest(reference=petition.reference, seq=entry.seq, kind=kind, audience=audience)


def _report_rewritten(reference: str) -> None:
    """Report a petition that was removed, or whose past entries were replaced: nothing in the code does either."""
    telemetry.count("HistoriesRewritten")
    telemetry.logger().error("history rewritten", reference=reference)


def _report(error: Exception) -> None:
    telemetry.logger().error("change not relayed", error_type=type(error).__name__)
