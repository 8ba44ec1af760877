"""SMS through an eSMS-style aggregator (REST, `SendMultipleMessage_V4_post_json`).

The provider recognises a RequestId for 24 hours and answers 124 to a repetition, so a message whose answer was
lost may be sent again within that time. Sources: developers.esms.vn, "Send OTP/Customer care message" (fields),
"Table of error codes", "Callback Url".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from chalicelib.notifier.account import Account
from chalicelib.notifier.senders.post_json import post_json
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.domain.identity.gsm7 import is_gsm7
from shared.domain.identity.reference import derive

TAKEN = "100"
TAKEN_BEFORE = "124"
"""Duplicate RequestId: our earlier attempt arrived."""

ERRORS: dict[str, type[SendError]] = {
    "99": PermanentSendError,  # the number is blocked
    "101": TemporarySendError,  # wrong ApiKey or SecretKey
    "102": TemporarySendError,  # no price list
    "103": TemporarySendError,  # no balance
    "104": TemporarySendError,  # unknown brand name
    "108": PermanentSendError,  # not a phone number
    "118": PermanentSendError,  # unsupported type of message
    "140": TemporarySendError,  # our address is not on their list
    "146": PermanentSendError,  # the text fits no registered template
    "177": PermanentSendError,  # the brand name is not registered with the reader's network
}
"""CodeResult: an error about this recipient or text is permanent; one that an operator has to mend is temporary."""


def build(account: Account) -> EsmsSmsSender:
    """Return the sender of an account."""
    credentials = account.credentials
    return EsmsSmsSender(
        credentials.get("url") or account.settings.sms_gateway_url or "",
        api_key=credentials.get("api_key", ""),
        secret_key=credentials.get("secret_key", ""),
        brandname=credentials.get("brandname", ""),
        callback_url=partial(callback_url, account),
    )


def callback_url(account: Account, request_id: str) -> str:
    """Return the address that eSMS calls about one message."""
    return f"{account.receipts_url}/{callback_token(account.keyring.current(), request_id)}"


def callback_token(key: bytes, request_id: str) -> str:
    """Return the token in the callback's address, which only we can derive: 32 hex digits."""
    return derive(key, "esms-receipt", request_id).hex()[:32]


class EsmsSmsSender:
    """Sends customer-care SMS (SmsType 2) under a registered brand name."""

    name = "esms"
    deduplicates_for = timedelta(hours=23)
    """An hour less than the provider promises."""

    def __init__(
        self,
        url: str,
        *,
        api_key: str,
        secret_key: str,
        brandname: str,
        callback_url: Callable[[str], str] | None = None,
    ) -> None:
        """Take the endpoint and credentials; `callback_url` gives the receipt's address for a RequestId."""
        self._url = url
        self._credentials = {"ApiKey": api_key, "SecretKey": secret_key, "Brandname": brandname}
        self._callback_url = callback_url

    @property
    def proves(self) -> bool:
        """Each message is sent with an address to call back."""
        return self._callback_url is not None

    def send(self, message: Message) -> str:
        """Hand the SMS over; return the provider's SMSID ("" for one that it had before)."""
        body = {
            **self._credentials,
            "Phone": message.to.removeprefix("+"),
            "Content": message.text,
            "SmsType": "2",
            "IsUnicode": "0" if is_gsm7(message.text) else "1",
            "RequestId": message.request_id,
        }
        if self._callback_url is not None:
            body["CallbackUrl"] = self._callback_url(message.request_id)
        answer = post_json(self._url, body)
        code = str(answer.get("CodeResult", ""))
        if code == TAKEN:
            return str(answer.get("SMSID", ""))
        if code == TAKEN_BEFORE:
            return ""
        raise ERRORS.get(code, UnknownOutcomeError)(code or "no-code")
