"""Tries a routing rule on the latest petitions before it takes effect: which of them would be routed elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.routing.classifier import decide
from shared.routing.homographs import homographs
from shared.routing.outcomes import outcome_of
from shared.routing.rules import RoutingRules
from shared.routing.text import Words, joined, read
from shared.tables.directory import Directory
from shared.tables.petition_items import MONTH_SHARDS
from shared.tables.petitions import Petitions

TRIED = 100
"""Petitions of this month and the last that a rule is tried on."""


class RuleTrial(NamedTuple):
    """The result of a trial."""

    tried: int
    """Number of petitions that the rule was tried on."""
    changes: Counter[tuple[str, str]]
    """Number of petitions that would be routed elsewhere: (outcome now, outcome with the rule) → times."""
    by_unit: tuple[tuple[str, int, int], ...]
    """For each unit that the rule gives more or fewer of these petitions: its code, how many more, how many fewer."""
    homographs: tuple[str, ...]
    """Phrases of the rule that these petitions use less often than other words of the same letters."""


def try_rule(row: dict[str, Any], petitions: Petitions, directory: Directory) -> RuleTrial:
    """Decide each petition's text twice, by the rules without and with a row; nothing is stored.

    Args:
        row: a valid row of the kind `routing-rule`.
        petitions: the table whose latest petitions are read.
        directory: holds the rules in force.
    """
    today = local_date(clock.now())
    day = max(today, date.fromisoformat(row["valid_from"]))
    rows = directory.rows("routing-rule")
    others = [other for other in rows if (other["id"], other["valid_from"]) != (row["id"], row["valid_from"])]
    rules_now = RoutingRules.from_rows(rows, on=today)
    rules_then = RoutingRules.from_rows([*others, row], on=day)
    fields = frozenset(directory.fields(today))
    tried = [petition for petition in petitions.get_all(_latest(petitions, today)) if petition.content]
    pairs = (
        (_outcome(petition, rules_now, fields), _outcome(petition, rules_then, fields)) for petition in tried
    )
    changes = Counter(pair for pair in pairs if pair[0] != pair[1])
    return RuleTrial(
        len(tried),
        changes,
        by_unit(changes, directory, day),
        tuple(homograph.phrase for homograph in homographs([row], _words(tried, rules_now))),
    )


def by_unit(
    changes: Mapping[tuple[str, str], int], directory: Directory, on: date
) -> tuple[tuple[str, int, int], ...]:
    """Return how many petitions each unit would get more and fewer; a change within a unit is none.

    Args:
        changes: the number of petitions by (outcome now, outcome then).
        directory: says which unit a field belongs to.
        on: the day of the change.
    """
    units = {field.id: field.unit for field in directory.fields(on).values() if field.unit}
    more, fewer = Counter[str](), Counter[str]()
    for (now, then), times in changes.items():
        before, after = units.get(now, ""), units.get(then, "")
        if before != after:
            fewer[before] += times
            more[after] += times
    return tuple((unit, more[unit], fewer[unit]) for unit in sorted({*more, *fewer} - {""}))


def _words(petitions: Iterable[Petition], rules: RoutingRules) -> Iterator[Words]:
    return (read(joined(petition.subject, petition.content), rules.short_forms) for petition in petitions)


def _outcome(petition: Petition, rules: RoutingRules, fields: frozenset[str]) -> str:
    """Return where the rules route a petition: a field, a lane, or that they are silent or suspect a denunciation."""
    return outcome_of(
        decide(
            joined(petition.subject, petition.content),
            rules,
            chosen_field=petition.chosen_field,
            chosen_kind=None,
            fields_in_force=fields,
        )
    )


def _latest(petitions: Petitions, today: date) -> Iterable[str]:
    this_month = today.replace(day=1)
    last_month = date(this_month.year - (this_month.month == 1), (this_month.month - 2) % 12 + 1, 1)
    references: list[str] = []
    for month in (this_month, last_month):
        if len(references) < TRIED:
            references += petitions.latest_of_month(f"{month:%Y-%m}", of_each_shard=TRIED // MONTH_SHARDS + 1)
    return references[:TRIED]
