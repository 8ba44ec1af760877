"""Where texts come from: files packaged with the code, and rows of the directory that take their place. Pure.

A text is named `{reader}.{KIND}.{CHANNEL}.{language}`, e.g. `petitioner.RECEIPT.SMS.vi`. A directory row of kind
`template` with that id overrides it from its `valid_from` on (`text`, for e-mails also `subject`; for SMS also
`max_segments` and `is_unicode`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from shared.tables.deliveries import DeliveryChannel

Reader = Literal["petitioner", "officer"]
Language = Literal["vi", "en"]

TEMPLATES = Path(__file__).parent / "templates"
PACKAGED = "packaged"
BUNCH = "BUNCH"
"""Stands in place of a kind for the text that says several notices at once."""
DIGEST = "DIGEST"
"""The one text that is about a day, not about a petition."""


class TextMissingError(LookupError):
    """There is no text of that name: a mistake of ours, found by the table test before anybody else."""


class TextName(NamedTuple):
    """A text's name in its four parts."""

    reader: Reader
    kind: str
    channel: DeliveryChannel
    language: Language

    def __str__(self) -> str:
        """Return it as the directory has it."""
        return f"{self.reader}.{self.kind}.{self.channel}.{self.language}"


@dataclass(frozen=True, slots=True)
class Source:
    """A text as it was written, before anything is put in."""

    text: str
    subject: str = ""
    version: str = PACKAGED
    max_segments: int = 1
    """How many SMS it may become, whatever is put in."""
    is_unicode: bool = False
    """Whether an SMS keeps its accents: readable, but 70 characters instead of 160."""


@cache
def names() -> tuple[TextName, ...]:
    """Return the name of every text that there is."""
    return tuple(
        TextName(path.parent.name, path.stem, DeliveryChannel(channel), language)  # type: ignore[arg-type]
        for path in sorted(TEMPLATES.glob("*/*.toml"))
        for channel, languages in _file(path.parent.name, path.stem).items()
        if channel in DeliveryChannel.__members__
        for language in languages
    )


def name_of(text: str) -> TextName:
    """Return the name that a directory row's id stands for.

    Raises:
        TextMissingError: when there is no such text to override.
    """
    found = next((name for name in names() if str(name) == text), None)
    if found is None:
        raise TextMissingError(text)
    return found


def packaged(name: TextName) -> Source:
    """Return the text that comes with the code."""
    found = _file(name.reader, name.kind).get(name.channel, {}).get(name.language)
    if found is None:
        raise TextMissingError(str(name))
    return Source(**found)


def headline(kind: str, language: Language) -> str:
    """Return what a notice is called among others in one SMS, unaccented and short."""
    return str(_file("petitioner", kind)["headline"][language])


def in_force(name: TextName, rows: Iterable[Mapping[str, Any]], on: date) -> Source | None:
    """Return the override in force on a day: the latest that has begun and not ended."""
    today = on.isoformat()
    begun = [
        row
        for row in rows
        if row["id"] == str(name) and row["valid_from"] <= today <= (row.get("valid_to") or today)
    ]
    return source_of(name, max(begun, key=lambda row: str(row["valid_from"]))) if begun else None


def source_of(name: TextName, row: Mapping[str, Any]) -> Source:
    """Return the text that a directory row holds; what it does not say stays as packaged."""
    usual = packaged(name)
    return Source(
        text=str(row.get("text") or ""),
        subject=str(row.get("subject") or usual.subject),
        version=str(row["valid_from"]),
        max_segments=int(row.get("max_segments") or usual.max_segments),
        is_unicode=bool(row.get("is_unicode", usual.is_unicode)),
    )


@cache
def _file(reader: str, kind: str) -> dict[str, Any]:
    path = TEMPLATES / reader / f"{kind}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
