"""The texts of all notices as they are sent: packaged templates, overridden by rows of the directory.

A row that does not render is passed over and counted: the packaged text goes out, because the notice matters more
than its wording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.calendar.working_calendar import local_date
from shared.domain.promises.deliveries import DeliveryChannel
from shared.domain.promises.notices import NoticeKind
from shared.platform import clock, telemetry
from shared.tables.directory import Directory
from shared.wording.rendering import Rendered, body_of, line_of, rendered
from shared.wording.sources import (
    BATCH,
    Language,
    Reader,
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
        override = in_force(name, text_rows(self._directory), local_date(clock.now()))
        if override is not None:
            try:
                return rendered(name, override, facts)
            except Exception as error:  # noqa: BLE001 - an administrator's text can fail in any way it likes
                telemetry.count("TemplateBroken", template=str(name))
                telemetry.logger().error(
                    "template broken",
                    template=str(name),
                    version=override.version,
                    error_type=type(error).__name__,
                )
        return rendered(name, packaged(name), facts)

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
        facts = {**parts[0][1], **batch_facts(parts, spoken)}
        if channel is not DeliveryChannel.SMS:
            facts["sections"] = [self._section(kind, variables, channel, spoken) for kind, variables in parts]
        return self.render("petitioner", BATCH, channel, spoken, facts)

    def _section(
        self, kind: NoticeKind, facts: Mapping[str, Any], channel: DeliveryChannel, language: Language
    ) -> dict[str, Any]:
        name = TextName("petitioner", kind, channel, language)
        source = packaged(name)
        override = in_force(name, text_rows(self._directory), local_date(clock.now()))
        for candidate in (override, source):
            try:
                if candidate is not None:
                    return {
                        "title": line_of(name, candidate.subject, facts),
                        "text": body_of(name, candidate, facts),
                        "link": facts["link"],
                        "reference": facts["reference"],
                    }
            except Exception:
                if candidate is source:
                    raise
                telemetry.count("TemplateBroken", template=str(name))
        raise AssertionError  # the packaged text either rendered or raised


def batch_facts(parts: Sequence[tuple[NoticeKind, Mapping[str, Any]]], language: Language) -> dict[str, Any]:
    """Return the variables of the text for several notices besides those of its first notice."""
    references = list(dict.fromkeys(facts["digits"] for _, facts in parts))
    headlines = [headline(kind, language) for kind, _ in parts]
    shown = list(dict.fromkeys(headlines))[:HEADLINES]
    return {
        "count": len(parts),
        "references": references,
        "cases": references,  # their name in texts that administrators wrote earlier
        "headlines": "; ".join(shown),
        "unnamed": len(parts) - sum(line in shown for line in headlines),
        "sections": [],
    }
