"""Telephones of the workbench: what one types to 8088, and what came back, as a conversation."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from infra.local.providers.outbound import SentSms
from infra.local.providers.play import Played
from shared.domain.identity.contact import ContactError, normal_phone
from shared.domain.identity.gsm7 import segments

FIRST = ("+84912345678", "+84987000111")
"""The telephones that there are from the start."""
KEPT = 500
_CONTENT = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One SMS of a conversation."""

    at: datetime
    text: str
    is_typed: bool = False
    """True: it went to 8088; otherwise it came from there."""
    status: int = 200
    """The answer of the system to what was typed; other than 200: it was not taken."""

    @property
    def segments(self) -> int:
        """The number of SMS that it is paid as."""
        return segments(self.text)


class Conversations:
    """The conversations of several telephones; what was typed is kept in this process alone."""

    def __init__(self, sent: Callable[[], Iterable[SentSms]]) -> None:
        """Take what gives all SMS that went out through the gateway."""
        self._sent = sent
        self._lock = threading.Lock()
        self._typed: list[tuple[str, Line]] = []
        self._numbers = dict.fromkeys(FIRST)

    def remember(self, number: str) -> str:
        """Keep a telephone, and return its number as the system writes it.

        Raises:
            ContactError: it is no telephone number.
        """
        normal = normal_phone(number)
        with self._lock:
            self._numbers[normal] = None
        return normal

    def numbers(self) -> tuple[str, ...]:
        """Return the telephones, the first ones first."""
        with self._lock:
            return tuple(self._numbers)

    def note(self, number: str, text: str, at: datetime, answer: Played) -> None:
        """Keep what was typed on a telephone, and the reply that came with the answer."""
        lines = [Line(at, text, is_typed=True, status=answer.status)]
        lines += [Line(at, reply) for reply in _replies(answer.body)]
        with self._lock:
            self._typed = [*self._typed, *((number, line) for line in lines)][-KEPT:]

    def of(self, number: str) -> list[Line]:
        """Return a telephone's conversation, oldest first."""
        with self._lock:
            typed = [line for whose, line in self._typed if whose == number]
        came = [Line(sms.at, sms.text) for sms in self._sent() if sms.to == number]
        return sorted([*typed, *came], key=lambda line: line.at)


def number_of(number: str) -> str | None:
    """Return a number as the system writes it; None for what is none."""
    try:
        return normal_phone(number)
    except ContactError:
        return None


def spoken(number: str) -> str:
    """Return a number as it is written in Vietnam: 0912 345 678."""
    digits = f"0{number[3:]}" if number.startswith("+84") else number
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}" if len(digits) == 10 else digits  # noqa: PLR2004 - of a mobile


def _replies(xml: str) -> list[str]:
    """Return the SMS that the provider is to send back, from the answer it gets."""
    return [text for message in _CONTENT.findall(xml) if (text := unescape(message).strip())]
