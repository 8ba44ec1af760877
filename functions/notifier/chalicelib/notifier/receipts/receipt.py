"""A delivery receipt, and what every provider's reader has in common."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.domain.errors import PetitionError
from shared.domain.promises.deliveries import DeliveryChannel, DeliveryState, entry_named, notice_prefix
from shared.domain.promises.notices import Audience, NoticeKind

PERMANENT = "-Permanent"
"""The end of the reason of a failure that every later message to the same address would have too."""
LARGEST_EVENT = 16 * 1024
"""Bytes of a request about one message."""


class ReceiptRefusedError(PetitionError):
    """A request that is no genuine receipt; `rule` says which rule it broke, never what it contained."""

    code = "receipt-refused"

    def __init__(self, rule: str = "not-ours") -> None:
        super().__init__(rule)
        self.rule = rule


class ReceiptUnverifiableError(PetitionError):
    """Nobody can tell now whether a request is genuine: the answer is 503, and the provider sends it again."""

    code = "receipt-unverifiable"


class UnknownStatusError(PetitionError):
    """A genuine receipt with a status that the provider does not document: never taken for an arrival."""

    code = "receipt-status-unknown"

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider's report of one delivery: DELIVERED, FAILED, or SENT, which settles an ambiguous delivery."""

    reference: str
    notice: str
    state: DeliveryState
    reason: str
    is_complaint: bool = False
    """The recipient calls the message unwanted, which does not contradict its arrival."""


@dataclass(frozen=True, slots=True)
class ReceiptRequest:
    """A request to `/receipts/<provider>`."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    at: datetime
    """The time of its arrival."""
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)
    """The rest of the path after the provider's name."""

    def header(self, name: str) -> str:
        """Return a header's value whatever its case; "" where there is none."""
        values = (value for header, value in self.headers.items() if header.lower() == name.lower())
        return next(values, "")

    def refuse_larger_than(self, limit: int) -> None:
        """Refuse a body of more than `limit` bytes.

        Raises:
            ReceiptRefusedError: when the body is larger.
        """
        if len(self.body) > limit:
            raise ReceiptRefusedError("too-large")


Reading = Callable[[], Receipt | None]
"""Reads one report of a genuine request; None when it proves nothing about a delivery of ours.

May raise ReceiptRefusedError (about nothing of ours) or UnknownStatusError.
"""


class ReceiptReader(Protocol):
    """Reads the receipts of one provider."""

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return a reading for each report in a genuine request.

        Raises:
            ReceiptRefusedError: the provider cannot be shown to have made the request.
        """


_REQUEST_ID = re.compile(r"(\d{11})-(\d{1,4}(?:e[1-9]\d{0,2})?)-([A-Z_]{1,30})(?:-(\d{1,2}))?", re.ASCII)
_REPLY_ID = re.compile(r"sms-[0-9a-f]{32}-REPLY", re.ASCII)
"""A reply to an SMS (`notices/reply_to_sms.py`) has no delivery that a receipt could prove."""


def receipt_of_sms(request_id: object, state: DeliveryState, reason: str) -> Receipt | None:
    """Return the receipt of the SMS that was sent with this id (`Message.request_id`), None for a reply to an SMS.

    Raises:
        ReceiptRefusedError: when it is no id of ours.
    """
    if not isinstance(request_id, str):
        raise ReceiptRefusedError
    if _REPLY_ID.fullmatch(request_id):
        return None
    match = _REQUEST_ID.fullmatch(request_id)
    if match is None or match[3] not in NoticeKind.__members__:
        raise ReceiptRefusedError
    seq, epoch = entry_named(match[2])
    prefix = notice_prefix(seq, NoticeKind(match[3]), Audience.PETITIONER, epoch)
    contact = f"#{match[4]}" if match[4] else ""
    return Receipt(match[1], f"{prefix}{DeliveryChannel.SMS}{contact}", state, reason)


def json_object(body: bytes | str) -> dict[str, Any]:
    """Return the JSON object that a provider posted.

    Raises:
        ReceiptRefusedError: when it posted something else.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ReceiptRefusedError from None
    if not isinstance(value, dict):
        raise ReceiptRefusedError
    return value
