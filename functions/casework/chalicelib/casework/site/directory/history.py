"""The changes of directory rows, read from the rows themselves: author, time and facts, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import count
from typing import Any, NamedTuple

from chalicelib.casework.administration.row_labels import RowLabels
from chalicelib.casework.site.frame import Names
from shared.tables.recorded_rows import BY_WHOM, RecordedRow


class RowChange(NamedTuple):
    """One change of one version of a row, as people read it."""

    at: datetime
    who: str
    confirmed_by: str
    """The second person; empty where none was needed."""
    row_id: str
    name: str
    valid_from: date
    facts: tuple[tuple[str, str, str], ...]
    """The changed facts: (label, before, after); none when the version was written first."""


def changes_of(kind: str, rows: Iterable[RecordedRow], labels: RowLabels, names: Names) -> list[RowChange]:
    """Return the changes of some versions; versions that the system was set up with have no author and are left out."""
    changes = (change for row in rows for change in _changes(kind, row, labels, names))
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _changes(kind: str, row: RecordedRow, labels: RowLabels, names: Names) -> Iterator[RowChange]:
    """Go back from the facts of a version to those with which it was written first."""
    facts = dict(row.facts)
    for revision, correction in zip(count(row.revision, -1), reversed(row.corrections), strict=False):
        changed = tuple(
            (labels.label(kind, name), labels.text(name, before), labels.text(name, facts.get(name)))
            for name, before in correction.was.items()
            if name not in BY_WHOM
        )
        yield _change(row, revision, facts, changed, names)
        facts |= correction.was
    if facts.get("changed_at"):
        yield _change(row, 1, facts, (), names)


def _change(
    row: RecordedRow,
    revision: int,
    facts: dict[str, Any],
    changed: tuple[tuple[str, str, str], ...],
    names: Names,
) -> RowChange:
    return RowChange(
        datetime.fromisoformat(str(facts["changed_at"])),
        names.officer(str(facts["changed_by"])),
        names.officer(row.confirmed_by[revision]) if revision in row.confirmed_by else "",
        row.id,
        str(facts.get("name") or row.id),
        row.valid_from,
        changed,
    )
