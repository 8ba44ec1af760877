"""Messages through Zalo Notification Service (ZNS), to who uses Zalo; off unless `SMS_PROVIDERS` names it.

Sources: zalo.cloud/zns/guidelines/handle-error-code ("Cách xử lý mã lỗi") and open-source integrations, for the meaning
of the codes. The outcome of any other code is unknown: it is counted, shown, never sent again, and the next channel
follows when no receipt comes. A ZNS text is a parameter of a template that Zalo approves; ours has two parameters,
`reference` and `text`, and its id stands beside the credentials. Zalo returns `tracking_id` in events
(`receipts/zalo.py`) and does not promise to recognise it, so a lost answer is an unknown outcome. The access token
lasts 25 hours: whoever renews it (with the refresh token, which can be used once) writes it into the providers' secret.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalicelib.notifier.account import Account
from chalicelib.notifier.senders.post_json import post_json
from chalicelib.notifier.senders.sender import (
    Message,
    RejectedByProviderError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.platform import secrets

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
    "-108": RejectedByProviderError,  # a phone number that Zalo does not take, such as a foreign one
    "-109": TemporarySendError,  # no such template
    "-110": RejectedByProviderError,  # the reader's Zalo is too old
    "-111": RejectedByProviderError,  # the template's data are missing
    "-112": RejectedByProviderError,  # the text does not fit the template
    # the same list as helpdesk.getfly.vn gives it, in the order of the codes
    "-114": RejectedByProviderError,  # the reader is inactive, or wants no such messages
    "-115": TemporarySendError,  # no balance
    "-116": RejectedByProviderError,  # the text is not accepted
    "-117": TemporarySendError,  # no right to the template
    "-118": RejectedByProviderError,  # no Zalo account
    "-119": RejectedByProviderError,  # the account cannot receive
    # integrations in the open, which agree
    TOKEN_EXPIRED: TemporarySendError,
    "-131": TemporarySendError,  # the template is not approved
    "-138": TemporarySendError,  # the application may not send by phone number
    "-139": RejectedByProviderError,  # the reader refused this kind of message
    "-141": RejectedByProviderError,  # the reader refused the official account
    "-144": TemporarySendError,  # over the account's quota of the day
    "-147": TemporarySendError,  # over the template's quota of the day
}
"""An error about our account waits for an operator; a recipient whom Zalo does not reach goes to the next provider."""


def build(account: Account) -> ZaloSender:
    """Return the sender of an account; Zalo signs its events with the official account's key."""
    credentials = account.credentials
    return ZaloSender(
        credentials.get("url", URL),
        template_id=credentials.get("template_id", ""),
        access_token=credentials.get("access_token", ""),
        forget_token=secrets.providers.cache_clear,
        proves=bool(credentials.get("app_id") and credentials.get("oa_secret_key")),
    )


class ZaloSender:
    """Sends ZNS messages."""

    name = "zalo"
    deduplicates_for = timedelta(0)

    def __init__(
        self,
        url: str,
        *,
        template_id: str,
        access_token: str,
        forget_token: Callable[[], None],
        proves: bool = False,
    ) -> None:
        """Take the endpoint, our template and its access token.

        Args:
            url: the endpoint.
            template_id: the id of our template.
            access_token: the token, as it was read from the providers' secret.
            forget_token: called when the token has expired, so that the next message reads the secret again.
            proves: whether genuine events of Zalo can be recognised.
        """
        self._url = url
        self._template_id = template_id
        self._access_token = access_token
        self._forget_token = forget_token
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
            {"access_token": self._access_token},
        )
        code = str(answer.get("error", ""))
        if code == TAKEN:
            data = answer.get("data")
            return str(data.get("msg_id", "")) if isinstance(data, dict) else ""
        if code == TOKEN_EXPIRED:
            self._forget_token()
        raise ERRORS.get(code, UnknownOutcomeError)(code or "no-code")
