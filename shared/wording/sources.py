"""The sources of texts: files packaged with the code, and rows of the directory that override them. Pure.

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

from shared.domain.promises.deliveries import DeliveryChannel
from shared.tables.directory import Directory

Reader = Literal["petitioner", "officer", "visitor"]
"""`visitor` is somebody who asked for something on the site, of whatever petition."""
Language = Literal["vi", "en"]

TEMPLATES = Path(__file__).parent / "templates"
PACKAGED = "packaged"
BATCH = "BATCH"
"""The kind of the text that contains several notices."""
DIGEST = "DIGEST"
"""The kind of the one text that is about a day, not about a petition."""
LEADERS = "LEADERS"
"""The kind of the one text that is about the ministry's figures."""
ANSWERS = "ANSWERS"
"""The kind of the text about a week's new answers."""
CONFIRM_ANSWERS = "CONFIRM_ANSWERS"
"""The kind of the text with the link that confirms a subscription to those."""
CODE = "CODE"
"""The kind of the text with a one-time code."""
ACCOUNT = "ACCOUNT"
"""The kind of the one text that is about an officer's account."""
ADDRESS_CHANGED = "ADDRESS_CHANGED"
"""The kind of the text about an officer's own address."""
_FORMER_KINDS = {"BUNCH": BATCH}
"""Kinds by a former name, under which rows of the directory are still stored."""


class TextMissingError(LookupError):
    """There is no text of that name: a defect of ours, which the table test finds."""


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
    """A text before its variables are filled in."""

    text: str
    subject: str = ""
    version: str = PACKAGED
    max_segments: int = 1
    """The limit of SMS that it becomes, whatever its variables hold."""
    is_unicode: bool = False
    """An SMS keeps its accents: readable, but 70 characters instead of 160."""


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
    """Return the name of a text from the id of a directory row.

    Raises:
        TextMissingError: when there is no such text to override.
    """
    current = _current_id(text)
    name = next((name for name in names() if str(name) == current), None)
    if name is None:
        raise TextMissingError(text)
    return name


def text_rows(directory: Directory) -> tuple[dict[str, Any], ...]:
    """Return the directory's rows about texts, each under the present name of its text."""
    return tuple(row | {"id": _current_id(row["id"])} for row in directory.rows("template"))


def _current_id(row_id: str) -> str:
    reader, _, rest = row_id.partition(".")
    kind, _, channel = rest.partition(".")
    return f"{reader}.{_FORMER_KINDS[kind]}.{channel}" if kind in _FORMER_KINDS else row_id


def packaged(name: TextName) -> Source:
    """Return the text that comes with the code."""
    text = _file(name.reader, name.kind).get(name.channel, {}).get(name.language)
    if text is None:
        raise TextMissingError(str(name))
    return Source(**text)


def headline(kind: str, language: Language) -> str:
    """Return the short, unaccented name of a notice in an SMS about several."""
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
    """Return the text of a directory row; attributes that it lacks are those of the packaged text."""
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
