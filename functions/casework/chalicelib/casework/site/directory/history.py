"""Who changed what of the directory and when, read from the rows themselves: newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from chalicelib.casework.administration.forms import Words
from chalicelib.casework.administration.recorded_rows import BY_WHOM, RecordedRow
from chalicelib.casework.site.frame import who
from shared.domain.petition.change import actor_of
from shared.web.i18n import Language


class Change(NamedTuple):
    """One change of one version of a row, as it is read."""

    at: datetime
    who: str
    row_id: str
    name: str
    valid_from: date
    facts: tuple[tuple[str, str, str], ...]
    """What changed: its label, what it was, what it became; none when the version was written first."""


def changes_of(kind: str, rows: Iterable[RecordedRow], words: Words, language: Language) -> list[Change]:
    """Return the changes of some versions; what a system began with was written by nobody."""
    found = (change for row in rows for change in _changes(kind, row, words, language))
    return sorted(found, key=lambda change: change.at, reverse=True)


def _changes(kind: str, row: RecordedRow, words: Words, language: Language) -> Iterator[Change]:
    """Walk back from what a version says now to what it said first."""
    facts = dict(row.facts)
    for correction in reversed(row.corrections):
        changed = tuple(
            (words.label(kind, name), words.read(name, was), words.read(name, facts.get(name)))
            for name, was in correction.was.items()
            if name not in BY_WHOM
        )
        yield _change(row, facts, changed, language)
        facts |= correction.was
    if facts.get("changed_at"):
        yield _change(row, facts, (), language)


def _change(
    row: RecordedRow, facts: dict[str, Any], changed: tuple[tuple[str, str, str], ...], language: Language
) -> Change:
    return Change(
        datetime.fromisoformat(str(facts["changed_at"])),
        who(actor_of(facts["changed_by"]), language),
        row.id,
        str(facts.get("name") or row.id),
        row.valid_from,
        changed,
    )
