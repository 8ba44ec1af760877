"""Sends each officer the morning's digest of their desk by e-mail: once a day, if there is work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from chalicelib.notifier.attempts.back_off import MAX_ROUNDS
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.officers.daily_work import LINES, Heading, units_read, work_of_the_day
from chalicelib.notifier.senders.sender import Message
from shared.domain.access.readers import hides_subject
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import spaced, unsubscribe_token_of
from shared.domain.procedures.conduct import Parents
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import clock, telemetry
from shared.platform.messages import DigestRequest, NoticeRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory, Officer
from shared.tables.petition_items import Card
from shared.tables.petitions import Petitions
from shared.wording.texts import Texts

PREFIX = "digest-"
"""Begins the `reference` of a digest's delivery, which names a day instead of a petition."""
_SEQ = 1
_ENDED = NOTIFIED | {DeliveryState.FAILED}


class Digests:
    """Sends officers the list of their work of the day."""

    def __init__(
        self,
        *,
        petitions: Petitions,
        directory: Directory,
        deliveries: Deliveries,
        texts: Texts,
        attempts: Attempts,
        public_url: str,
        identifiers_key: Callable[[], bytes],
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries
        self._texts = texts
        self._attempts = attempts
        self._site = public_url.rstrip("/")
        self._identifiers_key = identifiers_key

    def send(self, request: DigestRequest) -> None:
        """Send an officer's digest, if it is still that day and there is work; its reminders also to who ended it."""
        today = local_date(clock.now())
        officer = self._directory.officers().get(request.officer)
        if officer is None or request.on != today:
            return
        before = next((d for d in self._deliveries_on(request.on) if d.reader == officer.id), None)
        if before is not None and before.state in _ENDED:
            return
        parents = self._directory.parents(today)
        wants_digest = self._directory.preference_of(officer.id).digest
        cards = self._cards(officer, parents)
        headings = work_of_the_day(officer, cards, parents, today, reminders_only=not wants_digest)
        if headings:
            self._send_mail(officer, request.on, headings, before, is_chosen=wants_digest)

    def resume(self, request: NoticeRequest) -> None:
        """Continue with the digests of a day that wait for another attempt."""
        on = date.fromisoformat(request.reference.removeprefix(PREFIX))
        for delivery in self._deliveries_on(on):
            if delivery.state not in _ENDED and delivery.reader:
                self.send(DigestRequest(officer=delivery.reader, on=on))

    def _deliveries_on(self, on: date) -> tuple[Delivery, ...]:
        return self._deliveries.of_notice(f"{PREFIX}{on}", _SEQ, NoticeKind.DIGEST, Audience.OFFICER)

    def _cards(self, officer: Officer, parents: Parents) -> Iterator[Card]:
        for unit in units_read(officer, parents):
            following: str | None = None
            while True:
                cards, following = self._petitions.desk(unit, after=following, limit=200)
                yield from cards
                if following is None:
                    break

    def _send_mail(
        self,
        officer: Officer,
        on: date,
        headings: tuple[Heading, ...],
        before: Delivery | None,
        *,
        is_chosen: bool,
    ) -> None:
        """Send the mail; one of which nothing can be ended has no link that ends it."""
        token = unsubscribe_token_of(self._identifiers_key(), officer.id)
        unsubscribe = f"{self._site}/desk/unsubscribe/{token}" if is_chosen else ""
        facts = digest_facts(headings, on, self._site) | {"unsubscribe_link": unsubscribe}
        rendered = self._texts.render("officer", NoticeKind.DIGEST, DeliveryChannel.EMAIL, "vi", facts)
        delivery = Delivery(
            reference=f"{PREFIX}{on}",
            notice=f"{_SEQ}#{NoticeKind.DIGEST}#{Audience.OFFICER}#{DeliveryChannel.EMAIL}#{officer.id}",
            seq=_SEQ,
            kind=NoticeKind.DIGEST,
            audience=Audience.OFFICER,
            channel=DeliveryChannel.EMAIL,
            reader=officer.id,
            state=DeliveryState.SENDING,
            at=clock.now(),
            template=rendered.version,
        )
        message = Message(
            reference=delivery.reference,
            notice=delivery.notice,
            to=officer.email,
            text=rendered.text,
            subject=rendered.subject,
            html=rendered.html,
            unsubscribe_url=unsubscribe,
        )
        self._attempts.send(delivery, message, before, max_rounds=MAX_ROUNDS)
        telemetry.count("DigestSent")


def digest_facts(headings: tuple[Heading, ...], on: date, site: str) -> dict[str, Any]:
    """Return the variables of the digest's text."""
    return {
        "today": on,
        "count": len({card.reference for heading in headings for card in heading.cards}),
        "desk": f"{site}/desk/",
        "sections": [
            {
                "title": heading.title,
                "count": len(heading.cards),
                "more": max(len(heading.cards) - LINES, 0),
                "lines": [_line(card, site) for card in heading.cards[:LINES]],
            }
            for heading in headings
        ],
    }


def _line(card: Card, site: str) -> dict[str, Any]:
    return {
        "reference": spaced(card.reference),
        "subject": None if hides_subject(card) else card.subject or None,
        "due_on": card.due_on,
        "link": f"{site}/desk/petitions/{card.reference}",
    }
