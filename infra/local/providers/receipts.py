"""Gives the providers' receipts: eSMS's callback about each SMS, and SES's event, through SNS, about each e-mail.

So the local stack has the same evidence as the cloud. What goes to an address of `shared.providers.simulator` has the
receipts that stand there.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from itertools import takewhile
from typing import Any

from infra.local.emulation import moto_insides
from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.outbound import (
    DELIVERED,
    FAILED,
    OUTCOMES,
    RECEIPTS,
    SentSms,
    aws_notification,
    esms_receipt,
)
from infra.local.providers.signed_requests import Signer
from infra.local.providers.sms_gateway import SmsGateway
from shared.providers.simulator import (
    EMAIL_BOUNCES,
    EMAIL_COMPLAINS,
    PHONE_BOUNCES,
    PHONE_IS_SLOW,
    RECEIPT_COMES_AFTER,
)

TRIES = 5
EVENTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    EMAIL_BOUNCES: ("Bounce", {"bounce": {"bounceType": "Permanent", "bounceSubType": "General"}}),
    EMAIL_COMPLAINS: ("Complaint", {"complaint": {"complaintFeedbackType": "abuse"}}),
}
"""SES's event about an e-mail, by its reader; `Delivery` of all others."""


class ReceiptPump:
    """Gives a receipt for whatever was sent since it last looked; posts it again and again until it is acknowledged."""

    def __init__(
        self,
        gateway: SmsGateway,
        signer: Signer,
        post: Callable[[HttpRequest], HttpResponse],
        notify_queue: Callable[[bytes], None],
        now: Callable[[], datetime],
    ) -> None:
        self._gateway = gateway
        self._signer = signer
        self._sns = signer.sns
        self._post = post
        self._notify_queue = notify_queue
        self._now = now
        self._waiting: deque[tuple[HttpRequest, int]] = deque()
        self._slow: deque[SentSms] = deque()
        self.is_silent = False
        """True: no receipts are posted, for tests that post their own."""
        self.restart()

    def restart(self) -> None:
        """Begin again: what was sent is forgotten."""
        self._mails = self._messages = 0
        self._waiting.clear()
        self._slow.clear()
        self.is_silent = False

    def skip(self) -> None:
        """Count all that was sent up to now as posted."""
        self.restart()
        self._new()

    def step(self) -> bool:
        """Give the new receipts; return whether there were any."""
        messages, mails = self._new()
        if not self.is_silent:
            self._slow.extend(sms for sms in messages if sms.to == PHONE_IS_SLOW)
            for sms in messages:
                if sms.to != PHONE_IS_SLOW:
                    self._give_usual_receipt(sms)
            for raw in mails:
                kind, details = EVENTS.get(_header(raw, "To"), ("Delivery", {}))
                self._notify_queue(self.notification_of(raw, kind, **details))
        while (due := self.next_at()) is not None and due <= self._now():
            self._give_usual_receipt(self._slow.popleft())
        posted = len(self._waiting)
        for _ in range(posted):
            request, tries = self._waiting.popleft()
            if self._post(request).status >= HTTPStatus.INTERNAL_SERVER_ERROR and tries < TRIES:
                self._waiting.append((request, tries + 1))
        return posted > 0 or bool(mails and not self.is_silent)

    def next_at(self) -> datetime | None:
        """Return when the next slow receipt is given; None where none waits."""
        return self._slow[0].at + RECEIPT_COMES_AFTER if self._slow else None

    def _new(self) -> tuple[Sequence[SentSms], Sequence[str]]:
        """Return the SMS and the raw e-mails that were sent since the last call."""
        messages = self._gateway.sent[self._messages :]
        self._messages += len(messages)
        mails = moto_insides.sent_mails_from(self._mails)
        self._mails += len(mails)
        return messages, mails

    def _give_usual_receipt(self, sms: SentSms) -> None:
        self._give_receipt(sms, FAILED if sms.to == PHONE_BOUNCES else DELIVERED)

    def _give_receipt(self, sms: SentSms, outcome: str) -> None:
        """Give a message's receipt as its provider does: none of a reply, nor of a failure where it reports none."""
        if not _has_receipt(sms, outcome):
            return
        if sms.provider == "aws":
            self._notify_queue(aws_notification(self._signer, sms, outcome, self._now()))
        else:
            self._waiting.append((RECEIPTS[sms.provider](self._signer, sms, outcome, self._now()), 1))

    def bounce(self, sent: str | SentSms) -> bool:
        """Report that a message did not arrive, hours after it left or at once; return False where none can.

        Args:
            sent: an e-mail in the words of RFC 5322, or an SMS.
        """
        if not can_bounce(sent):
            return False
        if isinstance(sent, SentSms):
            self._give_receipt(sent, FAILED)
        else:
            kind, details = EVENTS[EMAIL_BOUNCES]
            self._notify_queue(self.notification_of(sent, kind, **details))
        return True

    def about_sms(self, sms: SentSms, status: str = "5", *, arrived: bool = True) -> HttpRequest:
        """Return eSMS's callback about one SMS."""
        return esms_receipt(sms, status, arrived=arrived)

    def post_about(self, provider: str, outcome: str, to: str = "") -> HttpResponse | None:
        """Post a provider's receipt about the latest message that was sent through it; None where there is none.

        Args:
            provider: as the notifier names it.
            outcome: `delivered`, `failed` or `unknown`.
            to: the number, in E.164; empty: whatever the number.
        """
        sent = [
            sms
            for sms in self._gateway.sent
            if sms.provider == provider and to in {"", sms.to} and sms.reference != "sms"
        ]
        if not sent:
            return None
        return self._post(RECEIPTS[provider](self._signer, sent[-1], outcome, self._now()))

    def about_mail(self, raw: str, kind: str = "Delivery", **details: Any) -> HttpRequest:
        """Return SES's event about one e-mail, as SNS posts it to the door that is still there."""
        headers = {"content-type": "text/plain; charset=UTF-8", "accept": "*/*"}
        return HttpRequest("POST", "/receipts/ses", headers, self.notification_of(raw, kind, **details))

    def notification_of(self, raw: str, kind: str = "Delivery", **details: Any) -> bytes:
        """Return SES's event about one e-mail, as SNS puts it on a queue."""
        reference, notice = _header(raw, "X-PAKN-Reference"), _header(raw, "X-PAKN-Notice")
        event = mail_event(reference, notice, kind, **details)
        return self._sns.notification(event, self._now())


def can_bounce(sent: str | SentSms) -> bool:
    """Return whether its provider would report that a message did not arrive; of a reply nobody keeps a delivery."""
    return not isinstance(sent, SentSms) or (sent.reference != "sms" and _has_receipt(sent, FAILED))


def _has_receipt(sms: SentSms, outcome: str) -> bool:
    """Return whether an SMS's provider reports an outcome; eSMS reports to an address that replies do not give."""
    return outcome in OUTCOMES[sms.provider] and (sms.provider != "esms" or bool(sms.callback_url))


def mail_event(reference: str, notice: str, kind: str = "Delivery", **details: Any) -> dict[str, Any]:
    """Return SES's event about one e-mail; `notice` is its tag."""
    tags = {"reference": [reference], "notice": [notice]}
    return {"eventType": kind, "mail": {"messageId": str(uuid.uuid4()), "tags": tags}, **details}


def _header(raw: str, name: str) -> str:
    head = takewhile(bool, raw.splitlines())
    return next(line.partition(":")[2].strip() for line in head if line.startswith(f"{name}:"))
