"""`ops trace`: everything that happened to one petition, across the functions, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Annotated

import typer

from chalicelib.sla_timer.nightly.missing_messages import MissingMessages
from infra.ops.stage import logs, timeline
from infra.ops.stage.connection import Connection
from infra.ops.stage.dead_letters import Letter, peek
from infra.ops.stage.errors import OpsError
from infra.ops.stage.logs import Line
from infra.ops.stage.session import Session, session_of
from infra.ops.stage.timeline import Moment
from infra.triggers import CONSUMERS
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.petition import Petition
from shared.platform import clock, correlation
from shared.platform.bucket import AttachmentsBucket
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.web.incidents import is_incident

KEPT = timedelta(days=30)
"""The time for which the lines of a request are looked for."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace")(trace)


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
    if correlation.is_id(reference) or is_incident(reference):
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
        lines = logs.lines_with(names, groups, petition.received_at)
        moments += timeline.log_lines(line for line in lines if line.reference in ("", number))
    _show(session, moments)


def _of_request(session: Session, name: str) -> Iterable[Line]:
    """Return the log lines of a request, by its id, or by the code that its error page named."""
    groups, since = session.connection.log_groups(), clock.now() - KEPT
    lines = [*logs.lines_with([name.upper() if is_incident(name) else name], groups, since)]
    causes = {line.correlation for line in lines if line.correlation} - {name}
    return logs.lines_with(sorted(causes), groups, since) if is_incident(name) and causes else lines


def _show(session: Session, moments: Iterable[Moment], nothing: str = "Nothing happened yet.") -> None:
    rows = [moment.row for moment in sorted(moments, key=lambda moment: moment.at)]
    columns = ("at", "where", "kind", "what", "detail", "trail")
    session.screen.rows(rows, columns, nothing=nothing)


def reference_of(text: str) -> str:
    """Return the digits of a reference.

    Raises:
        OpsError: it can be none: a digit is wrong or missing.
    """
    number = normal_reference(text)
    if number is None:
        raise OpsError(f"{text} is no reference: a digit is wrong or missing", "Ask for all 11 digits again")
    return number


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
