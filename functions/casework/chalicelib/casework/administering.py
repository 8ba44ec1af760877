"""Administration of the directory: versioned rows, checked by the models that read them before they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chalicelib.casework import permissions
from chalicelib.casework.officers import DeskOfficer
from shared.directory import Directory, Field, Officer, Unit
from shared.domain.errors import InvalidInputError
from shared.domain.terms import Terms
from shared.domain.working_calendar import Override
from shared.http import validated


def _calendar_row(row: dict[str, Any]) -> None:
    try:
        on = date.fromisoformat(str(row.get("on", row["id"])))
    except ValueError:
        raise InvalidInputError(("on", "invalid")) from None
    row["on"] = on.isoformat()
    if row["id"] != row["on"]:
        raise InvalidInputError(("on", "differs-from-id"))
    Override(
        on=on, kind=row.get("kind", ""), document=str(row.get("document", "")), name=str(row.get("name", ""))
    )


def _terms_row(row: dict[str, Any]) -> None:
    validated(Terms, {key: value for key, value in row.items() if key != "valid_to"})


KINDS: dict[str, Callable[[dict[str, Any]], None]] = {
    "calendar": _calendar_row,
    "terms": _terms_row,
    "field": lambda row: _checked(Field, row),
    "unit": lambda row: _checked(Unit, row),
    "officer": lambda row: _checked(Officer, row),
}
"""What administrators may edit, and what checks it."""


def _checked(model: Any, row: dict[str, Any]) -> None:
    validated(model, row)


class Administration:
    """Reads and writes directory rows for administrators."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def rows(self, officer: DeskOfficer, kind: str, row_id: str) -> list[dict[str, Any]]:
        """Return all versions of a row, oldest first; all rows of the kind for the id `*`."""
        self._check(officer, kind)
        found = [row for row in self._directory.rows(kind) if row_id in ("*", row["id"])]
        return sorted(found, key=lambda row: (row["id"], row["valid_from"]))

    def put(self, officer: DeskOfficer, kind: str, row_id: str, facts: Any) -> dict[str, Any]:
        """Write one version of a row.

        Args:
            officer: an administrator.
            kind: one of `KINDS`.
            row_id: e.g. a unit's code, or for the calendar the day itself.
            facts: the row; `valid_from` says from when it holds.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: what the row's reader would not take, named field by field.
        """
        self._check(officer, kind)
        if not isinstance(facts, dict):
            raise InvalidInputError(("body", "json"))
        row = {**facts, "id": row_id}
        try:
            valid_from = date.fromisoformat(str(row.get("valid_from", "")))
        except ValueError:
            raise InvalidInputError(("valid_from", "invalid")) from None
        row["valid_from"] = valid_from.isoformat()
        KINDS[kind](row)
        self._directory.put(kind, row_id, valid_from, row)
        return row

    def _check(self, officer: DeskOfficer, kind: str) -> None:
        permissions.require(officer, permissions.Ability.ADMINISTER)
        if kind not in KINDS:
            raise InvalidInputError(("kind", "unknown"))
