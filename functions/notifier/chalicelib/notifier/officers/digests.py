"""Sends each officer the morning's digest of their desk by e-mail: once a day, if there is work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.notifier.officers.morning_mails import Mail, MorningMails
from shared.domain.access.readers import hides_subject
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import spaced
from shared.domain.procedures.conduct import Parents
from shared.domain.promises.notices import NoticeKind
from shared.platform import clock, telemetry
from shared.platform.messages import DigestRequest, NoticeRequest
from shared.tables.directory import Directory, Officer
from shared.tables.petition_items import Card
from shared.tables.petitions import Petitions
from shared.use_cases.daily_work import LINES, Heading, units_read, work_of_the_day

SEQ = 1
PAGE = 200
"""Petitions of a unit that one call reads."""
KEPT_FOR = timedelta(seconds=10)
"""The time for which the beginning of a unit's desk is kept: the requests of a morning come together."""


class Digests:
    """Sends officers the list of their work of the day."""

    def __init__(
        self,
        *,
        petitions: Petitions,
        directory: Directory,
        mails: MorningMails,
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._mails = mails
        self._desks: dict[str, tuple[datetime, tuple[list[Card], str | None]]] = {}

    def send(self, request: DigestRequest) -> None:
        """Send an officer's digest, if it is still that day and there is work; its reminders also to who ended it."""
        today = local_date(clock.now())
        officer = self._directory.officers().get(request.officer)
        if officer is None or request.on != today:
            return
        before = self._mails.before(officer.id, request.on)
        if self._mails.is_over(before):
            return
        parents = self._directory.parents(today)
        wants_digest = self._directory.preference_of(officer.id).digest
        cards = self._cards(officer, parents)
        headings = work_of_the_day(officer, cards, parents, today, reminders_only=not wants_digest)
        if headings:
            facts = digest_facts(headings, request.on, self._mails.site)
            self._mails.send(
                Mail(officer, request.on, NoticeKind.DIGEST, facts, before, may_be_ended=wants_digest)
            )
            telemetry.count("DigestSent")

    def resume(self, request: NoticeRequest) -> None:
        """Continue with the digests of a day that wait for another attempt."""
        for waiting in self._mails.waiting(request):
            self.send(waiting)

    def _cards(self, officer: Officer, parents: Parents) -> Iterator[Card]:
        for unit in units_read(officer, parents):
            cards, following = self._first_page(unit)
            yield from cards
            while following is not None:
                cards, following = self._petitions.desk(unit, after=following, limit=PAGE)
                yield from cards

    def _first_page(self, unit: str) -> tuple[list[Card], str | None]:
        """Return the beginning of a unit's desk: its officers, and all above them, ask one after the other."""
        now = clock.now()
        read_at, page = self._desks.get(unit, (None, None))
        if read_at is None or page is None or not timedelta() <= now - read_at < KEPT_FOR:
            page = self._petitions.desk(unit, limit=PAGE)
            self._desks[unit] = now, page
        return page


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
