"""Growth on paper: the load of tables, indexes, queues, jobs and files, for 10⁵ to 10⁸ petitions a year.

Everything follows from a petition's life as `petition-costs`, `round-costs`, `root-costs` and `search-costs` measure
it, from the shards that the code has, and from the published limits of AWS. `docs/scale.md` shows the table and says
what to switch on when; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from shared.tables.petition_items import DAY_SHARDS, MONTH_SHARDS, WAKE_SHARDS
from tests.bench.petition_costs import PRICES

YEARLY = (10**5, 10**6, 10**7, 10**8)
KEPT_YEARS = 5
PEAK = 20
"""The busiest second of a year beside the mean second of an office hour: a law in the news, a Monday."""
OFFICE_SECONDS = 250 * 8 * 3600
PARTITION_WRITES = 1_000
"""Write units a second that one partition of DynamoDB takes."""


class Life(NamedTuple):
    """A petition's life in figures, as the benches count them; petitions are stored packed (ADR 0084)."""

    calls: int = 61
    writes: float = 76
    arrival_writes: float = 18
    """Write units of the table `petitions` in its first minute: receipt, and route, which moves its entry of `changed`.
    """
    arrival_month_writes: float = 2
    arrival_changed_writes: float = 3
    arrival_desk_writes: float = 1
    reads: float = 60
    changes: int = 5
    item_kb: float = 2.5
    deliveries_kb: float = 1.4
    outline_kb: float = 0.33
    search_kb: float = 3.8
    emails: int = 4
    dollars: float = 0.000135
    nightly_reads: float = 0.67
    """Read units of recount (the outline) and reconciliation (the item) for each stored petition and night."""


class Load(NamedTuple):
    """The load of one part in a year with so many petitions."""

    part: str
    figures: tuple[str, ...]
    """One for each of `YEARLY`."""


LIFE = Life()


def loads(life: Life = LIFE) -> list[Load]:
    """Return the load of each part that grows."""
    return [
        Load("petitions a second, at the peak", _each(lambda n: _number(_peak(n)))),
        Load(
            "writes of the table `petitions` and its indexes, units a second at the peak",
            _each(lambda n: _number(_peak(n) * life.arrival_writes)),
        ),
        Load(
            f"fullest partition of `month` ({MONTH_SHARDS} of a month), of {PARTITION_WRITES:,} units a second",
            _each(lambda n: _share(_peak(n) * life.arrival_month_writes / MONTH_SHARDS)),
        ),
        Load(
            f"fullest partition of `changed` ({DAY_SHARDS} of a day)",
            _each(lambda n: _share(_peak(n) * life.arrival_changed_writes / DAY_SHARDS)),
        ),
        Load(
            "fullest partition of `desk`: a unit that gets half of everything",
            _each(lambda n: _share(_peak(n) * life.arrival_desk_writes / 2)),
        ),
        Load(
            f"fullest partition of `wake` ({WAKE_SHARDS})",
            _each(lambda n: _share(_peak(n) * 2 / WAKE_SHARDS)),
        ),
        Load(
            f"stored after {KEPT_YEARS} years, petitions and deliveries",
            _each(lambda n: _bytes(KEPT_YEARS * n * (life.item_kb + life.deliveries_kb))),
        ),
        Load("search file of these years", _each(lambda n: _bytes(KEPT_YEARS * n * life.search_kb))),
        Load(
            "nightly recount reads, outlines of these years",
            _each(lambda n: _bytes(KEPT_YEARS * n * life.outline_kb)),
        ),
        Load("histories that a day's root covers", _each(lambda n: _number(n * life.changes / 365))),
        Load(
            "e-mails or messages a second, mean of an office hour",
            _each(lambda n: _number(_mean(n) * life.emails)),
        ),
        Load(
            "US dollars a year: functions, tables, queues, keys",
            _each(lambda n: _number(n * life.dollars)),
        ),
        Load(
            "US dollars a year: nightly recount and reconciliation of these years",
            _each(
                lambda n: _number(KEPT_YEARS * n * life.nightly_reads * 365 * PRICES["per_unit"]["read unit"])
            ),
        ),
        Load(
            "US dollars a year: storage of these years",
            _each(lambda n: _number(_stored_gb(n, life) * PRICES["per_month"]["GB of DynamoDB"] * 12)),
        ),
    ]


def table() -> str:
    """Return the loads as a Markdown table."""
    headers = ["a year brings", *(f"10{'⁵⁶⁷⁸'[place]}" for place in range(len(YEARLY)))]
    rows = [headers, ["---"] * len(headers), *([load.part, *load.figures] for load in loads())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Print the table."""
    print(table())


def _each(figure: Callable[[int], str]) -> tuple[str, ...]:
    return tuple(figure(yearly) for yearly in YEARLY)


def _mean(yearly: int) -> float:
    return yearly / OFFICE_SECONDS


def _peak(yearly: int) -> float:
    return PEAK * _mean(yearly)


def _stored_gb(yearly: int, life: Life) -> float:
    return KEPT_YEARS * yearly * (life.item_kb + life.deliveries_kb) / 1e6


def _share(units: float) -> str:
    return f"{units / PARTITION_WRITES:.1%}" if units >= 1 else "< 0.1%"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _bytes(kilobytes: float) -> str:
    for unit, size in (("TB", 1e9), ("GB", 1e6), ("MB", 1e3)):
        if kilobytes >= size:
            return f"{kilobytes / size:,.1f} {unit}"
    return f"{kilobytes:,.0f} kB"
