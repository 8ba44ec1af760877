"""`ops sweep`: wake everything that fell due in a span of time, without its back-off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from chalicelib.sla_timer.petitions.sweep import Sweep
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import instant_of, session_of
from shared.platform import clock, queues
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.jobs import Checkpoints
from shared.tables.petitions import Petitions

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sweep")(sweep)


def sweep(
    context: typer.Context,
    *,
    since: Annotated[str, typer.Option("--from", help="the earliest time of waking; without it, all")] = "",
    until: Annotated[str, typer.Option("--to", help="the latest time of waking; without it, now")] = "",
) -> None:
    """Wake what is due, without its back-off.

    Petitions are sent to the queue timers, notices to the queue notices.
    """
    session = session_of(context)
    first, last = instant_of(since) if since else EVER, instant_of(until) if until else clock.now()
    if last > clock.now():
        raise OpsError("The span ends in the future", "What is not due yet is swept when it is")
    if first > last:
        raise OpsError("The span ends before it begins", "--from is the earlier instant, --to the later one")
    stage = session.connection
    petitions = Petitions(stage.table("petitions"), Directory(stage.table("directory")))
    due = Sweep(
        petitions,
        Deliveries(stage.table("deliveries")),
        Checkpoints(stage.table("statistics")),
        timers_queue_url=stage.queue_url("timers"),
        notices_queue_url=stage.queue_url("notices"),
    ).due(first, last)
    names = {stage.queue_url("timers"): "timers", stage.queue_url("notices"): "notices"}
    counts = {names[url]: len(messages) for url, messages in due.items()}
    sentence = f"wake {counted(counts['timers'], 'petition')} and {counted(counts['notices'], 'notice')}"
    facts = {"from": first.isoformat(), "to": last.isoformat(), **counts}
    if not any(counts.values()):
        session.screen.facts(facts, "Nothing is due")
        return
    with session.change("sweep", sentence, facts) as done:
        if done is not None:
            done["sent"] = sum(queues.send(url, messages) for url, messages in due.items())
            session.screen.facts({**counts, "sent": done["sent"]}, f"{counted(done['sent'], 'message')} sent")
