"""`ops jobs`: how far the resumable jobs have come, how old their last work is, and to begin one anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, NamedTuple

import typer

from chalicelib.sla_timer.nightly.reconcile import Reconciliation
from chalicelib.sla_timer.nightly.roll_up import Recount
from chalicelib.sla_timer.petitions.move_seals import Resealing
from chalicelib.sla_timer.petitions.recalculate_due_dates import Recalculation
from chalicelib.sla_timer.petitions.renew_pins import Renewing
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import session_of
from shared.domain.calendar.working_calendar import VIETNAM
from shared.platform import clock
from shared.tables.jobs import (
    AnswersRequested,
    CalendarDispatched,
    Checkpoint,
    Checkpoints,
    DigestsRequested,
    Dispatched,
    Progress,
    RolledUp,
    Rounds,
    TrendsReported,
)

ROUNDS = {job.name: job.longest for job in (Recalculation, Recount, Reconciliation)}
"""The jobs that a schedule begins in rounds, and the age from which on somebody has to look."""
ASKED_FOR = {Resealing.name: "ops reseal", Renewing.name: "ops rotate identifiers --renew"}
"""The jobs whose rounds an operator begins, and the command that begins one, or goes on with it."""
LONGEST = {**ROUNDS, **{job.name: job.longest for job in (Resealing, Renewing)}}
DAILY = frozenset({Recount.name, Reconciliation.name})
"""Jobs of which each day begins a round: a complete one grows too old as well."""


class _Kind(NamedTuple):
    """A checkpoint, and from when on it is too old; None: it is written only when there is something to do."""

    kind: type[Checkpoint]
    longest: timedelta | None


CHECKPOINTS = (
    _Kind(RolledUp, timedelta(hours=3)),
    _Kind(DigestsRequested, None),
    _Kind(AnswersRequested, None),
    _Kind(TrendsReported, timedelta(days=3)),
    _Kind(CalendarDispatched, None),
    _Kind(Dispatched, None),
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Jobs of the SLA timer: cursor and age; begin one anew.", invoke_without_command=True
    )
    group.callback()(show_all)
    group.command("restart")(restart)
    app.add_typer(group, name="jobs")


def show_all(context: typer.Context) -> None:
    """List the jobs with their cursors and ages.

    Exit code 1 where one is overdue.
    """
    if context.invoked_subcommand:
        return
    session = session_of(context)
    statistics, now = session.connection.table("statistics"), clock.now()
    rounds = Rounds(statistics)
    rows = [row for job, longest in LONGEST.items() for row in _of_round(rounds, job, longest, now)]
    rows += [row for each in CHECKPOINTS for row in _of_checkpoint(Checkpoints(statistics), each, now)]
    session.screen.rows(
        rows,
        ("job", "state", "round", "cursor", "age"),
        nothing="No job has run yet: is the schedule enabled?",
    )
    if any(row["state"] == "overdue" for row in rows):
        raise OpsError("A job is overdue", "docs/runbook.md, A round is overdue")


def restart(
    context: typer.Context, job: Annotated[str, typer.Argument(help=f"one of {', '.join(ROUNDS)}")]
) -> None:
    """Have the next run of the schedule begin a job anew.

    Forgets the job's round and its cursors; every step may be done again.
    """
    session = session_of(context)
    if job in ASKED_FOR:
        raise OpsError(f"No schedule begins {job}", f"{ASKED_FOR[job]} goes on with what was cut off")
    if job not in ROUNDS:
        raise OpsError(f"No job {job} runs in rounds", f"One of {', '.join(ROUNDS)}")
    rounds = Rounds(session.connection.table("statistics"))
    if rounds.current(job) is None:
        raise OpsError(f"The job {job} has no round to forget", "The next run of its schedule begins one")
    with session.change("jobs restart", f"begin the round of {job} anew", {"job": job}) as counts:
        if counts is not None:
            rounds.forget(job)
            session.screen.facts({"job": job}, f"The next run of the schedule begins {job} anew.")


def _of_round(rounds: Rounds, job: str, longest: timedelta, now: datetime) -> list[dict[str, Any]]:
    """Return the row of a job's latest round, and one for each shard that is not done."""
    latest = rounds.current(job)
    if latest is None:
        return []
    progress = rounds.progress(latest)
    age = now - (latest.completed_at or latest.started_at)
    state = "done" if latest.completed_at else "running"
    is_due = latest.completed_at is None or job in DAILY
    done = sum(each.is_done for each in progress.values())
    row = {
        "job": job,
        "state": "overdue" if age > longest and is_due else state,
        "round": latest.name[:40],
        "cursor": f"{done} of {len(progress)} shards",
        "age": age,
    }
    left = {shard: each for shard, each in progress.items() if not each.is_done}
    return [row, *(_of_shard(job, shard, each) for shard, each in left.items())]


def _of_shard(job: str, shard: str, progress: Progress) -> dict[str, Any]:
    return {"job": f"{job} #{shard}", "state": "running", "cursor": progress.cursor or "at its beginning"}


def _of_checkpoint(checkpoints: Checkpoints, each: _Kind, now: datetime) -> list[dict[str, Any]]:
    stored = checkpoints.get(each.kind)
    if stored is None:
        return []
    cursor, at = _cursor(stored)
    age = now - at if at else None
    is_overdue = age is not None and each.longest is not None and age > each.longest
    row = {"job": stored.job, "state": "overdue" if is_overdue else "done", "cursor": cursor, "age": age}
    return [row]


def _cursor(stored: Checkpoint) -> tuple[str, datetime | None]:
    """Return how far a job has come, and the instant that stands for; None where it is no time."""
    match stored:
        case RolledUp(until=until):
            return f"until {until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", until
        case DigestsRequested(day=day) | TrendsReported(day=day):
            return f"day {day}", _begin(day)
        case AnswersRequested(monday=monday):
            return f"week of {monday}", _begin(monday)
        case Dispatched(items=items):
            return f"{counted(len(items), 'item')} sent and still due", None
        case CalendarDispatched(version=version):
            return f"calendar {version[:12]}", None
        case _:
            return "", None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
