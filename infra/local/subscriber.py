"""A program that is notified of events, on the local stack: it keeps what came, and says whether its signature holds.

The stack begins with one subscription, `local`, whose address is `POST /local/events/local`. Others may lead to
`/local/events/{their id}` too. Signatures are compared with those of the public library `standardwebhooks`; its own
check would ask the machine's clock, and the stack's may have travelled.
"""

from __future__ import annotations

import hmac
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from infra.local.emulation.cloud import STAGE
from shared.domain.calendar.working_calendar import local_date
from shared.domain.promises.events import EventType
from shared.tables import directory as directories
from shared.tables.directory import Directory
from shared.use_cases.subscriptions import KIND

BUILT_IN = "local"
"""The subscription that the stack begins with."""
EVENTS = "/local/events"
"""The address that events are posted to, with the subscription's id behind it."""
KEPT = 500
TOLERANCE = timedelta(minutes=5)
"""The age of a request beyond which Standard Webhooks' libraries refuse it."""
HOLDS, STALE, FORGED, UNKNOWN = "holds", "stale", "does-not-hold", "no-such-subscription"
"""The verdicts about a request."""


@dataclass
class Taken:
    """One request that was posted to a subscription's address."""

    at: datetime
    subscription: str
    headers: Mapping[str, str]
    body: bytes
    signature: str = ""
    """The verdict; empty until somebody asks."""


class Subscriber:
    """The latest events that came, oldest first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._taken: deque[Taken] = deque(maxlen=KEPT)

    def take(self, subscription: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep a request as it came.

        It is judged later: whoever sends it holds the lock of all functions, which reading the keys needs.
        """
        self._taken.append(Taken(self._now(), subscription, dict(headers), body))

    def latest(self, keys_of: Callable[[str], Sequence[str] | None]) -> list[dict[str, Any]]:
        """Return the events that came, each with whether its signature holds.

        Args:
            keys_of: returns a subscription's signing keys; None for one that there is not.
        """
        requests = list(self._taken)
        for taken in requests:
            if taken.signature != HOLDS:
                taken.signature = _verdict(taken, keys_of(taken.subscription))
        return [_shown(taken) for taken in requests]


def subscribe(public_url: str, now: datetime) -> None:
    """Write the built-in subscription: all events of all units, from today on."""
    day = local_date(now)
    row = {
        "id": BUILT_IN,
        "valid_from": day.isoformat(),
        "name": "Phần mềm thử trên máy này",
        "address": f"{public_url}{EVENTS}/{BUILT_IN}",
        "events": [event.value for event in EventType],
        "contact": "phan-mem@local.example",
    }
    Directory(f"pakn-{STAGE}-directory").put(KIND, BUILT_IN, day, row)
    directories.forget()


def _verdict(taken: Taken, keys: Sequence[str] | None) -> str:
    if keys is None:
        return UNKNOWN
    try:
        at = datetime.fromtimestamp(int(taken.headers["webhook-timestamp"]), UTC)
        offered = taken.headers["webhook-signature"].split()
        body = taken.body.decode()
        right = [Webhook(key).sign(taken.headers["webhook-id"], at, body) for key in keys]
    except (KeyError, ValueError, OverflowError, OSError, WebhookVerificationError):
        return FORGED
    if not any(hmac.compare_digest(each.encode(), own.encode()) for each in offered for own in right):
        return FORGED
    return HOLDS if abs(taken.at - at) <= TOLERANCE else STALE


def _shown(taken: Taken) -> dict[str, Any]:
    try:
        event = json.loads(taken.body)
    except ValueError:
        event = None
    facts = event if isinstance(event, dict) else {}
    data = facts.get("data")
    return {
        "at": taken.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "subscription": taken.subscription,
        "type": str(facts.get("type", "")),
        "reference": str(data.get("reference", "")) if isinstance(data, dict) else "",
        "id": taken.headers.get("webhook-id", ""),
        "signature": taken.signature,
        "event": event,
    }
