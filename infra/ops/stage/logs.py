"""Looks for identifiers in the functions' logs: each line is JSON of allow-listed facts, without a name or a text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from shared.platform import aws

SHOWN = ("message", "error_type", "error_code", "job", "seen", "receive_count", "fault", "provider")
"""The facts of a line that are shown; others stay in the log."""
MOST_LINES = 200
"""Lines that are read of one log group."""


class Line(NamedTuple):
    """A line of a function's log."""

    at: datetime
    function: str
    """Function and handler, e.g. `router.on_route`."""
    facts: Mapping[str, Any]


def lines_with(
    identifier: str, groups: Mapping[str, str], since: datetime, most: int = MOST_LINES
) -> Iterator[Line]:
    """Yield the lines that hold an identifier, group by group.

    Args:
        identifier: a reference, or a message's id.
        groups: log groups by function and handler.
        since: where to begin.
        most: lines of one group.
    """
    logs = aws.client("logs")
    start = max(0, int(min(since, datetime.now(UTC)).timestamp() * 1000))
    for function, group in groups.items():
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            filterPattern=f'"{identifier}"',
            startTime=start,
            PaginationConfig={"MaxItems": most},
        )
        with suppress(logs.exceptions.ResourceNotFoundException):
            for page in pages:
                for event in page["events"]:
                    yield Line(
                        datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
                        function,
                        _facts(event["message"]),
                    )


def _facts(text: str) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return (
        {name: facts[name] for name in SHOWN if facts.get(name) is not None}
        if isinstance(facts, dict)
        else {}
    )
