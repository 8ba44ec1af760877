"""Twilio: a signed form POST, answered in TwiML.

Source: twilio.com/docs/usage/webhooks/webhooks-security: X-Twilio-Signature is the Base64 of HMAC-SHA1, keyed with
the Auth Token, over the full URL and then each parameter's name and value, sorted by name.
Names and values are signed without separators, so `A=BC` and `AB=C` sign alike. Hence no name may come twice, names
are letters and digits only, and the fields that matter have a fixed shape that no neighbour's text can complete.
There is no timestamp: `replay_key` is made of the signed text, which every regrouping shares.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from typing_extensions import override

from chalicelib.intake.sms import payload
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

_NAME = re.compile(r"[A-Za-z0-9_]+")
_MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class TwilioWebhook(SmsWebhook):
    """The adapter for `POST /sms/twilio`; the URL given to Twilio carries no query."""

    name: ClassVar[str] = "twilio"
    replies_inline: ClassVar[bool] = True

    def __init__(self, auth_token: str, *, account_sid: str = "") -> None:
        """Take the Auth Token; with `account_sid` only that account's messages are taken."""
        self._auth_token = required_secret(auth_token)
        self._account_sid = account_sid

    @override
    def _read(self, request: WebhookRequest, at: datetime) -> list[InboundSms]:
        """Return the one message of a genuine request."""
        signature = request.header("X-Twilio-Signature")
        if signature is None or request.query:
            raise ForgedWebhookError("signature")
        fields = payload.form(request.body)
        signed = "".join(name + fields[name] for name in sorted(fields))
        if not any(is_same(self._sign(url + signed), signature) for url in _spellings(request.url())):
            raise ForgedWebhookError("signature")
        return self._messages(fields, replay_key(self.name, signed.encode("utf-8", "surrogatepass")))

    def _messages(self, fields: Mapping[str, str], key: str) -> list[InboundSms]:
        if not all(_NAME.fullmatch(name) for name in fields):
            raise MalformedWebhookError("parameter-name")
        if self._account_sid and not is_same(self._account_sid, fields.get("AccountSid", "")):
            raise ForgedWebhookError("account")
        sid = fields.get("MessageSid", "")
        if not _MESSAGE_SID.fullmatch(sid):
            raise MalformedWebhookError("MessageSid")
        content, sender = payload.text(fields, "Body"), payload.text(fields, "From")
        number = sender_number(sender) if _E164.fullmatch(sender) else None
        if number is None:
            return []
        return [InboundSms(self.name, sid, number, content, None, key)]

    @override
    def reply(self, messages: Sequence[InboundSms], text: str = "") -> WebhookReply:
        """Return TwiML that sends `text` back, or nothing."""
        message = f"<Message>{escape(NOT_XML.sub('', text))}</Message>" if text else ""
        body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
        return WebhookReply(
            200, {"Content-Type": "text/xml; charset=utf-8", "Cache-Control": "no-store"}, body
        )

    def _sign(self, text: str) -> str:
        signed = text.encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.digest(self._auth_token.encode(), signed, hashlib.sha1)).decode()


def _spellings(url: str) -> tuple[str, ...]:
    """Return the URL with and without its port: Twilio signs either (its own validator tries both)."""
    parts = urlsplit(url)
    host = parts.netloc.split(":")[0]
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return tuple(parts._replace(netloc=netloc).geturl() for netloc in (host, f"{host}:{port}"))
