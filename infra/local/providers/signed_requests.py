"""Each provider as the local stack plays it: what it sends to us, signed as it signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shlex
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from infra.local.emulation.functions import HttpRequest
from infra.local.emulation.sns import LocalSns
from shared.domain.calendar.working_calendar import VIETNAM

Credentials = Mapping[str, Mapping[str, str]]

TEXT = "PAKN Phong noi vu tra loi cham, toi nop ho so tuyen dung da 40 ngay"
SENDER = "84912345678"


@dataclass(frozen=True)
class Inbound:
    """A message or call that a provider passes on."""

    sent_at: datetime
    """The time when it left its sender's hands, by the provider's clock."""
    signed_at: datetime
    """The time when the provider signed it, where its scheme has a time for that."""
    text: str = TEXT
    sender: str = SENDER
    """International digits without a plus."""
    message_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    part: tuple[str, int, int] | None = None
    """Reference, number and total, of one part of a long SMS."""


@dataclass(frozen=True)
class Provider:
    """A provider for `/local/providers`."""

    name: str
    path: str
    method: str
    credentials: Mapping[str, str]
    example: str
    """A curl command, signed now: a new message each time."""


@dataclass(frozen=True)
class Signer:
    """Signs as the providers do, with the credentials of the running system."""

    public_url: str
    credentials: Credentials
    sns: LocalSns

    def request(self, provider: str, inbound: Inbound) -> HttpRequest:
        """Return the request of a provider.

        Raises:
            KeyError: there is no such provider, or it has no credentials.
        """
        return _MAKERS[provider](self, inbound)

    def of(self, provider: str) -> Mapping[str, str]:
        """Return a provider's credentials; empty for Amazon Connect, which has none."""
        return {} if provider == "connect" else self.credentials[provider]


def all_providers(signer: Signer, now: datetime) -> list[Provider]:
    """Return every provider with credentials; each call signs fresh examples, so that each of them is a new message."""
    providers = []
    for name in _MAKERS:
        if name != "connect" and name not in signer.credentials:
            continue
        request = signer.request(name, Inbound(now, now))
        shown = {key: signer.of(name)[key] for key in _SHOWN[name] if key in signer.of(name)}
        shown = {_NAMED_BY_PROVIDER.get((name, key), key): value for key, value in shown.items()}
        example = as_curl(signer.public_url, request)
        providers.append(Provider(name, request.path.partition("?")[0], request.method, shown, example))
    return providers


def as_curl(public_url: str, request: HttpRequest) -> str:
    """Return a request as a curl command."""
    sent = [part for name, value in request.headers.items() for part in ("-H", f"{name}: {value}")]
    body = ["--data-binary", request.body.decode()] if request.body else []
    return shlex.join(["curl", "-sS", f"{public_url}{request.path}", *sent, *body])


_SHOWN = {
    "esms": ("cpid", "private_key"),
    "twilio": ("account_sid", "auth_token"),
    "standard": ("secret",),
    "infobip": ("username", "password"),
    "vonage": ("api_key", "signature_secret"),
    "aws": ("topic_arn",),
    "zalo": ("app_id", "oa_secret_key"),
    "hotline": ("secret",),
    "connect": (),
}
"""The credentials that sign what a provider sends."""
_NAMED_BY_PROVIDER = {("esms", "private_key"): "PrivateKey"}


def _esms(signer: Signer, sms: Inbound) -> HttpRequest:
    """Sign as the short code's aggregator: MD5(cpid + smsid + content + receiverTime + PrivateKey)."""
    own = signer.of("esms")
    query = {
        "sender": sms.sender,
        "content": sms.text,
        "serviceNumber": "8088",
        "keyword": "PAKN",
        "cpid": own["cpid"],
        "smsid": sms.message_id,
        "receiverTime": sms.sent_at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S"),
    }
    signed = query["cpid"] + query["smsid"] + sms.text + query["receiverTime"] + own["private_key"]
    query["sign"] = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
    return HttpRequest("GET", f"/sms/esms?{urlencode(query, quote_via=quote)}")


def _twilio(signer: Signer, sms: Inbound) -> HttpRequest:
    """Sign as Twilio: HMAC-SHA1 over the URL and the sorted form."""
    own = signer.of("twilio")
    form = {
        "AccountSid": own["account_sid"],
        "Body": sms.text,
        "From": f"+{sms.sender}",
        "MessageSid": f"SM{sms.message_id}",
        "To": "+18088",
    }
    signed = f"{signer.public_url}/sms/twilio" + "".join(name + form[name] for name in sorted(form))
    digest = hmac.digest(own["auth_token"].encode(), signed.encode(), hashlib.sha1)
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": base64.b64encode(digest).decode(),
    }
    return HttpRequest("POST", "/sms/twilio", headers, urlencode(form).encode())


def _standard(signer: Signer, sms: Inbound) -> HttpRequest:
    """Sign as a gateway of our own: Standard Webhooks, an event `sms.received`."""
    data: dict[str, object] = {
        "messageId": sms.message_id,
        "from": f"+{sms.sender}",
        "text": sms.text,
        "receivedAt": sms.sent_at.isoformat(timespec="seconds"),
    }
    if sms.part is not None:
        data["part"] = dict(zip(("reference", "number", "total"), sms.part, strict=True))
    event = {"type": "sms.received", "timestamp": sms.sent_at.isoformat(timespec="seconds"), "data": data}
    return standard_webhook("/sms/standard", event, signer.of("standard")["secret"], sms)


def _infobip(signer: Signer, sms: Inbound) -> HttpRequest:
    """Send as Infobip: BASIC credentials, a list of messages."""
    message = {
        "messageId": sms.message_id,
        "from": sms.sender,
        "to": "8088",
        "text": sms.text,
        "receivedAt": sms.sent_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
    }
    body = {"results": [message], "messageCount": 1, "pendingMessageCount": 0}
    return with_basic("/sms/infobip", body, signer.of("infobip"))


def with_basic(path: str, body: object, own: Mapping[str, str]) -> HttpRequest:
    """Return a POST with BASIC credentials, as Infobip sends it."""
    basic = base64.b64encode(f"{own['username']}:{own['password']}".encode()).decode()
    return _json_post(path, _json_of(body), {"authorization": f"Basic {basic}"})


def _vonage(signer: Signer, sms: Inbound) -> HttpRequest:
    """Sign as Vonage: a JWT (HS256) over the body's digest and the time."""
    message = {
        "channel": "sms",
        "message_type": "text",
        "message_uuid": str(uuid.UUID(sms.message_id)),
        "from": sms.sender,
        "to": "8088",
        "text": sms.text,
        "timestamp": sms.sent_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return with_token("/sms/vonage", message, signer.of("vonage"), sms.signed_at)


def with_token(path: str, body: object, own: Mapping[str, str], at: datetime) -> HttpRequest:
    """Return a POST with the token that Vonage signs."""
    raw = _json_of(body)
    claims = {
        "iat": int(at.timestamp()),
        "jti": str(uuid.uuid4()),
        "api_key": own["api_key"],
        "payload_hash": hashlib.sha256(raw.encode()).hexdigest(),
    }
    signed = ".".join(
        _base64url(_json_of(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    )
    signature = hmac.digest(own["signature_secret"].encode(), signed.encode(), hashlib.sha256)
    return _json_post(path, raw, {"authorization": f"Bearer {signed}.{_base64url(signature)}"})


def _aws(signer: Signer, sms: Inbound) -> HttpRequest:
    """Sign as Amazon SNS, which passes on what AWS End User Messaging received."""
    message = {
        "originationNumber": f"+{sms.sender}",
        "destinationNumber": "+848088",
        "messageKeyword": "PAKN",
        "messageBody": sms.text,
        "inboundMessageId": str(uuid.UUID(sms.message_id)),
        "previousPublishedMessageId": str(uuid.uuid4()),
    }
    raw = signer.sns.notification(message, sms.sent_at, signer.of("aws")["topic_arn"])
    return from_sns("/sms/aws", raw)


def from_sns(path: str, raw: bytes) -> HttpRequest:
    """Return a POST of Amazon SNS."""
    headers = {"content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": "Notification"}
    return HttpRequest("POST", path, headers, raw)


def _zalo(signer: Signer, sms: Inbound) -> HttpRequest:
    """Sign as Zalo the event that a message of ours was seen."""
    event = {"event_name": "user_seen_message", "message": {"msg_id": sms.message_id}}
    return zalo_event(event, signer.of("zalo"), sms.sent_at)


def zalo_event(event: Mapping[str, object], own: Mapping[str, str], at: datetime) -> HttpRequest:
    """Sign as Zalo: SHA-256(app_id + body + timestamp + key)."""
    timestamp = str(int(at.timestamp() * 1000))
    raw = _json_of({"app_id": own["app_id"], "timestamp": timestamp, **event})
    signed = f"{own['app_id']}{raw}{timestamp}{own['oa_secret_key']}"
    headers = {"x-zevent-signature": f"mac={hashlib.sha256(signed.encode()).hexdigest()}"}
    return _json_post("/receipts/zalo", raw, headers)


def _connect(_signer: Signer, call: Inbound) -> HttpRequest:
    """Call as a flow of Amazon Connect: a function that AWS invokes, so locally through an address of the workbench."""
    event = {
        "Details": {
            "ContactData": {
                "ContactId": str(uuid.UUID(call.message_id)),
                "CustomerEndpoint": {"Address": f"+{call.sender}", "Type": "TELEPHONE_NUMBER"},
            },
            "Parameters": {"reference": "", "pin": "", "language": "vi"},
        },
        "Name": "ContactFlowEvent",
    }
    return _json_post("/local/connect", _json_of(event), {})


def _hotline(signer: Signer, call: Inbound) -> HttpRequest:
    """Sign as the call centre: Standard Webhooks, one call that an operator wrote down."""
    summary = (
        "Người gọi hỏi về chế độ phụ cấp của cán bộ không chuyên trách cấp xã."
        if call.text == TEXT
        else call.text
    )
    petitioner = {
        "name": "Trần Thị Hoa",
        "address": "Xã Tân Phú, tỉnh Đồng Nai",
        "phone": f"+{call.sender}",
    }
    return call_report(signer, replace(call, text=summary), petitioner)


def call_report(signer: Signer, call: Inbound, petitioner: Mapping[str, str]) -> HttpRequest:
    """Return the call centre's report of a call, signed: `call.text` is what the operator wrote down.

    Args:
        signer: holds the secret shared with the call centre.
        call: its caller, time and text.
        petitioner: `name`, `address`, `phone`, as the caller gave them; without any, somebody has to call back.
    """
    at = call.sent_at.isoformat(timespec="seconds")
    report: dict[str, object] = {
        "callId": f"call-{call.message_id[:12]}",
        "caller": f"+{call.sender}",
        "start": at,
        "end": at,
        "agent": "tongdai.lan",
        "summary": call.text,
    }
    if petitioner:
        report["petitioner"] = dict(petitioner)
    return standard_webhook("/hotline/calls", report, signer.of("hotline")["secret"], call)


def standard_webhook(path: str, body: object, secret: str, inbound: Inbound) -> HttpRequest:
    """Sign as Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp and body."""
    raw = _json_of(body)
    webhook_id, timestamp = f"msg_{inbound.message_id}", str(int(inbound.signed_at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.{raw}".encode(), hashlib.sha256)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return _json_post(path, raw, headers)


def _json_post(path: str, raw: str, headers: Mapping[str, str]) -> HttpRequest:
    return HttpRequest("POST", path, {"content-type": "application/json", **headers}, raw.encode())


def _json_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


_MAKERS: dict[str, Callable[[Signer, Inbound], HttpRequest]] = {
    "esms": _esms,
    "twilio": _twilio,
    "standard": _standard,
    "infobip": _infobip,
    "vonage": _vonage,
    "aws": _aws,
    "zalo": _zalo,
    "hotline": _hotline,
    "connect": _connect,
}
PROVIDERS = tuple(_MAKERS)
"""The names of all providers that can be played."""
