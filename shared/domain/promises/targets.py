"""The promises to petitioners as shares: how often each is to be kept, and which entries kept or missed one.

An alarm compares the share that was missed with these targets (infra/cloudformation/alarms.yaml). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import TIMER
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition


class Promise(StrEnum):
    """A promise that is counted, each time as kept or missed."""

    ROUTED = "ROUTED"
    """The router finds a new petition's unit or desk within ten minutes, before the timer has to."""
    NOTIFIED = "NOTIFIED"
    """A notice leaves within the hour from when it may go out."""
    PROVEN = "PROVEN"
    """The receipt of a message that a provider took comes in time, and nothing contradicts it."""
    ANSWERED = "ANSWERED"
    """The answer is approved, or the matter forwarded or refused, by the promised day."""


TARGETS: Mapping[Promise, float] = {
    Promise.ROUTED: 0.99,
    Promise.NOTIFIED: 0.99,
    Promise.PROVEN: 0.95,
    Promise.ANSWERED: 0.95,
}
"""The share of each promise that is to be kept *(setting)*."""

ROUTED_WITHIN = timedelta(minutes=10)
NOTIFIED_WITHIN = timedelta(hours=1)

_ROUTING = frozenset({Action.ROUTE, Action.HAND_TO_INTAKE, Action.RESTRICT})
_ANSWERS = frozenset({Action.APPROVE, Action.FORWARD, Action.GUIDE, Action.REFUSE, Action.ANSWER_WITH_PARENT})


class Kept(NamedTuple):
    """One promise that an entry kept or missed."""

    promise: Promise
    is_kept: bool


def is_notified_in_time(from_at: datetime, at: datetime) -> bool:
    """Return whether a notice left in time.

    Args:
        from_at: when it might go out, which is later than its entry in quiet hours.
        at: when a provider took it.
    """
    return at - from_at <= NOTIFIED_WITHIN


def time_to_route(petition: Petition, seen: int) -> timedelta | None:
    """Return how long routing took; None where none of the entries after version `seen` routed the petition first."""
    entry = _first_routing(petition)
    return entry.at - petition.stored_at if entry is not None and entry.seq > seen else None


def outcomes(petition: Petition, seen: int) -> Iterator[Kept]:
    """Yield the promises that the entries after version `seen` kept or missed.

    An answer that came too late was missed before, with the first escalation, and is not counted again.
    """
    first = _first_routing(petition)
    for entry in petition.history[seen:]:
        if entry is first:
            is_kept = entry.by != TIMER and entry.at - petition.stored_at <= ROUTED_WITHIN
            yield Kept(Promise.ROUTED, is_kept)
        elif entry.action in _ANSWERS:
            is_kept = local_date(entry.at) <= petition.due_on
            if is_kept or not _is_escalated(petition):
                yield Kept(Promise.ANSWERED, is_kept)
        elif _is_first_escalation(entry):
            yield Kept(Promise.ANSWERED, is_kept=False)


def _first_routing(petition: Petition) -> Entry | None:
    return next((entry for entry in petition.history if entry.action in _ROUTING), None)


def _is_escalated(petition: Petition) -> bool:
    anchor = petition.due_on.isoformat()
    return any(
        _is_first_escalation(entry)
        and isinstance(entry.facts, TimeLimitReached)
        and entry.facts.anchor == anchor
        for entry in petition.history
    )


def _is_first_escalation(entry: Entry) -> bool:
    return (
        entry.action is Action.ESCALATE and isinstance(entry.facts, TimeLimitReached) and entry.facts.n == 1
    )
