"""`ops restore`: the steps of a restoration (`infra.restoration`), each asked for and recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import boto3
import typer

from infra.deployment.templates import REGION
from infra.layout import FUNCTIONS
from infra.ops.stage.errors import OpsError
from infra.ops.stage.session import instant_of, session_of
from infra.ops.stage.triggers import LocalTriggers
from infra.restoration.__main__ import GIVE_UP, RUN, STEPS, WHOLLY, options_of, parts_of
from infra.restoration.doors import RestorationError

READ_ONLY = frozenset({"plan", "check"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restore")(restore)


def restore(
    context: typer.Context,
    step: Annotated[str, typer.Argument(help=f"one of {', '.join(RUN)}")],
    *,
    at: Annotated[str, typer.Option(help="the moment, with its zone: 2026-11-03T14:55:00+07:00")],
    only_damaged: Annotated[
        bool, typer.Option("--only-damaged", help="sound petitions stay as they are")
    ] = False,
    wholly: Annotated[list[str] | None, typer.Option(help="a table that is damaged itself")] = None,
    newer_is_damage: Annotated[
        bool, typer.Option("--newer-is-damage", help="items of a newer schema are damage")
    ] = False,
    lost: Annotated[str | None, typer.Option(help="a file with references, one a line")] = None,
    minutes: Annotated[int, typer.Option(help="for how long the doors are closed")] = 120,
) -> None:
    """Bring a stage's data back to a moment, step by step.

    docs/runbook.md, Data must be restored.
    """
    session = session_of(context)
    if step not in RUN:
        raise OpsError(f"There is no step {step}", f"In this order: {', '.join(STEPS)}; or {GIVE_UP}")
    if unknown := {*(wholly or ())} - {*WHOLLY}:
        raise OpsError(f"{', '.join(sorted(unknown))} cannot go back wholly", f"One of {', '.join(WHOLLY)}")
    stage = session.connection.stage
    arguments = [step, "--stage", stage, "--at", instant_of(at).isoformat(), "--minutes", str(minutes)]
    arguments += [word for table in wholly or () for word in ("--wholly", table)]
    arguments += ["--only-damaged"] * only_damaged + ["--newer-is-damage"] * newer_is_damage
    arguments += ["--lost", lost] if lost else []
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        session.screen.say(line)

    def run() -> int:
        code = RUN[step](parts)
        if session.screen.is_json:
            session.screen.facts({"step": step, "at": at, "lines": lines, "exit_code": code}, "")
        return code

    try:
        parts = replace(parts_of(options_of(arguments), boto3.Session(region_name=REGION)), say=say)
        if session.connection.is_local:
            parts = replace(parts, triggers=LocalTriggers(stage, FUNCTIONS))
        if step in READ_ONLY:
            code = run()
        else:
            with session.change(f"restore {step}", f"restore {stage} to {at}: {step}", {"at": at}) as counts:
                code = run() if counts is not None else 0
    except RestorationError as error:
        raise OpsError(str(error), "docs/runbook.md, Data must be restored") from None
    if code:
        raise OpsError(f"The step {step} is not done", "docs/runbook.md, Data must be restored")
