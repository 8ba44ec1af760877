"""`ops freeze`, `ops thaw`: stop and start what calls one function; nothing is lost, messages wait."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.layout import FUNCTIONS
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import Session, session_of
from infra.ops.stage.triggers import Switch, triggers_of
from shared.tables.directory import Directory

Function = Annotated[str, typer.Argument(help=f"one of {', '.join(FUNCTIONS)}")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("freeze")(freeze)
    app.command("thaw")(thaw)


def freeze(context: typer.Context, function: Function) -> None:
    """Stop what calls a function, but for people.

    Its queues, its stream and its schedules; requests of people are answered as before.
    """
    session, function = session_of(context), _named(function)
    triggers = _triggers(session, function)
    with session.change("freeze", f"stop all that calls {function}", {"function": function}) as counts:
        if counts is not None:
            counts["stopped"] = triggers.stop()
            session.screen.facts(
                {"function": function, **counts},
                f"{counted(counts['stopped'], 'trigger')} of {function} stopped. Streams keep changes for 24 hours, "
                f"queues messages for 14 days: ops thaw {function}",
            )


def thaw(context: typer.Context, function: Function) -> None:
    """Start what `freeze` stopped.

    What waited is handled now.
    """
    session, function = session_of(context), _named(function)
    if Directory(session.connection.table("directory")).closed():
        raise OpsError(
            "The doors are closed while data are restored: what calls a function would work on half of them",
            "ops restore thaw, or give-up, starts everything: docs/runbook.md, Data must be restored",
        )
    triggers = _triggers(session, function)
    with session.change("thaw", f"start all that calls {function}", {"function": function}) as counts:
        if counts is not None:
            counts["started"] = triggers.start()
            session.screen.facts(
                {"function": function, **counts},
                f"{counted(counts['started'], 'trigger')} of {function} started",
            )


def _named(function: str) -> str:
    """Return a function's name in the code; alarms and Lambdas have it with `-`: `sla-timer`."""
    return function.replace("-", "_")


def _triggers(session: Session, function: str) -> Switch:
    """Return a function's triggers.

    Raises:
        OpsError: there is no such function, or nothing but people calls it.
    """
    if function not in FUNCTIONS:
        raise OpsError(f"There is no function {function}", f"One of {', '.join(FUNCTIONS)}")
    triggers = triggers_of(session.connection, function)
    if not [*triggers.states()]:
        raise OpsError(
            f"Nothing but people calls {function} here",
            "Functions with queues: router, sla_timer, notifier, intake",
        )
    return triggers
