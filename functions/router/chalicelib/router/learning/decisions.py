"""The decisions of officers in a month: texts with their outcomes, read for the training and not kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.routing.outcomes import Labelled
from shared.routing.text import joined
from shared.tables.corrections import judgement_of
from shared.tables.petition_items import MONTH_SHARDS
from shared.tables.petitions import Petitions

MONTHS_BACK = 3
"""Months of receipt that are looked through for decisions of one month."""
MOST_OF_A_MONTH = 4_000
"""The latest petitions of each month of receipt that are read."""
COMPARED = 5
"""One decision in this many is not learned from: candidates are compared on it."""
OUTSIDE = "KHAC"


class Decided(NamedTuple):
    """A text with what an officer made of the router's proposal."""

    sender: str
    text: str
    outcome: str
    """A field or a lane."""
    is_confirmed: bool
    is_compared: bool

    @property
    def denounces(self) -> bool:
        """True if officers keep it in the restricted lane."""
        return self.outcome == Lane.RESTRICTED

    @property
    def field(self) -> str:
        """The field that it belongs to; "" where it says nothing of fields, and of every denunciation."""
        if self.outcome == Lane.FORWARDING:
            return OUTSIDE
        return "" if self.outcome in set(Lane) else self.outcome

    def labelled(self) -> Labelled:
        """Return it as a text to compare models on."""
        return Labelled(self.text, frozenset({self.outcome}), self.denounces)


def decided_in(month: date, petitions: Petitions) -> Iterator[Decided]:
    """Yield the decisions of officers in a month (any day of it), by reference, on petitions of it or before."""
    references: list[str] = []
    first = month.replace(day=1)
    for _ in range(MONTHS_BACK):
        references += petitions.latest_of_month(
            f"{first:%Y-%m}", of_each_shard=MOST_OF_A_MONTH // MONTH_SHARDS
        )
        first = (first - timedelta(days=1)).replace(day=1)
    pairs = (_decided(petition, month) for petition in petitions.get_all(references))
    named = sorted((pair for pair in pairs if pair is not None), key=lambda pair: pair[0])
    yield from (decided for _reference, decided in named)


def _decided(petition: Petition, month: date) -> tuple[str, Decided] | None:
    judgement = judgement_of(petition)
    if judgement is None or not petition.content:
        return None
    if f"{local_date(judgement.at):%Y-%m}" != f"{month:%Y-%m}":
        return None
    keys = petition.petitioner.contact_keys
    return petition.reference, Decided(
        sender=keys[0] if keys else petition.reference,
        text=joined(petition.subject, petition.content),
        outcome=judgement.decided,
        is_confirmed=judgement.is_right,
        is_compared=zlib.crc32(petition.reference.encode()) % COMPARED == 0,
    )
