"""AWS End User Messaging: two-way SMS through an Amazon SNS topic with an HTTPS subscription.

Sources: docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html (the message) and
docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html (the signature): SNS signs chosen fields with
RSA; the certificate is fetched, over TLS, from an SNS address only, and the topic must be ours. Signature version 2
(SHA-256) is required: set the topic's attribute `SignatureVersion` to 2.
The answer goes out through the notifier.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from . import payload
from .webhook import (
    ACCEPTED,
    REFUSAL,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    ProviderUnreachableError,
    WebhookReply,
    WebhookRequest,
    is_same,
    refuse_oversized,
    replay_key,
    require_method,
    required_secret,
    sender_number,
)

_SIGNED_FIELDS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
    "UnsubscribeConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
"""What SNS signs, in byte order; `Subject` only where it is there."""
_SNS_HOST = re.compile(r"sns\.[a-z0-9-]{1,32}\.amazonaws\.com(?:\.cn)?")
_CERTIFICATE_PATH = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,128}\.pem")
_LARGEST_ANSWER = 64 * 1024
_TIMEOUT_SECONDS = 3.0
_SERVER_ERROR = 500


def fetch(url: str) -> bytes:
    """Get an SNS address over TLS without following redirects.

    Raises ForgedWebhookError where SNS does not know the address, ProviderUnreachableError where it cannot be asked.
    """
    # Imported here: most deployments never receive through AWS, and an HTTP client takes 25 ms.
    from urllib.error import HTTPError  # noqa: PLC0415
    from urllib.request import HTTPRedirectHandler, build_opener  # noqa: PLC0415

    class NoRedirect(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """Follow nothing: the address was checked, what it points to was not."""

    opener = build_opener(NoRedirect)
    try:
        with opener.open(url, timeout=_TIMEOUT_SECONDS) as answer:
            content: bytes = answer.read(_LARGEST_ANSWER)
    except HTTPError as error:
        if error.code < _SERVER_ERROR:
            raise ForgedWebhookError("address") from None
        raise ProviderUnreachableError from None
    except OSError:
        raise ProviderUnreachableError from None
    return content


class AwsSnsWebhook:
    """The adapter for `POST /sms/aws`. It also confirms its own topic's subscription, once the signature holds."""

    name: ClassVar[str] = "aws"
    replies_inline: ClassVar[bool] = False

    def __init__(
        self,
        topic_arn: str,
        *,
        fetch: Callable[[str], bytes] = fetch,
        accept_within: timedelta = timedelta(days=1),
    ) -> None:
        """Take our topic, how to fetch an address (certificate, confirmation), and how old a message may be."""
        self._topic_arn = required_secret(topic_arn)
        self._fetch = fetch
        self._accept_within = accept_within
        self._certificates: dict[str, bytes] = {}

    def read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one message of a genuine notification; none for SNS's own business."""
        refuse_oversized(request)
        require_method(request, "POST")
        envelope = payload.json_object(request.body)
        signed = self._genuine(envelope, at)
        if envelope["Type"] == "SubscriptionConfirmation":
            self._fetch(_sns_address(envelope, "SubscribeURL"))
        if envelope["Type"] != "Notification":
            return []
        return self._messages(envelope, replay_key(self.name, signed))

    def _messages(self, envelope: Mapping[str, Any], key: str) -> list[InboundSms]:
        message = payload.json_object(payload.text(envelope, "Message").encode())
        message_id = payload.message_id(message, "inboundMessageId")
        content, sent_at = payload.text(message, "messageBody"), payload.instant(envelope, "Timestamp")
        number = sender_number(payload.text(message, "originationNumber"))
        return [] if number is None else [InboundSms(self.name, message_id, number, content, sent_at, key)]

    def _genuine(self, envelope: Mapping[str, Any], at: datetime) -> bytes:
        """Return the text that SNS signed; raises ForgedWebhookError."""
        if not is_same(self._topic_arn, str(envelope.get("TopicArn", ""))):
            raise ForgedWebhookError("topic")
        if envelope.get("SignatureVersion") != "2":
            raise ForgedWebhookError("signature-version")
        signed = _signed_text(envelope)
        self._refuse_unless_signed(envelope, signed, at)
        sent_at = payload.instant(envelope, "Timestamp")
        if sent_at is None or abs(at - sent_at) > self._accept_within:
            raise ForgedWebhookError("age")
        return signed

    def _refuse_unless_signed(self, envelope: Mapping[str, Any], signed: bytes, at: datetime) -> None:
        # Imported here: most deployments never receive through AWS, and cryptography is large.
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

        try:
            signature = base64.b64decode(payload.text(envelope, "Signature"), validate=True)
            certificate = load_pem_x509_certificate(self._certificate(_certificate_address(envelope)))
        except (binascii.Error, ValueError, MalformedWebhookError):
            raise ForgedWebhookError("certificate") from None
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise ForgedWebhookError("certificate")
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            raise ForgedWebhookError("certificate")
        try:
            key.verify(signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise ForgedWebhookError("signature") from None

    def _certificate(self, url: str) -> bytes:
        if url not in self._certificates:
            self._certificates[url] = self._fetch(url)
        return self._certificates[url]

    def reply(self, messages: Sequence[InboundSms], text: str = "") -> WebhookReply:  # noqa: ARG002 - takes no text
        """Acknowledge; the notifier sends the answer."""
        return ACCEPTED

    def refusal(self) -> WebhookReply:
        """Return the one answer to everything that is not taken."""
        return REFUSAL


def _signed_text(envelope: Mapping[str, Any]) -> bytes:
    names = _SIGNED_FIELDS.get(str(envelope.get("Type", "")))
    if names is None:
        raise MalformedWebhookError("Type")
    present = [name for name in names if name != "Subject" or envelope.get(name) is not None]
    return "".join(f"{name}\n{payload.text(envelope, name)}\n" for name in present).encode()


def _sns_address(envelope: Mapping[str, Any], name: str) -> str:
    """Return an address in the message that is SNS's own; raises MalformedWebhookError for any other."""
    url = payload.text(envelope, name)
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "https" and bool(_SNS_HOST.fullmatch(parts.netloc)) and not parts.fragment
    except ValueError:
        is_plain = False
    if not is_plain or any(character <= " " for character in url) or not url.isascii():
        raise MalformedWebhookError(name)
    return url


def _certificate_address(envelope: Mapping[str, Any]) -> str:
    url = _sns_address(envelope, "SigningCertURL")
    parts = urlsplit(url)
    if parts.query or not _CERTIFICATE_PATH.fullmatch(parts.path):
        raise MalformedWebhookError("SigningCertURL")
    return url
