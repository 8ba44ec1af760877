"""Officers' unfinished texts: a row for each petition, officer and form, and one list for each petition (ADR 0065).

A draft that was discarded keeps its row without the text until its end, so that a late save of the same text does not
bring it back. A row lapses at `expires_at`, whether or not DynamoDB has deleted it yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.domain.errors import StaleDraftError
from shared.tables.dynamo import ConditionFailedError, Item, Table

LISTS_KEPT_FOR = timedelta(days=400)
"""Longer than any draft is kept; renewed with the first save of a day."""


class DraftRow(NamedTuple):
    """One stored draft."""

    reference: str
    officer: str
    form: str
    """The action that its form is of, e.g. `draft-answer`."""
    version: int
    """Grows by one with each save; 0 where nothing was saved yet."""
    saved_at: str = ""
    """ISO 8601, in UTC."""
    expires_at: int = 0
    """Seconds since 1970."""
    sealed: str = ""
    """The encrypted fields; "" for one that was discarded."""
    key: str = ""
    """The data key that they are encrypted with, encrypted by KMS."""
    is_shared: bool = False
    """True if the unit's head and the approver may read it."""
    seen: int = 0
    """The petition's version when it was saved."""
    words: int = 0

    @property
    def name(self) -> str:
        """The name in the petition's list."""
        return f"{self.officer}#{self.form}"


class DraftRows:
    """Reads and writes drafts."""

    def __init__(self, throttle_table: str) -> None:
        self._table = Table(throttle_table)

    def get(self, reference: str, officer: str, form: str, now: datetime) -> DraftRow:
        """Return a draft; one of version 0 where there is none (any more)."""
        item = self._table.get(_key(reference, f"{officer}#{form}"))
        nothing = DraftRow(reference, officer, form, 0)
        return _row(item) if item and item["expires_at"] > int(now.timestamp()) else nothing

    def of_petition(self, reference: str, now: datetime) -> list[DraftRow]:
        """Return the drafts on a petition the latest first, discarded ones too: one read, two where there are some."""
        item = self._table.get(_list_key(reference))
        names: set[str] = item.get("names", set()) if item else set()
        if not names:
            return []
        rows = map(_row, self._table.batch_get(_key(reference, name) for name in sorted(names)))
        held = [row for row in rows if row.expires_at > int(now.timestamp())]
        return sorted(held, key=lambda row: row.saved_at, reverse=True)

    def write(self, row: DraftRow, before: DraftRow, now: datetime) -> None:
        """Write a draft as it follows one that was read.

        Raises:
            StaleDraftError: another was written meanwhile; nothing was written.
        """
        if row.saved_at[:10] != before.saved_at[:10]:
            self._enlist(row, now)
        try:
            self._table.put_if(
                _item(row),
                "attribute_not_exists(#key) OR #version = :seen OR expires_at <= :now",
                {"seen": before.version, "now": int(now.timestamp())},
            )
        except ConditionFailedError as error:
            stored = _row(error.old) if error.old else before
            if stored != row:  # else it is our own earlier write, whose reply was lost
                raise StaleDraftError(stored.version) from None

    def _enlist(self, row: DraftRow, now: datetime) -> None:
        self._table.update_if(
            _list_key(row.reference),
            "SET expires_at = :until ADD #names :names",
            "attribute_not_exists(#key) OR attribute_exists(#key)",
            {"until": int((now + LISTS_KEPT_FOR).timestamp()), "names": {row.name}},
        )


def _item(row: DraftRow) -> Item:
    facts = row._asdict()
    facts["wrapped"] = facts.pop("key")
    return {**facts, **_key(row.reference, row.name)}


def _row(item: Item) -> DraftRow:
    facts = {name: item[name] for name in DraftRow._fields if name in item and name != "key"}
    return DraftRow(**facts, key=item.get("wrapped", ""))


def _key(reference: str, name: str) -> dict[str, str]:
    return {"key": f"draft#{reference}#{name}"}


def _list_key(reference: str) -> dict[str, str]:
    return {"key": f"draft-list#{reference}"}
