"""`ops rotate providers|identifiers`, `ops reseal`: new credentials and keys, with those of before valid beside them.

What providers sign with is replaced in the secret, and ended later. The identifiers get one more key, which the SLA
timer makes and nobody sees; what was proved by an earlier one ends in its own time (ADR 0083). Seals move to the key
that the seal's alias leads to; nobody sees what lies in one (ADR 0082).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from chalicelib.sla_timer.petitions.move_seals import Reached, Resealing
from chalicelib.sla_timer.petitions.renew_pins import Renewing, before_of
from infra.deployment.provider_secret import CLIENTS, objections, put_secret
from infra.ops.stage.errors import OpsError
from infra.ops.stage.session import Session, session_of
from shared.platform import aws, clock, queues, secrets
from shared.platform.messages import KeyRequest, RenewalRequest, ResealRequest
from shared.platform.provider_credentials import PREVIOUS
from shared.tables.jobs import Rounds

_ANNOUNCED, _IN_FORCE = "announced", "in force"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Rotate secrets, two valid at once.", no_args_is_help=True)
    group.command("providers")(providers)
    group.command("identifiers")(identifiers)
    app.add_typer(group, name="rotate")
    app.command("reseal")(reseal)


def providers(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="JSON with the entries that change; - reads standard input")
    ] = "",
    *,
    ends: Annotated[
        bool, typer.Option("--end", help="end the credentials of before: senders changed over")
    ] = False,
    corrects: Annotated[
        bool, typer.Option("--correct", help="what was set last was wrong: the credentials of before stay")
    ] = False,
) -> None:
    """Set entries of the providers' secret; what they replace stays valid as NAME-previous until --end."""
    session = session_of(context)
    if file and ends:
        raise OpsError(
            "--end takes no file", "First the file with the new entries; --end once senders changed over"
        )
    if not file and not ends:
        raise OpsError(
            "Nothing says what to rotate", "A file with the new entries, or --end for those of before"
        )
    stored = _stored(session)
    after = without_previous(stored) if ends else with_previous(stored, _entries(file), corrects=corrects)
    changed = sorted(name for name in {*stored, *after} if stored.get(name) != after.get(name))
    if not changed:
        raise OpsError("Nothing would change", "ops doctor says whether the secret can be used")
    wrong_before = {*objections(stored)}
    if wrong := [line for line in objections(after) if line not in wrong_before]:
        raise OpsError("\n".join(wrong), "Nothing was set; docs/webhooks.md has the layout of an entry")
    names, verb = ", ".join(changed), "end" if ends else "set"
    with session.change("rotate providers", f"{verb} {names}", {"entries": changed}) as counts:
        if counts is not None:
            client = aws.client("secretsmanager")
            warnings = put_secret(session.connection.stage, after, client)
            counts["warnings"] = len(warnings)
            session.screen.facts(
                {"entries": changed, "warnings": warnings},
                "\n".join(
                    [*warnings, f"{names} {'ended' if ends else 'set'}; functions read it within a minute"]
                ),
            )


def with_previous(
    stored: Mapping[str, Any], entries: Mapping[str, Any], *, corrects: bool = False
) -> dict[str, Any]:
    """Return the secret with new entries, and each that they replace beside it as NAME-previous.

    Programs' keys need none: several stand side by side by name.

    Raises:
        OpsError: one of before is still valid, which a third would push out, and this does not correct the second.
    """
    after = {**stored, **entries}
    for name, entry in entries.items():
        previous = f"{name}{PREVIOUS}"
        if name not in stored or stored[name] == entry or name == CLIENTS or name.endswith(PREVIOUS):
            continue
        if previous not in stored:
            after[previous] = entries.get(previous, stored[name])
        elif previous not in entries and not corrects:
            raise OpsError(
                f"{previous} is still valid, and a third {name} would push it out",
                "--end first, once the sender changed over; or --correct, if what was set last was wrong",
            )
    return after


def without_previous(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the secret without the credentials of before."""
    return {name: entry for name, entry in stored.items() if not name.endswith(PREVIOUS)}


def _stored(session: Session) -> dict[str, Any]:
    answer = aws.client("secretsmanager").get_secret_value(SecretId=session.connection.providers_secret)
    stored: dict[str, Any] = json.loads(answer["SecretString"])
    return stored


def _entries(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        entries = json.loads(text)
    except (OSError, ValueError) as error:
        raise OpsError(f"{file} cannot be read: {type(error).__name__}", "A JSON object of entries") from None
    if not isinstance(entries, dict) or not entries:
        raise OpsError(f"{file} holds no entries", "A JSON object: an entry for each provider that changes")
    return entries


def identifiers(
    context: typer.Context,
    *,
    begins: Annotated[
        bool, typer.Option("--begin", help="have another key made, in force in an hour")
    ] = False,
    renews: Annotated[
        bool, typer.Option("--renew", help="after a leak: renew PINs and links of before the key in force")
    ] = False,
    is_status: Annotated[
        bool, typer.Option("--status", help="change nothing: say which keys there are")
    ] = False,
) -> None:
    """Have PINs, links, codes and signatures that are made from now on derive from another key."""
    session = session_of(context)
    if begins + renews + is_status != 1:
        raise OpsError(
            "Nothing says what to do",
            "--begin for another key, --renew for PINs of before it, --status for the keys there are",
        )
    rows = _keys(session)
    if is_status:
        session.screen.rows(rows, ("key", "state", "since", "renewed"), nothing="No key")
    elif begins:
        _begin(session, rows)
    else:
        _renew(session, rows)


def _begin(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows[-1]["state"] == _ANNOUNCED:
        raise OpsError(
            f"Key {rows[-1]['key']} is on its way already",
            "ops rotate identifiers --status says from when on",
        )
    number = rows[-1]["key"] + 1
    sentence = f"have key {number} made, in force an hour later"
    with session.change("rotate identifiers", sentence, {"key": number}) as counts:
        if counts is not None:
            request = KeyRequest(key_asked_at=int(clock.now().timestamp()))
            counts["sent"] = queues.send(session.connection.queue_url("timers"), [request])
            session.screen.facts(
                {"key": number, **counts},
                f"Key {number} is being made; from when on it is in force: ops rotate identifiers --status",
            )


def _renew(session: Session, rows: list[dict[str, Any]]) -> None:
    row = next(row for row in rows if row["state"] == _IN_FORCE)
    if row["since"] is None:
        raise OpsError("No PIN is of a key of before", "ops rotate identifiers --begin, and an hour's wait")
    sentence = f"renew PIN and link of every petition with a contact that is of before key {row['key']}"
    with session.change("rotate identifiers --renew", sentence, {"key": row["key"]}) as counts:
        if counts is not None:
            request = RenewalRequest(
                renew_before=int(row["since"].timestamp()), renewal_asked_at=int(clock.now().timestamp())
            )
            counts["sent"] = queues.send(session.connection.queue_url("timers"), [request])
            session.screen.facts(
                {"key": row["key"], **counts},
                "PINs and links are being renewed; how far it is: ops rotate identifiers --status",
            )


def _keys(session: Session) -> list[dict[str, Any]]:
    """Return the identifiers' keys, the first one first; the secret itself is not read."""
    added = secrets.announced_keys(session.connection.identifiers_secret)
    now, renewed = clock.now(), _renewed(session)
    latest = max((number for number, since in added.items() if since <= now), default=1)
    return [
        {
            "key": number,
            "state": _ANNOUNCED if since and since > now else _IN_FORCE if number == latest else "earlier",
            "since": since,
            "renewed": renewed.get(since) if since else None,
        }
        for number, since in ((1, None), *added.items())
    ]


def _renewed(session: Session) -> dict[datetime, str]:
    """Return how far the latest round of renewals is, by the instant before which it renews."""
    rounds = Rounds(session.connection.table("statistics"))
    latest = rounds.current(Renewing.name)
    if latest is None:
        return {}
    renewed = sum(Reached.of(each.cursor).moved for each in rounds.progress(latest).values())
    return {before_of(latest): f"{renewed}, {'done' if latest.completed_at else 'running'}"}


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
