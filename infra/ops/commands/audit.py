"""`ops audit`: the record of changes by operators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from infra.ops.stage.session import session_of

COLUMNS = ("at", "command", "step", "change", "by", "what")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(context: typer.Context, *, days: Annotated[int, typer.Option(help="how far back")] = 30) -> None:
    """Show who changed what.

    A line before each change, and one about its outcome.
    """
    session = session_of(context)
    lines = session.audit.lines(datetime.now(UTC) - timedelta(days=days))
    rows = [{**line, "at": datetime.fromisoformat(line["at"]), "what": _what(line)} for line in lines]
    session.screen.rows(rows, COLUMNS, nothing="No change is recorded.")


def _what(line: Mapping[str, Any]) -> str:
    """Return the facts of a line that have no column of their own."""
    facts = {name: value for name, value in line.items() if name not in COLUMNS and value != []}
    texts = {name: " ".join(value) if isinstance(value, list) else value for name, value in facts.items()}
    return ", ".join(f"{name} {text}" for name, text in texts.items())
