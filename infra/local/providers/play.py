"""Plays a provider: sends what it would send, once, again, late, replayed, or its parts in the wrong order."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.signed_requests import PROVIDERS, TEXT, Inbound, Signer
from shared.domain.identity.contact import ContactError, normal_phone

LATE = timedelta(hours=20)
"""A message that the provider held back so long: taken by all, and dated back where its time is proven."""
STALE = timedelta(days=2)
"""A request that was signed so long ago: refused wherever the scheme signs a time of sending."""
LONG_TEXT = f"{TEXT}. Toi da goi nhieu lan ma khong ai tra loi, de nghi xem xet lai ho so cua toi."

ONCE, AGAIN, LATELY, STALELY, PARTS = "once", "again", "late", "stale", "part-2-first"
PLAYINGS: Mapping[str, tuple[str, ...]] = {
    "esms": (ONCE, AGAIN, LATELY),
    "twilio": (ONCE, AGAIN),
    "standard": (ONCE, AGAIN, LATELY, STALELY, PARTS),
    "infobip": (ONCE, AGAIN, LATELY),
    "vonage": (ONCE, AGAIN, LATELY, STALELY),
    "aws": (ONCE, AGAIN, LATELY, STALELY),
    "zalo": (ONCE, AGAIN, LATELY),
    "hotline": (ONCE, AGAIN, LATELY, STALELY),
    "connect": (ONCE, AGAIN),
}
"""The playings of each provider: only `standard` sends parts, and not every scheme has a time."""


class PlayError(Exception):
    """An order that cannot be played; the text says what can be."""


@dataclass(frozen=True)
class Played:
    """One request that was sent, and its answer."""

    status: int
    body: str


class Player:
    """Plays the providers of a running system."""

    def __init__(
        self,
        signer: Signer,
        post: Callable[[HttpRequest], HttpResponse | None],
        now: Callable[[], datetime],
    ) -> None:
        """Take what signs, what sends, and the clock."""
        self._signer = signer
        self._post = post
        self._now = now

    def play(self, order: Mapping[str, Any]) -> list[Played]:
        """Send an order: `provider`, and optionally `as`, `text` and `from`.

        Raises:
            PlayError: no such provider, playing or sender.
        """
        provider, playing = str(order.get("provider", "")), str(order.get("as") or ONCE)
        if provider not in PROVIDERS:
            raise PlayError(f"provider is one of {', '.join(PROVIDERS)}")
        if playing not in PLAYINGS[provider]:
            raise PlayError(f"{provider} can be played {', '.join(PLAYINGS[provider])}")
        requests = self._requests(provider, playing, self._inbound(order))
        answers = [self._post(request) or HttpResponse(0) for request in requests]
        return [Played(answer.status, answer.body.decode("utf-8", "replace")) for answer in answers]

    def _inbound(self, order: Mapping[str, Any]) -> Inbound:
        now = self._now()
        inbound = Inbound(now, now)
        if order.get("text"):
            inbound = replace(inbound, text=str(order["text"]))
        if order.get("from"):
            try:
                inbound = replace(inbound, sender=normal_phone(str(order["from"])).removeprefix("+"))
            except ContactError:
                raise PlayError("from is no telephone number") from None
        return inbound

    def _requests(self, provider: str, playing: str, inbound: Inbound) -> Sequence[HttpRequest]:
        if playing == PARTS:
            text = inbound.text if inbound.text != TEXT else LONG_TEXT
            middle, reference = len(text) // 2, uuid.uuid4().hex[:8]
            first, second = (
                replace(inbound, text=words, message_id=uuid.uuid4().hex, part=(reference, number, 2))
                for number, words in enumerate((text[:middle], text[middle:]), 1)
            )
            return [self._signer.request(provider, part) for part in (second, first)]
        if playing == LATELY:
            inbound = replace(inbound, sent_at=inbound.sent_at - LATE)
        if playing == STALELY:
            inbound = replace(inbound, sent_at=inbound.sent_at - STALE, signed_at=inbound.signed_at - STALE)
        request = self._signer.request(provider, inbound)
        return [request, request] if playing == AGAIN else [request]
