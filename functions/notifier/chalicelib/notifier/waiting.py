"""How long a notice waits before it is tried again: one table. Pure.

The queue gives a message five receives, then it goes to the dead letters, where an alarm waits. The waits add up to
a day, so a provider that is down for a day loses nothing; where the reader has another channel, that one is taken
after `TRIES_BEFORE_NEXT_CHANNEL`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.errors import PetitionError

WAITS = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=11),
    timedelta(hours=12) - timedelta(minutes=1),
)
"""After the first, second, third and fourth receive; SQS hides a message for 12 hours at most."""
TRIES_BEFORE_NEXT_CHANNEL = 3
LEASE = timedelta(seconds=90)
"""How long a claim is taken for that of a living worker: longer than the function may run (60 s)."""


class ComeBackError(PetitionError):
    """Nothing went wrong for good: the message is to be received again, at `at` or after the usual wait."""

    code = "come-back"

    def __init__(self, reason: str, at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def wait_after(receives: int) -> timedelta:
    """Return how long to wait after a message was received for the n-th time (1, 2, …)."""
    return WAITS[min(max(receives, 1), len(WAITS)) - 1]
