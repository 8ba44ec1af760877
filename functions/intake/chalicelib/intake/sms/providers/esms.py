"""eSMS-style short code (the Vietnamese aggregators' contract): a signed HTTP GET, answered in XML.

Source: developers.esms.vn, "Kết nối đầu số ngắn": sign = MD5(cpid + smsid + content + receiverTime + PrivateKey).
The scheme is weak, and we say how we live with it: MD5 over parts without separators, `sender` not signed, no
nonce. So source addresses can be allow-listed, and `replay_key` is made of the signed text: moving a border or
changing the sender of a request that somebody saw gives the same key and takes no second effect.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from xml.sax.saxutils import escape

from typing_extensions import override

from chalicelib.intake.sms.webhook import (
    NOT_XML,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    SmsWebhook,
    WebhookReply,
    WebhookRequest,
    is_same,
    replay_key,
    required_secret,
    sender_number,
)
from shared.domain.calendar.working_calendar import VIETNAM

_SMSID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class EsmsWebhook(SmsWebhook):
    """The adapter for `GET /sms/esms`."""

    name: ClassVar[str] = "esms"
    method: ClassVar[str] = "GET"
    replies_inline: ClassVar[bool] = True

    def __init__(
        self,
        cpid: str,
        private_key: str,
        *,
        accept_within: timedelta | None = None,
        keyword_stripped: bool = False,
    ) -> None:
        """Take the credentials, and how old a message may be.

        Providers retry for a day and more and the caller drops what took effect before, so age is not limited
        unless `accept_within` says so. `keyword_stripped`: this provider's `content` lacks the keyword.
        """
        self._cpid = required_secret(cpid)
        self._private_key = required_secret(private_key)
        self._accept_within = accept_within
        self._keyword_stripped = keyword_stripped

    @override
    def _read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one message of a genuine request."""
        cpid, smsid, content, receiver_time, sign, sender = (
            _only(request, name) for name in ("cpid", "smsid", "content", "receiverTime", "sign", "sender")
        )
        signed = (cpid + smsid + content + receiver_time).encode("utf-8", "surrogatepass")
        if not (is_same(self._sign(signed), sign.lower()) and is_same(self._cpid, cpid)):
            raise ForgedWebhookError("signature")
        if not _SMSID.fullmatch(smsid):
            raise MalformedWebhookError("smsid")
        received_at = _instant(receiver_time)
        if self._accept_within is not None and abs(at - received_at) > self._accept_within:
            raise ForgedWebhookError("age")
        number = sender_number(sender)
        if number is None:
            return []
        key = replay_key(self.name, signed)
        return [
            InboundSms(
                self.name, smsid, number, content, received_at, key, keyword_stripped=self._keyword_stripped
            )
        ]

    @override
    def reply(self, messages: Sequence[InboundSms], text: str = "") -> WebhookReply:
        """Return the XML that the provider sends on as an SMS; without a message nobody is named."""
        smsid, receiver = (
            (messages[0].message_id, messages[0].sender.removeprefix("+")) if messages else ("", "")
        )
        body = (
            "<ClientResponse>"
            f"<Message>{_xml(text)}</Message><Smsid>{_xml(smsid)}</Smsid><Receiver>{_xml(receiver)}</Receiver>"
            "</ClientResponse>"
        )
        return WebhookReply(
            200, {"Content-Type": "text/xml; charset=utf-8", "Cache-Control": "no-store"}, body
        )

    def _sign(self, signed: bytes) -> str:
        return hashlib.md5(signed + self._private_key.encode(), usedforsecurity=False).hexdigest()


def _only(request: WebhookRequest, name: str) -> str:
    """Return a parameter that must be there exactly once; only a citizen's text may have halves of characters."""
    values = request.values(name)
    if len(values) != 1:
        raise ForgedWebhookError(name)
    if name != "content" and re.search("[\ud800-\udfff]", values[0]):
        raise ForgedWebhookError(name)
    return values[0]


def _instant(receiver_time: str) -> datetime:
    """Read yyyyMMddHHmmss, Vietnamese local time (the provider's page writes `hh` and shows 13 o'clock as 13)."""
    if not re.fullmatch(r"[0-9]{14}", receiver_time):
        raise MalformedWebhookError("receiverTime")
    try:
        local = datetime.strptime(receiver_time, "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedWebhookError("receiverTime") from None


def _xml(text: str) -> str:
    return escape(NOT_XML.sub("", text))
