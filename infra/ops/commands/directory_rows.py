"""`ops calendar import`, `ops officers import`: rows of the directory from a file, through the desk's own checks.

What one person must not change alone is proposed, not written: a second person confirms it at the desk (ADR 0046).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration.administer import Administration
from chalicelib.casework.administration.change_control import ChangeControl
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import Session, session_of
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.procedures.conduct import OFFICE
from shared.platform import clock
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.proposals import Proposal
from shared.tables.recorded_rows import BY_WHOM, RecordedRows, version_of

PROPOSALS_HOLD = timedelta(days=14)
"""As the desk's own setting has it (`PROPOSALS_EXPIRE_AFTER_DAYS`)."""
IN_LISTS = frozenset({"roles"})
"""Columns that hold several values, with blanks between."""
IN_TRUTHS = frozenset({"reads_restricted", "confirms_changes", "is_withdrawn"})
TRUTHS = {"true": True, "false": False, "": False}
File = Annotated[Path, typer.Argument(help="CSV with a line of names, or a JSON list of objects")]


class _Kind(NamedTuple):
    """A kind of rows, the command, the column that names a row, the columns that each must have, and further ones."""

    kind: str
    command: str
    key: str
    columns: tuple[str, ...]
    further: tuple[str, ...]


CALENDAR = _Kind(
    "calendar",
    "calendar import",
    "on",
    ("on", "kind", "document"),
    ("name", "valid_from", "is_withdrawn"),
)
OFFICERS = _Kind(
    "officer",
    "officers import",
    "id",
    ("id", "name", "email", "unit", "roles"),
    ("valid_from", "valid_to", "replaced_by", "reads_restricted", "confirms_changes"),
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, command, text in (
        ("calendar", import_calendar, "Days off and working days by a document: import."),
        (
            "officers",
            import_officers,
            f"Officers of the directory: import. Roles: {', '.join(Role)}.",
        ),
    ):
        group = typer.Typer(help=text, no_args_is_help=True)
        group.callback()(_nothing)
        group.command("import")(command)
        app.add_typer(group, name=name)


def _nothing() -> None:
    """Keep `import` a command of its own."""


def import_calendar(context: typer.Context, file: File) -> None:
    """Enter the days of a document from a file.

    Columns: on, kind (OFF or WORK), document, name; valid_from and is_withdrawn (true or false) take a day back. Due
    dates move by themselves.
    """
    _import(session_of(context), CALENDAR, file)


def import_officers(context: typer.Context, file: File) -> None:
    """Propose officers from a file.

    Columns: id, name, email, unit, roles (with blanks between), valid_from (today, if there is none). An administrator
    confirms each at the desk.
    """
    _import(session_of(context), OFFICERS, file)


def _import(session: Session, kind: _Kind, file: Path) -> None:
    rows = _rows(kind, file)
    stage = session.connection
    directory = Directory(stage.table("directory"))
    administration = Administration(directory, Petitions(stage.table("petitions"), directory))
    author = _author(session)
    new = [
        row
        for row in _checked(administration, author, kind, rows)
        if not _stands_already(RecordedRows(directory), kind.kind, row)
    ]
    facts = {"kind": kind.kind, "rows": len(new), "unchanged": len(rows) - len(new)}
    if not new:
        session.screen.facts(facts, f"Nothing new in {counted(len(rows), 'row')}")
        return
    with session.change(kind.command, f"enter {len(new)} of {counted(len(rows), 'row')}", facts) as counts:
        if counts is None:
            return
        control = ChangeControl(
            administration,
            directory,
            Deliveries(stage.table("deliveries")),
            is_on=True,
            expire_after=PROPOSALS_HOLD,
        )
        written = [
            control.put(author, kind.kind, row["id"], row) for row in session.screen.progress(new, "rows")
        ]
        counts["proposed"] = sum(isinstance(each, Proposal) for each in written)
        counts["written"] = len(written) - counts["proposed"]
        waiting = "; the proposed wait for a second person at the desk" if counts["proposed"] else ""
        session.screen.facts(
            {**facts, **counts},
            f"{counts['written']} written, {counts['proposed']} proposed, {facts['unchanged']} as before{waiting}",
        )


def _author(session: Session) -> DeskOfficer:
    """Return the author of the rows: the person who calls AWS, with the right to propose and none to confirm."""
    name = session.connection.caller[1].rpartition("/")[2] or "root"
    return DeskOfficer(f"ops:{name}", name, OFFICE, frozenset({Role.ADMINISTRATOR}))


def _rows(kind: _Kind, file: Path) -> dict[str, dict[str, Any]]:
    """Return the rows of a file, each with its id, by their place in it.

    Raises:
        OpsError: it cannot be read, a row is none of its kind, or two have one id.
    """
    rows: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    for place, entry in _entries(file):
        row = _row(kind, place, entry)
        first = places.setdefault(row["id"], place)
        if first != place:
            raise OpsError(
                f"{first} and {place.lower()} of {file.name} are both of {row['id']}",
                "Nothing was entered; leave one of them",
            )
        rows[place] = row
    if not rows:
        raise OpsError(f"{file} holds no rows", f"Columns: {', '.join(kind.columns)}")
    return rows


def _entries(file: Path) -> list[tuple[str, Any]]:
    """Return the entries of a file, each with its place: the line of a CSV, the number in a JSON list."""
    try:
        text = file.read_text("utf-8-sig")
        if file.suffix != ".json":
            reader = csv.DictReader(StringIO(text))
            return [(f"Line {reader.line_num}", entry) for entry in reader]
        entries = json.loads(text)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise OpsError(f"{file} cannot be read: {type(error).__name__}", "CSV or JSON, in UTF-8") from None
    if not isinstance(entries, list):
        raise OpsError(f"{file} holds no list", "A JSON list of objects, one for each row: [{…}, {…}]")
    return [(f"Entry {number}", entry) for number, entry in enumerate(entries, 1)]


def _row(kind: _Kind, place: str, entry: Any) -> dict[str, Any]:
    facts = entry if isinstance(entry, dict) else {}
    columns = (*kind.columns, *kind.further)
    if None in facts:
        raise OpsError(
            f"{place} has more cells than there are columns",
            'Nothing was entered; put a text with a comma between quotation marks: "Nghỉ bù, thứ Ba"',
        )
    if unknown := [name for name in facts if name not in columns]:
        raise OpsError(
            f"{place} has a column that is unknown: {', '.join(unknown)}",
            f"Nothing was entered; columns: {', '.join(columns)}",
        )
    row = {name: _value(place, name, value) for name, value in facts.items()}
    if missing := [name for name in kind.columns if not row.get(name)]:
        raise OpsError(
            f"{place} lacks {', '.join(missing)}",
            f"Nothing was entered; columns: {', '.join(columns)}",
        )
    row = {name: value for name, value in row.items() if value not in (None, "")}
    return {"valid_from": local_date(clock.now()).isoformat(), **row, "id": str(row[kind.key])}


def _value(place: str, name: str, value: Any) -> Any:
    text = value.strip() if isinstance(value, str) else value
    if name in IN_TRUTHS:
        named = "" if text is None else str(text).lower()
        if named not in TRUTHS:
            raise OpsError(
                f"{place}: {name} is {text}",
                "Nothing was entered; write true or false, or nothing for false",
            )
        return TRUTHS[named]
    return text.split() if name in IN_LISTS and isinstance(text, str) else text


def _checked(
    administration: Administration, author: DeskOfficer, kind: _Kind, rows: Mapping[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows as they would be written.

    Raises:
        OpsError: naming every row that cannot be, and why; nothing is written then.
    """
    checked, wrong = [], []
    for place, row in rows.items():
        try:
            checked.append(administration.checked(author, kind.kind, row["id"], row))
        except InvalidInputError as error:
            faults = ", ".join(f"{name}: {problem}" for name, problem in error.problems)
            wrong.append(f"{place} ({row['id']}): {faults}")
    if wrong:
        raise OpsError("\n".join(wrong), "Nothing was entered; mend these rows and run it again")
    return checked


def _stands_already(stored: RecordedRows, kind: str, row: dict[str, Any]) -> bool:
    version = version_of(stored.of(kind, row["id"]), row["valid_from"])
    if version is None:
        return False
    facts = {name: value for name, value in version.facts.items() if name not in BY_WHOM}
    return all(facts.get(name, False if name in IN_TRUTHS else None) == value for name, value in row.items())
