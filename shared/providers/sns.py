"""Messages that Amazon SNS posts to our HTTPS endpoints: from our topic, signed, or refused.

Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. SNS signs chosen fields with RSA; the
certificate is fetched over TLS, from an SNS address only. Signature version 2 (SHA-256) is required: set the
topic's attribute `SignatureVersion` to 2.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from shared.domain.errors import PetitionError

LARGEST_MESSAGE = 300 * 1024
"""Bytes; SNS itself takes 256 KB."""

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
    "UnsubscribeConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
"""The fields that SNS signs, in byte order; `Subject` only where it is present."""
_HOST = re.compile(r"sns\.[a-z0-9-]{1,32}\.amazonaws\.com(?:\.cn)?")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,128}\.pem")
_LARGEST_ANSWER = 64 * 1024
_TIMEOUT_SECONDS = 3.0
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""Statuses below 500 that say nothing of the address: it may be asked again."""


class SnsRefusedError(PetitionError):
    """A request that is no genuine message of our topic; says which rule it broke, never what it contained."""

    code = "sns-refused"

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class SnsUnreachableError(PetitionError):
    """SNS does not answer now, so a message can be neither accepted nor refused."""

    code = "sns-unreachable"


class SnsMessage(NamedTuple):
    """A genuine message. `subscribe_url` is an SNS address that a confirmation asks us to open."""

    type: str
    message: str
    subscribe_url: str | None
    timestamp: str
    """The instant at which SNS sent it, as SNS writes it."""
    signed: bytes
    """The text that SNS signed: it identifies a message, which takes effect once."""


def fetch(url: str) -> bytes:
    """Get an address that was checked to be SNS's own, over TLS, without following redirects.

    Raises:
        SnsRefusedError: SNS does not know the address.
        SnsUnreachableError: it cannot be asked.
    """

    class NoRedirect(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """Follow nothing: the address was checked, what it points to was not."""

    try:
        with build_opener(NoRedirect).open(url, timeout=_TIMEOUT_SECONDS) as answer:
            content: bytes = answer.read(_LARGEST_ANSWER)
    except HTTPError as error:
        if error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in _LATER:
            raise SnsRefusedError("address") from None
        raise SnsUnreachableError from None
    except (OSError, HTTPException):
        raise SnsUnreachableError from None
    return content


class SnsTopic:
    """One topic of ours that posts to us."""

    def __init__(self, arn: str, fetch: Callable[[str], bytes] = fetch) -> None:
        """Take the topic's ARN, and how to fetch an address (certificate, confirmation)."""
        if not arn:
            raise ValueError("without a topic anybody's would do")
        self._arn = arn
        self._fetch = fetch
        self._certificates: dict[str, bytes] = {}

    def read(self, body: bytes, at: datetime) -> SnsMessage:
        """Return a genuine message.

        Raises:
            SnsRefusedError: for everything else.
            SnsUnreachableError: the certificate cannot be fetched now.
        """
        envelope = _envelope(body)
        if not hmac.compare_digest(self._arn.encode(), envelope.get("TopicArn", "").encode()):
            raise SnsRefusedError("topic")
        if envelope.get("SignatureVersion") != "2":
            raise SnsRefusedError("signature-version")
        signed = _signed_text(envelope)
        self._refuse_unless_signed(envelope, signed, at)
        kind = envelope["Type"]
        url = _sns_address(envelope, "SubscribeURL") if kind == "SubscriptionConfirmation" else None
        return SnsMessage(kind, envelope["Message"], url, envelope["Timestamp"], signed)

    def confirm(self, message: SnsMessage) -> None:
        """Confirm our own topic's subscription."""
        if message.subscribe_url is not None:
            self._fetch(message.subscribe_url)

    def _refuse_unless_signed(self, envelope: Mapping[str, str], signed: bytes, at: datetime) -> None:
        from shared.providers.sns_signature import broken_rule  # noqa: PLC0415 - cryptography is large; no other request needs it

        try:
            signature = base64.b64decode(envelope.get("Signature", ""), validate=True)
        except (binascii.Error, ValueError):
            raise SnsRefusedError("certificate") from None
        rule = broken_rule(self._certificate(envelope), signature, signed, at)
        if rule is not None:
            raise SnsRefusedError(rule)

    def _certificate(self, envelope: Mapping[str, str]) -> bytes:
        url = _sns_address(envelope, "SigningCertURL")
        parts = urlsplit(url)
        if parts.query or not _CERTIFICATE.fullmatch(parts.path):
            raise SnsRefusedError("certificate")
        if url not in self._certificates:
            self._certificates[url] = self._fetch(url)
        return self._certificates[url]


def _envelope(body: bytes) -> dict[str, str]:
    if len(body) > LARGEST_MESSAGE:
        raise SnsRefusedError("too-large")
    try:
        facts = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise SnsRefusedError("json") from None
    if not isinstance(facts, dict):
        raise SnsRefusedError("json")
    return {name: value for name, value in facts.items() if isinstance(value, str)}


def _signed_text(envelope: Mapping[str, str]) -> bytes:
    names = _SIGNED.get(envelope.get("Type", ""))
    if names is None:
        raise SnsRefusedError("type")
    if any(name not in envelope for name in names if name != "Subject"):
        raise SnsRefusedError("field-missing")
    try:
        return "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope).encode()
    except UnicodeEncodeError:
        raise SnsRefusedError("encoding") from None


def _sns_address(envelope: Mapping[str, str], name: str) -> str:
    url = envelope.get(name, "")
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "https" and bool(_HOST.fullmatch(parts.netloc)) and not parts.fragment
    except ValueError:
        is_plain = False
    if not is_plain or not url.isascii() or any(character <= " " for character in url):
        raise SnsRefusedError(name)
    return url
