"""`ops dead`: the dead letters of a stage, by petition, step and error; sent back, or removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from infra.ops.stage import logs
from infra.ops.stage.connection import Connection
from infra.ops.stage.dead_letters import QUEUES, Letter, check_sendable, peek, remove, send_back
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import Session, reference_of, session_of
from infra.triggers import CONSUMERS
from shared.platform import clock

NO_LINE = "not in the log"
_ERROR_LINES = 20

Queue = Annotated[str, typer.Argument(help=f"one of {', '.join(QUEUES)}")]
MessageIds = Annotated[
    list[str] | None, typer.Option("--message", help="the id of a message (may be repeated)")
]
Reference = Annotated[str | None, typer.Option(help="only messages about this petition")]
All = Annotated[bool, typer.Option("--all", help="every message of the queue")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Dead letters: list, show, redrive, drop.", no_args_is_help=True)
    group.command("list")(show_all)
    group.command("show")(show)
    group.command("redrive")(redrive)
    group.command("drop")(drop)
    app.add_typer(group, name="dead")


def show_all(context: typer.Context) -> None:
    """List the dead letters of all queues, by step.

    How many, of how many petitions, since when, with the latest error.
    """
    session = session_of(context)
    rows: list[dict[str, Any]] = []
    for queue in session.screen.progress(QUEUES, "queues"):
        letters = peek(queue, session.connection.queue_url(f"{queue}-dead"))
        by_step: dict[str, list[Letter]] = {}
        for letter in letters:
            by_step.setdefault(_kind_of_step(letter), []).append(letter)
        rows += [_summary(session.connection, queue, step, each) for step, each in by_step.items()]
    session.screen.rows(
        rows, ("queue", "step", "messages", "petitions", "oldest", "error"), nothing="No dead letters."
    )


def show(context: typer.Context, queue: Queue) -> None:
    """Show each dead letter of a queue.

    Its petition, its step, and the error that its function logged.
    """
    session = session_of(context)
    letters = _letters(session, queue)
    rows = [_described(session.connection, letter) for letter in session.screen.progress(letters, "messages")]
    session.screen.rows(
        rows,
        ("message", "reference", "step", "age", "error"),
        nothing=f"No dead letters in {queue}.",
    )


def redrive(
    context: typer.Context,
    queue: Queue,
    *,
    message: MessageIds = None,
    reference: Reference = None,
    is_all: All = False,
) -> None:
    """Send dead letters back to where they came from.

    Safe, also twice: what took effect does nothing.
    """
    session = session_of(context)
    check_sendable(_checked(queue))
    letters = _chosen(session, queue, message or (), reference, is_all=is_all)
    sentence = f"send {counted(len(letters), 'message')} back to {queue}"
    with session.change("dead redrive", sentence, _record(queue, letters)) as counts:
        if counts is not None:
            connection = session.connection
            counts["sent"] = send_back(
                letters, connection.queue_url(f"{queue}-dead"), connection.queue_url(queue)
            )
            _say(session, queue, "sent back", counts["sent"], len(letters))


def drop(
    context: typer.Context,
    queue: Queue,
    *,
    message: MessageIds = None,
    reference: Reference = None,
    is_all: All = False,
) -> None:
    """Remove dead letters for good.

    Reports of calls, events about no delivery of ours. Look at them first: `dead show`.
    """
    session = session_of(context)
    letters = _chosen(session, _checked(queue), message or (), reference, is_all=is_all)
    sentence = f"remove {counted(len(letters), 'message')} of {queue}-dead for good"
    with session.change("dead drop", sentence, _record(queue, letters)) as counts:
        if counts is not None:
            counts["removed"] = remove(letters, session.connection.queue_url(f"{queue}-dead"))
            _say(session, queue, "removed", counts["removed"], len(letters))


def _checked(queue: str) -> str:
    if queue not in QUEUES:
        raise OpsError(f"There is no queue {queue}", f"One of {', '.join(QUEUES)}")
    return queue


def _letters(session: Session, queue: str) -> list[Letter]:
    return peek(queue, session.connection.queue_url(f"{_checked(queue)}-dead"))


def _chosen(
    session: Session, queue: str, ids: Sequence[str], reference: str | None, *, is_all: bool
) -> list[Letter]:
    """Return the letters that the options name.

    Raises:
        OpsError: they name none, or some that are not there.
    """
    if sum(map(bool, (ids, reference, is_all))) != 1:
        raise OpsError(
            "Say in one way which messages", "Either --message ID, or --reference REFERENCE, or --all"
        )
    about = reference_of(reference) if reference else None
    letters = _letters(session, queue)
    if missing := sorted(set(ids) - {letter.message_id for letter in letters}):
        raise OpsError(
            f"{queue}-dead does not hold {', '.join(missing)} (any more)", f"ops dead show {queue}"
        )
    chosen = [
        letter
        for letter in letters
        if is_all or letter.message_id in ids or (about and letter.about.get("reference") == about)
    ]
    if not chosen:
        which = f" about {about}" if about else ""
        raise OpsError(f"{queue}-dead holds no message{which}", "ops dead list")
    return chosen


def _record(queue: str, letters: Iterable[Letter]) -> dict[str, Any]:
    about = [letter.about.get("reference") for letter in letters]
    references = sorted({str(reference) for reference in about if reference})
    return {"queue": queue, "messages": len(about), "references": references}


def _say(session: Session, queue: str, done: str, count: int, of: int) -> None:
    session.screen.facts(
        {"queue": queue, done.replace(" ", "_"): count, "of": of},
        f"{count} of {counted(of, 'message')} {done}",
    )
    if count < of:
        raise OpsError(
            f"SQS did not take {counted(of - count, 'message')}",
            "Run it again: what is done does nothing twice",
        )


def _kind_of_step(letter: Letter) -> str:
    """Return a letter's step without the history entry, so that alike ones are one row."""
    step = str(letter.about["step"])
    return step.partition("#")[2] or step if "#" in step else step


def _summary(connection: Connection, queue: str, step: str, letters: Sequence[Letter]) -> dict[str, Any]:
    references = {letter.about.get("reference") for letter in letters} - {None}
    return {
        "queue": queue,
        "step": step,
        "messages": len(letters),
        "petitions": len(references),
        "oldest": clock.now() - letters[0].sent_at,
        "error": _error(connection, letters[-1]),
    }


def _described(connection: Connection, letter: Letter) -> dict[str, Any]:
    return {
        "message": letter.message_id,
        **letter.about,
        "sent_at": letter.sent_at,
        "age": clock.now() - letter.sent_at,
        "error": _error(connection, letter),
    }


def _error(connection: Connection, letter: Letter) -> str:
    """Return the type of error that the consumer logged about a letter last."""
    if "error" in letter.about:
        return str(letter.about["error"])
    handler = CONSUMERS.get(letter.queue)
    if handler is None:  # a report that cannot be read: no function took it
        return NO_LINE
    groups = {handler: connection.log_groups()[handler]}
    lines = [*logs.lines_with([letter.message_id], groups, letter.sent_at, _ERROR_LINES)]
    errors = [line.facts for line in lines if "error_type" in line.facts]
    if not errors:
        return NO_LINE
    return " ".join(str(errors[-1][name]) for name in ("error_type", "error_code") if name in errors[-1])
