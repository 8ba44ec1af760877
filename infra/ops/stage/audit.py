"""The record of changes by `ops`: a line before each, and one about its outcome, in a log group of its own.

Who (the caller's ARN), when, which command, and on how many of what: identifiers and counts, never a person's name. The
operator's policy may write to the group and not remove from it (`infra/cloudformation/operations.yaml`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from infra.ops.stage.connection import Connection
from infra.ops.stage.errors import OpsError
from shared.platform import aws


def group_of(stage: str) -> str:
    """Return the name of a stage's log group for changes by operators."""
    return f"/aws/ops/pakn-{stage}-operations"


class Audit:
    """Writes and reads the record of one stage."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._group = group_of(connection.stage)

    @contextmanager
    def record(self, command: str, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Record a change: that it begins, and how it ended; whoever makes it adds counts to the dictionary.

        Raises:
            OpsError: the line cannot be written; nothing was changed then.
        """
        change = uuid.uuid4().hex[:12]
        self._write(change, command, "begins", facts)
        counts: dict[str, Any] = {}
        try:
            yield counts
        except BaseException as error:
            self._write(change, command, "failed", {**facts, **counts, "error": type(error).__name__})
            raise
        self._write(change, command, "done", {**facts, **counts})

    def lines(self, since: datetime) -> list[dict[str, Any]]:
        """Return the lines since an instant, the earliest first."""
        logs = aws.client("logs")
        lines: list[dict[str, Any]] = []
        with suppress(logs.exceptions.ResourceNotFoundException):
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=self._group, startTime=int(since.timestamp() * 1000)
            )
            lines += [json.loads(event["message"]) for page in pages for event in page["events"]]
        return lines

    def _write(self, change: str, command: str, step: str, facts: Mapping[str, Any]) -> None:
        now = datetime.now(UTC)
        line = {
            "at": now.isoformat(timespec="seconds"),
            "change": change,
            "command": command,
            "step": step,
            "by": self._connection.caller[1],
            **facts,
        }
        logs, stream = aws.client("logs"), f"{now:%Y-%m-%d}"
        try:
            with suppress(logs.exceptions.ResourceAlreadyExistsException):
                logs.create_log_stream(logGroupName=self._group, logStreamName=stream)
            event = {
                "timestamp": int(now.timestamp() * 1000),
                "message": json.dumps(line, ensure_ascii=False),
            }
            logs.put_log_events(logGroupName=self._group, logStreamName=stream, logEvents=[event])
        except logs.exceptions.ResourceNotFoundException:
            stage = self._connection.stage
            raise OpsError(
                f"Changes cannot be recorded: there is no log group {self._group}",
                f"make deploy FUNCTION=operations STAGE={stage}",
            ) from None
