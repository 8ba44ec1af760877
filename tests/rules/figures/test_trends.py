"""Jumps: far more in one week than in the eight before, and never a holiday, chance or a tiny number."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.figures.trends import MINIMUM, WEEKS_BEFORE, Count, begins, jumps, least_jump

LAST = date(2027, 2, 28)
EVEN = [10] * WEEKS_BEFORE
weeks_before = st.lists(st.integers(0, 300), min_size=WEEKS_BEFORE, max_size=WEEKS_BEFORE)


def received(*weeks: int, group: str = "NV-THI") -> list[Count]:
    """Return counts of one day in each of the weeks up to LAST, the newest last."""
    return [
        Count(LAST - timedelta(weeks=ago, days=3), group, n) for ago, n in enumerate(reversed(weeks)) if n
    ]


@pytest.mark.parametrize(
    ("before", "newest", "is_jump"),
    [
        pytest.param(EVEN, 23, True, id="more than twice what is usual"),
        pytest.param(EVEN, 22, False, id="twice, and no more than chance may bring"),
        pytest.param([100] * 8, 199, False, id="less than twice, however many"),
        pytest.param([100] * 8, 200, True, id="twice of many"),
        pytest.param([2] * 8, 9, False, id="many times what is usual, yet few"),
        pytest.param([2] * 8, 10, True, id="many times what is usual, and no longer few"),
        pytest.param([5, 30, 8, 25, 6, 28, 7, 31], 50, False, id="what goes up and down anyway"),
        pytest.param([30, 30, 30, 30, 30, 30, 30, 0], 30, False, id="an ordinary week after Tết"),
        pytest.param([30, 30, 30, 30, 30, 30, 4, 0], 45, False, id="what was put off over Tết"),
        pytest.param([10, 10, 10, 10, 60, 10, 10, 10], 30, True, id="a jump after an earlier jump"),
        pytest.param([10] * 8, 0, False, id="a quiet week"),
    ],
)
def test_jump_is_far_more_than_the_weeks_before(before, newest, is_jump):
    assert (newest >= least_jump(before)) is is_jump
    assert bool(jumps(received(*before, newest), LAST)) is is_jump


@given(before=weeks_before, newest=st.integers(0, MINIMUM - 1))
def test_few_are_never_a_jump(before, newest):
    assert jumps(received(*before, newest), LAST) == []


@given(before=weeks_before, newest=st.integers(0, 1000), more=st.integers(0, 1000))
def test_what_is_a_jump_stays_one_with_more_in_the_week(before, newest, more):
    if jumps(received(*before, newest), LAST):
        assert jumps(received(*before, newest + more), LAST)


@given(usual=st.integers(1, 300), week=st.integers(0, WEEKS_BEFORE - 1), other=st.integers(0, 3000))
def test_one_week_unlike_the_others_changes_nothing(usual, week, other):
    weeks = [usual] * WEEKS_BEFORE
    one_unlike = [*weeks[:week], other, *weeks[week + 1 :]]

    assert least_jump(one_unlike) == least_jump(weeks)


def test_jump_says_from_what_to_what_and_since_when():
    (jump,) = jumps(received(10, 10, 10, 10, 10, 10, 10, 30, 40), LAST)

    assert (jump.group, jump.usual, jump.received) == ("NV-THI", 10, 40)
    assert jump.since == date(2027, 2, 15), "the second week in a row"
    assert jump.weeks == (10, 10, 10, 10, 10, 10, 10, 30, 40)


def test_week_holds_its_seven_days_and_not_an_eighth():
    edges = [
        Count(LAST, "A", 8),
        Count(LAST - timedelta(days=6), "A", 8),
        Count(LAST - timedelta(days=7), "A", 3),
    ]
    elsewhere = [Count(begins(LAST), "B", 1), Count(LAST + timedelta(days=1), "B", 99)]

    (jump,) = jumps([*edges, *elsewhere, Count(begins(LAST) - timedelta(days=1), "B", 99)], LAST)

    assert jump.weeks[-2:] == (3, 16)


def test_new_system_has_no_usual_week_for_a_month():
    assert jumps(received(1, 1, 1, 50), LAST) == []
    assert jumps(received(1, 1, 1, 1, 50), LAST)


def test_group_that_nobody_wrote_about_before_can_jump():
    (jump,) = jumps([*received(*EVEN, 10), *received(12, group="MOI")], LAST)

    assert (jump.group, jump.usual) == ("MOI", 0)


def test_what_is_in_no_group_yet_is_no_jump():
    assert jumps(received(*EVEN, 50, group=""), LAST) == []
