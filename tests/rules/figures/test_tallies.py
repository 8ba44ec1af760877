"""The contribution of a petition to the statistics: sums that stay true while time passes, without any text."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Breakdown, duty_count, groups_of, shelf_of, summed, tally_of
from shared.domain.petition.change import Change
from shared.domain.petition.facts import PetitionerUpdated
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.values.answer import Rating
from shared.domain.petition.values.classification import Channel, Kind, Lane
from shared.domain.petition.values.petitioner import Identity
from shared.domain.promises.duties import DutyKind, DutyStatus, duties
from tests.support.builders import CALENDAR, RECEIVED_AT, REFERENCE, TERMS, a_petition, vietnam

HORIZON = vietnam("2026-12-31")
SECRETS = ("Trần Thị Mùa", "bí mật")


def tally(petition):
    return tally_of(petition, TERMS, CALENDAR, HORIZON)


def an_overdue_petition():
    petition = a_petition(State.IN_PROGRESS)
    for n, day in enumerate(("2026-07-01", "2026-07-10"), start=1):
        petition = petition.record(
            Action.UPDATE_PETITIONER,
            Change.by_timer(vietnam(day), f"update:{n}"),
            facts=PetitionerUpdated(n=n, anchor="2026-06-22"),
        )
    return petition


@pytest.mark.parametrize("state", list(State))
def test_outline_is_owed_and_counted_like_the_whole_petition(state):
    petition = a_petition(state, province="38")
    outline = petition.outline()

    assert duties(outline, TERMS, CALENDAR, HORIZON) == duties(petition, TERMS, CALENDAR, HORIZON)
    assert tally(outline) == tally(petition)
    assert shelf_of(outline) == shelf_of(petition)
    assert groups_of(outline, tally(outline)) == groups_of(petition, tally(petition))


def test_outline_holds_no_word_and_nobody():
    petition = a_petition(State.PUBLISHED, content="bí mật", subject="bí mật", call_id="bí mật")
    petition = petition.rate(Change.by_petitioner(RECEIVED_AT, "rate:Trần Thị Mùa"), 2, "bí mật")
    petition = petition.add_note(Change.by_officer("Trần Thị Mùa", RECEIVED_AT, "note"), "bí mật")

    outline = petition.outline().model_dump_json()

    assert not any(secret in outline for secret in (*SECRETS, "c2VhbGVk", "officer:", petition.submission))
    assert Identity.model_fields.keys().isdisjoint(petition.outline().petitioner.model_fields_set)


@given(days=st.integers(41, 200))
def test_status_read_from_a_sum_is_that_of_the_duties_on_any_later_day(days):
    now = RECEIVED_AT + timedelta(days=days)
    states = (State.RECEIVED, State.ANSWERED, State.FORWARDED, State.REOPENED)
    petitions = [an_overdue_petition(), *map(a_petition, states)]
    duties_of_kind = [duty for petition in petitions for duty in duties(petition, TERMS, CALENDAR, now)]
    total = summed(tally(petition) for petition in petitions)

    for kind in DutyKind:
        for status in DutyStatus:
            expected = sum(duty.kind is kind and duty.standing is status for duty in duties_of_kind)

            assert duty_count(total, kind, status, local_date(now)) == expected


def test_sum_does_not_depend_on_the_order():
    some = [tally(a_petition(state)) for state in State]

    assert summed(some) == summed(reversed(some))


def test_what_was_rated_reopened_and_returned_is_counted():
    petition = a_petition(State.AWAITING_APPROVAL).return_draft(
        Change.by_officer("b", RECEIVED_AT, "return"), "Chưa đúng"
    )
    rated = a_petition(State.REOPENED, rating=Rating(score=2, at=RECEIVED_AT))

    assert tally(petition)["returned_drafts"] == 1
    assert (tally(rated)["reopened"], tally(rated)["rating:2"]) == (1, 1)


def test_denunciation_is_counted_on_a_shelf_of_its_own():
    assert shelf_of(a_petition(State.RESTRICTED)).lane is Lane.RESTRICTED
    assert shelf_of(a_petition(lane=Lane.GUIDANCE)).lane is Lane.ORDINARY


@pytest.mark.parametrize(
    ("petition", "is_one"),
    [
        pytest.param(a_petition(kind=Kind.CONDUCT), True, id="conduct"),
        pytest.param(a_petition(State.ANSWERED, kind=Kind.CONDUCT), True, id="conduct, answered in time"),
        pytest.param(a_petition(), True, id="may yet become overdue"),
        pytest.param(a_petition(State.ANSWERED), False, id="answered in time"),
    ],
)
def test_case_for_the_task_force_is_conduct_or_may_be_too_late(petition, is_one):
    assert (groups_of(petition, tally(petition)).get(Breakdown.PETITION) == REFERENCE) is is_one


def test_groups_are_codes():
    petition = a_petition(State.IN_PROGRESS, channel=Channel.SMS, province="01", complained_unit="VCCVC")
    groups = groups_of(petition, tally(petition))

    assert groups[Breakdown.CHANNEL] == "SMS"
    assert (groups[Breakdown.PROVINCE], groups[Breakdown.HANDLER]) == ("01", "minh")
    assert groups[Breakdown.COMPLAINED_UNIT] == "VCCVC"
    assert date.fromisoformat("2026-06-22") == petition.due_on
