"""The segments of a day: nobody takes one that is not there, duties leave all the same."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables.throttle.sms_budget import SmsBudget
from tests.support.system import System

DAY = date(2026, 11, 3)


@pytest.fixture
def table(system: System) -> str:
    return system.local.cloud.outputs["ThrottleTable"]


def test_segments_are_spent_until_none_is_left_and_again_on_the_next_day(table: str):
    budget, of_another_function = SmsBudget(table, 10), SmsBudget(table, 10)

    assert [budget.spend(3, DAY), of_another_function.spend(3, DAY), budget.spend(3, DAY)] == [True] * 3
    assert [budget.spend(2, DAY), budget.spend(1, DAY), budget.spend(1, DAY)] == [False, True, False]
    assert budget.spend(10, date(2026, 11, 4))


def test_duty_leaves_and_is_counted_when_the_budget_is_used_up(table: str):
    budget = SmsBudget(table, 5)

    assert budget.spend(5, DAY)
    assert budget.spend(3, DAY, is_duty=True)
    assert not budget.spend(1, DAY)


def test_without_a_limit_nothing_is_written(system: System, table: str):
    assert SmsBudget(table, 0).spend(1_000_000, DAY)
    assert not [item for item in system.items("throttle") if item["key"]["S"].startswith("sms-budget")]


def test_four_fifths_and_the_end_are_counted_for_the_alarms(table: str, capsys: pytest.CaptureFixture[str]):
    budget = SmsBudget(table, 10)

    spent = [budget.spend(1, DAY) for _ in range(11)]

    output = capsys.readouterr().out
    assert spent == [True] * 10 + [False]
    assert (output.count('"SmsBudgetNearlyUsed":'), output.count('"SmsBudgetUsedUp":')) == (1, 1)
