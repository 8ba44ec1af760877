"""Turns each change of a petition into the messages that follow from it.

Called with the change stream of the petitions table. Whoever writes a petition never sends a message: what is
in the table is certain to come by here, at least once, and receivers bear hearing it twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared import queues
from shared.domain.lifecycle import Action
from shared.domain.notices import notices_after
from shared.domain.petition import Petition
from shared.messages import NoticeRequest, RoutingRequest
from shared.petitions import petition_of


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
            return
        petition = petition_of(change["NewImage"])
        seen = int(change["OldImage"]["version"]["N"]) if "OldImage" in change else 0
        queues.send(self._routing, routing_requests(petition, seen))
        queues.send(self._notices, notice_requests(petition, seen))


def routing_requests(petition: Petition, seen: int) -> Iterator[RoutingRequest]:
    """Yield the request to route a petition that was received after version `seen`."""
    if any(entry.action is Action.RECEIVE for entry in petition.history[seen:]):
        yield RoutingRequest(reference=petition.reference)


def notice_requests(petition: Petition, seen: int) -> Iterator[NoticeRequest]:
    """Yield the notices that follow from the history entries after version `seen`."""
    for entry in petition.history[seen:]:
        for kind, audience in notices_after(petition, entry):
            yield NoticeRequest(reference=petition.reference, seq=entry.seq, kind=kind, audience=audience)


def _report(error: Exception) -> None:
    from shared import telemetry  # noqa: PLC0415 - a batch without errors does not pay for the logger

    telemetry.logger().error("change not relayed", error_type=type(error).__name__)
