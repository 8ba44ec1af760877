"""The callback of eSMS about one SMS: a GET to the address that the message was sent with.

Source: developers.esms.vn, "Callback Url". The callback is not signed, so its address carries a token that only we
can derive from the RequestId; an address learnt from one message proves nothing about another.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import (
    Reading,
    Receipt,
    ReceiptRefusedError,
    ReceiptRequest,
    UnknownStatusError,
    receipt_of_sms,
)
from chalicelib.notifier.senders.esms import callback_token
from shared.domain.promises.deliveries import DeliveryState
from shared.platform import clock

_PENDING = frozenset({"1", "2", "7"})
"""Not approved yet, not sent yet, sent to the network without a report yet."""
_COMES_WITHIN = timedelta(days=7)
"""Callbacks of messages of so long ago hold, whatever key has come into force since."""
_REJECTED, _FINISHED = "4", "5"


class EsmsReceipts:
    """Reads the callbacks of eSMS."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return the reading of a callback whose token belongs to its RequestId.

        Raises:
            ReceiptRefusedError: when it does not.
        """
        request_id = request.query.get("RequestId", "")
        keys = self._account.keyring.since(clock.now() - _COMES_WITHIN)
        tokens = [callback_token(key, request_id).encode() for key in keys]
        if not any(hmac.compare_digest(token, request.token.encode()) for token in tokens):
            raise ReceiptRefusedError("token")
        return [partial(receipt_of, request.query)]


def receipt_of(query: Mapping[str, str]) -> Receipt | None:
    """Return the receipt in a genuine callback, None while the message is under way, and for a reply to an SMS.

    Raises:
        ReceiptRefusedError: when the RequestId names no notice.
        UnknownStatusError: when eSMS reports a status that it does not document.
    """
    receipt = receipt_of_sms(query.get("RequestId", ""), DeliveryState.SENT, "esms")
    state = _state(query) if receipt is not None else None
    if receipt is None or state is None:
        return None
    return replace(receipt, state=state, reason=f"esms-status-{query['SendStatus']}")


def _state(query: Mapping[str, str]) -> DeliveryState | None:
    status = query.get("SendStatus", "")
    if status in _PENDING:
        return None
    if status == _REJECTED:
        return DeliveryState.FAILED
    if status != _FINISHED:
        raise UnknownStatusError("esms")
    return DeliveryState.DELIVERED if _count(query, "SendSuccess") > 0 else DeliveryState.FAILED


def _count(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0
