"""Counts of readers' reactions to published answers: one row for each answer in the partition `reactions`.

A row holds numbers and days, nothing about a reader. It stands in the statistics table, which trends are read from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shared.domain.figures.trends import Count
from shared.tables.dynamo import Item, Query, Table

_PARTITION = "reactions"
_DAY = "also-"
"""The beginning of the attributes that count those who have the same matter, day by day."""


class Reaction(StrEnum):
    """A reader's word on an answer."""

    USEFUL = "useful"
    NOT_USEFUL = "not_useful"
    ALSO = "also"
    """The reader has the same matter."""


class ReactionCounts(NamedTuple):
    """The numbers of readers who said so."""

    useful: int = 0
    not_useful: int = 0
    also: int = 0


NO_REACTIONS = ReactionCounts()


class ReactionTable:
    """Reads and adds to the counts."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, answer: str, reaction: Reaction, day: date) -> None:
        """Count one reaction; one write, which changes all numbers of it or none."""
        names = {"total": reaction.value}
        update = "ADD #total :one"
        if reaction is Reaction.ALSO:
            names["day"] = f"{_DAY}{day}"
            update = "ADD #total :one, #day :one"
        self._table.update_if({"period": _PARTITION, "measure": answer}, update, "", {"one": 1}, names=names)

    def counts(self, answers: Iterable[str]) -> Mapping[str, ReactionCounts]:
        """Return the counts of answers by their id; an answer without a reaction is left out."""
        keys = [{"period": _PARTITION, "measure": answer} for answer in answers]
        return {str(item["measure"]): _counts(item) for item in self._table.batch_get(keys)}

    def also_totals(self) -> dict[str, int]:
        """Return how many readers have the matter of an answer, by the id of each that has any."""
        items = self._table.query_all(Query("period = :period", {"period": _PARTITION}))
        return {str(item["measure"]): also for item in items if (also := _counts(item).also)}

    def also_daily(self) -> Iterator[Count]:
        """Yield how many readers had the matter of an answer, by day."""
        for item in self._table.query_all(Query("period = :period", {"period": _PARTITION})):
            for name, number in item.items():
                if name.startswith(_DAY):
                    yield Count(
                        date.fromisoformat(name.removeprefix(_DAY)), str(item["measure"]), int(number)
                    )


def _counts(item: Item) -> ReactionCounts:
    return ReactionCounts(*(int(item.get(reaction.value, 0)) for reaction in Reaction))
