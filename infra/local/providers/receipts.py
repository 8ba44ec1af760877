"""What the providers post back: eSMS's callback about each SMS, and SES's event, through SNS, about each e-mail.

So the local stack has the same evidence as the cloud. SNS signs with a key and certificate made for this process, which
only a notifier of the stage `local` accepts.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from infra.local.emulation import moto_insides
from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.sms_gateway import SentSms, SmsGateway

CERTIFICATE_URL = "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-local.pem"
TRIES = 5
_SIGNED = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")


class LocalSns:
    """Signs as SNS does (version 2)."""

    def __init__(self, topic: str) -> None:
        self.topic = topic

    @cached_property
    def _key(self) -> RSAPrivateKey:
        return generate_private_key(65537, 2048)

    @cached_property
    def certificate(self) -> bytes:
        """A certificate of this process's own."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        )
        return made.sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def put_certificate(self, path: Path) -> None:
        """Put the certificate where the notifier is told to look."""
        path.write_bytes(self.certificate)

    def notification(self, message: Mapping[str, Any], now: datetime) -> bytes:
        """Return the body that SNS posts."""
        envelope = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": self.topic,
            "Message": json.dumps(message),
            "Timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
        }
        text = "".join(f"{name}\n{envelope[name]}\n" for name in _SIGNED).encode()
        signature = base64.b64encode(self._key.sign(text, PKCS1v15(), SHA256())).decode()
        return json.dumps(envelope | {"Signature": signature}).encode()


class ReceiptPump:
    """Posts a receipt for whatever was sent since it last looked, again and again until it is acknowledged."""

    def __init__(
        self,
        gateway: SmsGateway,
        sns: LocalSns,
        post: Callable[[HttpRequest], HttpResponse],
        now: Callable[[], datetime],
    ) -> None:
        self._gateway = gateway
        self._sns = sns
        self._post = post
        self._now = now
        self._waiting: deque[tuple[HttpRequest, int]] = deque()
        self.is_silent = False
        """Whether providers tell nothing by themselves, for tests that post receipts of their own."""
        self.restart()

    def restart(self) -> None:
        """Begin again: what was sent is forgotten."""
        self._mails = self._messages = 0
        self._waiting.clear()
        self.is_silent = False

    def skip(self) -> None:
        """Have told of all that was sent up to now."""
        self.restart()
        for _ in self._new_receipts():
            pass

    def step(self) -> bool:
        """Post what there is to tell; tell whether there was anything."""
        new = [*self._new_receipts()]
        if not self.is_silent:
            self._waiting.extend((request, 1) for request in new)
        posted = len(self._waiting)
        for _ in range(posted):
            request, tries = self._waiting.popleft()
            if self._post(request).status >= HTTPStatus.INTERNAL_SERVER_ERROR and tries < TRIES:
                self._waiting.append((request, tries + 1))
        return posted > 0

    def _new_receipts(self) -> Iterator[HttpRequest]:
        messages = self._gateway.sent[self._messages :]
        self._messages += len(messages)
        mails = moto_insides.sent_mails_from(self._mails)
        self._mails += len(mails)
        yield from (self.about_sms(sms) for sms in messages if sms.callback_url)
        yield from (self.about_mail(raw) for raw in mails)

    def about_sms(self, sms: SentSms, status: str = "5", *, arrived: bool = True) -> HttpRequest:
        """Return eSMS's callback about one SMS."""
        told = {
            "SMSID": sms.request_id,
            "RequestId": sms.request_id,
            "SendStatus": status,
            "SendSuccess": str(int(arrived)),
            "SendFailed": str(int(not arrived)),
            "TypeId": "2",
        }
        path = urlsplit(sms.callback_url).path
        return HttpRequest("GET", f"{path}?{urlencode(told, quote_via=quote)}", {"accept": "*/*"})

    def about_mail(self, raw: str, kind: str = "Delivery", **details: Any) -> HttpRequest:
        """Return SES's event about one e-mail, as SNS posts it."""
        headers = {name: value.strip() for name, _, value in (line.partition(":") for line in _head(raw))}
        tags = {"reference": [headers["X-PAKN-Reference"]], "notice": [headers["X-PAKN-Notice"]]}
        event = {"eventType": kind, "mail": {"messageId": str(uuid.uuid4()), "tags": tags}, **details}
        headers = {"content-type": "text/plain; charset=UTF-8", "accept": "*/*"}
        body = self._sns.notification(event, self._now())
        return HttpRequest("POST", "/receipts/ses", headers, body)


def _head(raw: str) -> Iterator[str]:
    for line in raw.splitlines():
        if not line:
            return
        if line.startswith("X-PAKN-"):
            yield line
