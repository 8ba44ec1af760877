"""Subscriptions: the programs that are notified of events, and the keys that sign the requests (docs/adr/0058).

A subscription is a row of the directory, so that two persons decide where events go, and one may end it. Its keys are
derived, not stored: an HMAC of its id and a number under the identifiers' key of the day on which the number came.
`key_number` goes up by one where a key has to change; events are signed with it and the one before, until it goes up
again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, time

from shared.domain.calendar.working_calendar import at_local, local_date
from shared.domain.petition.petition import Petition
from shared.domain.procedures import conduct
from shared.domain.promises.events import EventType
from shared.platform import clock
from shared.tables.directory import Directory, Row, in_force

KIND = "subscription"
"""The kind of the directory's rows."""


class Subscription(Row):
    """A program that is notified of events."""

    name: str
    address: str
    """The https address that events are posted to."""
    events: tuple[EventType, ...]
    contact: str
    """The e-mail address of who answers for the program: notified when it is switched off."""
    unit: str | None = None
    """Only petitions of this unit; None: of all."""
    key_number: int = 1
    is_ended: bool = False

    def wants(self, petition: Petition, event: EventType, parents: conduct.Parents) -> bool:
        """Return whether it is notified of an event; a unit's never of a complaint about the unit's line."""
        if event not in self.events or (self.unit is not None and petition.unit != self.unit):
            return False
        return self.unit is None or not conduct.is_barred(self.unit, petition.complained_unit, parents)


def subscriptions(directory: Directory) -> dict[str, Subscription]:
    """Return the subscriptions in force today, by id."""
    held = in_force(versions(directory), local_date(clock.now()))
    return {name: row for name, row in held.items() if not row.is_ended}


def versions(directory: Directory) -> tuple[Subscription, ...]:
    """Return every version of every subscription, from whenever."""
    return tuple(Subscription.model_validate(row) for row in directory.rows(KIND))


def signing_keys(
    subscription: Subscription, stored: Iterable[Subscription], key_at: Callable[[datetime], bytes]
) -> tuple[str, ...]:
    """Return the keys that sign, `whsec_…`, the one in force first (Standard Webhooks 1.0.0).

    A number derives from the identifiers' key of the day on which it came: a rotation changes no program's key, and
    the next number leaves an earlier key behind.

    Args:
        subscription: the version in force.
        stored: the versions of all subscriptions.
        key_at: returns the identifiers' key that was in force at an instant.
    """
    own = [row for row in stored if row.id == subscription.id]
    numbers = range(subscription.key_number, max(subscription.key_number - 2, 0), -1)
    return tuple(
        _key(subscription.id, number, key_at(_came(number, own, subscription))) for number in numbers
    )


def _came(number: int, own: Iterable[Subscription], now: Subscription) -> datetime:
    """Return the beginning of the day on which a number came; of one that never was, that of the version in force."""
    days = (row.valid_from for row in own if row.key_number == number)
    return at_local(min(days, default=now.valid_from), time())


def _key(name: str, number: int, master: bytes) -> str:
    derived = hmac.digest(master, f"subscription\n{name}\n{number}".encode(), hashlib.sha256)
    return f"whsec_{base64.b64encode(derived).decode()}"
