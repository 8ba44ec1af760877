"""Telephones of the workbench: what was texted to 8088, and what came back, as a conversation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from infra.local.system import LocalSystem
from shared.domain.identity.contact import ContactError, normal_phone
from shared.domain.identity.gsm7 import segments

FIRST = ("+84912345678", "+84987000111")
"""The telephones that there are from the start."""
LISTED = 12


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
    """The conversations of several telephones, read from what reached 8088 and what left through the gateway."""

    def __init__(self, system: LocalSystem) -> None:
        self._system = system
        self._lock = threading.Lock()
        self._chosen = dict.fromkeys(reversed(FIRST))

    def remember(self, number: str) -> str:
        """Keep a telephone, and return its number as the system writes it.

        Raises:
            ContactError: it is no telephone number.
        """
        normal = normal_phone(number)
        with self._lock:
            self._chosen.setdefault(normal)
        return normal

    def numbers(self) -> tuple[str, ...]:
        """Return the telephones: those that were chosen here, the latest first, then those that texted last."""
        with self._lock:
            chosen = list(reversed(self._chosen))
        texted = [sms.sender for sms in reversed(self._system.arrivals.all) if number_of(sms.sender)]
        return tuple(dict.fromkeys([*chosen, *texted]))[:LISTED]

    def shown_first(self) -> str:
        """Return the telephone that is shown unless one is chosen: the first that has a conversation."""
        return next((number for number in self.numbers() if self.of(number)), FIRST[0])

    def of(self, number: str) -> list[Line]:
        """Return a telephone's conversation, oldest first."""
        return sorted(self._lines(number), key=lambda line: line.at)

    def _lines(self, number: str) -> Iterator[Line]:
        for texted in self._system.arrivals.all:
            if texted.sender == number:
                yield Line(texted.at, texted.text, is_typed=True, status=texted.status)
                if texted.reply:
                    yield Line(texted.at, texted.reply)
        yield from (Line(sms.at, sms.text) for sms in self._system.gateway.sent if sms.to == number)


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
