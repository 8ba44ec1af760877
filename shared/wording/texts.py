"""The texts of all notices: packaged templates, overridden by rows of the directory; rendered in a sandbox.

A text is named `{reader}.{KIND}.{CHANNEL}.{language}`, e.g. `petitioner.RECEIPT.SMS.vi`. A directory row of kind
`template` with that id overrides it from its `valid_from` on (`text`, for e-mails also `subject`). A row that does
not render is passed over and counted: the packaged text goes out, because the notice matters more than its wording.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from shared import clock, telemetry
from shared.deliveries import DeliveryChannel
from shared.directory import Directory
from shared.domain.gsm7 import segments, unaccented
from shared.domain.notices import NoticeKind
from shared.domain.working_calendar import local_date

Reader = Literal["petitioner", "officer"]
Language = Literal["vi", "en"]

TEMPLATES = Path(__file__).parent / "templates"
PACKAGED = "packaged"

_GAP = re.compile(r"\n[ \t]*\n\s*\n|\n[ \t]+\n")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready to be sent; it stays out of `repr`."""

    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    version: str = PACKAGED
    segments: int | None = None


class TextMissingError(LookupError):
    """There is no text of that name: a mistake of ours, found by the table test before anybody else."""


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    subject: str = ""
    version: str = PACKAGED


class Texts:
    """Renders what a notice says on one channel in one language."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def render(
        self,
        reader: Reader,
        kind: NoticeKind,
        channel: DeliveryChannel,
        language: Language,
        facts: Mapping[str, Any],
    ) -> Rendered:
        """Return the text of a notice.

        Calls and officers' mails are in Vietnamese whatever the language.
        """
        spoken: Language = "vi" if channel is DeliveryChannel.PHONE or reader == "officer" else language
        name = f"{reader}.{kind}.{channel}.{spoken}"
        override = self._override(name)
        if override is not None:
            try:
                return self._rendered(override, reader, channel, spoken, facts)
            except Exception as error:  # noqa: BLE001 - an administrator's text can fail in any way it likes
                telemetry.count("TemplateBroken", template=name)
                telemetry.logger().error(
                    "template broken",
                    template=name,
                    version=override.version,
                    error_type=type(error).__name__,
                )
        return self._rendered(_packaged(name), reader, channel, spoken, facts)

    def _override(self, name: str) -> _Source | None:
        today = local_date(clock.now()).isoformat()
        rows = [
            row
            for row in self._directory.rows("template")
            if row["id"] == name and row["valid_from"] <= today <= (row.get("valid_to") or today)
        ]
        if not rows:
            return None
        row = max(rows, key=lambda row: str(row["valid_from"]))
        subject = row.get("subject") or _packaged(name).subject
        return _Source(str(row.get("text") or ""), str(subject), str(row["valid_from"]))

    def _rendered(
        self,
        source: _Source,
        reader: Reader,
        channel: DeliveryChannel,
        language: Language,
        facts: Mapping[str, Any],
    ) -> Rendered:
        from .sandbox import as_html, environment_of  # noqa: PLC0415 - Jinja2; most repeated messages render nothing

        environment = environment_of(language)
        text = environment.from_string(source.text).render(facts).strip()
        if channel is DeliveryChannel.SMS:
            text = " ".join(unaccented(text).split())
            return Rendered(text, version=source.version, segments=segments(text))
        if channel is DeliveryChannel.PHONE:
            return Rendered(text, version=source.version)
        subject = " ".join(environment.from_string(source.subject).render(facts).split())
        whole = _tidy(environment.get_template(f"{reader}.{language}.txt").render({**facts, "text": text}))
        html = environment.get_template("frame.html").render(
            language=language, subject=subject, body=as_html(whole)
        )
        return Rendered(whole, subject, html, source.version)


def _tidy(text: str) -> str:
    """Leave one empty line where a template left several."""
    return _GAP.sub("\n\n", text).strip()


@cache
def _file(reader: str, kind: str) -> dict[str, Any]:
    path = TEMPLATES / reader / f"{kind}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _packaged(name: str) -> _Source:
    reader, kind, channel, language = name.split(".")
    found = _file(reader, kind).get(channel, {}).get(language)
    if found is None:
        raise TextMissingError(name)
    return _Source(found["text"], found.get("subject", ""))
