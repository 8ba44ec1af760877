"""Messages through Zalo Notification Service (ZNS), to who uses Zalo; off unless `SMS_PROVIDERS` names it.

Sources: zalo.cloud/zns/guidelines/handle-error-code ("Cách xử lý mã lỗi") and what integrations in the open make of
the codes; a code that neither names is no guess of ours: its outcome is unknown, so it is counted, shown, never sent
again, and the next channel is taken when no receipt comes. A ZNS text stands in a template that Zalo approved; ours has
two parameters, `reference` and `text`, and its id is data beside the credentials. `tracking_id` is returned in events
(`receipts/zalo_events.py`), not promised to be recognised, so a lost answer is told as unknown. The access token lasts
25 hours: whoever renews it (with the refresh token, which holds once) writes it into the providers' secret.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalicelib.notifier.senders.http import post_json
from chalicelib.notifier.senders.sender import (
    Message,
    NotThereError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)

URL = "https://business.openapi.zalo.me/message/template"
TAKEN = "0"
TOKEN_EXPIRED = "-124"  # noqa: S105 - an error code

ERRORS: dict[str, type[SendError]] = {
    # zalo.cloud, "Cách xử lý mã lỗi"
    "-101": TemporarySendError,  # application: wrong id
    "-102": TemporarySendError,  # application: not there
    "-103": TemporarySendError,  # application: not activated
    "-104": TemporarySendError,  # application: wrong secret key
    "-105": TemporarySendError,  # application: not linked to an official account
    "-106": TemporarySendError,  # unsupported method
    "-108": NotThereError,  # a phone number that Zalo does not take, such as a foreign one
    "-109": TemporarySendError,  # no such template
    "-110": NotThereError,  # the reader's Zalo is too old
    "-111": NotThereError,  # the template's data are missing
    "-112": NotThereError,  # the text does not fit the template
    # the same list as helpdesk.getfly.vn gives it, in the order of the codes
    "-114": NotThereError,  # the reader is inactive, or wants no such messages
    "-115": TemporarySendError,  # no balance
    "-116": NotThereError,  # the text is not accepted
    "-117": TemporarySendError,  # no right to the template
    "-118": NotThereError,  # no Zalo account
    "-119": NotThereError,  # the account cannot receive
    # integrations in the open, which agree
    TOKEN_EXPIRED: TemporarySendError,
    "-131": TemporarySendError,  # the template is not approved
    "-138": TemporarySendError,  # the application may not send by phone number
    "-139": NotThereError,  # the reader refused this kind of message
    "-141": NotThereError,  # the reader refused the official account
    "-144": TemporarySendError,  # over the account's quota of the day
    "-147": TemporarySendError,  # over the template's quota of the day
}
"""What concerns our account waits for an operator; whom Zalo does not reach, the next provider may."""


class ZaloSender:
    """Sends ZNS messages."""

    name = "zalo"
    deduplicates_for = timedelta(0)

    def __init__(
        self,
        url: str,
        *,
        template_id: str,
        access_token: Callable[[], str],
        forget: Callable[[], None],
        proves: bool = False,
    ) -> None:
        """Take the endpoint, our template, how to read the token, and what to do when it is no longer good.

        `proves`: whether Zalo's events can be told from forged ones.
        """
        self._url = url
        self._template_id = template_id
        self._access_token = access_token
        self._forget = forget
        self.proves = proves

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
