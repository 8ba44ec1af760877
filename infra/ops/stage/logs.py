"""Looks for identifiers and words in the functions' logs: lines of JSON with allow-listed facts, no names, no texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from shared.platform import aws, correlation, telemetry

SHOWN = ("message", *sorted(telemetry.FACTS - {"calls", "message_id", "reference"}))
"""The facts of a line that are shown: all but where it failed, and what its place in the output says already."""
MOST_LINES = 200
"""Lines that are shown of one log group."""
_IN_ONE_PATTERN = 20
"""Texts that one pattern names; CloudWatch takes 1,024 characters."""


class Line(NamedTuple):
    """A line of a function's log."""

    at: datetime
    function: str
    """Function and handler, e.g. `router.on_route`."""
    facts: Mapping[str, Any]
    correlation: str = ""
    """The id of its cause."""
    reference: str = ""
    """The petition that it names."""


def lines_with(
    texts: Sequence[str], groups: Mapping[str, str], since: datetime, most: int = MOST_LINES
) -> Iterator[Line]:
    """Yield the lines that hold one of some texts, each once, group by group.

    Args:
        texts: references, ids of messages, ids of causes, or words of a line.
        groups: log groups by function and handler.
        since: where to begin.
        most: lines of one group and pattern, the oldest.
    """
    logs = aws.client("logs")
    start = max(0, int(since.timestamp() * 1000))
    some = [texts[at : at + _IN_ONE_PATTERN] for at in range(0, len(texts), _IN_ONE_PATTERN)]
    for function, group in groups.items():
        lines: dict[tuple[int, str], None] = {}
        for part in some:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group, filterPattern=_pattern_of(part), startTime=start
            )
            events = (event for page in pages for event in page["events"])
            lines_of_it = (each for each in events if any(text in each["message"] for text in part))
            with suppress(logs.exceptions.ResourceNotFoundException):
                lines |= dict.fromkeys(
                    (each["timestamp"], each["message"]) for each in islice(lines_of_it, most)
                )
        yield from (_line(at, function, text) for at, text in lines)


def _pattern_of(texts: Sequence[str]) -> str:
    """Return the pattern of lines that hold one of some texts: each between quotation marks, its own with a backslash.

    moto knows no such pattern and returns every line.
    """
    return " ".join(f"?{json.dumps(text, ensure_ascii=False)}" for text in texts)


def _line(at: int, function: str, text: str) -> Line:
    try:
        facts = json.loads(text)
    except ValueError:
        facts = {}
    facts = facts if isinstance(facts, dict) else {}
    return Line(
        datetime.fromtimestamp(at / 1000, UTC),
        function,
        {name: facts[name] for name in SHOWN if facts.get(name) is not None},
        str(facts.get(correlation.ATTRIBUTE, "")),
        str(facts.get("reference", "")),
    )
