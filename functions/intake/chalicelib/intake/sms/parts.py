"""Long messages that a provider hands over in parts; called by intake's SMS use case, which keeps the parts.

A phone splits a long SMS (3GPP TS 23.040, 9.2.3.24.1); providers that do not join it tell reference, number and total
for each part, and parts arrive twice, late and out of order. Who waits for them, and what becomes of one that comes
too late, stands in `sms_store` and in docs/adr (0018).
Providers that tell nothing about parts hand over what looks like two messages: `continues` recognises the second.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from chalicelib.intake.sms.webhook import InboundSms
from shared.domain.identity.gsm7 import is_gsm7

CONTINUATION = timedelta(minutes=3)
"""Time within which the rest of a message follows that was split without a word follows."""

MISSING = "[...]"
"""Stands for a part that never came."""
_GAPS = re.compile(rf"(?<!\s)\s*(?:{re.escape(MISSING)}\s*)+")
_MOST_NAMED = 3
_FULL_GSM7, _FULL_UCS2 = 153, 67


def group_of(sms: InboundSms, contact: str) -> str | None:
    """Return the name under which the parts of one message are kept, None for a whole message.

    `contact` is the sender's HMAC: a digest of the number itself could be found again by trying all numbers.
    """
    if sms.part is None or sms.part.total == 1:
        return None
    name = f"{sms.provider}\x00{contact}\x00{sms.part.reference}\x00{sms.part.total}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def missing_parts(parts: Sequence[InboundSms]) -> list[int]:
    """Return the numbers that have not arrived, in order."""
    numbered = _numbered(parts)
    return [number for number in range(1, _total(parts) + 1) if number not in numbered]


def join(parts: Sequence[InboundSms], *, give_up: bool = False) -> InboundSms | None:
    """Return the whole message, None while a part is missing; with `give_up` gaps are marked `[...]`.

    The whole carries the first part's id, time and replay key, whichever part came last, so that a part that is
    delivered again leads to the same message. All `parts` are of one group, at least one of them.
    """
    missing = missing_parts(parts)
    if missing and not give_up:
        return None
    numbered = _numbered(parts)
    numbers = range(1, _total(parts) + 1)
    first = numbered[min(numbered)]
    arrivals = [sms.arrived_at for sms in numbered.values() if sms.arrived_at is not None]
    content = "".join(numbered[number].content if number in numbered else MISSING for number in numbers)
    return replace(
        first,
        content=_GAPS.sub(f" {MISSING} ", content).strip() if missing else content,
        part=None,
        arrived_at=min(arrivals, default=None),
        missing_parts=_named(missing, _total(parts)) if missing else "",
    )


def _named(missing: Sequence[int], total: int) -> str:
    """Return `2/3`, `1,3/4`, or for many `1,2,3.../9`: it has to fit into an SMS."""
    first = ",".join(map(str, missing[:_MOST_NAMED]))
    return f"{first}{'...' if len(missing) > _MOST_NAMED else ''}/{total}"


def _numbered(parts: Iterable[InboundSms]) -> dict[int, InboundSms]:
    """Return the parts by number; of one that came twice, the one that would come first in any order."""
    numbered: dict[int, InboundSms] = {}
    for sms in sorted(parts, key=lambda sms: (sms.message_id, sms.content)):
        if sms.part is not None:
            numbered.setdefault(sms.part.number, sms)
    return numbered


def _total(parts: Iterable[InboundSms]) -> int:
    totals = {sms.part.total for sms in parts if sms.part is not None}
    if len(totals) != 1:
        raise ValueError("parts of different messages")
    return totals.pop()


def continues(earlier: InboundSms, later: InboundSms) -> bool:
    """Return whether `later` looks like the rest of `earlier`, from a provider that says nothing about parts.

    It does when the same sender's earlier message fills a part to the last character and the later one follows
    within `CONTINUATION`; that it has no keyword of its own is for the caller to see.
    """
    if earlier.sender != later.sender or earlier.provider != later.provider:
        return False
    if earlier.received_at is None or later.received_at is None:
        return False
    gap = abs(later.received_at - earlier.received_at)
    units = len(earlier.content.encode("utf-16-le", "surrogatepass")) // 2
    full = _FULL_GSM7 if is_gsm7(earlier.content) else _FULL_UCS2
    return gap <= CONTINUATION and units >= full and units % full == 0
