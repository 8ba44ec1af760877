"""Kept, late or unmet: one verdict for petitioner, officer and leader."""

import pytest

from shared.domain.duties import DutyKind, Standing, duties
from shared.domain.lifecycle import Action, State
from shared.domain.wake_ups import due_now
from tests.builders import CALENDAR, SECOND_DUE_ON, TERMS, a_petition, vietnam

K, S = DutyKind, Standing


def verdicts(petition, now):
    return {(d.kind, d.n): (d.due_on.isoformat(), d.standing) for d in duties(petition, TERMS, CALENDAR, now)}


def answered(on, at="09:00", **facts):
    petition = a_petition(State.AWAITING_APPROVAL, **facts)
    return petition.approve(by="officer:binh", officer="binh", at=vietnam(on, at), change_id="approve")


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        pytest.param(vietnam("2026-06-01", "09:01"), S.OPEN, id="just received"),
        pytest.param(vietnam("2026-06-22", "23:59"), S.OPEN, id="the last minute of the last day"),
        pytest.param(vietnam("2026-06-23", "00:00"), S.UNMET, id="the first minute after it"),
    ],
)
def test_unanswered_petition_is_open_until_the_end_of_its_last_day(now, standing):
    assert verdicts(a_petition(State.IN_PROGRESS), now)[K.ANSWER, 1] == ("2026-06-22", standing)


@pytest.mark.parametrize(
    ("on", "at", "standing"),
    [
        pytest.param("2026-06-22", "23:59", S.KEPT, id="answered in the last minute"),
        pytest.param("2026-06-23", "00:00", S.LATE, id="answered a minute later"),
    ],
)
def test_answer_is_kept_or_late_by_the_end_of_the_day(on, at, standing):
    assert verdicts(answered(on, at), vietnam("2026-07-30"))[K.ANSWER, 1] == ("2026-06-22", standing)


def test_each_update_is_owed_until_the_answer_comes_and_not_after():
    petition = a_petition(State.IN_PROGRESS)

    assert verdicts(petition, vietnam("2026-06-30")).keys() == {(K.ANSWER, 1)}
    assert verdicts(petition, vietnam("2026-07-10", "07:00"))[K.UPDATE, 1] == ("2026-07-01", S.UNMET)
    assert verdicts(petition, vietnam("2026-07-10", "07:00"))[K.UPDATE, 2] == ("2026-07-10", S.OPEN)
    assert not {(K.UPDATE, 1)} & verdicts(answered("2026-07-01"), vietnam("2026-08-30")).keys()


def test_update_that_came_after_an_outage_is_late_for_the_one_it_speaks_for():
    petition, now = a_petition(State.IN_PROGRESS), vietnam("2026-07-10", "08:00")
    for due in due_now(petition, TERMS, CALENDAR, now):
        facts = {"n": str(due.n), "anchor": due.anchor}
        petition = petition.record(due.action, by="timer", at=now, change_id=due.change_id, facts=facts)

    found = verdicts(petition, now)

    assert found[K.UPDATE, 1][1] is S.LATE
    assert found[K.UPDATE, 2][1] is S.KEPT


@pytest.mark.parametrize(
    ("published_on", "now", "standing"),
    [
        pytest.param("2026-06-10", "2026-06-30", S.KEPT, id="published on the second working day"),
        pytest.param("2026-06-11", "2026-06-30", S.LATE, id="a day later"),
        pytest.param(None, "2026-06-10", S.OPEN, id="still time"),
        pytest.param(None, "2026-06-11", S.UNMET, id="not published in time"),
    ],
)
def test_result_is_published_within_two_working_days(published_on, now, standing):
    """Approved on Monday 8 June: due on Wednesday 10 June."""
    petition = answered("2026-06-08")
    if published_on:
        petition = petition.record(Action.PUBLISH, by="officer:b", at=vietnam(published_on), change_id="p")

    assert verdicts(petition, vietnam(now))[K.PUBLICATION, 1] == ("2026-06-10", standing)


def test_answer_that_may_not_be_published_owes_no_publication():
    assert (K.PUBLICATION, 1) not in verdicts(
        answered("2026-06-08", may_publish=False), vietnam("2026-06-30")
    )


def test_forwarding_is_owed_within_five_working_days():
    forwarded = a_petition(State.FORWARDED)

    assert verdicts(forwarded, vietnam("2026-06-30"))[K.FORWARDING, 1] == ("2026-06-08", S.KEPT)
    assert verdicts(forwarded, vietnam("2026-06-30"))[K.ANSWER, 1][1] is S.KEPT


def test_withdrawn_petition_leaves_nothing_open():
    assert verdicts(a_petition(State.WITHDRAWN), vietnam("2026-09-01")) == {}


def test_second_look_is_a_promise_of_its_own_and_the_first_verdict_stands():
    reopened = a_petition(State.REOPENED)

    found = verdicts(reopened, vietnam("2026-07-21"))

    assert found[K.ANSWER, 1] == ("2026-06-22", S.KEPT)
    assert found[K.SECOND_ANSWER, 1] == (SECOND_DUE_ON.isoformat(), S.UNMET)
