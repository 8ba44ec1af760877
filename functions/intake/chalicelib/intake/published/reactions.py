"""Takes readers' reactions to answers: each once a day and browser, and some a day and network address.

Nobody is followed: the browser keeps the list of what it said today, signed; we keep numbers, and for a day a digest of
the network address with the answer and the day, which leads to neither.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, time
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from shared.domain.calendar.working_calendar import at_local, end_of_day, local_date
from shared.domain.identity import reference as references
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.network import subscriber_of
from shared.tables.answers.reactions import NO_REACTIONS, Reaction, ReactionCounts, ReactionTable
from shared.tables.throttle.counters import NameCounter

COOKIE = "pakn-today"
MOST_SAID = 60
"""Reactions of one browser in a day: what a cookie of 1 KB holds."""
_SIGNS = {Reaction.USEFUL: "h", Reaction.NOT_USEFUL: "h", Reaction.ALSO: "c"}
"""A browser says once whether an answer helped, and once that it has the same matter."""


class Taken(StrEnum):
    """The outcome of a reaction."""

    NEW = "moi"
    AGAIN = "roi"
    """This browser said so today already."""
    ENOUGH = "du"
    """This browser, or its network address, said enough for today."""


class Reply(NamedTuple):
    """The outcome of a reaction, and the cookie that remembers it until the end of the day."""

    taken: Taken
    cookie: str
    holds_for: int
    """Seconds."""


class Reactions:
    """Counts reactions.

    Args:
        table: the counts.
        counter: counts what a network address says of an answer.
        keyring: the identifiers' keys; a cookie is signed with the one in force when its day began.
        per_address: of one reaction to one answer, in a day; 0 is no limit.
    """

    def __init__(
        self, table: ReactionTable, counter: NameCounter, keyring: Keyring, *, per_address: int
    ) -> None:
        self._table = table
        self._counter = counter
        self._keyring = keyring
        self._per_address = per_address

    def of(self, answer: str) -> ReactionCounts:
        """Return the counts of an answer, by its id."""
        return self._table.counts([answer]).get(answer, NO_REACTIONS)

    def of_all(self, answers: list[str]) -> dict[str, ReactionCounts]:
        """Return the counts of answers that have any, by their ids."""
        return dict(self._table.counts(answers)) if answers else {}

    def take(self, answer: str, reaction: Reaction, *, cookie: str, address: str, now: datetime) -> Reply:
        """Count a reaction unless this browser said so today, or too much was said from its address."""
        today = local_date(now)
        holds_for = ceil((end_of_day(today) - now).total_seconds())
        so_far = self._reactions_in(cookie, today)
        entry = f"{answer}{_SIGNS[reaction]}"
        if entry in so_far:
            return Reply(Taken.AGAIN, cookie, holds_for)
        if len(so_far) >= MOST_SAID or not self._is_admitted(answer, reaction, address, now):
            return Reply(Taken.ENOUGH, cookie, holds_for)
        self._table.add(answer, reaction, today)
        return Reply(Taken.NEW, self._signed([*so_far, entry], today), holds_for)

    def _reactions_in(self, cookie: str, today: date) -> list[str]:
        """Return the reactions of a browser today; none where its cookie is of another day, or not ours."""
        text, _, signature = cookie.rpartition(".")
        if not text or not hmac.compare_digest(signature.encode(), self._signature(text, today).encode()):
            return []
        day, _, entries = text.partition(".")
        return entries.split("~") if day == f"{today:%Y%m%d}" else []

    def _signed(self, entries: list[str], today: date) -> str:
        text = f"{today:%Y%m%d}.{'~'.join(entries)}"
        return f"{text}.{self._signature(text, today)}"

    def _signature(self, text: str, today: date) -> str:
        secret = references.derive(self._keyring.at(at_local(today, time())), "reactions", "cookie")
        return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]

    def _is_admitted(self, answer: str, reaction: Reaction, address: str, now: datetime) -> bool:
        if not self._per_address or not address:
            return True
        today = local_date(now)
        once = f"{today}#{subscriber_of(address)}#{answer}#{reaction}"
        row = f"reacted#{references.derive(self._keyring.names(), 'reacted', once).hex()[:32]}"
        name = secrets.token_hex(4)
        return self._counter.admit(row, name, limit=self._per_address, expires_at=end_of_day(today))
