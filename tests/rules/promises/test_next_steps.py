"""The clock of a petition's page: what falls due next, and by which rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import Change
from shared.domain.petition.facts import PetitionerUpdated
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.values.classification import Lane
from shared.domain.promises.next_steps import StepKind, next_steps, next_update_on
from tests.support.builders import CALENDAR, RECEIVED_AT, TERMS, a_petition, vietnam

K = StepKind


@pytest.mark.parametrize(
    ("state", "now", "steps"),
    [
        pytest.param(
            State.ASSIGNED,
            "2026-06-01",
            [(K.ACCEPT, "2026-06-03"), (K.ANSWER, "2026-06-22"), (K.UPDATE, "2026-07-01")],
            id="a unit has to accept",
        ),
        pytest.param(
            State.IN_PROGRESS,
            "2026-06-10",
            [(K.ANSWER, "2026-06-22"), (K.UPDATE, "2026-07-01")],
            id="at work",
        ),
        pytest.param(
            State.IN_PROGRESS,
            "2026-07-02",
            [(K.ANSWER, "2026-06-22"), (K.UPDATE, "2026-07-10")],
            id="overdue, the first update is past",
        ),
        pytest.param(
            State.AWAITING_APPROVAL,
            "2026-06-02",
            [(K.APPROVE, "2026-06-03"), (K.ANSWER, "2026-06-22"), (K.UPDATE, "2026-07-01")],
            id="an approver has to decide",
        ),
        pytest.param(State.ANSWERED, "2026-06-02", [(K.PUBLISH, "2026-06-03")], id="answered"),
        pytest.param(State.PUBLISHED, "2026-06-02", [], id="published"),
        pytest.param(State.CLOSED, "2026-06-02", [], id="over"),
    ],
)
def test_what_is_due_next_follows_from_the_state(state: State, now: str, steps: list[tuple[StepKind, str]]):
    upcoming = next_steps(a_petition(state), TERMS, CALENDAR, vietnam(now, "10:00"))

    assert [(step.kind, step.due_on.isoformat()) for step in upcoming] == steps


def test_update_that_was_sent_today_is_not_the_next_one():
    petition = a_petition(State.IN_PROGRESS)
    on_the_day = vietnam("2026-07-01", "10:00")
    sent = petition.record(
        Action.UPDATE_PETITIONER,
        Change.by_timer(vietnam("2026-07-01", "08:00"), "timer:update"),
        facts=PetitionerUpdated(n=1, anchor="2026-06-22"),
    )

    assert next_update_on(petition, TERMS, CALENDAR, on_the_day) == date(2026, 7, 1)
    assert next_update_on(sent, TERMS, CALENDAR, on_the_day) == date(2026, 7, 10)


def test_what_belongs_to_another_body_is_to_be_forwarded_by_its_decree():
    petition = a_petition(State.RECEIVED, lane=Lane.FORWARDING)

    first = next_steps(petition, TERMS, CALENDAR, vietnam("2026-06-02"))[0]

    assert (first.kind, first.due_on) == (K.FORWARD, date(2026, 6, 8))
    assert first.basis == "Nghị định 92/2017/NĐ-CP"


@given(days=st.integers(0, 200), state=st.sampled_from(sorted(State)))
def test_steps_are_sorted_and_late_only_where_their_day_is_over(days: int, state: State):
    now = RECEIVED_AT + timedelta(days=days)

    upcoming = next_steps(a_petition(state), TERMS, CALENDAR, now)

    assert list(upcoming) == sorted(upcoming, key=lambda step: step.due_on)
    assert all(step.is_late == (step.due_on < local_date(now)) for step in upcoming)
    assert all(not step.is_late for step in upcoming if step.kind is K.UPDATE)
