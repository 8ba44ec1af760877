"""The leaders' figures: the same as the reports count, and what is derived from them on that one page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared.domain.figures.alarms import HEAVY_FROM, Undelivered
from shared.domain.figures.answers import AnswerCounts
from shared.domain.figures.counted import counted
from shared.domain.figures.leaders import GOAL_PERCENT, leaders_figures
from shared.domain.figures.periods import last_full_month, month_of, months_until, period_before
from shared.domain.figures.tallies import Days
from shared.domain.petition.change import Change
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Rating
from shared.domain.petition.values.classification import Kind
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from tests.support.builders import CALENDAR, TERMS, a_petition, vietnam

JUNE = month_of(date(2026, 6, 1))
TODAY = date(2026, 7, 1)


def due(day: str, answered: str | None = None, **facts: object) -> Petition:
    """Return a petition whose answer is due on a day, answered on another or not yet."""
    petition = a_petition(State.IN_PROGRESS, received_at=vietnam("2026-06-01"))
    petition = petition.model_copy(update={"due_on": date.fromisoformat(day), **facts})
    if answered is None:
        return petition
    drafted = petition.draft_answer(Change.by_officer("minh", vietnam(answered), "draft"), "Trả lời.")
    return drafted.approve(Change.by_officer("binh", vietnam(answered), "approve"))


def figures(*petitions: Petition, days: Days = JUNE, today: date = TODAY):
    return leaders_figures(
        [counted(each, TERMS, CALENDAR, today) for each in petitions], days, today, Undelivered()
    )


def test_share_in_time_leaves_out_what_is_not_due_yet():
    seen = figures(
        due("2026-06-22", "2026-06-20"),
        due("2026-06-22", "2026-06-25"),
        due("2026-06-22"),
        due("2026-06-30", "2026-06-29"),
        due("2026-07-20"),
        days=Days(date(2026, 6, 1), date(2026, 7, 31)),
    )

    assert seen.now == AnswerCounts(on_time=2, late=1, owed=1, in_time=1)
    assert (seen.now.due, seen.now.percent) == (5, 50.0)
    assert seen.longest_owed == 9
    assert seen.median_days == 24


def test_period_without_anything_due_has_no_share():
    assert figures(due("2026-07-20")).now.percent is None


def test_units_come_by_what_they_owe_then_by_what_was_late():
    seen = figures(
        due("2026-06-22", "2026-06-20", unit="A"),
        due("2026-06-22", "2026-06-20", unit="A"),
        due("2026-06-22", "2026-06-25", unit="B"),
        due("2026-06-22", unit="C"),
    )

    assert [unit for unit, _counts_of in seen.units] == ["C", "B", "A"]


def test_line_has_the_twelve_months_until_the_period_and_a_gap_where_nothing_was_due():
    seen = figures(due("2026-06-22", "2026-06-20"), due("2026-04-22", "2026-06-20"))

    assert [month.days for month in seen.months][-1] == JUNE
    assert len(seen.months) == 12
    assert [month.counts.percent for month in seen.months[-3:]] == [0.0, None, 100.0]


def test_what_is_owed_is_counted_by_age_whatever_the_period():
    days = ("2026-05-01", "2026-06-10", "2026-06-30", "2026-07-01", "2026-07-06", "2026-07-07")

    seen = figures(*(due(day) for day in days))

    assert seen.ages == {
        "late_over_30": 1,
        "late_8_30": 1,
        "late_1_7": 1,
        "due_in_5": 2,
        "due_later": 1,
    }


def test_score_is_of_those_whose_answer_fell_due():
    rated = due("2026-06-22", "2026-06-20", rating=Rating(score=4, at=vietnam("2026-06-21")))

    seen = figures(rated, due("2026-06-22", "2026-06-20"), due("2026-06-22"))

    assert (seen.scores.rated, seen.scores.answered, seen.scores.average) == (1, 2, 4.0)
    assert seen.scores.by_score == {5: 0, 4: 1, 3: 0, 2: 0, 1: 0}


def test_matter_is_what_several_wrote_with_its_earliest_first():
    same = [
        a_petition(reference=f"2648319027{number}", received_at=vietnam(f"2026-06-0{number}"), sketch=("k",))
        for number in (3, 1, 2)
    ]

    seen = figures(*same, a_petition(sketch=("other",)))

    (matter,) = seen.matters
    assert (matter.key, matter.received, matter.before) == ("k", 3, 0)
    assert matter.references == ("26483190271", "26483190272")


def test_initiatives_keep_what_became_of_them():
    idea = a_petition(State.ANSWERED, kind=Kind.INITIATIVE)

    seen = figures(idea, a_petition())

    assert seen.initiatives["received"] == 1
    assert seen.initiatives["state:ANSWERED"] == 1


@pytest.mark.parametrize(
    ("level", "alarms"),
    [pytest.param(2, {}, id="Văn phòng Bộ"), pytest.param(3, {"VCCVC": 1}, id="the Task Force")],
)
def test_unanswered_after_the_last_level_is_an_alarm(level: int, alarms: dict[str, int]):
    escalated = due("2026-06-01").record(
        Action.ESCALATE, Change.by_timer(vietnam("2026-06-20"), "e"), facts=TimeLimitReached(n=level)
    )

    assert figures(escalated).alarms.unmoved == alarms


def test_update_that_is_owed_is_an_alarm_until_it_is_sent():
    assert figures(due("2026-06-01")).alarms.updates == {"VCCVC": 1}
    assert figures(due("2026-06-30")).alarms.updates == {}


def test_one_handler_with_far_more_than_the_others_is_an_alarm():
    many = [due("2026-07-20", handler="minh") for _ in range(HEAVY_FROM)]
    others = [due("2026-07-20", handler=name) for name in ("lan", "hoa")]

    heavy = figures(*many, *others).alarms.heavy

    assert [(load.handler, load.open_now, load.usual) for load in heavy] == [("minh", HEAVY_FROM, 1)]
    assert figures(*many).alarms.heavy == (), "alone there is nobody to compare with"


def test_complaints_about_one_unit_are_an_alarm_from_the_third_within_90_days():
    complaint = due("2026-07-20", kind=Kind.CONDUCT, complained_unit="VCCVC")
    long_ago = complaint.model_copy(update={"received_at": vietnam("2026-04-01")})
    of_nobody = complaint.model_copy(update={"complained_unit": NO_UNIT_OF_OURS})

    few = figures(complaint, complaint, long_ago, *[of_nobody] * 3)
    many = figures(complaint, complaint, complaint, long_ago, due("2026-07-20", complained_unit="TTRA"))

    assert few.alarms.repeated == {}
    assert many.alarms.repeated == {"VCCVC": 3}


def test_jump_until_yesterday_is_an_alarm():
    before = [a_petition(received_at=vietnam(str(TODAY - timedelta(days=8 + 7 * week)))) for week in range(8)]
    now = [a_petition(received_at=vietnam(str(TODAY - timedelta(days=2))), field="CCVC") for _ in range(12)]

    jumping = figures(*before, *now).alarms.jumping

    assert ("field", "CCVC", 12) in [(by, jump.group, jump.received) for by, jump in jumping]


@pytest.mark.parametrize(
    ("days", "before"),
    [
        pytest.param(("2026-06-01", "2026-06-30"), ("2026-05-01", "2026-05-31"), id="a month"),
        pytest.param(("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-02-28"), id="a month so far"),
        pytest.param(("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31"), id="a quarter"),
        pytest.param(("2026-06-10", "2026-06-16"), ("2026-06-03", "2026-06-09"), id="a week"),
    ],
)
def test_period_before(days: tuple[str, str], before: tuple[str, str]):
    first, last = map(date.fromisoformat, days)

    assert period_before(first, last) == Days(*map(date.fromisoformat, before))


def test_months():
    assert last_full_month(date(2026, 1, 15)) == month_of(date(2025, 12, 1))
    assert [days.first.month for days in months_until(date(2026, 2, 28), 3)] == [12, 1, 2]
    assert GOAL_PERCENT == 95
