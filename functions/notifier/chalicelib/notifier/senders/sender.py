"""The interface of all providers; `attempts.send_attempt` calls it.

Four errors say what may follow: `TemporarySendError` (nothing was sent: the next provider, or a later attempt),
`RejectedByProviderError` (nothing was sent, and this provider never will: the next provider), `PermanentSendError`
(no provider will: the next channel), `UnknownOutcomeError` (the request was sent and no answer came: whether it may be
sent again depends on the provider's own de-duplication).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from shared.domain.errors import PetitionError


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one recipient. Address and texts are not part of `repr`, so no log line can contain them."""

    reference: str
    notice: str
    """The delivery's name in its table; receipts find it again by this."""
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    unsubscribe_url: str = field(default="", repr=False)
    """The address that ends such e-mails with one click (RFC 8058); empty for e-mails that the law requires."""

    @property
    def request_id(self) -> str:
        """The provider's idempotency key, the same for each attempt, at most 50 characters."""
        seq, kind, *rest = self.notice.split("#")
        contact = f"-{rest[2]}" if rest[2:] and rest[2].isdigit() else ""
        return f"{self.reference}-{seq}-{kind}{contact}"


class SendError(PetitionError):
    """A provider did not take a message. `reason` is its error code; its text is not kept, it may quote the reader."""

    code = "not-sent"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TemporarySendError(SendError):
    """Nothing was sent; a later attempt may succeed."""


class RejectedByProviderError(SendError):
    """Nothing was sent: this provider does not know the reader; another one of the same channel may."""


class PermanentSendError(SendError):
    """Nothing was sent, and the same message would be refused again."""


class UnknownOutcomeError(SendError):
    """The message left and no usable answer came back."""


class Sender(Protocol):
    """One provider."""

    @property
    def name(self) -> str:
        """The provider's name in deliveries and metrics."""

    @property
    def deduplicates_for(self) -> timedelta:
        """The time for which the provider recognises a repeated message; zero: not at all."""

    @property
    def proves(self) -> bool:
        """The provider sends receipts, so that a missing one means that the message did not arrive."""

    def send(self, message: Message) -> str:
        """Hand over a message; return the provider's own id of it ("" when it gives none).

        Raises:
            TemporarySendError, RejectedByProviderError, PermanentSendError, UnknownOutcomeError.
        """
