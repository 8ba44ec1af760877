"""The clock pauses while the petitioner is awaited only where terms of the ministry say so; by law it never does."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.promises.pauses import answer_due_on, first_pauses
from shared.domain.promises.wake_ups import due_now, next_wake, wake_ups
from tests.support.builders import CALENDAR, TERMS, a_petition, vietnam

PAUSING = TERMS.model_copy(update={"clock_pauses_while_awaiting": True})


def asking(petition, on, at="09:00"):
    return petition.request_information(Change.by_officer("minh", vietnam(on, at), f"ask:{on}"), "Năm nào?")


def replied(petition, on, at="09:00"):
    return petition.supplement(Change.by_petitioner(vietnam(on, at), f"reply:{on}"), "Năm 2024.")


def moved_until(petition, now, terms=PAUSING):
    """Let the timer move the due date whenever it is woken for that, and return the petition and the moves."""
    moves: list[date] = []
    while True:
        pending = [w for w in wake_ups(petition, terms, CALENDAR, now) if w.action is Action.MOVE_DUE_DATE]
        due = [w for w in pending if w.at <= now]
        if not due:
            return petition, moves
        at = max(due[0].at, petition.history[-1].at)
        due_on = answer_due_on(petition, terms, CALENDAR, at)
        petition = petition.move_due_date(
            Change.by_timer(at, due[0].change_id), due_on, CALENDAR.version, reason="paused"
        )
        moves.append(due_on)


@pytest.mark.parametrize(
    ("ask", "reply", "due_on"),
    [
        pytest.param("2026-06-05", "2026-06-10", "2026-06-29", id="five days; 27 June is a Saturday"),
        pytest.param("2026-06-05", "2026-06-05", "2026-06-22", id="a reply on the same day moves nothing"),
        pytest.param("2026-06-22", "2026-06-25", "2026-06-25", id="asked on the last day"),
        pytest.param("2026-06-23", "2026-06-30", "2026-06-22", id="asked too late: nothing stops"),
    ],
)
def test_days_from_the_request_to_the_reply_are_added(ask, reply, due_on):
    """Received on 1 June 2026, due on Monday 22 June."""
    petition = replied(asking(a_petition(State.IN_PROGRESS), ask), reply)

    assert answer_due_on(petition, PAUSING, CALENDAR, vietnam("2026-07-30")) == date.fromisoformat(due_on)
    assert answer_due_on(petition, TERMS, CALENDAR, vietnam("2026-07-30")) == date(2026, 6, 22)


def test_by_the_terms_of_2018_nothing_pauses():
    petition = replied(asking(a_petition(State.IN_PROGRESS), "2026-06-05"), "2026-06-10")

    assert first_pauses(petition, TERMS) == ()
    assert moved_until(petition, vietnam("2026-07-30"), TERMS) == (petition, [])


def test_due_date_moves_once_when_the_petitioner_replies():
    petition = asking(a_petition(State.IN_PROGRESS), "2026-06-05")

    assert moved_until(petition, vietnam("2026-06-09")) == (petition, [])
    moved, moves = moved_until(replied(petition, "2026-06-10"), vietnam("2026-06-10", "09:01"))
    assert (moved.due_on, moves) == (date(2026, 6, 29), [date(2026, 6, 29)])


def test_nobody_is_late_while_the_petitioner_is_awaited():
    petition = asking(a_petition(State.IN_PROGRESS), "2026-06-19")

    for day in range(1, 12):
        now = vietnam("2026-06-19", "08:30") + timedelta(days=day)
        petition, _ = moved_until(petition, now)
        assert petition.due_on > now.date()
        assert not {Action.ESCALATE, Action.UPDATE_PETITIONER} & {
            w.action for w in due_now(petition, PAUSING, CALENDAR, now)
        }


def test_derivation_has_each_pause_of_the_first_round():
    petition = replied(asking(a_petition(State.IN_PROGRESS), "2026-06-05"), "2026-06-10")
    petition = asking(petition, "2026-06-12")

    assert [(p.asked_on, p.replied_on) for p in first_pauses(petition, PAUSING)] == [
        (date(2026, 6, 5), date(2026, 6, 10)),
        (date(2026, 6, 12), None),
    ]


@given(
    waits=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=4),
    hours=st.integers(0, 23),
)
def test_due_date_comes_to_rest_and_the_timer_with_it(waits, hours):
    petition, now = a_petition(State.IN_PROGRESS), vietnam("2026-06-02") + timedelta(hours=hours)
    for before, waited in waits:
        now += timedelta(days=before)
        petition = petition.request_information(Change.by_officer("minh", now, f"ask:{now}"), "?")
        now += timedelta(days=waited, hours=1)
        petition, _ = moved_until(petition, now)
        petition = petition.supplement(Change.by_petitioner(now, f"reply:{now}"), "!")
    petition, _ = moved_until(petition, now)

    assert petition.due_on == answer_due_on(petition, PAUSING, CALENDAR, now)
    assert petition.due_on >= date(2026, 6, 22)
    wake = next_wake(petition, PAUSING, CALENDAR, now)
    assert wake is None or all(
        w.action is not Action.MOVE_DUE_DATE for w in wake_ups(petition, PAUSING, CALENDAR, now)
    )
