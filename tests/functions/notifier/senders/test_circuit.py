"""A provider that fails is left alone for a while, tried by one, and taken back when it works: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notifier.senders.circuit import (
    FEWEST_FAILURES,
    PROBE_LASTS,
    RESTS,
    WINDOW,
    Circuit,
    Phase,
    admits,
    after,
    probing,
)

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OPEN = Circuit(phase=Phase.OPEN, until=NOW + RESTS[0], openings=1)
PROBING = Circuit(phase=Phase.PROBING, until=NOW + PROBE_LASTS, openings=1)


def lived(answers: str, every: timedelta = SECOND) -> Circuit:
    """Return the circuit after answers: `.` worked, `x` failed."""
    circuit = Circuit()
    for number, answer in enumerate(answers):
        circuit = after(circuit, worked=answer == ".", now=NOW + number * every)
    return circuit


@pytest.mark.parametrize(
    ("answers", "phase"),
    [
        pytest.param("....", Phase.CLOSED, id="all is well"),
        pytest.param("xxxx", Phase.CLOSED, id="four failures are too few to judge"),
        pytest.param("xxxxx", Phase.OPEN, id="five in a row open it"),
        pytest.param("x.x.x.x.x", Phase.OPEN, id="so do five among nine"),
        pytest.param("x...x...x...x...x...", Phase.CLOSED, id="five among twenty do not"),
    ],
)
def test_half_of_the_latest_answers_failing_opens_the_circuit(answers, phase):
    assert lived(answers).phase is phase


def test_failures_of_long_ago_do_not_count():
    assert lived("xxxxxxxxxx", every=WINDOW / 4).phase is Phase.CLOSED


def test_working_provider_costs_no_write():
    assert lived("....") == Circuit()
    assert lived("x.", every=WINDOW) == Circuit()


@pytest.mark.parametrize(
    ("circuit", "later", "may_call"),
    [
        pytest.param(Circuit(), timedelta(0), True, id="closed"),
        pytest.param(OPEN, RESTS[0] - SECOND, False, id="resting"),
        pytest.param(OPEN, RESTS[0], True, id="the rest is over"),
        pytest.param(PROBING, PROBE_LASTS - SECOND, False, id="somebody is trying"),
        pytest.param(PROBING, PROBE_LASTS, True, id="who tried is dead"),
    ],
)
def test_who_may_call(circuit, later, may_call):
    assert admits(circuit, NOW + later) is may_call


def test_one_good_try_closes_it_and_a_bad_one_lets_it_rest_longer():
    assert after(PROBING, worked=True, now=NOW) == Circuit()
    assert after(PROBING, worked=False, now=NOW) == Circuit(
        phase=Phase.OPEN, until=NOW + RESTS[1], openings=2
    )


def test_answer_of_a_call_begun_before_it_opened_changes_nothing():
    assert after(OPEN, worked=True, now=NOW) == OPEN
    assert after(OPEN, worked=False, now=NOW) == OPEN


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=60))
def test_whatever_happens_it_opens_only_on_enough_failures_and_always_ends_its_rest(steps):
    circuit, now, failures = Circuit(), NOW, 0
    for seconds, worked in steps:
        now += seconds * SECOND
        before = circuit
        if not admits(circuit, now):
            assert circuit.until is not None
            assert circuit.until <= now + RESTS[-1]
            continue
        if circuit.phase is not Phase.CLOSED:
            circuit = probing(circuit, now)
            assert not admits(circuit, now)
        circuit = after(circuit, worked=worked, now=now)
        failures = 0 if circuit == Circuit() else failures + (not worked)
        assert circuit.phase is not Phase.PROBING
        if circuit.phase is Phase.OPEN and before.phase is Phase.CLOSED:
            assert failures >= FEWEST_FAILURES
        if worked and before.phase is not Phase.CLOSED:
            assert circuit == Circuit()
        assert len(circuit.recent) <= 20
