"""Sends the mails about new answers: the link that confirms a subscription, and each week what is new (docs/adr/0074).

A request names a row; the address lies in its seal. Where nothing is new, nothing is sent and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalicelib.notifier.attempts.back_off import MAX_ROUNDS
from chalicelib.notifier.attempts.record_outcome import Outcomes
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.attempts.single_message import SingleMessage, send_single
from chalicelib.notifier.contact_policy.contact_policy import ContactPolicy
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.subscribers import confirm_token, end_token
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.domain.promises.weeks import Week
from shared.platform import clock, telemetry
from shared.platform.messages import NoticeRequest, SubscriberRequest
from shared.platform.seal import Seal
from shared.tables.contacts.subscribers import Subscriber, Subscribers, context_of
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.public_answers import PublicAnswer
from shared.use_cases.answer_addresses import answer_address, permanent
from shared.wording.facts import HOTLINE
from shared.wording.rendering import Rendered
from shared.wording.sources import ANSWERS, CONFIRM_ANSWERS, Language
from shared.wording.texts import Texts

PREFIX = "answers-"
"""Begins the `reference` of a mail's delivery, which names a subscription instead of a petition."""
MOST = 20
"""Answers that one mail names; the page has all."""
_SEQ = 1
_KIND = NoticeKind.DIGEST
"""The kind that code of every version reads; the reference says what was sent."""
_ENDED = NOTIFIED | {DeliveryState.FAILED}


class NewAnswers:
    """Reads the answers of a week.

    Args:
        petitions: the petitions table.
        directory: names of fields.
    """

    def __init__(self, petitions: Petitions, directory: Directory) -> None:
        self._petitions = petitions
        self._directory = directory

    def of(self, week: Week, field: str) -> list[PublicAnswer]:
        """Return the answers that were published in a week, newest first; of one field, or of all where it is ""."""
        published = (answer for month in week.months for answer in self._of_month(month))
        in_week = [answer for answer in published if week.starts <= answer.published_at < week.ends]
        return [answer for answer in in_week if not field or answer.field == field]

    def _of_month(self, month: str) -> Iterator[PublicAnswer]:
        after: str | None = None
        while True:
            answers, after = self._petitions.published(month, after=after)
            yield from answers
            if after is None:
                return

    def name_of(self, field: str, language: Language) -> str:
        """Return the name of a field; "" for all, and for one that is no more."""
        row = self._directory.fields(local_date(clock.now())).get(field)
        if row is None:
            return ""
        return row.name_en if language == "en" and row.name_en else row.name


class SubscriberTexts:
    """Renders the mails to subscribers.

    Args:
        texts: the texts of all messages.
        keyring: the identifiers' keys, which the links' tokens derive from.
        site: the address of the site.
    """

    def __init__(self, texts: Texts, keyring: Keyring, site: str) -> None:
        self._texts = texts
        self._keyring = keyring
        self._site = site.rstrip("/")

    def render(self, kind: str, row: Subscriber, facts: Mapping[str, Any]) -> Rendered:
        """Return a mail in the subscriber's language."""
        return self._texts.render("visitor", kind, DeliveryChannel.EMAIL, language_of(row), facts)

    def end_link(self, row: Subscriber) -> str:
        """Return the address that ends a subscription: opened it asks, posted to it ends (RFC 8058)."""
        return self._link(f"{row.name}/{end_token(self._keyring.current(), row.name)}", row)

    def of_confirmation(self, row: Subscriber, field: str) -> dict[str, Any]:
        """Return the variables of the mail that confirms a subscription."""
        asked_at = datetime.fromtimestamp(row.asked_at, UTC)
        token = confirm_token(self._keyring.at(asked_at), row.name, row.asked_at)
        link = self._link(f"xac-nhan/{row.name}/{token}", row)
        return {**self._common(field), "confirm_link": link}

    def _line(self, answer: PublicAnswer, row: Subscriber) -> str:
        """Return one answer: its question, and the address of its page; the address is short without its words."""
        address = permanent(answer_address(answer.name, answer.subject))
        language = "?lang=en" if row.language == "en" else ""
        return f"- {' '.join(answer.subject.split())}: {self._site}{address}{language}"

    def _link(self, path: str, row: Subscriber) -> str:
        return f"{self._site}/cau-tra-loi-moi/{path}{'?lang=en' if row.language == 'en' else ''}"

    def of_week(self, row: Subscriber, field: str, answers: list[PublicAnswer]) -> dict[str, Any]:
        """Return the variables of the mail about a week."""
        query = {"field": row.field} if row.field else {}
        query |= {"lang": "en"} if row.language == "en" else {}
        return {
            **self._common(field),
            "count": len(answers),
            "more": max(len(answers) - MOST, 0),
            "lines": "\n".join(self._line(answer, row) for answer in answers[:MOST]),
            "list_link": f"{self._site}/cong-khai{'?' if query else ''}{urlencode(query)}",
            "unsubscribe_link": self.end_link(row),
            "ends_on": local_date(datetime.fromtimestamp(row.expires_at, UTC)),
        }

    def _common(self, field: str) -> dict[str, Any]:
        return {"field": field, "hotline": HOTLINE, "site": self._site.split("://", 1)[-1]}


class _Mail(NamedTuple):
    """One mail to a subscriber."""

    reference: str
    row: Subscriber
    kind: str
    facts: dict[str, Any]
    end_link: str = ""


class AnswerMails:
    """Sends the mails.

    Args:
        subscribers: the subscriptions.
        answers: the new answers.
        deliveries: evidence of what was sent.
        seal: opens the address.
        contact_policy: knows the addresses that nothing is sent to any more.
        texts: renders the mails.
        attempts: calls the provider.
        outcomes: ends what waits in vain.
    """

    def __init__(
        self,
        *,
        subscribers: Subscribers,
        answers: NewAnswers,
        deliveries: Deliveries,
        seal: Seal,
        contact_policy: ContactPolicy,
        texts: SubscriberTexts,
        attempts: Attempts,
        outcomes: Outcomes,
    ) -> None:
        self._subscribers = subscribers
        self._answers = answers
        self._deliveries = deliveries
        self._seal = seal
        self._contact_policy = contact_policy
        self._texts = texts
        self._attempts = attempts
        self._outcomes = outcomes

    def send(self, request: SubscriberRequest) -> None:
        """Send the confirmation that was asked for, or the mail of a week if there is something new."""
        row = self._subscribers.get(request.subscriber, clock.now())
        if row is None:
            if request.week:
                self._subscribers.unlist(request.subscriber)
            return
        if request.week:
            if row.is_confirmed:
                self._send_week(row, Week(date.fromisoformat(request.week)))
            return
        reference = f"{PREFIX}{row.name}-{request.asked_at}"
        self._send(_Mail(reference, row, CONFIRM_ANSWERS, self._texts.of_confirmation(row, self._field(row))))

    def resume(self, request: NoticeRequest) -> None:
        """Continue with a mail that waits for another attempt, or for its receipt."""
        before = next(iter(self._deliveries_of(request.reference)), None)
        if before is None or before.wake_at is None:
            return
        if before.state in NOTIFIED:
            self._outcomes.receipt_missing(before, is_last=True)
            return
        name, _, rest = request.reference.removeprefix(PREFIX).partition("-")
        if self._subscribers.get(name, clock.now()) is None:
            self._outcomes.failed(before, before, "subscription-ended")
            return
        is_week = "-" in rest
        self.send(
            SubscriberRequest(subscriber=name, week=rest)
            if is_week
            else SubscriberRequest(subscriber=name, asked_at=int(rest))
        )

    def _send_week(self, row: Subscriber, week: Week) -> None:
        answers = self._answers.of(week, row.field)
        if not answers:
            telemetry.count("AnswerMailsEmpty")
            return
        facts = self._texts.of_week(row, self._field(row), answers)
        reference = f"{PREFIX}{row.name}-{week.name}"
        self._send(_Mail(reference, row, ANSWERS, facts, self._texts.end_link(row)))

    def _field(self, row: Subscriber) -> str:
        return self._answers.name_of(row.field, language_of(row))

    def _deliveries_of(self, reference: str) -> tuple[Delivery, ...]:
        return self._deliveries.of_notice(reference, _SEQ, _KIND, Audience.PETITIONER)

    def _send(self, mail: _Mail) -> None:
        before = next(iter(self._deliveries_of(mail.reference)), None)
        if before is not None and before.state in _ENDED:
            return
        opened = self._seal.open([mail.row.sealed], context_of(mail.row.name))
        address = opened.email or ""
        if self._contact_policy.refusal(DeliveryChannel.EMAIL, address) is not None:
            self._subscribers.unlist(mail.row.name)
            return
        rendered = self._texts.render(mail.kind, mail.row, mail.facts)
        single = SingleMessage(
            mail.reference, _SEQ, _KIND, DeliveryChannel.EMAIL, address, rendered, mail.end_link
        )
        send_single(self._attempts, single, before, MAX_ROUNDS)
        telemetry.count("AnswerMailSent", kind=mail.kind)


def language_of(row: Subscriber) -> Language:
    """Return the language of a subscriber's mails."""
    return "en" if row.language == "en" else "vi"
