"""The next events over all petitions: the timers' own reasons, and the last days of answers, soonest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from infra.local.emulation import moto_insides
from infra.local.system import LocalSystem
from shared.domain.calendar.working_calendar import end_of_day
from shared.domain.promises.wake_ups import wake_ups
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

LISTED = 12
ANSWER, DELIVERY = "answer", "delivery"
"""Events beside the timers' actions: the last day of an answer has passed; a message is looked after."""
_DATE_LENGTH = len("2026-12-21")
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Due(NamedTuple):
    """Something that falls due at one instant, for one petition or several."""

    at: datetime
    what: str
    """An action of the timers by its stored name, `ANSWER` or `DELIVERY`."""
    references: tuple[str, ...] = ()
    number: int = 1


def due_next(system: LocalSystem, listed: int = LISTED) -> list[Due]:
    """Return the next events, soonest first; those alike at one instant stand in one line."""
    with system.functions.lock:
        now = system.clock.now()
        rows = list(_rows(system))
        waking = sorted((at, reference) for reference, at, _ in rows if at is not None)
        # Each petition's first timer is its `wake_at`: those that wake later have nothing before this instant.
        horizon = waking[min(listed, len(waking)) - 1][0] if waking else now
        awake = [reference for at, reference in waking if at <= horizon]
        everything = [
            *_timers(system, awake, now),
            *((end_of_day(on), ANSWER, reference) for reference, _, on in rows if on is not None),
            *((at, DELIVERY, "") for at in _deliveries(system)),
        ]
    grouped: dict[tuple[datetime, str], list[str]] = {}
    for at, what, reference in everything:
        if now < at and (at <= horizon or len(waking) <= listed):
            grouped.setdefault((at, what), []).append(reference)
    return [
        Due(at, what, tuple(sorted(filter(None, references))), len(references))
        for (at, what), references in sorted(grouped.items())
    ][:listed]


def away(at: datetime, now: datetime) -> tuple[str, int]:
    """Return how far an instant is, in the largest unit that fits: `("days", 3)`, `hours` or `minutes`."""
    left = max(at - now, _MINUTE)
    for name, unit in (("days", _DAY), ("hours", _HOUR)):
        if left >= unit:
            return name, round(left / unit)
    return "minutes", max(1, round(left / _MINUTE))


def _rows(system: LocalSystem) -> Iterator[tuple[str, datetime | None, date | None]]:
    """Yield each petition's reference, when it wants to be woken, and the last day of its answer where one is owed."""
    pages = system.cloud.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(
        TableName=system.cloud.outputs["PetitionsTable"],
        ProjectionExpression="#reference, wake_at, due_on, unanswered_shard",
        ExpressionAttributeNames={"#reference": "reference"},
    ):
        for item in page["Items"]:
            facts = {name: str(next(iter(value.values()))) for name, value in item.items()}
            is_owed = "unanswered_shard" in facts and "due_on" in facts
            yield (
                facts["reference"],
                datetime.fromisoformat(facts["wake_at"]) if "wake_at" in facts else None,
                date.fromisoformat(facts["due_on"][:_DATE_LENGTH]) if is_owed else None,
            )


def _timers(system: LocalSystem, references: list[str], now: datetime) -> Iterator[tuple[datetime, str, str]]:
    directory = Directory(system.cloud.outputs["DirectoryTable"])
    petitions = Petitions(system.cloud.outputs["PetitionsTable"], directory)
    for petition in petitions.get_all(references):
        terms = directory.terms_of(petition)
        for timer in wake_ups(petition, terms, directory.calendar(), now):
            yield timer.at, str(timer.action), petition.reference


def _deliveries(system: LocalSystem) -> Iterator[datetime]:
    """Yield when each message that is not done with is looked after again."""
    for text in moto_insides.texts_of(system.cloud.outputs["DeliveriesTable"], "wake_at"):
        yield datetime.fromisoformat(text)
