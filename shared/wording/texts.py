"""The texts of all notices as they are sent: packaged templates, overridden by rows of the directory.

A row that breaks the rules of texts, or does not render, is passed over and counted: the packaged text goes out,
because the notice matters more than its wording. Rules may have become stricter since the row was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.calendar.working_calendar import local_date
from shared.domain.promises.deliveries import DeliveryChannel
from shared.domain.promises.notices import NoticeKind
from shared.platform import clock, telemetry
from shared.tables.directory import Directory
from shared.wording.check_text import is_safe
from shared.wording.rendering import Rendered, batch_variables, body_of, line_of, rendered
from shared.wording.sources import (
    BATCH,
    Language,
    Reader,
    Source,
    TextName,
    headline,
    in_force,
    packaged,
    text_rows,
)

HEADLINES = 3
"""Notices that an SMS about several notices of one petition names."""


class Texts:
    """Renders the text of a notice for one channel in one language."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def render(
        self,
        reader: Reader,
        kind: NoticeKind | str,
        channel: DeliveryChannel,
        language: Language,
        facts: Mapping[str, Any],
    ) -> Rendered:
        """Return the text of a notice.

        Calls and officers' mails are in Vietnamese whatever the language.
        """
        spoken: Language = "vi" if channel is DeliveryChannel.PHONE or reader == "officer" else language
        name = TextName(reader, str(kind), channel, spoken)
        override = self._override(name)
        if override is not None:
            try:
                return rendered(name, override, facts)
            except Exception as error:  # noqa: BLE001 - an administrator's text can fail in any way it likes
                _count_broken(name, override, type(error).__name__)
        return rendered(name, packaged(name), facts)

    def _override(self, name: TextName) -> Source | None:
        """Return the directory's text if there is one and it keeps the rules."""
        override = in_force(name, text_rows(self._directory), local_date(clock.now()))
        if override is None or is_safe(name, override):
            return override
        telemetry.count("TemplateRefused", by={"template": str(name)})
        telemetry.logger().error("template refused", template=str(name), version=override.version)
        return None

    def render_batch(
        self,
        parts: Sequence[tuple[NoticeKind, Mapping[str, Any]]],
        channel: DeliveryChannel,
        language: Language,
    ) -> Rendered:
        """Return one text that contains several notices to one petitioner, in this order.

        An e-mail and a call contain each in full; an SMS names them and how to read more.
        """
        spoken: Language = "vi" if channel is DeliveryChannel.PHONE else language
        name = TextName("petitioner", BATCH, channel, spoken)
        sections = (
            []
            if channel is DeliveryChannel.SMS
            else [self._section(kind, variables, channel, spoken) for kind, variables in parts]
        )
        facts = {**parts[0][1], **_headlines(parts, spoken)}
        references = list(dict.fromkeys(variables["digits"] for _, variables in parts))
        facts |= batch_variables(name, references, sections)
        return self.render("petitioner", BATCH, channel, spoken, facts)

    def _section(
        self, kind: NoticeKind, facts: Mapping[str, Any], channel: DeliveryChannel, language: Language
    ) -> dict[str, Any]:
        name = TextName("petitioner", kind, channel, language)
        override = self._override(name)
        if override is not None:
            try:
                return _section_of(name, override, facts)
            except Exception as error:  # noqa: BLE001 - as for a text alone
                _count_broken(name, override, type(error).__name__)
        return _section_of(name, packaged(name), facts)


def _section_of(name: TextName, source: Source, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": line_of(name, source, facts),
        "text": body_of(name, source, facts),
        "link": facts["link"],
    }


def _count_broken(name: TextName, source: Source, error_type: str) -> None:
    telemetry.count("TemplateBroken", template=str(name))
    telemetry.logger().error(
        "template broken", template=str(name), version=source.version, error_type=error_type
    )


def _headlines(parts: Sequence[tuple[NoticeKind, Mapping[str, Any]]], language: Language) -> dict[str, Any]:
    """Return how many notices there are, and the names of the first."""
    headlines = [headline(kind, language) for kind, _ in parts]
    shown = list(dict.fromkeys(headlines))[:HEADLINES]
    return {
        "count": len(parts),
        "headlines": "; ".join(shown),
        "unnamed": len(parts) - sum(line in shown for line in headlines),
    }
