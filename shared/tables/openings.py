"""Openings of seals and of petitioners' files, by whom and why: read from a sparse index of opened petitions.

Nothing is written for it: the index's keys are derived from the history on each write, so an opening that is in the
history is in the index (docs/adr/0023-openings-of-the-seal.md). A petition stands under the month of its latest
opening and carries all of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.tables.documents import PETITION
from shared.tables.dynamo import Query, Table


class Opened(StrEnum):
    """The thing that an officer opened."""

    SEAL = "SEAL"
    FILE = "FILE"


class Opening(BaseModel):
    """One opening of a seal, or of a petitioner's file."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    by: str
    reason: str | None
    """None once the time of keeping is over, and for files, which are opened without one."""
    what: Opened = Opened.SEAL
    file: str | None = None
    """The name of the file; None once the time of keeping is over."""


_OPENINGS = frozenset({Action.OPEN_SEAL, Action.OPEN_ATTACHMENT})


class OpenedPetition(BaseModel):
    """A petition whose seal or file was opened: every opening, and what decides who may know of it."""

    model_config = ConfigDict(frozen=True)

    reference: str
    state: State
    lane: Lane
    complained_unit: str | None = None
    openings: tuple[Opening, ...]


def opening_keys(petition: Petition, schema: int) -> dict[str, str | bytes]:
    """Return the index's keys and what it projects; nothing for a petition that nobody opened."""
    opened = [entry for entry in petition.history if entry.action in _OPENINGS]
    if not opened:
        return {}
    facts = OpenedPetition(
        reference=petition.reference,
        state=petition.state,
        lane=petition.lane,
        complained_unit=petition.complained_unit,
        openings=tuple(_opening(entry) for entry in opened),
    )
    return {
        "opened_month": f"{local_date(opened[-1].at):%Y-%m}",
        "opened_at": f"{opened[-1].at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "openings": PETITION.value_of(facts, schema),
    }


def _opening(entry: Entry) -> Opening:
    if entry.action is Action.OPEN_SEAL:
        return Opening(at=entry.at, by=entry.by, reason=entry.note)
    return Opening(at=entry.at, by=entry.by, reason=None, what=Opened.FILE, file=entry.note)


class Openings:
    """Reads the index `openings` of the petitions table."""

    def __init__(self, petitions_table: str) -> None:
        self._table = Table(petitions_table)

    def latest_in(
        self, month: str, *, after: str | None = None, limit: int = 100
    ) -> tuple[list[OpenedPetition], str | None]:
        """Return petitions opened last in a month (`2026-11`), the latest first, and the cursor of the next page."""
        start_after = None
        if after:
            opened_at, reference = after.split("~")
            start_after = {"reference": reference, "opened_month": month, "opened_at": opened_at}
        query = Query("opened_month = :month", {"month": month}, index="openings", is_ascending=False)
        items, last = self._table.query(query, limit=limit, start_after=start_after)
        opened = [PETITION.read(OpenedPetition, item["openings"]) for item in items]
        return opened, f"{last['opened_at']}~{last['reference']}" if last else None
