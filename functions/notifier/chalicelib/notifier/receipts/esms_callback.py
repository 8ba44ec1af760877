"""eSMS's callback about one SMS: a GET to the address that we gave with the message.

Source: developers.esms.vn, "Callback Url". The callback is not signed, so its address carries a token that only we
can derive from the RequestId; an address learnt from one message proves nothing about another.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace

from chalicelib.notifier.receipts.receipt import Receipt, ReceiptRefusedError, UnknownStatusError, about_sms
from shared.domain.identity.reference import derive
from shared.tables.deliveries import DeliveryState

_ON_ITS_WAY = frozenset({"1", "2", "7"})
"""Waits for approval, waits to be sent, sent to the network and no report yet."""
_REJECTED, _FINISHED = "4", "5"


def token_of(key: bytes, request_id: str) -> str:
    """Return the token in the callback's address: 32 hex digits."""
    return derive(key, "esms-receipt", request_id).hex()[:32]


def receipt_in(key: bytes, token: str, query: Mapping[str, str]) -> Receipt | None:
    """Return what a callback proves, None while the message is on its way or where it was a mere reply.

    Raises:
        ReceiptRefusedError: when the token does not belong to the RequestId.
        UnknownStatusError: when the status is none of those documented.
    """
    request_id = query.get("RequestId", "")
    if not hmac.compare_digest(token_of(key, request_id).encode(), token.encode()):
        raise ReceiptRefusedError
    receipt = about_sms(request_id, DeliveryState.SENT, "esms")
    state = _state(query) if receipt is not None else None
    if receipt is None or state is None:
        return None
    return replace(receipt, state=state, reason=f"esms-status-{query['SendStatus']}")


def _state(query: Mapping[str, str]) -> DeliveryState | None:
    status = query.get("SendStatus", "")
    if status in _ON_ITS_WAY:
        return None
    if status == _REJECTED:
        return DeliveryState.FAILED
    if status != _FINISHED:
        raise UnknownStatusError("esms")
    return DeliveryState.DELIVERED if _count(query, "SendSuccess") > 0 else DeliveryState.FAILED


def _count(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0
