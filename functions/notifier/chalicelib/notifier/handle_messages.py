"""Handles the messages of the queue `notices`, each independently; a failed one comes back after its own back-off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import ceil
from typing import Any, NamedTuple

from pydantic import ConfigDict, TypeAdapter

from chalicelib.notifier.attempts.back_off import RetryLaterError, redeliver_after
from chalicelib.notifier.export_person import PersonExports
from chalicelib.notifier.notices.answer_mails import PREFIX as ANSWER_MAILS
from chalicelib.notifier.notices.answer_mails import AnswerMails
from chalicelib.notifier.notices.deliver_notice import NoticeDelivery
from chalicelib.notifier.notices.reply_to_sms import SmsReplies
from chalicelib.notifier.notices.send_code import PREFIX as CODES
from chalicelib.notifier.notices.send_code import CodeDelivery
from chalicelib.notifier.officers.account_letters import AccountLetters
from chalicelib.notifier.officers.address_changes import AddressChanges
from chalicelib.notifier.officers.digests import Digests
from chalicelib.notifier.officers.leaders_mail import SEQ as LEADERS_SEQ
from chalicelib.notifier.officers.leaders_mail import LeadersMail
from chalicelib.notifier.programs.deliver_event import EventDelivery
from shared.domain.errors import NewerItemError
from shared.domain.promises.notices import NoticeKind
from shared.platform import aws, clock, correlation, queues, telemetry
from shared.platform.messages import (
    AccountRequest,
    CodeRequest,
    DigestRequest,
    ExportRequest,
    NoticeRequest,
    ReplyRequest,
    SubscriberRequest,
    WebhookTestRequest,
)

MAX_VISIBILITY_TIMEOUT = timedelta(hours=12)
"""The limit of SQS, counted from the receive."""
_MARGIN = timedelta(minutes=2)
Request = (
    NoticeRequest
    | ReplyRequest
    | CodeRequest
    | SubscriberRequest
    | DigestRequest
    | AccountRequest
    | WebhookTestRequest
    | ExportRequest
)
_REQUEST: TypeAdapter[Request] = TypeAdapter(Request, config=ConfigDict(hide_input_in_errors=True))


class MessageSenders(NamedTuple):
    """Those who send what the messages ask for."""

    notices: NoticeDelivery
    replies: SmsReplies
    codes: CodeDelivery
    answer_mails: AnswerMails
    digests: Digests
    leaders_mail: LeadersMail
    account_letters: AccountLetters
    address_changes: AddressChanges
    events: EventDelivery
    exports: PersonExports


class MessageHandler:
    """Handles the records of an SQS event."""

    def __init__(self, senders: MessageSenders, queue_url: str) -> None:
        self._senders = senders
        self._queue_url = queue_url

    def handle(self, records: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
        """Handle messages and return those that have to be received again (`ReportBatchItemFailures`)."""
        failures: list[dict[str, str]] = []
        for record in records:
            with correlation.begun(*queues.cause_of(record)):
                if not self._is_done(record):
                    failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    def _is_done(self, record: Mapping[str, Any]) -> bool:
        receives = queues.receives_of(record)
        try:
            self._dispatch(_REQUEST.validate_json(record["body"]))
        except RetryLaterError as error:
            wait = error.at - clock.now() if error.at is not None else redeliver_after(receives)
            telemetry.logger().info("message retried later", reason=error.reason)
            self._hide(record, wait)
            return False
        except NewerItemError:
            telemetry.logger().info("message left to newer code")
            return False
        except Exception as error:  # noqa: BLE001 - the edge: one poisoned message must not stop its batch
            queues.log_failed(record, error)
            telemetry.count("MessageFailed", error=type(error).__name__)
            return False
        return True

    def _dispatch(self, request: Request) -> None:
        match request:
            case ReplyRequest():
                self._senders.replies.send(request)
            case CodeRequest():
                self._senders.codes.send(request)
            case SubscriberRequest():
                self._senders.answer_mails.send(request)
            case DigestRequest():
                self._senders.digests.send(request)
                self._senders.leaders_mail.send(request)
            case WebhookTestRequest():
                self._senders.events.test(request)
            case AccountRequest():
                self._senders.account_letters.send(request)
            case ExportRequest():
                self._senders.exports.write(request)
            case NoticeRequest():
                self._deliver(request)

    def _deliver(self, request: NoticeRequest) -> None:
        """Deliver a notice, or continue with what waits for another attempt."""
        match request:
            case _ if request.reference.startswith(CODES):
                self._senders.codes.resume(request)
            case _ if request.reference.startswith(ANSWER_MAILS):
                self._senders.answer_mails.resume(request)
            case NoticeRequest(kind=NoticeKind.EVENT):
                self._senders.events.deliver(request)
            case NoticeRequest(kind=NoticeKind.ADDRESS_CHANGED):
                self._senders.address_changes.send(request)
            case NoticeRequest(kind=NoticeKind.DIGEST):
                (self._senders.leaders_mail if request.seq == LEADERS_SEQ else self._senders.digests).resume(
                    request
                )
            case NoticeRequest(kind=NoticeKind.ACCOUNT):
                self._senders.account_letters.resume(request)
            case _:
                self._senders.notices.deliver(request)

    def _hide(self, record: Mapping[str, Any], wait: timedelta) -> None:
        """Hide a message for a while; if that fails it comes back after the queue's own visibility timeout."""
        seconds = ceil(min(max(wait, timedelta(seconds=1)), MAX_VISIBILITY_TIMEOUT - _MARGIN).total_seconds())
        try:
            aws.client("sqs").change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=seconds
            )
        except Exception as error:  # noqa: BLE001 - the message comes back in any case
            telemetry.logger().warning("message not hidden", error_type=type(error).__name__)
