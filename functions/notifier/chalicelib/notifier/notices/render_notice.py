"""Renders the texts of notices: from a petition, one of its history entries, and the rules of their day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.notifier.notices.notice import Notice
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.procedures.pin_requests import link_token_of, pin_of
from shared.domain.promises.deliveries import DeliveryChannel
from shared.platform import clock
from shared.tables.directory import Directory
from shared.wording.facts import Office, facts_of, officer_facts_of
from shared.wording.rendering import Rendered
from shared.wording.sources import Language
from shared.wording.texts import Texts


class NoticeRenderer:
    """Renders notices."""

    def __init__(self, texts: Texts, directory: Directory, public_url: str, keyring: Keyring) -> None:
        self._texts = texts
        self._directory = directory
        self._public_url = public_url
        self._keyring = keyring

    def for_petitioner(self, notices: Sequence[Notice], channel: DeliveryChannel) -> Rendered:
        """Return the text of one notice, or one text for several, in the language of the first one's petition."""
        first = notices[0]
        language: Language = "en" if first.petition.language == "en" else "vi"
        if len(notices) == 1:
            facts = self._facts(first, language)
            return self._texts.render("petitioner", first.request.kind, channel, language, facts)
        in_order = sorted(notices, key=lambda notice: (notice.entry.at, notice.name))
        parts = [(notice.request.kind, self._facts(notice, language)) for notice in in_order]
        return self._texts.render_batch(parts, channel, language)

    def for_officer(self, notice: Notice) -> Rendered:
        """Return the text of the e-mail to an officer."""
        facts = officer_facts_of(notice.petition, notice.entry, self._office(notice, "vi"))
        return self._texts.render("officer", notice.request.kind, DeliveryChannel.EMAIL, "vi", facts)

    def _facts(self, notice: Notice, language: Language) -> dict[str, Any]:
        office = replace(
            self._office(notice, language),
            link_token=link_token_of(self._keyring, notice.petition),
            pin=pin_of(self._keyring, notice.petition),
        )
        return facts_of(notice.petition, notice.entry, office)

    def _office(self, notice: Notice, language: Language) -> Office:
        """Return the facts that are not the petition's, without anything that stands for the petitioner."""
        now = clock.now()
        return Office(
            public_url=self._public_url,
            link_token="",
            terms=self._directory.terms_of(notice.petition),
            calendar=self._directory.calendar(),
            now=now,
            unit=self._directory.units(local_date(now)).get(notice.entry.facts.unit or ""),
            language=language,
        )
