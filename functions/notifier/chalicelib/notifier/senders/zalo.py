"""Messages through Zalo Notification Service (ZNS), to who uses Zalo; off unless `SMS_PROVIDERS` names it.

Source: developers.zalo.me and zalo.cloud, "Gửi ZNS" and "Cách xử lý mã lỗi". A ZNS text stands in a template that Zalo
approved; ours has two parameters, `reference` and `text`, and its id is data beside the credentials. `tracking_id` is
returned in events, not promised to be recognised, so a lost answer is told as unknown. The access token lasts 25
hours: whoever renews it (with the refresh token, which holds once) writes it into the providers' secret.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from .http import post_json
from .sender import (
    Message,
    NotThereError,
    PermanentSendError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)

URL = "https://business.openapi.zalo.me/message/template"
TAKEN = "0"
TOKEN_EXPIRED = "-124"  # noqa: S105 - an error code

ERRORS: dict[str, type[SendError]] = {
    "-101": TemporarySendError,  # application: unknown, inactive, not linked …
    "-102": TemporarySendError,
    "-103": TemporarySendError,
    "-104": TemporarySendError,
    "-105": TemporarySendError,
    "-106": TemporarySendError,
    "-108": PermanentSendError,  # no phone number
    "-109": TemporarySendError,  # no such template
    "-110": NotThereError,  # the reader's Zalo is too old
    "-111": NotThereError,  # the template does not fit the text
    "-112": NotThereError,
    "-114": NotThereError,  # inactive, or wants no such messages
    "-115": TemporarySendError,  # no balance
    "-116": NotThereError,  # the text is not accepted
    "-117": TemporarySendError,  # no right to the template
    "-118": NotThereError,  # no Zalo account
    "-119": NotThereError,  # the account cannot receive
    "-120": TemporarySendError,  # the official account has no right
    TOKEN_EXPIRED: TemporarySendError,
    "-125": TemporarySendError,  # official account: unknown, no wallet, not verified …
    "-126": TemporarySendError,
    "-131": TemporarySendError,  # the template is not approved
    "-133": TemporarySendError,  # not at night
    "-135": TemporarySendError,
    "-136": TemporarySendError,
    "-137": TemporarySendError,
    "-139": NotThereError,  # refused by the reader
    "-141": NotThereError,
    "-144": TemporarySendError,  # over the day's quota
    "-147": TemporarySendError,
}
"""What concerns our account waits for an operator; whom Zalo does not reach, the next provider may."""


class ZaloSender:
    """Sends ZNS messages."""

    name = "zalo"
    deduplicates_for = timedelta(0)
    proves = False

    def __init__(
        self, url: str, *, template_id: str, access_token: Callable[[], str], forget: Callable[[], None]
    ) -> None:
        """Take the endpoint, our template, how to read the token, and what to do when it is no longer good."""
        self._url = url
        self._template_id = template_id
        self._access_token = access_token
        self._forget = forget

    def send(self, message: Message) -> str:
        """Hand the message over; return Zalo's `msg_id`."""
        answer = post_json(
            self._url,
            {
                "phone": message.to.removeprefix("+"),
                "template_id": self._template_id,
                "template_data": {"reference": message.reference, "text": message.text},
                "tracking_id": message.request_id,
            },
            {"access_token": self._access_token()},
        )
        code = str(answer.get("error", ""))
        if code == TAKEN:
            data = answer.get("data")
            return str(data.get("msg_id", "")) if isinstance(data, dict) else ""
        if code == TOKEN_EXPIRED:
            self._forget()
        raise ERRORS.get(code, UnknownOutcomeError)(code or "no-code")
