"""Each webhook provider as the local stack plays it: path, credentials, and a request signed and ready to send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shlex
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

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


def all_providers(public_url: str, credentials: Credentials, now: datetime) -> list[Provider]:
    """Return every provider; each call signs fresh examples, so that each of them is a new message."""
    return [
        esms(public_url, credentials["esms"], now),
        twilio(public_url, credentials["twilio"]),
        standard(public_url, credentials["standard"], now),
        hotline(public_url, credentials["hotline"], now),
    ]


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
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    webhook_id, timestamp = f"msg_{uuid.uuid4().hex}", str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.{raw}".encode(), hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    sent = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    return shlex.join(["curl", "-sS", url, *sent, "--data-binary", raw])
