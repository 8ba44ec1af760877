"""Ceilings of what a petition and a quiet day cost: more calls or units are a decision, not an accident.

The figures are those that `make bench ARGS=petition-costs` explains call by call (docs/adr/0084, 0085).
"""

from __future__ import annotations

from tests.bench.petition_costs import life_of, work_of
from tests.support.people import Citizen
from tests.support.system import System

CALLS, WRITE_UNITS = 65, 72
"""The bench, whose functions have worked a little longer, counts 61 calls."""
CALLS_OF_A_DAY = 93
"""Calls of the hourly and nightly work of a day with one open petition that is overdue."""


def test_a_life_costs_no_more_than_it_did(system: System):
    capacity = life_of(system).capacity

    assert len(capacity.calls) <= CALLS, "make bench ARGS=petition-costs says who makes each call"
    assert capacity.write_units <= WRITE_UNITS


def test_a_quiet_day_costs_no_more_than_it_did(system: System):
    Citizen(system).send()
    system.travel(days=40)

    with work_of(system) as days:
        system.travel(days=10)

    assert len(days.capacity.calls) / 10 <= CALLS_OF_A_DAY
