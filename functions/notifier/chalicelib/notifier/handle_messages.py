"""Handles a batch of the notices queue: each message for itself, and each failure given back with its own wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import ceil
from typing import Any

from pydantic import TypeAdapter

from chalicelib.notifier.attempts.retry_policy import ComeBackError, wait_after
from chalicelib.notifier.notices.deliver_notice import Courier
from chalicelib.notifier.notices.reply_to_sms import Replier
from chalicelib.notifier.officers.digests import Digests
from shared.domain.promises.notices import NoticeKind
from shared.platform import aws, clock, telemetry
from shared.platform.messages import DigestRequest, NoticeRequest, ReplyRequest

LONGEST_WAIT = timedelta(hours=12)
"""What SQS allows, counted from the receive."""
_MARGIN = timedelta(minutes=2)
_REQUEST: TypeAdapter[NoticeRequest | ReplyRequest | DigestRequest] = TypeAdapter(
    NoticeRequest | ReplyRequest | DigestRequest
)


class MessageHandler:
    """Handles the records of an SQS event."""

    def __init__(self, courier: Courier, replier: Replier, digests: Digests, queue_url: str) -> None:
        self._courier = courier
        self._digests = digests
        self._replier = replier
        self._queue_url = queue_url

    def handle(self, records: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
        """Return which messages have to be received again (`ReportBatchItemFailures`)."""
        failed = [record["messageId"] for record in records if not self._is_done(record)]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}

    def _is_done(self, record: Mapping[str, Any]) -> bool:
        receives = int(record.get("attributes", {}).get("ApproximateReceiveCount", "1"))
        try:
            self._carry(_REQUEST.validate_json(record["body"]))
        except ComeBackError as error:
            wait = error.at - clock.now() if error.at is not None else wait_after(receives)
            telemetry.logger().info("notice comes back", reason=error.reason)
            self._hide(record, wait)
            return False
        except Exception as error:  # noqa: BLE001 - the edge: one poisoned message must not stop its batch
            code = getattr(error, "response", {}).get("Error", {}).get("Code")
            telemetry.logger().error("notice failed", error_type=type(error).__name__, error_code=code)
            telemetry.count("NoticeCrashed", error=type(error).__name__)
            return False
        return True

    def _carry(self, request: NoticeRequest | ReplyRequest | DigestRequest) -> None:
        if isinstance(request, ReplyRequest):
            self._replier.carry(request)
        elif isinstance(request, DigestRequest):
            self._digests.carry(request)
        elif request.kind is NoticeKind.DIGEST:
            self._digests.resume(request)
        else:
            self._courier.carry(request)

    def _hide(self, record: Mapping[str, Any], wait: timedelta) -> None:
        """Hide a message for as long as it waits; if that fails it comes back after the queue's own timeout."""
        seconds = ceil(min(max(wait, timedelta(seconds=1)), LONGEST_WAIT - _MARGIN).total_seconds())
        try:
            aws.client("sqs").change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=seconds
            )
        except Exception as error:  # noqa: BLE001 - waiting is a courtesy; the message is given back either way
            telemetry.logger().warning("cannot hide a message", error_type=type(error).__name__)
