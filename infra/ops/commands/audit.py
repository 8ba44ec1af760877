"""`ops audit`: the record of changes by operators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from infra.ops.stage.session import session_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(context: typer.Context, *, days: Annotated[int, typer.Option(help="how far back")] = 30) -> None:
    """Show who changed what with `ops`: a line before each change, and one about its outcome."""
    session = session_of(context)
    lines = session.audit.lines(datetime.now(UTC) - timedelta(days=days))
    columns = ("at", "command", "step", "change", "by", "what")
    beside = set(columns)
    rows = [
        {**line, "what": ", ".join(f"{name} {value}" for name, value in line.items() if name not in beside)}
        for line in lines
    ]
    session.screen.rows(rows, columns, nothing="No change is recorded.")
