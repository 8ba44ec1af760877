"""`ops replay`: have the router send again what follows from every change since an instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import typer

from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import Session, instant_of, session_of
from shared.platform import clock, queues
from shared.platform.messages import RoutingRequest, TaskType
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions

LONGEST = timedelta(days=14)
"""The time for which messages are kept: what is older, the nightly reconciliation finds by its missing effect."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def replay(
    context: typer.Context,
    *,
    since: Annotated[str, typer.Option(help="an instant with its zone, e.g. 2026-11-03T09:00:00+07:00")],
) -> None:
    """Relay all changes since an instant anew.

    Safe, also twice: what took effect before does nothing.
    """
    session = session_of(context)
    start, now = instant_of(since), clock.now()
    if start > now:
        raise OpsError(f"{since} is in the future", "Name the instant when it began")
    if start < now - LONGEST:
        raise OpsError(
            f"{since} is not within the last {LONGEST.days} days",
            "What is older and missing is sent by the nightly reconciliation: ops jobs restart reconciliation",
        )
    requests = [*_requests(session, since)]
    facts = {"since": start.isoformat(), "petitions": len(requests)}
    with session.change(
        "replay", f"relay the changes of {counted(len(requests), 'petition')} anew", facts
    ) as counts:
        if counts is not None:
            counts["sent"] = queues.send(session.connection.queue_url("routing"), requests)
            session.screen.facts(
                {**facts, "sent": counts["sent"]},
                f"{counted(counts['sent'], 'petition')} relayed anew",
            )


def _requests(session: Session, since: str) -> Iterator[RoutingRequest]:
    """Yield a request for each petition that changed since an instant, from the version that it had before."""
    start, stage = instant_of(since), session.connection
    changed = Outlines(stage.table("petitions")).changed_since(start, clock.now())
    petitions = Petitions(stage.table("petitions"), Directory(stage.table("directory"))).get_all(changed)
    for petition in session.screen.progress(petitions, "petitions", len(changed)):
        seen = sum(entry.at < start for entry in petition.history)
        yield RoutingRequest(reference=petition.reference, task=TaskType.RELAY, seen=seen)
