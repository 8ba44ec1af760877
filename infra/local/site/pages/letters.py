"""Everything that went out, to people and to programs, as one list: newest first, filtered, in pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local.providers.outbound import SentSms
from infra.local.providers.outbox import Outgoing
from infra.local.providers.receipts import can_bounce
from shared.domain.identity.gsm7 import is_gsm7
from shared.domain.promises.deliveries import Delivery

EVENT = "EVENT"
"""The channel of events to programs, beside those of messages to people."""
CHANNELS = ("EMAIL", "SMS", "PHONE", EVENT)
ON_A_PAGE = 12
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
_NO_DIGIT = re.compile(r"\D")


@dataclass(frozen=True)
class Letter:
    """One message, call task or event."""

    key: str
    """Its name in addresses: `m` or `e` and its number, which stays."""
    at: datetime
    channel: str
    to: str
    """An address, a number, or the name of a subscription."""
    title: str
    text: str
    references: tuple[str, ...]
    html: int | None = None
    """The number of its HTML at `/local/mail`; None where it has none."""
    segments: int | None = None
    """The number of SMS that it is paid as."""
    is_gsm7: bool = True
    signature: str = ""
    """The verdict about an event's signature."""
    notice: str = ""
    """`{seq}-{KIND}` of the notice that it carries."""
    sent: str | SentSms | None = None
    """The e-mail in the words of RFC 5322, or the SMS as the gateway took it."""

    @property
    def raw(self) -> str:
        """The e-mail as it left, headers and all, or the request that brought the SMS to its provider; else empty."""
        if isinstance(self.sent, SentSms):
            return f"{self.sent.provider}\n\n{self.sent.request}" if self.sent.request else ""
        return self.sent or ""

    @property
    def can_bounce(self) -> bool:
        """True: its provider can report that it did not arrive."""
        return self.sent is not None and can_bounce(self.sent)

    def delivery(self, deliveries: Iterable[Delivery]) -> Delivery | None:
        """Return the delivery of its petition that it is; None where it is none."""
        alike = [
            each
            for each in deliveries
            if each.channel == self.channel and "-".join(each.notice.split("#")[:2]) == self.notice
        ]
        exact = (each for each in alike if each.notice.replace("#", ".") in self.raw)
        return next(exact, next(iter(alike), None))

    def first_address(self, public_url: str) -> str:
        """Return the path of the first page of ours that it leads to; empty where it leads to none."""
        own = (link for link in _ADDRESS.findall(self.text) if link.startswith(f"{public_url}/"))
        return next(own, "").removeprefix(public_url)


def letters_of(messages: Sequence[Outgoing], events: Iterable[Mapping[str, Any]]) -> list[Letter]:
    """Return all of them, newest first; of those of one second, which is all that an e-mail says, the one sent last."""
    letters = [
        Letter(
            key=f"m{number}",
            at=message.at,
            channel=message.channel,
            to=message.to,
            title=message.subject or _beginning(message.text),
            text=message.text,
            references=tuple(filter(None, (message.reference, *message.also))),
            html=number if message.html else None,
            segments=message.segments,
            is_gsm7=message.channel != "SMS" or is_gsm7(message.text),
            notice=message.notice,
            sent=message.sent,
        )
        for number, message in enumerate(messages)
    ]
    letters += [
        Letter(
            key=f"e{number}",
            at=datetime.fromisoformat(event["at"]),
            channel=EVENT,
            to=event["subscription"],
            title=event["type"],
            text=json.dumps(event["event"], ensure_ascii=False, indent=2),
            references=tuple(filter(None, (event["reference"],))),
            signature=event["signature"],
        )
        for number, event in enumerate(events)
    ]
    return sorted(letters, key=lambda letter: letter.at)[::-1]


def passing(letters: Iterable[Letter], filters: Mapping[str, str]) -> list[Letter]:
    """Return the letters that pass a filter.

    Args:
        letters: all of them.
        filters: `channel`; `to`, an address or number in part, as people write it; `reference`, with blanks or without.
    """
    reference = filters.get("reference", "").replace(" ", "")
    channel, to = filters.get("channel", ""), filters.get("to", "").strip().lower()
    digits = _NO_DIGIT.sub("", to).removeprefix("0") if not re.search(r"[^\d\s+.-]", to) else ""
    return [
        letter
        for letter in letters
        if channel in ("", letter.channel)
        and (not reference or reference in letter.references)
        and (to in letter.to.lower() or (digits and digits in letter.to))
    ]


def people_of(letters: Iterable[Letter]) -> list[tuple[str, int]]:
    """Return the recipients, who got the latest first, with the number of letters of each."""
    count: dict[str, int] = {}
    for letter in letters:
        count[letter.to] = count.get(letter.to, 0) + 1
    return list(count.items())


def _beginning(text: str) -> str:
    return " ".join(text.split())[:80]
