"""The other ends of the SMS providers that the notifier sends through: what each is sent, and what each answers.

Each is reached at `/local/sms-gateway/<provider>` (eSMS at `/local/sms-gateway`), answers as it documents, and has its
receipts about each message in its own form, signed as it signs.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from infra.local.emulation.functions import HttpRequest
from infra.local.providers.signed_requests import (
    Inbound,
    Signer,
    from_sns,
    standard_webhook,
    with_basic,
    with_token,
    zalo_event,
)

DELIVERED, FAILED, UNKNOWN = "delivered", "failed", "unknown"


@dataclass(frozen=True)
class SentSms:
    """A message as the phone would show it."""

    at: datetime
    to: str
    text: str
    reference: str
    request_id: str
    sender: str
    callback_url: str = ""
    provider: str = "esms"
    """As the notifier names it: `http` is the gateway that `standard` stands for."""
    notice: str = ""
    """The delivery's name, which AWS alone is given."""
    request: str = ""
    """The body of the request that brought it, as JSON, without the keys that opened the door."""


def aws_sms(body: Mapping[str, Any], at: datetime) -> SentSms:
    """Read `SendTextMessage` of AWS End User Messaging."""
    context = body.get("Context", {})
    reference, notice = str(context.get("reference", "")), str(context.get("notice", ""))
    name = "-".join([reference, *notice.split("#")[:2]])
    text, sender = str(body["MessageBody"]), str(body.get("OriginationIdentity", ""))
    return SentSms(at, str(body["DestinationPhoneNumber"]), text, reference, name, sender, "", "aws", notice)


def http_sms(body: Mapping[str, Any], at: datetime) -> SentSms:
    """Read a message of the generic gateway."""
    return _sms("http", at, str(body["to"]), str(body["text"]), str(body["id"]), str(body.get("from", "")))


def infobip_sms(body: Mapping[str, Any], at: datetime) -> SentSms:
    """Read a message of Infobip's SMS API."""
    (message,) = body["messages"]
    to, text = str(message["destinations"][0]["to"]), str(message["content"]["text"])
    return _sms("infobip", at, to, text, str(message["webhooks"]["callbackData"]), str(message["sender"]))


def vonage_sms(body: Mapping[str, Any], at: datetime) -> SentSms:
    """Read a message of Vonage's Messages API."""
    callback = str(body.get("webhook_url", ""))
    return _sms(
        "vonage", at, str(body["to"]), str(body["text"]), str(body["client_ref"]), str(body["from"]), callback
    )


def zalo_sms(body: Mapping[str, Any], at: datetime) -> SentSms:
    """Read a message of Zalo Notification Service."""
    text = str(body["template_data"]["text"])
    return _sms("zalo", at, str(body["phone"]), text, str(body["tracking_id"]), "Zalo")


def _sms(
    provider: str, at: datetime, to: str, text: str, request_id: str, sender: str, callback: str = ""
) -> SentSms:
    number = f"+{to.removeprefix('+')}"
    reference = request_id.partition("-")[0]
    return SentSms(at, number, text, reference, request_id, sender, callback, provider)


def _infobip_answer() -> dict[str, Any]:
    status = {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}
    return {"messages": [{"messageId": uuid.uuid4().hex, "status": status}]}


READERS: Mapping[str, Callable[[Mapping[str, Any], datetime], SentSms]] = {
    "aws": aws_sms,
    "http": http_sms,
    "infobip": infobip_sms,
    "vonage": vonage_sms,
    "zalo": zalo_sms,
}


def provider_of(path: str) -> str:
    """Return which provider a request of the notifier is to, by its path; eSMS has the address itself."""
    name = urlsplit(path).path.rstrip("/").rpartition("/")[2]
    return name if name in READERS else "esms"


ANSWERS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "aws": lambda: {"MessageId": str(uuid.uuid4())},
    "http": lambda: {"id": str(uuid.uuid4())},
    "infobip": _infobip_answer,
    "vonage": lambda: {"message_uuid": str(uuid.uuid4())},
    "zalo": lambda: {"error": 0, "message": "Success", "data": {"msg_id": uuid.uuid4().hex}},
}


# ---------------------------------------------------------------- receipts


def esms_receipt(sms: SentSms, status: str = "5", *, arrived: bool = True) -> HttpRequest:
    """Return eSMS's callback about one SMS, to the address that its sender gave."""
    callback = {
        "SMSID": sms.request_id,
        "RequestId": sms.request_id,
        "SendStatus": status,
        "SendSuccess": str(int(arrived)),
        "SendFailed": str(int(not arrived)),
        "TypeId": "2",
    }
    path = urlsplit(sms.callback_url).path
    return HttpRequest("GET", f"{path}?{urlencode(callback, quote_via=quote)}", {"accept": "*/*"})


def _of_esms(_signer: Signer, sms: SentSms, outcome: str, _at: datetime) -> HttpRequest:
    return esms_receipt(sms, "9" if outcome == UNKNOWN else "5", arrived=outcome == DELIVERED)


def _of_http(signer: Signer, sms: SentSms, outcome: str, at: datetime) -> HttpRequest:
    kind = {DELIVERED: "sms.delivered", FAILED: "sms.failed", UNKNOWN: "sms.vanished"}[outcome]
    event = {"type": kind, "data": {"id": sms.request_id}}
    return standard_webhook("/receipts/http", event, signer.credentials["http"]["secret"], Inbound(at, at))


def _of_infobip(signer: Signer, sms: SentSms, outcome: str, _at: datetime) -> HttpRequest:
    group = {DELIVERED: "DELIVERED", FAILED: "UNDELIVERABLE", UNKNOWN: "VANISHED"}[outcome]
    name = {DELIVERED: "DELIVERED_TO_HANDSET", FAILED: "UNDELIVERABLE_NOT_DELIVERED"}.get(outcome, group)
    report = {
        "messageId": uuid.uuid4().hex,
        "to": sms.to.removeprefix("+"),
        "callbackData": sms.request_id,
        "status": {"groupName": group, "name": name},
        "error": {"groupName": "OK" if outcome == DELIVERED else "HANDSET_ERRORS", "permanent": False},
    }
    return with_basic("/receipts/infobip", {"results": [report]}, signer.credentials["infobip"])


def _of_vonage(signer: Signer, sms: SentSms, outcome: str, at: datetime) -> HttpRequest:
    status = {DELIVERED: "delivered", FAILED: "undeliverable", UNKNOWN: "vanished"}[outcome]
    event = {
        "message_uuid": str(uuid.uuid4()),
        "channel": "sms",
        "to": sms.to.removeprefix("+"),
        "client_ref": sms.request_id,
        "status": status,
    }
    return with_token(urlsplit(sms.callback_url).path, event, signer.credentials["vonage"], at)


def _of_zalo(signer: Signer, sms: SentSms, outcome: str, at: datetime) -> HttpRequest:
    message = {
        "msg_id": uuid.uuid4().hex,
        "tracking_id": sms.request_id,
        "delivery_time": str(int(at.timestamp() * 1000)),
    }
    name = "user_received_message" if outcome == DELIVERED else "user_vanished"
    return zalo_event({"event_name": name, "message": message}, signer.credentials["zalo"], at)


def aws_event(sms: SentSms, outcome: str) -> dict[str, Any]:
    """Return the event of AWS End User Messaging about one SMS."""
    kind = {DELIVERED: "TEXT_DELIVERED", FAILED: "TEXT_UNREACHABLE", UNKNOWN: "TEXT_VANISHED"}[outcome]
    context = {"reference": sms.reference, "notice": sms.notice}
    return {"eventType": kind, "isFinal": True, "destinationPhoneNumber": sms.to, "context": context}


def aws_notification(signer: Signer, sms: SentSms, outcome: str, at: datetime) -> bytes:
    """Return that event as SNS passes it on."""
    return signer.sns.notification(aws_event(sms, outcome), at, SMS_EVENTS_TOPIC)


def _of_aws(signer: Signer, sms: SentSms, outcome: str, at: datetime) -> HttpRequest:
    return from_sns("/receipts/aws", aws_notification(signer, sms, outcome, at))


SMS_EVENTS_TOPIC = "arn:aws:sns:ap-southeast-1:123456789012:pakn-local-sms-events"
RECEIPTS: Mapping[str, Callable[[Signer, SentSms, str, datetime], HttpRequest]] = {
    "aws": _of_aws,
    "esms": _of_esms,
    "http": _of_http,
    "infobip": _of_infobip,
    "vonage": _of_vonage,
    "zalo": _of_zalo,
}
"""Each provider's receipt about a message."""
OUTCOMES: Mapping[str, tuple[str, ...]] = dict.fromkeys(RECEIPTS, (DELIVERED, FAILED, UNKNOWN)) | {
    "zalo": (DELIVERED, UNKNOWN)
}
"""The statuses that each reports: Zalo never says that a message failed; `unknown` is one that it does not document."""
SENDS_AS = {"standard": "http"}
"""Providers that the notifier has under another name."""
