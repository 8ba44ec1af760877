"""Each webhook provider as the local stack plays it: path, credentials, and a request signed and ready to send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shlex
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from infra.local.emulation.sns import LocalSns
from shared.domain.calendar.working_calendar import VIETNAM

Credentials = Mapping[str, Mapping[str, str]]

_CONTENT = "PAKN Phong noi vu tra loi cham, toi nop ho so tuyen dung da 40 ngay"
_SENDER = "84912345678"


@dataclass(frozen=True)
class Provider:
    """A provider for `/local/providers`."""

    name: str
    path: str
    method: str
    credentials: Mapping[str, str]
    example: str


def all_providers(
    public_url: str, credentials: Credentials, now: datetime, sns: LocalSns | None = None
) -> list[Provider]:
    """Return every provider with credentials; each call signs fresh examples, so that each of them is a new message.

    Args:
        public_url: where the system is reached.
        credentials: the providers' secret.
        now: the time that is signed.
        sns: signs as SNS does; without it there is no example of AWS.
    """
    makers: dict[str, Callable[[Mapping[str, str]], Provider]] = {
        "esms": lambda own: esms(public_url, own, now),
        "twilio": lambda own: twilio(public_url, own),
        "standard": lambda own: standard(public_url, own, now),
        "infobip": lambda own: infobip(public_url, own, now),
        "vonage": lambda own: vonage(public_url, own, now),
        "zalo": lambda own: zalo(public_url, own, now),
        "hotline": lambda own: hotline(public_url, own, now),
    }
    if sns is not None:
        makers["aws"] = lambda own: aws(public_url, own, now, sns)
    providers = [make(credentials[name]) for name, make in makers.items() if name in credentials]
    return [*providers, connect(public_url)]


def esms(public_url: str, credentials: Mapping[str, str], now: datetime) -> Provider:
    """Sign as the short code's aggregator: MD5(cpid + smsid + content + receiverTime + PrivateKey)."""
    query = {
        "sender": _SENDER,
        "content": _CONTENT,
        "serviceNumber": "8088",
        "keyword": "PAKN",
        "cpid": credentials["cpid"],
        "smsid": uuid.uuid4().hex,
        "receiverTime": now.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S"),
    }
    signed = query["cpid"] + query["smsid"] + _CONTENT + query["receiverTime"] + credentials["private_key"]
    query["sign"] = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
    url = f"{public_url}/sms/esms?{urlencode(query, quote_via=quote)}"
    shown = {"cpid": credentials["cpid"], "PrivateKey": credentials["private_key"]}
    return Provider("esms", "/sms/esms", "GET", shown, f"curl -sS {shlex.quote(url)}")


def twilio(public_url: str, credentials: Mapping[str, str]) -> Provider:
    """Sign as Twilio: HMAC-SHA1 over the URL and the sorted form."""
    url = f"{public_url}/sms/twilio"
    form = {
        "AccountSid": credentials["account_sid"],
        "Body": _CONTENT,
        "From": f"+{_SENDER}",
        "MessageSid": f"SM{uuid.uuid4().hex}",
        "To": "+18088",
    }
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.digest(credentials["auth_token"].encode(), signed.encode(), hashlib.sha1)
    parts = [
        "curl",
        "-sS",
        url,
        "-H",
        f"X-Twilio-Signature: {base64.b64encode(digest).decode()}",
        *(part for name, value in form.items() for part in ("--data-urlencode", f"{name}={value}")),
    ]
    shown = {"account_sid": credentials["account_sid"], "auth_token": credentials["auth_token"]}
    return Provider("twilio", "/sms/twilio", "POST", shown, shlex.join(parts))


def standard(public_url: str, credentials: Mapping[str, str], now: datetime) -> Provider:
    """Sign as a gateway of our own: Standard Webhooks, an event `sms.received`."""
    event = {
        "type": "sms.received",
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {
            "messageId": uuid.uuid4().hex,
            "from": f"+{_SENDER}",
            "text": _CONTENT,
            "receivedAt": now.isoformat(timespec="seconds"),
        },
    }
    example = _standard_webhook(f"{public_url}/sms/standard", event, credentials["secret"], now)
    return Provider("standard", "/sms/standard", "POST", {"secret": credentials["secret"]}, example)


def infobip(public_url: str, credentials: Mapping[str, str], now: datetime) -> Provider:
    """Send as Infobip: BASIC credentials, a list of messages."""
    message = {
        "messageId": uuid.uuid4().hex,
        "from": _SENDER,
        "to": "8088",
        "text": _CONTENT,
        "receivedAt": now.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
    }
    basic = base64.b64encode(f"{credentials['username']}:{credentials['password']}".encode()).decode()
    headers = {"authorization": f"Basic {basic}"}
    body = {"results": [message], "messageCount": 1, "pendingMessageCount": 0}
    example = _json_post(f"{public_url}/sms/infobip", _json_of(body), headers)
    return Provider("infobip", "/sms/infobip", "POST", credentials, example)


def vonage(public_url: str, credentials: Mapping[str, str], now: datetime) -> Provider:
    """Sign as Vonage: a JWT (HS256) over the body's digest and the time."""
    message = {
        "channel": "sms",
        "message_type": "text",
        "message_uuid": str(uuid.uuid4()),
        "from": _SENDER,
        "to": "8088",
        "text": _CONTENT,
        "timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    raw = _json_of(message)
    claims = {
        "iat": int(now.timestamp()),
        "jti": str(uuid.uuid4()),
        "api_key": credentials["api_key"],
        "payload_hash": hashlib.sha256(raw.encode()).hexdigest(),
    }
    signed = ".".join(
        _base64url(_json_of(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    )
    signature = hmac.digest(credentials["signature_secret"].encode(), signed.encode(), hashlib.sha256)
    headers = {"authorization": f"Bearer {signed}.{_base64url(signature)}"}
    return Provider(
        "vonage", "/sms/vonage", "POST", credentials, _json_post(f"{public_url}/sms/vonage", raw, headers)
    )


def aws(public_url: str, credentials: Mapping[str, str], now: datetime, sns: LocalSns) -> Provider:
    """Sign as Amazon SNS, which passes on what AWS End User Messaging received."""
    message = {
        "originationNumber": f"+{_SENDER}",
        "destinationNumber": "+848088",
        "messageKeyword": "PAKN",
        "messageBody": _CONTENT,
        "inboundMessageId": str(uuid.uuid4()),
        "previousPublishedMessageId": str(uuid.uuid4()),
    }
    raw = sns.notification(message, now, credentials["topic_arn"]).decode()
    headers = {"x-amz-sns-message-type": "Notification"}
    example = _json_post(f"{public_url}/sms/aws", raw, headers)
    return Provider("aws", "/sms/aws", "POST", {"topic_arn": credentials["topic_arn"]}, example)


def zalo(public_url: str, credentials: Mapping[str, str], now: datetime) -> Provider:
    """Sign as Zalo: SHA-256(app_id + body + timestamp + key); the event that a message of ours was seen."""
    timestamp = str(int(now.timestamp() * 1000))
    event = {
        "app_id": credentials["app_id"],
        "event_name": "user_seen_message",
        "timestamp": timestamp,
        "message": {"msg_id": uuid.uuid4().hex},
    }
    raw = _json_of(event)
    signed = f"{credentials['app_id']}{raw}{timestamp}{credentials['oa_secret_key']}"
    headers = {"x-zevent-signature": f"mac={hashlib.sha256(signed.encode()).hexdigest()}"}
    example = _json_post(f"{public_url}/receipts/zalo", raw, headers)
    return Provider("zalo", "/receipts/zalo", "POST", credentials, example)


def connect(public_url: str) -> Provider:
    """Call as a flow of Amazon Connect: a function that AWS invokes, so locally through an address of the workbench."""
    event = {
        "Details": {
            "ContactData": {
                "ContactId": str(uuid.uuid4()),
                "CustomerEndpoint": {"Address": f"+{_SENDER}", "Type": "TELEPHONE_NUMBER"},
            },
            "Parameters": {"reference": "", "pin": "", "language": "vi"},
        },
        "Name": "ContactFlowEvent",
    }
    example = _json_post(f"{public_url}/local/connect", _json_of(event), {})
    return Provider("connect", "/local/connect", "POST", {}, example)


def hotline(public_url: str, credentials: Mapping[str, str], now: datetime) -> Provider:
    """Sign as the call centre: Standard Webhooks, one call that an operator wrote down."""
    at = now.isoformat(timespec="seconds")
    call = {
        "callId": f"call-{uuid.uuid4().hex[:12]}",
        "caller": f"+{_SENDER}",
        "start": at,
        "end": at,
        "agent": "tongdai.lan",
        "summary": "Người gọi hỏi về chế độ phụ cấp của cán bộ không chuyên trách cấp xã.",
        "petitioner": {
            "name": "Trần Thị Hoa",
            "address": "Xã Tân Phú, tỉnh Đồng Nai",
            "phone": f"+{_SENDER}",
        },
    }
    example = _standard_webhook(f"{public_url}/hotline/calls", call, credentials["secret"], now)
    return Provider("hotline", "/hotline/calls", "POST", {"secret": credentials["secret"]}, example)


def _standard_webhook(url: str, body: object, secret: str, now: datetime) -> str:
    """Return a curl call signed as Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp and body."""
    raw = _json_of(body)
    webhook_id, timestamp = f"msg_{uuid.uuid4().hex}", str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.{raw}".encode(), hashlib.sha256)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return _json_post(url, raw, headers)


def _json_post(url: str, raw: str, headers: Mapping[str, str]) -> str:
    """Return a curl call that posts JSON as it is."""
    lines = {"content-type": "application/json"} | dict(headers)
    sent = [part for name, value in lines.items() for part in ("-H", f"{name}: {value}")]
    return shlex.join(["curl", "-sS", url, *sent, "--data-binary", raw])


def _json_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
