"""The contract of every SMS provider's webhook; called by the route `/sms/{provider}`.

An adapter verifies that a request is from the provider, reads the messages, and words the answer to the provider. It
stores nothing: its caller keeps `InboundSms.replay_key` and `InboundSms.message_id`, so that a message that arrives
twice takes effect once.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from shared.domain.errors import PetitionError
from shared.domain.identity.contact import ContactError, normal_phone
from shared.platform.provider_credentials import refusing_unusable

LARGEST_REQUEST = 16 * 1024
"""Bytes of body and query; ten joined SMS in UCS-2 with all of a provider's parameters stay below 8 KB."""

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""

_SHORTEST_NUMBER, _LONGEST_NUMBER = 8, 15


class WebhookError(PetitionError):
    """A request to a webhook that is not taken; says which rule it broke, never what it contained."""

    code = "webhook-refused"

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class ForgedWebhookError(WebhookError):
    """The request is not proven to be its sender's: its form, signature, address or age does not hold."""


class MalformedWebhookError(WebhookError):
    """A proven request lacks what the provider documents, or has it twice; `rule` names the field.

    Args:
        rule: the field.
        others: the messages of the same request that can be read.
    """

    def __init__(self, rule: str, others: Sequence[InboundSms] = ()) -> None:
        super().__init__(rule)
        self.others = others


class WebhookTooLargeError(ForgedWebhookError):
    """More than `LARGEST_REQUEST` bytes."""


class ProviderUnreachableError(PetitionError):
    """The request cannot be verified now: the answer is 503, and the provider sends it again."""

    code = "provider-unreachable"


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """An HTTP request as it arrived; its contents stay out of `repr`, so no log line can hold them.

    `path` is without the query, `query` is decoded (a value, or all values of a repeated name), `body` is raw,
    `public_url` is the configured one (`PUBLIC_URL`): the Host header is never asked.
    """

    method: str
    path: str
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    source_ip: str = field(default="", repr=False)
    public_url: str = ""

    def header(self, name: str) -> str | None:
        """Return a header's value whatever the case of its name."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)

    def values(self, name: str) -> Sequence[str]:
        """Return all values of one query parameter."""
        values = self.query.get(name, ())
        return (values,) if isinstance(values, str) else values

    def url(self) -> str:
        """Return the address that the provider was given, without a query."""
        return self.public_url.rstrip("/") + self.path


@dataclass(frozen=True, slots=True)
class Part:
    """The place of an SMS in a long message: part `number` (from 1) of `total`, all with the same `reference`."""

    reference: str
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class InboundSms:
    """One SMS as a citizen sent it. `sender` is E.164, `received_at` the provider's own time in UTC, if it proved it.

    `message_id` names the SMS (a provider's retry has the same one); `replay_key` names what the provider signed:
    where a scheme leaves fields unsigned or lets their borders move, two requests may differ in `message_id` and
    still be one signed message, so the second is refused effect.
    """

    provider: str
    message_id: str
    sender: str = field(repr=False)
    content: str = field(repr=False)
    received_at: datetime | None
    replay_key: str
    part: Part | None = None
    keyword_stripped: bool = False
    arrived_at: datetime | None = None
    """The arrival of the first part that was stored."""
    missing_parts: str = ""
    """The parts of a long message that never came, e.g. `2/3` or `1,3/4`; "" for a whole one."""

    @property
    def sent_at(self) -> datetime | None:
        """The earliest time at which it had left its sender's hands: the legal time limit runs from then."""
        return min(filter(None, (self.received_at, self.arrived_at)), default=None)


@dataclass(frozen=True, slots=True)
class WebhookReply:
    """The answer to a provider."""

    status: int
    headers: Mapping[str, str]
    body: str = field(repr=False)


REFUSAL = WebhookReply(
    403, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}, "refused\n"
)
"""The same bytes for every request that is not proven, whatever is wrong with it: nothing is learnt by trying."""

ACCEPTED = WebhookReply(200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}, "")
"""For providers that take no text back."""


UNAVAILABLE = WebhookReply(
    503, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}, "try again later\n"
)
"""For a request that cannot be verified now: its provider repeats it."""


class SmsWebhook(Protocol):
    """The webhook of one provider: an adapter says how it proves a request and reads its messages."""

    name: ClassVar[str]
    method: ClassVar[str] = "POST"
    replies_inline: ClassVar[bool] = False
    """True when the text given to `reply` reaches the citizen; else the notifier sends it."""

    def read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the messages of a genuine request; none where nobody can be answered (a sender without a number).

        Raises:
            ForgedWebhookError: not proven, or too large; answered with `refusal`, whatever is wrong.
            MalformedWebhookError: proven, and without what the provider documents; the answer names the field.
            ProviderUnreachableError: it cannot be verified now.
        """
        refuse_oversized(request)
        require_method(request, self.method)
        return self._read(request, at)

    @abstractmethod
    def _read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Verify a request of the right size and method, and return its messages."""

    def reply(self, messages: Sequence[InboundSms], text: str = "") -> WebhookReply:  # noqa: ARG002 - takes no text
        """Acknowledge what was stored durably, with `text` (GSM-7) to the sender where the provider takes one."""
        return ACCEPTED


def refuse_oversized(request: WebhookRequest) -> None:
    """Raise WebhookTooLargeError before anything is parsed or hashed."""
    query = sum(
        len(name.encode("utf-8", "surrogatepass")) + len(value.encode("utf-8", "surrogatepass"))
        for name in request.query
        for value in request.values(name)
    )
    if len(request.body) + query > LARGEST_REQUEST:
        raise WebhookTooLargeError("too-large")


def require_method(request: WebhookRequest, method: str) -> None:
    """Raise ForgedWebhookError unless the request uses the provider's documented method."""
    if request.method.upper() != method:
        raise ForgedWebhookError("wrong-method")


def refuse_strange_address(request: WebhookRequest, networks: Sequence[str]) -> None:
    """Raise ForgedWebhookError unless a request comes from one of a provider's networks (CIDR; none: from anywhere).

    The address is the one that API Gateway saw, which no header can change.

    Raises:
        UnusableCredentialsError: what is configured is no network.
    """
    if not networks:
        return
    with refusing_unusable():
        allowed = [ipaddress.ip_network(network) for network in networks]
    try:
        address = ipaddress.ip_address(request.source_ip)
    except ValueError:
        raise ForgedWebhookError("source-address") from None
    if not any(address in network for network in allowed):
        raise ForgedWebhookError("source-address")


def is_same(expected: str, actual: str) -> bool:
    """Compare two signatures or credentials in constant time."""
    return hmac.compare_digest(expected.encode(), actual.encode("utf-8", "replace"))


def required_secret(secret: str) -> str:
    """Return a configured credential; an empty one would let everybody sign, so it stops the start."""
    if not secret:
        message = "a webhook's credential is empty"
        raise ValueError(message)
    return secret


def replay_key(provider: str, signed: bytes) -> str:
    """Return the name under which a signed message takes effect once: 32 hex digits."""
    return hashlib.sha256(provider.encode() + b"\x00" + signed).hexdigest()[:32]


def sender_number(text: str) -> str | None:
    """Return a sender in E.164, or None for a name or a short code, which cannot be answered.

    Providers write international numbers with or without the plus. The network vouches for a sender's number, so
    one that the numbering tables do not know yet is kept as it is.
    """
    written = text.strip()
    digits = written.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER):
        return None
    for spelling in (written,) if digits.startswith("0") else (f"+{digits}", digits):
        try:
            return normal_phone(spelling)
        except ContactError:
            continue
    return None if digits.startswith("0") else f"+{digits}"
