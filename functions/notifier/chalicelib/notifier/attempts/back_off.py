"""The back-off of deliveries and messages: pure rules.

A delivery waits as a row of the table `deliveries` with its `wake_at`, not as a message: a queue keeps a message for
fourteen days and a few receives, a row stays for as long as it takes (docs/adr/0027).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.errors import PetitionError
from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import DeliveryChannel

BACK_OFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""After the first failed round of attempts, the second, and each later one."""
ROUNDS_BEFORE_NEXT_CHANNEL = 3
ROUNDS_BEFORE_CALL = 48
"""Two days: a provider that is down for a day is no reason for operators to call everybody."""
MAX_ROUNDS = 14 * 24
"""Two weeks of hourly rounds; after them a channel is given up even when there is no other."""
SHORT_HOLD = timedelta(minutes=15)
"""A notice that is held no longer than this waits as a message, without a row."""
LEASE = timedelta(seconds=90)
"""A claim belongs to a living worker for so long: longer than the function may run (60 s)."""

WEBHOOK_BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""The waits between requests to a program's address: four days in all, as Standard Webhooks advises."""
WEBHOOK_ROUNDS = len(WEBHOOK_BACK_OFF) + 1

REDELIVERY = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=11), timedelta(hours=11))
"""The back-off of a message without a row: a reply to an SMS, or a notice for which no officer is in office."""


class RetryLaterError(PetitionError):
    """No failure: the message is to be received again, at `at` or after the usual back-off."""

    code = "retry-later"

    def __init__(self, reason: str, at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def wait_for_word(petition: Petition, entry: Entry, now: datetime) -> None:
    """Let the message of a decision that may still be taken back wait, should it come before its time.

    Raises:
        RetryLaterError: word of it leaves later.
    """
    word_at = entry.facts.word_at
    if word_at is not None and now < word_at and entry.seq not in petition.taken_back:
        raise RetryLaterError("may-be-taken-back", word_at)


def max_rounds_before(next_channel: DeliveryChannel | None) -> int:
    """Return after how many failed rounds the next channel is tried; None means that there is no other channel."""
    if next_channel is None:
        return MAX_ROUNDS
    return ROUNDS_BEFORE_CALL if next_channel is DeliveryChannel.PHONE else ROUNDS_BEFORE_NEXT_CHANNEL


def retry_at(rounds: int, now: datetime, channel: DeliveryChannel = DeliveryChannel.NONE) -> datetime:
    """Return when to try a channel again after the n-th failed round (1, 2, …)."""
    waits = WEBHOOK_BACK_OFF if channel is DeliveryChannel.WEBHOOK else BACK_OFF
    return now + waits[min(max(rounds, 1), len(waits)) - 1]


def check_batch_again_at(now: datetime) -> datetime:
    """Return when to check whether the message of another notice, which contains this one too, was sent."""
    return now + timedelta(minutes=15)


def redeliver_after(receives: int) -> timedelta:
    """Return how long to hide a message that was received for the n-th time (1, 2, …)."""
    return REDELIVERY[min(max(receives, 1), len(REDELIVERY)) - 1]
