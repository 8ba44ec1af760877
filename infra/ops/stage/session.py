"""One run of `ops`: the stage, the output, and how changes are made, asked for and recorded."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import typer

from infra.ops.stage.audit import Audit
from infra.ops.stage.connection import Connection
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import Screen
from shared.domain.identity.reference import normal_reference


@dataclass(frozen=True)
class Session:
    """The options of one run, and what they lead to."""

    connection: Connection
    screen: Screen
    is_dry: bool
    is_agreed: bool
    """True if changes are made without a question."""

    @cached_property
    def audit(self) -> Audit:
        """The record of changes."""
        return Audit(self.connection)

    @contextmanager
    def change(
        self, command: str, sentence: str, facts: Mapping[str, Any]
    ) -> Iterator[dict[str, Any] | None]:
        """Make a change: ask, record that it begins, and how it ended.

        Args:
            command: as the record names it, e.g. `dead redrive`.
            sentence: says what would be done, before the question.
            facts: of the change, for the record: identifiers and counts.

        Yields:
            a dictionary for counts of what was done; None with `--dry-run`: nothing is to be done.

        Raises:
            OpsError: it was not agreed to, or cannot be recorded; nothing was done.
        """
        if self.is_dry:
            self.screen.facts({**facts, "dry_run": True}, f"would: {sentence}")
            yield None
            return
        self._agree(sentence)
        # Code of the functions counts metrics on standard output, where Lambda reads them; here nobody does.
        with self.audit.record(command, facts) as counts, redirect_stdout(io.StringIO()):
            yield counts

    def _agree(self, sentence: str) -> None:
        if self.is_agreed:
            return
        stage = self.connection.stage
        try:
            is_agreed = typer.confirm(f"{sentence} [stage {stage}]?", err=True)
        except typer.Abort:
            typer.echo(err=True)  # what follows is no answer to the question
            is_agreed = False
        if not is_agreed:
            raise OpsError(
                "Nothing was changed", "Say --yes to change without a question, --dry-run to see more"
            )


def session_of(context: typer.Context) -> Session:
    """Reach the stage and return the run that a command belongs to: the first line of each command.

    Only a command does, so that `--help` reaches nobody; and before all else, so that no client of AWS is made for
    another stage than the one that is named.
    """
    begin: Callable[[], Session] = context.obj
    return begin()


def instant_of(text: str) -> datetime:
    """Return the instant that an option names, in UTC.

    Raises:
        OpsError: it is none, or names no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise OpsError(f"{text} is no date and time", "Write it as 2026-11-03T09:00:00+07:00") from None
    if moment.tzinfo is None:
        whole = moment.isoformat()
        raise OpsError(f"{text} names no zone", f"Write {whole}+07:00 for Vietnam, {whole}Z for UTC")
    return moment.astimezone(UTC)


def reference_of(text: str) -> str:
    """Return the digits of a reference.

    Raises:
        OpsError: it can be none: a digit is wrong or missing.
    """
    number = normal_reference(text)
    if number is None:
        raise OpsError(f"{text} is no reference: a digit is wrong or missing", "Ask for all 11 digits again")
    return number
