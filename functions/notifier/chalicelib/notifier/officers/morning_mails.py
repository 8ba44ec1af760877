"""The mails that officers get in the morning: what each is filed under, whether it was sent, and sending it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from chalicelib.notifier.attempts.back_off import MAX_ROUNDS
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.attempts.single_message import SingleMessage, send_single
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.reference import unsubscribe_token_of
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform.messages import DigestRequest, NoticeRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Officer
from shared.wording.texts import Texts

PREFIX = "digest-"
"""Begins the `reference` of such a mail's delivery, which names a day instead of a petition."""
_ENDED = NOTIFIED | {DeliveryState.FAILED}


class Mail(NamedTuple):
    """One mail to an officer."""

    officer: Officer
    on: date
    template: str
    facts: dict[str, Any]
    before: Delivery | None
    """Its delivery, if it was tried before."""
    may_be_ended: bool = True
    """False where nothing of it is by choice: then it has no link that ends it."""


class MorningMails:
    """Sends one kind of mail, once to each officer and morning.

    Args:
        seq: tells the kinds of one morning apart.
        deliveries: evidence of what was sent.
        texts: renders the mails.
        attempts: calls the provider.
        public_url: the address of the site.
        keyring: the identifiers' keys, from which the links that end mails derive.
    """

    def __init__(
        self,
        seq: int,
        *,
        deliveries: Deliveries,
        texts: Texts,
        attempts: Attempts,
        public_url: str,
        keyring: Keyring,
    ) -> None:
        self._seq = seq
        self._deliveries = deliveries
        self._texts = texts
        self._attempts = attempts
        self.site = public_url.rstrip("/")
        self._keyring = keyring

    def before(self, officer: str, on: date) -> Delivery | None:
        """Return the delivery of an officer's mail of a morning; None before the first attempt."""
        return next((delivery for delivery in self._of(on) if delivery.reader == officer), None)

    @staticmethod
    def is_over(before: Delivery | None) -> bool:
        """Return whether a mail was sent, or given up."""
        return before is not None and before.state in _ENDED

    def waiting(self, request: NoticeRequest) -> Iterator[DigestRequest]:
        """Yield the requests for the mails of a morning that wait for another attempt."""
        on = date.fromisoformat(request.reference.removeprefix(PREFIX))
        for delivery in self._of(on):
            if delivery.state not in _ENDED and delivery.reader:
                yield DigestRequest(officer=delivery.reader, on=on)

    def send(self, mail: Mail) -> None:
        """Render a mail and give it to the provider."""
        token = unsubscribe_token_of(self._keyring.current(), mail.officer.id)
        unsubscribe = f"{self.site}/desk/unsubscribe/{token}" if mail.may_be_ended else ""
        facts = mail.facts | {"unsubscribe_link": unsubscribe}
        rendered = self._texts.render("officer", mail.template, DeliveryChannel.EMAIL, "vi", facts)
        single = SingleMessage(
            f"{PREFIX}{mail.on}",
            self._seq,
            NoticeKind.DIGEST,
            DeliveryChannel.EMAIL,
            mail.officer.email,
            rendered,
            unsubscribe,
            mail.officer.id,
        )
        send_single(self._attempts, single, mail.before, MAX_ROUNDS)

    def _of(self, on: date) -> tuple[Delivery, ...]:
        return self._deliveries.of_notice(f"{PREFIX}{on}", self._seq, NoticeKind.DIGEST, Audience.OFFICER)
