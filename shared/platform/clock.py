"""The only reader of time. The local stack and the tests put another source in its place to travel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

TimeSource = Callable[[], datetime]


def _system_time() -> datetime:
    return datetime.now(UTC)


def system_now() -> datetime:
    """Return the instant of the system's clock, wherever the local stack has travelled: Cognito's tokens go by it."""
    return _system_time()


_source: TimeSource = _system_time


def now() -> datetime:
    """Return the present instant, aware, in UTC, to the second (what the tables store)."""
    return _source().astimezone(UTC).replace(microsecond=0)


def use(source: TimeSource | None) -> None:
    """Read the time from `source` from now on; `None` goes back to the system's clock."""
    global _source  # noqa: PLW0603 - one process has one clock, and this is the place that holds it
    _source = source or _system_time
