"""`ops doctor`: is everything of a stage wired, switched on and filled in."""

from __future__ import annotations

import typer

from infra.ops.stage.checks import CHECKS, Verdict, findings
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import session_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(context: typer.Context) -> None:
    """Check whether all of a stage is wired and switched on.

    Stacks, tables, queues, secrets, keys, directory, mail, subscriptions, triggers, host, quotas, alarms, record.
    """
    session = session_of(context)
    rows = [
        finding.row
        for check in session.screen.progress(CHECKS, "checks")
        for finding in findings(check, session.connection)
    ]
    session.screen.rows(rows, ("check", "verdict", "what", "next_step"), nothing="Nothing was checked.")
    faults = sum(row["verdict"] == Verdict.FAULT.value for row in rows)
    if faults:
        raise OpsError(counted(faults, "fault"), "The column `next step` says what to do, from the top")
