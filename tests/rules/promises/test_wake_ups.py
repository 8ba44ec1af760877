"""Actions that fall due by themselves: the clock of the law as tables."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.petition.change import Change
from shared.domain.petition.facts import PetitionerUpdated
from shared.domain.petition.lifecycle import UNANSWERED, Action, State
from shared.domain.petition.values.classification import Lane
from shared.domain.promises.wake_ups import due_now, next_wake, wake_ups
from tests.support.builders import CALENDAR, RECEIVED_AT, TERMS, a_petition, vietnam

A, S = Action, State


def plan(petition, now=RECEIVED_AT):
    """The actions still to happen, as a reader would note it: action, local time, number."""
    return [
        (w.action, (w.at + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M"), w.n)
        for w in wake_ups(petition, TERMS, CALENDAR, now)
    ]


def test_fresh_petition_has_its_whole_way_before_it():
    """Received Monday 1 June 2026 09:00, due Monday 22 June."""
    assert plan(a_petition()) == [
        (A.HAND_TO_INTAKE, "2026-06-01 09:10", 1),
        (A.WARN_HANDLER, "2026-06-17 08:00", 1),
        (A.WARN_UNIT_HEAD, "2026-06-19 08:00", 1),  # two days before is Saturday
        (A.ESCALATE, "2026-06-23 08:00", 1),
        (A.ESCALATE, "2026-07-01 08:00", 2),
        (A.UPDATE_PETITIONER, "2026-07-01 08:00", 1),
        (A.ESCALATE, "2026-07-10 08:00", 3),
    ]


@pytest.mark.parametrize(
    ("state", "action", "at"),
    [
        pytest.param(
            S.ASSIGNED, A.REMIND_ACCEPTANCE, "2026-06-03 08:00", id="unit has to accept or return in 2 days"
        ),
        pytest.param(
            S.AWAITING_INFORMATION, A.REMIND_COMPLETION, "2026-06-04 08:00", id="petitioner is reminded once"
        ),
        pytest.param(
            S.AWAITING_INFORMATION, A.REPORT_INCOMPLETE, "2026-06-16 08:00", id="then its handler is told"
        ),
        pytest.param(S.AWAITING_APPROVAL, A.REMIND_APPROVAL, "2026-06-03 08:00", id="approver has 2 days"),
        pytest.param(
            S.ANSWERED, A.REMIND_PUBLICATION, "2026-06-03 08:00", id="publication within 2 working days"
        ),
        pytest.param(S.ANSWERED, A.CLOSE, "2026-07-01 08:00", id="closed after 30 silent days"),
        pytest.param(S.PUBLISHED, A.CLOSE, "2026-07-01 08:00", id="published ones close too"),
        pytest.param(S.CLOSED, A.ERASE, "2031-06-01 08:00", id="personal data is kept for 5 years"),
        pytest.param(S.WITHDRAWN, A.ERASE, "2031-06-01 08:00", id="of withdrawn ones too"),
    ],
)
def test_each_state_waits_for_its_own(state, action, at):
    assert (action, at, 1) in plan(a_petition(state))


def test_reopened_petition_is_erased_counted_from_its_last_end():
    """Ended first on 1 June 2026; closed for good on 1 March 2027, and rated after that."""
    closed = a_petition(S.CLOSED).reopen(
        Change.by_petitioner(vietnam("2026-06-20"), "again"), "VPB", date(2026, 7, 20), reason=None
    )
    closed = (
        closed.accept(Change.by_officer("lan", vietnam("2026-07-01"), "accept-2"), handler="lan")
        .draft_answer(Change.by_officer("lan", vietnam("2026-07-02"), "draft-2"), "Đã xem xét lại.")
        .approve(Change.by_officer("binh", vietnam("2026-07-03"), "approve-2"))
        .close(Change.by_timer(vietnam("2027-03-01"), "close-2"))
        .rate(Change.by_petitioner(vietnam("2027-05-01"), "rate-2"), 4, None)
    )

    assert plan(closed, vietnam("2027-05-02")) == [(A.ERASE, "2032-03-01 08:00", 1)]


@pytest.mark.parametrize("state", sorted(set(State) - UNANSWERED))
def test_nobody_is_warned_or_notified_of_lateness_once_there_is_an_answer_or_an_end(state):
    waiting = {w.action for w in wake_ups(a_petition(state), TERMS, CALENDAR, RECEIVED_AT)}

    assert not waiting & {A.WARN_HANDLER, A.WARN_UNIT_HEAD, A.ESCALATE, A.UPDATE_PETITIONER}


def test_what_belongs_elsewhere_is_to_be_forwarded_within_five_working_days():
    petition = a_petition().model_copy(update={"lane": Lane.FORWARDING})

    assert (A.REMIND_FORWARDING, "2026-06-05 08:00", 1) in plan(petition)


def test_unpublishable_answer_has_no_publication_clock():
    assert A.REMIND_PUBLICATION not in {w[0] for w in plan(a_petition(S.ANSWERED, may_publish=False))}


def test_wake_up_that_was_followed_does_not_come_again():
    petition = a_petition(S.IN_PROGRESS)
    warning = next(w for w in wake_ups(petition, TERMS, CALENDAR, RECEIVED_AT) if w.action is A.WARN_HANDLER)

    warned = petition.record(A.WARN_HANDLER, Change.by_timer(warning.at, warning.change_id))

    assert A.WARN_HANDLER not in {w[0] for w in plan(warned)}


def test_warnings_that_were_missed_until_after_the_due_date_are_not_given_any_more():
    late = vietnam("2026-06-23", "08:00")

    assert {w.action for w in due_now(a_petition(S.IN_PROGRESS), TERMS, CALENDAR, late)} == {A.ESCALATE}


@pytest.mark.parametrize(
    ("state", "warnings"),
    [
        pytest.param(S.ASSIGNED, [A.WARN_UNIT_HEAD], id="nobody took it over: the head hears of it once"),
        pytest.param(S.IN_PROGRESS, [A.WARN_HANDLER, A.WARN_UNIT_HEAD], id="handler and head hear of it"),
    ],
)
def test_warnings_that_fall_on_one_day_before_tet_do_not_reach_one_reader_twice(state, warnings):
    """Received on 28 January 2026, due on 23 February: both warnings come on Friday 13 February."""
    received_at = vietnam("2026-01-28")
    warned = [
        w for w in plan(a_petition(state, received_at=received_at), received_at) if w[0].startswith("warn")
    ]

    assert warned == [(action, "2026-02-13 08:00", 1) for action in warnings]


def updates(petition, now):
    return [w for w in due_now(petition, TERMS, CALENDAR, now) if w.action is A.UPDATE_PETITIONER]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(vietnam("2026-07-01", "07:59"), [], id="not before eight in the morning"),
        pytest.param(vietnam("2026-07-01", "08:00"), [1], id="the first, 7 working days after 22 June"),
        pytest.param(vietnam("2026-07-09", "23:00"), [1], id="the first, late"),
        pytest.param(vietnam("2026-07-10", "08:00"), [2], id="the second speaks for the missed first"),
        pytest.param(vietnam("2026-07-22", "12:00"), [3], id="after a long outage only the latest"),
    ],
)
def test_after_an_outage_one_update_speaks_for_all_that_were_missed(now, expected):
    assert [w.n for w in updates(a_petition(S.IN_PROGRESS), now)] == expected


@given(st.integers(0, 400))
def test_updates_come_every_seven_working_days_whatever_was_missed(outage_days):
    """Walk through two years with one outage: no number twice, none late without need, always 7n working days after."""
    petition = a_petition(S.IN_PROGRESS)
    now = vietnam("2026-06-24", "08:00") + timedelta(days=outage_days)
    numbers = []
    for _ in range(5):
        for due in updates(petition, now):
            facts = PetitionerUpdated(n=due.n, anchor=due.anchor)
            petition = petition.record(due.action, Change.by_timer(now, due.change_id), facts=facts)
            numbers.append(due.n)
            on = (due.at + timedelta(hours=7)).date()
            assert CALENDAR.working_days_between(petition.due_on, on) == 7 * due.n
        now = next(w.at for w in wake_ups(petition, TERMS, CALENDAR, now) if w.action is A.UPDATE_PETITIONER)
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 4


def test_moved_due_date_gets_warnings_of_its_own_and_keeps_the_count_of_its_own_updates():
    moved = a_petition(S.IN_PROGRESS).move_due_date(
        Change.by_timer(RECEIVED_AT, "due:v2"), date(2026, 6, 24), "v2", reason="calendar"
    )

    assert (A.WARN_HANDLER, "2026-06-19 08:00", 1) in plan(moved)
    assert (A.UPDATE_PETITIONER, "2026-07-03 08:00", 1) in plan(moved)


def test_date_that_moved_there_and_back_goes_on_where_it_was():
    petition = a_petition(S.IN_PROGRESS)
    petition = petition.record(
        A.UPDATE_PETITIONER,
        Change.by_timer(RECEIVED_AT, "timer:update-petitioner:2026-06-22:1"),
        facts=PetitionerUpdated(n=1, anchor="2026-06-22"),
    )
    for day, version in ((24, "v2"), (22, "v1")):
        petition = petition.move_due_date(
            Change.by_timer(RECEIVED_AT, f"due:{version}"), date(2026, 6, day), version, reason="calendar"
        )

    assert (A.UPDATE_PETITIONER, "2026-07-10 08:00", 2) in plan(petition)


@given(st.sampled_from(State), st.integers(0, 3000))
def test_next_wake_is_the_first_of_what_is_still_to_happen(state, days):
    petition, now = a_petition(state), RECEIVED_AT + timedelta(days=days)
    pending = wake_ups(petition, TERMS, CALENDAR, now)

    assert next_wake(petition, TERMS, CALENDAR, now) == (min(w.at for w in pending) if pending else None)
    assert all(w in pending for w in due_now(petition, TERMS, CALENDAR, now))
