"""Names what is being done by its cause: one id from a request, or a message, through all functions (ADR 0079).

Whoever is handed work begins here: a door with the id of its request, a queue with that of its message. Log lines, new
messages, stored changes and calls of providers take it from here, so no function passes it on as an argument.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

HEADER = "X-Correlation-Id"
"""The header of answers, and of calls of providers; a caller's own is taken where its format is ours."""
ATTRIBUTE = "correlation_id"
"""The attribute of queue messages, and the name in log lines."""

_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A UUID, as API Gateway, Lambda, SQS and EventBridge make them, or 32 hex digits, as DynamoDB and W3C do."""
_NUMBER_OF_SOMEBODY = re.compile(r"(?:84|0)\d{9}")
"""The form of telephone numbers and of citizens' numbers: such an id is not taken from a caller."""
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context, 3.2: version, trace id, parent id, flags."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The request or message because of which something is being done."""

    id: str
    invocation: str = ""
    """The id of Lambda's invocation."""
    is_shared: bool = False
    """True in a job for many petitions: each message that it sends begins a trail of its own."""


_cause: ContextVar[Cause | None] = ContextVar("cause", default=None)


def cause() -> Cause | None:
    """Return the cause of what is being done; None outside of any work."""
    return _cause.get()


def handed_on() -> str | None:
    """Return the id that messages, changes and calls bear; None outside of any work, and in a job for many."""
    current = _cause.get()
    return None if current is None or current.is_shared else current.id


@contextmanager
def begun(*ids: str | None, invocation: str = "", is_shared: bool = False) -> Iterator[str]:
    """Do some work under the first of these ids that is one, else under a new id; yield the id.

    Args:
        ids: the most specific first.
        invocation: the id of Lambda's invocation; that of the work around it where it is left out.
        is_shared: whether it is done for many petitions at once.
    """
    around = _cause.get()
    name = next((each for each in ids if is_id(each)), None) or str(uuid.uuid4())
    token = _cause.set(Cause(name, invocation or (around.invocation if around else ""), is_shared))
    try:
        yield name
    finally:
        _cause.reset(token)


def follow(stored: str | None) -> None:
    """Go on under the id of what turned out to be the cause, until the work at hand ends; None changes nothing."""
    current = _cause.get()
    if current is not None and is_id(stored):
        _cause.set(replace(current, id=str(stored)))


def is_id(text: object) -> bool:
    """Return whether a text is an id of the allowed formats."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def id_of_caller(headers: Mapping[str, str]) -> str | None:
    """Return the id under which a caller follows its request: `X-Correlation-Id`, else the trace id of `traceparent`.

    None where there is none, where it has another format, and where it spells a number that may be somebody's.
    """
    trace = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    for offered in (headers.get(HEADER.lower(), "").lower(), trace[1] if trace else ""):
        if is_id(offered) and not _NUMBER_OF_SOMEBODY.search(offered):
            return offered
    return None
