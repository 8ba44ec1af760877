"""Models that were learned from officers' decisions and wait for an administrator: rows of the directory's table.

A candidate is no rule: the router decides each new petition by it as well, without effect, and counts how often it
agrees with the rules in force. The counts stand in the statistics table, one row for each pair of outcomes; a row
names no petition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.platform.item_by_item import item_by_item
from shared.tables.directory import Directory
from shared.tables.dynamo import Query, Table

KIND = "routing-candidate"
SHADOW_PERIOD = timedelta(days=7)
"""The time that a candidate only runs beside the rules in force before it may take effect."""
_PARTITION = "shadow"


class CandidateState(StrEnum):
    """The result of a month's training."""

    SHADOW = "SHADOW"
    WORSE = "WORSE"
    """It is worse than the model in force, and never takes effect."""
    TOO_FEW = "TOO_FEW"
    """Officers decided too few petitions to learn from."""


class Compared(BaseModel):
    """A score of the model in force and one of the candidate, on the same texts; the numbers of `outcomes.Score`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    in_force: dict[str, int]
    candidate: dict[str, int]


class Candidate(BaseModel):
    """One model after it learned from a month's decisions."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    """The id of the rule's row that it would replace."""
    month: str
    """The month whose decisions it learned from, e.g. `2026-10`."""
    trained_at: datetime
    state: CandidateState
    version: str = ""
    """Names the model (`digest_of`); empty where there is none."""
    base: str = ""
    """The version that it started from."""
    confirmed: int = 0
    """Decisions of officers that confirmed the router's proposal."""
    corrected: int = 0
    """Decisions that differed from it."""
    frozen: Compared | None = None
    """On the texts that every candidate is compared on."""
    decisions: Compared | None = None
    """On a fifth of the month's decisions, which it did not learn from."""
    row: dict[str, Any] | None = None
    """The row of the rules, without its first day."""

    @property
    def may_take_effect_from(self) -> datetime:
        """The end of its shadow period."""
        return self.trained_at + SHADOW_PERIOD


class Candidates:
    """Reads and writes candidates, and counts how they would have decided."""

    def __init__(self, directory: Directory, statistics_table: str) -> None:
        self._directory = directory
        self._counts = Table(statistics_table)

    def latest(self) -> dict[str, Candidate]:
        """Return the latest candidate of each model, by the id of its row; at most a minute old."""
        rows = sorted(self._directory.rows(KIND), key=lambda row: str(row["valid_from"]))
        read = item_by_item(rows, Candidate.model_validate, lambda row: str(row.get("id")), job="candidates")
        return {candidate.id: candidate for candidate in read}

    def write(self, candidate: Candidate) -> None:
        """Write a candidate over the earlier ones of its model; the same again changes nothing."""
        day = local_date(candidate.trained_at)
        self._directory.put(KIND, candidate.id, day, candidate.model_dump(mode="json"))
        for row in self._directory.rows(KIND):
            if row["id"] == candidate.id and row["valid_from"] < day.isoformat():
                self._directory.remove(KIND, candidate.id, date.fromisoformat(row["valid_from"]))

    def count(self, version: str, now: str, then: str) -> None:
        """Count one petition: its outcome by the rules in force, and by the candidate."""
        self._counts.update_if(
            {"period": _PARTITION, "measure": f"{version}#{now}#{then}"},
            "ADD #times :one",
            "attribute_not_exists(#times) OR #times >= :one",
            {"one": 1},
        )

    def counts(self, version: str) -> Counter[tuple[str, str]]:
        """Return how often each pair was counted for a candidate: (by the rules in force, by it) → times."""
        query = Query(
            "period = :period AND begins_with(measure, :version)",
            {"period": _PARTITION, "version": f"{version}#"},
        )
        return Counter(dict(_pairs(self._counts.query_all(query))))


def _pairs(items: Iterable[dict[str, Any]]) -> Iterable[tuple[tuple[str, str], int]]:
    for item in items:
        _version, now, then = item["measure"].split("#")
        yield (now, then), item["times"]
