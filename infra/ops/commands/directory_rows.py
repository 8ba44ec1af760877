"""`ops calendar import`, `ops officers import`: rows of the directory from a file, through the desk's own checks.

What one person must not change alone is proposed, not written: a second person confirms it at the desk (ADR 0046).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
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
File = Annotated[Path, typer.Argument(help="CSV with a line of names, or a JSON list of objects")]


class _Kind(NamedTuple):
    """A kind of rows, the command, the column that names a row, and the columns that each must have."""

    kind: str
    command: str
    key: str
    columns: tuple[str, ...]


CALENDAR = _Kind("calendar", "calendar import", "on", ("on", "kind", "document"))
OFFICERS = _Kind("officer", "officers import", "id", ("id", "name", "email", "unit", "roles"))


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

    Columns: on, kind (OFF or WORK), document, name. Due dates move by themselves.
    """
    _import(session_of(context), CALENDAR, file)


def import_officers(context: typer.Context, file: File) -> None:
    """Propose officers from a file.

    Columns: id, name, email, unit, roles (with blanks between), valid_from (today, if there is none). An administrator
    confirms each at the desk.
    """
    _import(session_of(context), OFFICERS, file)


def _import(session: Session, kind: _Kind, file: Path) -> None:
    rows = list(_rows(kind, file))
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


def _rows(kind: _Kind, file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, each with its id.

    Raises:
        OpsError: it cannot be read, or lacks a column.
    """
    try:
        text = file.read_text("utf-8-sig")
        entries = json.loads(text) if file.suffix == ".json" else [*csv.DictReader(text.splitlines())]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise OpsError(f"{file} cannot be read: {type(error).__name__}", "CSV or JSON, in UTF-8") from None
    for number, entry in enumerate(entries, 1):
        if missing := [name for name in kind.columns if not isinstance(entry, dict) or not entry.get(name)]:
            raise OpsError(
                f"Row {number} of {file.name} lacks {', '.join(missing)}",
                f"Columns: {', '.join(kind.columns)}",
            )
        row = {name: _value(name, value) for name, value in entry.items() if value not in {None, ""}}
        yield {"valid_from": local_date(clock.now()).isoformat(), **row, "id": str(row[kind.key])}
    if not entries:
        raise OpsError(f"{file} holds no rows", f"Columns: {', '.join(kind.columns)}")


def _value(name: str, value: Any) -> Any:
    if name in IN_LISTS and isinstance(value, str):
        return value.split()
    if name in IN_TRUTHS and isinstance(value, str):
        return value.strip().lower() in {"true", "1", "x", "yes"}
    return value.strip() if isinstance(value, str) else value


def _checked(
    administration: Administration, author: DeskOfficer, kind: _Kind, rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows as they would be written.

    Raises:
        OpsError: naming every row that cannot be, and why; nothing is written then.
    """
    checked, wrong = [], []
    for number, row in enumerate(rows, 1):
        try:
            checked.append(administration.checked(author, kind.kind, row["id"], row))
        except InvalidInputError as error:
            faults = ", ".join(f"{place}: {problem}" for place, problem in error.problems)
            wrong.append(f"row {number} ({row['id']}): {faults}")
    if wrong:
        raise OpsError("\n".join(wrong), "Nothing was entered; mend these rows and run it again")
    return checked


def _stands_already(stored: RecordedRows, kind: str, row: dict[str, Any]) -> bool:
    version = version_of(stored.of(kind, row["id"]), row["valid_from"])
    if version is None:
        return False
    facts = {name: value for name, value in version.facts.items() if name not in BY_WHOM}
    return all(facts.get(name) == value for name, value in row.items())
