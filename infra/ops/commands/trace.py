"""`ops trace`, `ops logs`: what happened to a petition across the functions, and the lines of logs that hold a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Annotated

import typer

from chalicelib.sla_timer.nightly.missing_messages import MissingMessages
from infra.ops.stage import logs as log_lines
from infra.ops.stage import timeline
from infra.ops.stage.connection import Connection
from infra.ops.stage.dead_letters import Letter, peek
from infra.ops.stage.errors import OpsError
from infra.ops.stage.logs import Line
from infra.ops.stage.session import Session, instant_of, reference_of, session_of
from infra.ops.stage.timeline import Moment
from infra.triggers import CONSUMERS
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.petition.petition import Petition
from shared.platform import clock, correlation
from shared.platform.bucket import AttachmentsBucket
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.web.incidents import incident_of

KEPT = timedelta(days=30)
"""The time for which the lines of a request are looked for."""
A_DAY = timedelta(days=1)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("trace")(trace)
    app.command("logs")(logs)


def trace(
    context: typer.Context,
    reference: Annotated[
        str,
        typer.Argument(
            help="the 11 digits, with or without spaces; or the code of an error page, or an answer's X-Correlation-Id"
        ),
    ],
    *,
    reads_logs: Annotated[bool, typer.Option("--logs/--no-logs", help="also lines of all logs")] = True,
) -> None:
    """Show all that happened to a petition, as a timeline.

    Entries, messages, deliveries, receipts, views, log lines, dead letters, and what is missing. Of a request (its id,
    or the code on its error page): its log lines alone, of all functions.
    """
    session = session_of(context)
    if correlation.is_id(reference) or incident_of(reference):
        nothing = f"No log line of {KEPT.days} days names it: a request that goes well writes none"
        _show(session, timeline.log_lines(_of_request(session, reference)), nothing)
        return
    number = reference_of(reference)
    directory = Directory(session.connection.table("directory"))
    petitions = Petitions(session.connection.table("petitions"), directory)
    petition = petitions.get(number)
    if petition is None:
        raise OpsError(
            f"Stage {session.connection.stage} has no petition {number}",
            "Ask for the reference again, or for the telephone number; an operator's page finds by number",
        )
    moments = [*_stored(session.connection, petition, petitions, directory)]
    moments += timeline.dead(_dead_letters(session, number))
    if reads_logs:
        groups = session.connection.log_groups()
        names = [number, *dict.fromkeys(moment.correlation for moment in moments if moment.correlation)]
        lines = log_lines.lines_with(names, groups, petition.received_at)
        moments += timeline.log_lines(line for line in lines if line.reference in ("", number))
    _show(session, moments)


def _of_request(session: Session, name: str) -> Iterable[Line]:
    """Return the log lines of a request, by its id, or by the code that its error page named."""
    groups, since = session.connection.log_groups(), clock.now() - KEPT
    incident = incident_of(name)
    lines = [*log_lines.lines_with([incident or name], groups, since)]
    causes = {line.correlation for line in lines if line.correlation}
    return log_lines.lines_with(sorted(causes), groups, since) if incident and causes else lines


def _show(session: Session, moments: Iterable[Moment], nothing: str = "Nothing happened yet.") -> None:
    rows = [moment.row for moment in sorted(moments, key=lambda moment: moment.at)]
    columns = ("at", "where", "kind", "what", "detail", "trail")
    session.screen.rows(rows, columns, nothing=nothing)


def _stored(
    connection: Connection, petition: Petition, petitions: Petitions, directory: Directory
) -> Iterator[Moment]:
    sent = Deliveries(connection.table("deliveries"))
    deliveries, views = sent.with_views(petition.reference)
    yield from timeline.entries(petition)
    yield from timeline.deliveries(deliveries)
    yield from timeline.views(views)
    now = clock.now()
    looks = MissingMessages(petitions, directory, sent, AttachmentsBucket(connection.bucket), {})
    yield from timeline.missing(looks.of(petition, now), now)


def _dead_letters(session: Session, reference: str) -> Iterator[Letter]:
    for queue in session.screen.progress(CONSUMERS, "dead letters"):
        for letter in peek(queue, session.connection.queue_url(f"{queue}-dead")):
            if letter.about.get("reference") == reference:
                yield letter


def logs(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help='what the lines hold, e.g. "oldest unrouted"')],
    *,
    function: Annotated[
        str,
        typer.Option(
            help="a function, or one of its Lambdas: sla-timer, sla-timer-hourly, also sla_timer.hourly"
        ),
    ] = "",
    since: Annotated[
        str, typer.Option(help="an instant with its zone, e.g. 2026-11-03T09:00:00+07:00; else a day ago")
    ] = "",
) -> None:
    """Show the log lines that hold a text, the oldest first."""
    session = session_of(context)
    if not text.strip():
        raise OpsError("No text to look for", 'ops logs "message failed"')
    groups = _groups(session.connection, function)
    start = instant_of(since) if since else clock.now() - A_DAY
    holding = log_lines.lines_with([text], groups, start, most=log_lines.MOST_LINES)
    lines = sorted(holding, key=lambda line: line.at)
    rows = [
        moment.row | {"reference": line.reference}
        for moment, line in zip(timeline.log_lines(lines), lines, strict=True)
    ]
    columns = ("at", "where", "what", "reference", "detail", "trail")
    session.screen.rows(
        rows,
        columns,
        nothing=f"No log line since {start.astimezone(VIETNAM).isoformat(timespec='minutes')} holds it",
    )
    for name in groups:
        if sum(line.function == name for line in lines) >= log_lines.MOST_LINES:
            session.screen.say(
                f"{name} has more: these are its first {log_lines.MOST_LINES}; begin later with --since"
            )


def _groups(connection: Connection, function: str) -> dict[str, str]:
    """Return the log groups of a function or of one of its Lambdas, also as `where` has it; of all where none is named.

    Raises:
        OpsError: there is no such function.
    """
    groups = connection.log_groups()
    wanted = function.replace("_", "-").lower()
    if not wanted:
        return groups
    prefix = f"/aws/lambda/pakn-{connection.stage}-"
    named = {
        name: group
        for name, group in groups.items()
        if name.replace("_", "-") == wanted or f"{group.removeprefix(prefix)}-".startswith(f"{wanted}-")
    }
    if not named:
        lambdas = ", ".join(group.removeprefix(prefix) for group in groups.values())
        raise OpsError(f"There is no function {function}", f"One of {lambdas}")
    return named
