"""`ops reseal`: every seal under the key that the seal's alias leads to; nobody sees what lies in one (ADR 0082)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from chalicelib.sla_timer.petitions.move_seals import Reached, Resealing
from infra.ops.stage.session import Session, session_of
from shared.platform import aws, clock, queues
from shared.platform.messages import ResealRequest
from shared.tables.jobs import Rounds


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reseal")(reseal)


def reseal(
    context: typer.Context,
    *,
    is_status: Annotated[bool, typer.Option("--status", help="change nothing: say how far it is")] = False,
) -> None:
    """Move every seal to the key that the seal's alias leads to, or go on with it."""
    session = session_of(context)
    if is_status:
        session.screen.rows(
            _status(session), ("state", "shards", "moved", "age"), nothing="No seal was ever moved"
        )
        return
    alias = f"alias/pakn-{session.connection.stage}-seal"
    key = aws.client("kms").describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]
    sentence = f"move every seal to the key that {alias} leads to"
    with session.change("reseal", sentence, {"key": key}) as counts:
        if counts is not None:
            request = ResealRequest(seal_key=key, asked_at=int(clock.now().timestamp()))
            counts["sent"] = queues.send(session.connection.queue_url("timers"), [request])
            session.screen.facts(
                {"key": key, **counts}, "Every seal is being moved; how far it is: ops reseal --status"
            )


def _status(session: Session) -> list[dict[str, Any]]:
    """Return how far the latest round is; an empty list where there was none."""
    rounds = Rounds(session.connection.table("statistics"))
    latest = rounds.current(Resealing.name)
    if latest is None:
        return []
    progress = rounds.progress(latest).values()
    return [
        {
            "state": "done" if latest.completed_at else "running",
            "key": latest.name.partition("/")[0],
            "shards": f"{sum(each.is_done for each in progress)} of {len(progress)}",
            "moved": sum(Reached.of(each.cursor).moved for each in progress),
            "age": clock.now() - (latest.completed_at or latest.started_at),
        }
    ]
