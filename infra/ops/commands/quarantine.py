"""`ops quarantine`: the uploaded files that wait for their check, and to have them checked again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import Session, reference_of, session_of
from shared.domain.petition.values.attachments import place_of
from shared.platform import aws, clock, queues
from shared.platform.bucket import AttachmentsBucket
from shared.platform.messages import UploadRequest

LATE_AFTER = timedelta(minutes=30)
"""The age from which the alarm `files-unchecked` counts a file."""
_VERDICT = "GuardDutyMalwareScanStatus"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Files that wait for their check: list, recheck.", invoke_without_command=True)
    group.callback()(show_all)
    group.command("recheck")(recheck)
    app.add_typer(group, name="quarantine")


def show_all(context: typer.Context) -> None:
    """List the files in quarantine.

    Petition, file, age, the scanner's verdict; no file names.
    """
    if context.invoked_subcommand:
        return
    session = session_of(context)
    bucket, now = session.connection.bucket, clock.now()
    files = session.screen.progress(AttachmentsBucket(bucket).in_quarantine(), "files")
    rows = [_row(bucket, key, arrived_at, now) for key, arrived_at in files]
    session.screen.rows(
        rows, ("reference", "file", "age", "state", "verdict"), nothing="Nothing waits in quarantine."
    )


def recheck(
    context: typer.Context,
    *,
    reference: Annotated[str | None, typer.Option(help="only files of this petition")] = None,
) -> None:
    """Have files in quarantine checked again.

    Once the scanner answers. A file that was checked is gone from quarantine.
    """
    session = session_of(context)
    reference = reference_of(reference) if reference is not None else None
    keys = _keys(session, reference)
    if not keys:
        about = f" of {reference}" if reference is not None else ""
        raise OpsError(f"No file{about} waits in quarantine", "ops quarantine")
    facts = {"files": len(keys), "reference": reference}
    with session.change(
        "quarantine recheck", f"have {counted(len(keys), 'file')} checked again", facts
    ) as counts:
        if counts is not None:
            requests = [UploadRequest(key=key) for key in keys]
            counts["sent"] = queues.send(session.connection.queue_url("uploads"), requests)
            session.screen.facts(
                {**facts, "sent": counts["sent"]},
                f"{counted(counts['sent'], 'file')} being checked again",
            )


def _keys(session: Session, reference: str | None) -> list[str]:
    files = AttachmentsBucket(session.connection.bucket).in_quarantine()
    places = [(key, place_of(key)) for key, _arrived_at in files]
    return [key for key, place in places if place and reference in {None, place.reference}]


def _row(bucket: str, key: str, arrived_at: datetime, now: datetime) -> dict[str, Any]:
    place, age = place_of(key), now - arrived_at
    answer = aws.client("s3").get_object_tagging(Bucket=bucket, Key=key)
    tags = {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
    return {
        "reference": place.reference if place else None,
        "file": place.id if place else "of no petition",
        "age": age,
        "state": "late" if age > LATE_AFTER else "waiting",
        "verdict": tags.get(_VERDICT, "none yet"),
    }
