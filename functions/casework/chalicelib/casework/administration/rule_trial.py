"""Tries a routing rule on the latest petitions before it takes effect: what would go elsewhere than it does now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.tables.corrections import SILENT, SUSPECTED
from shared.tables.directory import Directory
from shared.tables.petitions import MONTH_SHARDS, Petitions

TRIED = 100
"""Petitions of this month and the last that a rule is tried on."""


def trial(
    row: dict[str, Any], petitions: Petitions, directory: Directory
) -> tuple[int, Counter[tuple[str, str]]]:
    """Return on how many petitions a row was tried, and how many of them would go elsewhere: (now, then) → times.

    Each petition's text is decided twice by the rules of today, without the row and with it; nothing is kept.
    """
    from shared.routing.classifier import Lane, decide  # noqa: PLC0415 - this page alone needs it
    from shared.routing.rules import RoutingRules  # noqa: PLC0415

    today = local_date(clock.now())
    day = max(today, date.fromisoformat(row["valid_from"]))
    rows = directory.rows("routing-rule")
    kept = [one for one in rows if (one["id"], one["valid_from"]) != (row["id"], row["valid_from"])]
    editions = (RoutingRules.from_rows(rows, on=today), RoutingRules.from_rows([*kept, row], on=day))
    fields = frozenset(directory.fields(today))

    def outcome(petition: Petition, rules: RoutingRules) -> str:
        text = f"{petition.subject}\n{petition.content}"
        found = decide(
            text, rules, chosen_field=petition.chosen_field, chosen_kind=None, fields_in_force=fields
        )
        if found.suspicion:
            return SUSPECTED
        return found.lane.value if found.lane is not Lane.ORDINARY else found.field or SILENT

    tried = [one for one in petitions.get_all(_latest(petitions, today)) if one.content]
    pairs = ((outcome(one, editions[0]), outcome(one, editions[1])) for one in tried)
    return len(tried), Counter(pair for pair in pairs if pair[0] != pair[1])


def _latest(petitions: Petitions, today: date) -> Iterable[str]:
    first = today.replace(day=1)
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    found: list[str] = []
    for month in (first, before):
        if len(found) < TRIED:
            found += petitions.latest_of_month(f"{month:%Y-%m}", of_each_shard=TRIED // MONTH_SHARDS + 1)
    return found[:TRIED]
