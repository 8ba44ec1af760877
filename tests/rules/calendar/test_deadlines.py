"""Deadlines: known dates with their reasons, laws that hold for all dates, and an oracle for every day.

The examples were reckoned by hand from the calendars that the Government announced, not read off the code.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.calendar.deadlines import (
    DaysLeft,
    SkippedDay,
    answer_due_on,
    days_left,
    derivation,
    erasure_on,
    forwarding_due_on,
    is_overdue,
    overdue_update_on,
    publication_due_on,
    warning_on,
)
from shared.domain.calendar.terms import TERMS_2018, Terms, TermsMissingError, terms_in_force
from shared.domain.calendar.working_calendar import (
    VIETNAM,
    CalendarRangeError,
    Override,
    WorkingCalendar,
    at_local,
    end_of_day,
    local_date,
)
from shared.domain.errors import RuleMissingError
from tests.rules.calendar.calendar_oracle import (
    FIRST,
    LAST,
    BeyondTheOracleError,
    Oracle,
    date_in_hanoi,
    midnight_in_hanoi,
)

SWAP_OF_2026 = (
    Override(date(2026, 1, 2), "OFF", "12729/VPCP-KGVX"),
    Override(date(2026, 1, 10), "WORK", "12729/VPCP-KGVX"),
)
TABLE = WorkingCalendar()
CALENDAR = WorkingCalendar(SWAP_OF_2026)

days = st.dates(date(2018, 6, 18), date(2035, 8, 1))
receipts = st.builds(datetime.combine, days, st.times(), tzinfo=st.sampled_from([UTC, VIETNAM]))
calendars = st.builds(
    WorkingCalendar,
    st.lists(
        st.builds(Override, days, st.sampled_from(["WORK", "OFF"]), st.just("1/VPCP")),
        unique_by=lambda override: override.on,
        max_size=10,
    ),
)


def local(text: str) -> datetime:
    """Read an instant: in Vietnam unless it says otherwise, at 09:00 unless it names a time."""
    given_time = text if "T" in text else f"{text}T09:00"
    instant = datetime.fromisoformat(given_time)
    return instant if instant.tzinfo else instant.replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # 2018: the Labour Code of 2012, one day for National Day
        pytest.param("2018-06-18", "2018-07-09", id="opening-day-8-july-is-a-sunday"),
        pytest.param("2018-06-18T00:00:00", "2018-07-09", id="first-second-of-the-day-counts-as-that-day"),
        pytest.param("2018-06-18T23:59:59", "2018-07-09", id="last-second-of-the-day-counts-as-that-day"),
        pytest.param("2018-06-19T00:00:00", "2018-07-09", id="a-second-later-ends-on-the-monday-itself"),
        pytest.param("2018-06-16", "2018-07-06", id="received-on-a-saturday-ends-on-a-friday"),
        pytest.param("2018-06-17", "2018-07-09", id="received-on-a-sunday-ends-on-a-saturday-so-monday"),
        pytest.param("2018-08-12", "2018-09-04", id="ends-on-the-saturday-before-national-day-2018"),
        pytest.param("2018-08-13", "2018-09-04", id="ends-on-national-day-a-sunday"),
        pytest.param("2018-08-14", "2018-09-04", id="ends-on-the-substitute-for-national-day"),
        pytest.param("2018-08-15", "2018-09-04", id="ends-on-the-first-day-back"),
        pytest.param("2018-12-11", "2019-01-02", id="new-years-eve-2018-was-swapped"),
        pytest.param("2018-12-12", "2019-01-02", id="new-years-day-2019"),
        # 2019
        pytest.param("2018-12-16", "2019-01-05", id="saturday-5-january-2019-was-worked-instead"),
        pytest.param("2018-12-17", "2019-01-07", id="the-sunday-after-the-worked-saturday"),
        pytest.param("2019-01-12", "2019-02-01", id="last-friday-before-tet-2019"),
        pytest.param("2019-01-14", "2019-02-11", id="sunday-before-tet-2019"),
        pytest.param("2019-01-15", "2019-02-11", id="eve-of-tet-2019"),
        pytest.param("2019-03-25", "2019-04-16", id="hung-kings-2019-on-a-sunday-is-substituted"),
        pytest.param("2019-04-09", "2019-05-02", id="29-april-2019-was-swapped"),
        pytest.param("2019-04-14", "2019-05-04", id="saturday-4-may-2019-was-worked-instead"),
        pytest.param("2019-08-13", "2019-09-03", id="national-day-2019-was-one-day"),
        # 2020
        pytest.param("2020-01-03", "2020-01-30", id="first-day-of-tet-2020"),
        pytest.param("2020-01-09", "2020-01-30", id="last-day-of-tet-2020"),
        pytest.param("2020-02-09", "2020-03-02", id="29-february-2020-is-a-saturday"),
        pytest.param("2020-02-10", "2020-03-02", id="1-march-of-a-leap-year-is-a-sunday"),
        pytest.param("2020-02-11", "2020-03-02", id="2-march-of-a-leap-year"),
        pytest.param("2020-03-13", "2020-04-03", id="hung-kings-2020"),
        pytest.param("2020-08-13", "2020-09-03", id="national-day-2020-was-one-day"),
        pytest.param("2020-12-12", "2021-01-04", id="new-years-day-2021-on-a-friday"),
        # 2021: the Labour Code of 2019, two days for National Day
        pytest.param("2021-01-21", "2021-02-17", id="first-day-of-tet-2021"),
        pytest.param("2021-04-10", "2021-05-04", id="30-april-2021-a-friday-then-a-long-weekend"),
        pytest.param("2021-04-11", "2021-05-04", id="1-may-2021-on-a-saturday-is-substituted"),
        pytest.param("2021-08-13", "2021-09-06", id="national-day-2021-and-the-day-after"),
        pytest.param("2021-12-12", "2022-01-04", id="new-years-day-2022-on-a-saturday-is-substituted"),
        # 2022
        pytest.param("2022-01-11", "2022-02-07", id="eve-of-tet-2022"),
        pytest.param("2022-03-21", "2022-04-12", id="hung-kings-2022-on-a-sunday-is-substituted"),
        pytest.param("2022-04-10", "2022-05-04", id="both-may-holidays-2022-are-substituted"),
        pytest.param("2022-08-12", "2022-09-05", id="national-day-2022-with-the-day-before"),
        pytest.param("2022-12-12", "2023-01-03", id="new-years-day-2023-on-a-sunday-is-substituted"),
        # 2023
        pytest.param("2022-12-31", "2023-01-27", id="first-day-of-tet-2023"),
        pytest.param("2023-04-09", "2023-05-04", id="three-holidays-in-a-row-2023"),
        pytest.param("2023-08-12", "2023-09-05", id="national-day-2023-on-a-saturday"),
        pytest.param("2023-12-12", "2024-01-02", id="new-years-day-2024"),
        # 2024
        pytest.param("2024-01-19", "2024-02-15", id="first-day-of-tet-2024"),
        pytest.param("2024-02-09", "2024-02-29", id="29-february-2024-is-a-thursday"),
        pytest.param("2024-03-29", "2024-04-19", id="hung-kings-2024"),
        pytest.param("2024-04-09", "2024-05-02", id="29-april-2024-was-swapped"),
        pytest.param("2024-04-14", "2024-05-04", id="saturday-4-may-2024-was-worked-instead"),
        pytest.param("2024-08-11", "2024-09-04", id="saturday-before-national-day-2024"),
        pytest.param("2024-08-13", "2024-09-04", id="national-day-2024-and-the-day-after"),
        pytest.param("2024-12-12", "2025-01-02", id="new-years-day-2025"),
        # 2025
        pytest.param("2025-01-05", "2025-02-03", id="saturday-before-tet-2025"),
        pytest.param("2025-03-18", "2025-04-08", id="hung-kings-2025"),
        pytest.param("2025-04-06", "2025-04-26", id="saturday-26-april-2025-was-worked-instead"),
        pytest.param("2025-04-10", "2025-05-05", id="2-may-2025-was-swapped"),
        pytest.param("2025-08-10", "2025-09-03", id="saturday-before-national-day-2025"),
        pytest.param("2025-11-04", "2025-11-24", id="24-november-is-worked-until-2025"),
        # 2026: with the swap that only the override knows
        pytest.param("2025-12-12", "2026-01-05", id="2-january-2026-was-swapped"),
        pytest.param("2025-12-21", "2026-01-10", id="saturday-10-january-2026-was-worked-instead"),
        pytest.param("2026-01-28", "2026-02-23", id="tet-2026"),
        pytest.param("2026-04-06", "2026-04-28", id="hung-kings-2026-on-a-sunday-is-substituted"),
        pytest.param("2026-04-10", "2026-05-04", id="30-april-2026-a-thursday"),
        pytest.param("2026-08-02", "2026-08-22", id="saturday-22-august-2026-is-worked-instead"),
        pytest.param("2026-08-11", "2026-09-03", id="31-august-2026-was-swapped"),
        pytest.param("2026-08-13", "2026-09-03", id="national-day-2026"),
        pytest.param("2026-11-03", "2026-11-23", id="an-ordinary-monday"),
        pytest.param("2026-11-03T16:59:59+00:00", "2026-11-23", id="just-before-midnight-in-vietnam"),
        pytest.param("2026-11-03T17:00:00+00:00", "2026-11-25", id="midnight-in-vietnam-ends-on-culture-day"),
        pytest.param("2026-11-03T09:30:00-08:00", "2026-11-25", id="sent-from-california-a-day-earlier"),
        # 2027
        pytest.param("2026-12-12", "2027-01-04", id="new-years-day-2027-on-a-friday"),
        pytest.param("2027-01-15", "2027-02-11", id="first-day-of-tet-2027"),
        pytest.param("2027-03-27", "2027-04-19", id="hung-kings-2027-on-a-friday"),
        pytest.param("2027-04-10", "2027-05-04", id="30-april-2027-then-a-substitute"),
        pytest.param("2027-08-13", "2027-09-06", id="national-day-2027-and-the-day-after"),
        pytest.param("2027-11-04", "2027-11-25", id="culture-day-2027"),
    ],
)
def test_petition_is_to_be_answered_by_the_end_of(received: str, due: str) -> None:
    """Twenty calendar days after the day of receipt, and on to a working day."""
    assert answer_due_on(local(received), TERMS_2018, CALENDAR) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("received", "without", "with_override"),
    [
        pytest.param("2025-12-12", "2026-01-02", "2026-01-05", id="ends-on-the-day-off"),
        pytest.param("2025-12-21", "2026-01-12", "2026-01-10", id="ends-on-the-worked-saturday"),
        pytest.param("2025-12-22", "2026-01-12", "2026-01-12", id="ends-on-the-sunday-after"),
    ],
)
def test_due_date_follows_the_override(received: str, without: str, with_override: str) -> None:
    """Entering 12729/VPCP-KGVX moves a due date later or earlier, and not where it does not matter."""
    before = answer_due_on(local(received), TERMS_2018, TABLE)
    after = answer_due_on(local(received), TERMS_2018, CALENDAR)

    assert (before.isoformat(), after.isoformat()) == (without, with_override)


@pytest.mark.parametrize(
    ("due", "updates"),
    [
        pytest.param("2018-07-09", ["2018-07-18", "2018-07-27"], id="in-an-ordinary-month"),
        pytest.param("2019-04-24", ["2019-05-07"], id="over-the-may-holidays-with-a-worked-saturday"),
        pytest.param("2025-12-30", ["2026-01-10"], id="on-the-saturday-that-an-override-makes-worked"),
        pytest.param("2026-02-11", ["2026-02-27"], id="over-tet"),
        pytest.param("2026-11-23", ["2026-12-03", "2026-12-14", "2026-12-23"], id="over-culture-day"),
    ],
)
def test_petitioner_of_an_overdue_petition_hears_every_seven_working_days(
    due: str, updates: list[str]
) -> None:
    """Counted from the due date, the due date itself not counted."""
    result = [
        overdue_update_on(date.fromisoformat(due), n, TERMS_2018, CALENDAR)
        for n in range(1, len(updates) + 1)
    ]

    assert [day.isoformat() for day in result] == updates


@pytest.mark.parametrize(
    ("answered", "due"),
    [
        pytest.param("2018-06-18", "2018-06-20", id="on-a-monday"),
        pytest.param("2018-08-31T15:00", "2018-09-05", id="on-the-friday-before-national-day"),
        pytest.param("2026-02-13", "2026-02-24", id="on-the-friday-before-tet"),
        pytest.param("2026-06-03T17:00+00:00", "2026-06-08", id="after-midnight-in-vietnam"),
        pytest.param("2026-11-20", "2026-11-25", id="culture-day-between"),
        pytest.param("2026-11-22", "2026-11-25", id="on-a-sunday"),
    ],
)
def test_result_is_to_be_published_within_two_working_days(answered: str, due: str) -> None:
    """The day of the answer is not counted."""
    assert publication_due_on(local(answered), TERMS_2018, CALENDAR) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param("2018-06-18", "2018-06-25", id="over-one-weekend"),
        pytest.param("2019-12-30", "2020-01-07", id="over-new-year"),
        pytest.param("2026-02-14", "2026-02-27", id="received-on-the-saturday-before-tet"),
        pytest.param("2026-04-23", "2026-05-05", id="over-hung-kings-and-the-may-holidays"),
    ],
)
def test_matter_of_another_body_is_forwarded_within_five_working_days(received: str, due: str) -> None:
    """The day of receipt is not counted."""
    assert forwarding_due_on(local(received), TERMS_2018, CALENDAR) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("due", "days_before", "expected"),
    [
        pytest.param("2026-11-23", 5, "2026-11-18", id="five-days-before"),
        pytest.param("2026-11-23", 2, "2026-11-20", id="two-days-before-is-a-saturday-so-friday"),
        pytest.param("2026-02-23", 5, "2026-02-13", id="five-days-before-is-within-tet-so-before-tet"),
        pytest.param("2026-02-23", 2, "2026-02-13", id="two-days-before-as-well"),
        pytest.param("2019-05-06", 2, "2019-05-04", id="a-worked-saturday-stays"),
        pytest.param("2018-07-09", 0, "2018-07-09", id="no-days-before-is-the-due-date"),
    ],
)
def test_warning_comes_before_the_due_date_on_a_working_day(
    due: str, days_before: int, expected: str
) -> None:
    """Calendar days back, and further back to a day on which somebody reads it."""
    assert warning_on(date.fromisoformat(due), days_before, CALENDAR) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-23T00:00:00", False, id="as-the-due-date-begins"),
        pytest.param("2026-11-23T23:59:59", False, id="in-its-last-second"),
        pytest.param("2026-11-24T00:00:00", True, id="at-its-midnight-though-the-24th-is-a-holiday"),
        pytest.param("2026-11-23T16:59:59+00:00", False, id="in-its-last-second-in-utc"),
        pytest.param("2026-11-23T17:00:00+00:00", True, id="at-its-midnight-in-utc"),
    ],
)
def test_petition_is_overdue_from_midnight_after_the_due_date(now: str, expected: bool) -> None:  # noqa: FBT001
    """Not when offices close, and not a day later: at 24:00 in Vietnam."""
    assert is_overdue(date(2026, 11, 23), local(now)) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-03", DaysLeft(20, 14), id="on-the-day-of-receipt"),
        pytest.param("2026-11-16T23:59", DaysLeft(7, 5), id="a-week-before"),
        pytest.param("2026-11-21", DaysLeft(2, 1), id="on-the-saturday-before"),
        pytest.param("2026-11-23T23:59:59", DaysLeft(0, 0), id="on-the-due-date-to-its-last-second"),
        pytest.param("2026-11-24", DaysLeft(-1, 0), id="on-the-holiday-after"),
        pytest.param("2026-11-25", DaysLeft(-2, -1), id="on-the-first-working-day-after"),
        pytest.param("2026-12-03", DaysLeft(-10, -7), id="on-the-day-of-the-first-update"),
    ],
)
def test_days_left_are_counted_to_the_due_date_and_beyond(now: str, expected: DaysLeft) -> None:
    """Today is not counted, the due date is; afterwards both numbers are negative or nought."""
    assert days_left(date(2026, 11, 23), local(now), CALENDAR) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-16", 5, id="before: the working days that are left"),
        pytest.param("2026-11-23T23:59:59", 0, id="the day itself"),
        pytest.param("2026-11-24", -1, id="the holiday after is a day late, not none"),
        pytest.param("2026-11-25", -1, id="the first working day after"),
        pytest.param("2026-12-03", -7, id="late by working days"),
    ],
)
def test_pages_say_one_count_of_working_days(now: str, expected: int) -> None:
    """No page says that nothing is left on a day before the last one, nor that what is late is late by nothing."""
    assert days_left(date(2026, 11, 23), local(now), CALENDAR).in_words == expected


def test_due_date_that_a_later_holiday_falls_on_still_lies_ahead() -> None:
    assert days_left(date(2026, 11, 24), local("2026-11-23"), CALENDAR).in_words == 1


@pytest.mark.parametrize(
    ("ended", "years", "expected"),
    [
        pytest.param("2027-03-01 09:00", 5, "2032-03-01", id="the same day, whatever leap days lie between"),
        pytest.param("2028-03-01 00:00", 5, "2033-03-01", id="the day after a leap day"),
        pytest.param("2028-02-29 09:00", 4, "2032-02-29", id="leap day to leap day"),
        pytest.param("2028-02-29 09:00", 5, "2033-02-28", id="a leap day ends with its month elsewhere"),
        pytest.param("2027-12-31 23:59", 10, "2037-12-31", id="the last minute of a year in Vietnam"),
        pytest.param("2099-02-28 09:00", 1, "2100-02-28", id="2100 is no leap year"),
    ],
)
def test_personal_data_is_erased_calendar_years_after_the_end(ended: str, years: int, expected: str) -> None:
    day, at = ended.split()
    ended_at = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), tzinfo=VIETNAM)

    erased_on = erasure_on(ended_at, TERMS_2018.model_copy(update={"erase_after_years": years}))

    assert erased_on == date.fromisoformat(expected)


def test_due_date_can_be_retraced() -> None:
    """An inspector sees the start, the nominal end, each skipped day with its reason, and what was in force."""
    result = derivation(local("2025-12-12"), TERMS_2018, CALENDAR)

    assert result.received_on == date(2025, 12, 12)
    assert result.counted_from == date(2025, 12, 13)
    assert result.answer_within_days == 20
    assert result.nominal_last_day == date(2026, 1, 1)
    assert result.skipped == (
        SkippedDay(date(2026, 1, 1), "Tết Dương lịch"),
        SkippedDay(date(2026, 1, 2), "12729/VPCP-KGVX"),
        SkippedDay(date(2026, 1, 3), "Thứ Bảy"),
        SkippedDay(date(2026, 1, 4), "Chủ nhật"),
    )
    assert result.due_on == date(2026, 1, 5)
    assert result.terms_version == "petitions#2018-06-18"
    assert result.calendar_version == CALENDAR.version
    assert "QĐ 852/QĐ-BNV" in result.legal_basis


# ---------------------------------------------------------------- what holds for all dates


@given(receipts, calendars)
def test_due_date_is_the_first_working_day_from_the_twentieth(
    received_at: datetime, calendar: WorkingCalendar
) -> None:
    """Worked, never before the twentieth day, and no working day was passed over on the way."""
    due_on = answer_due_on(received_at, TERMS_2018, calendar)
    twentieth = local_date(received_at) + timedelta(days=20)

    assert calendar.is_working_day(due_on)
    assert due_on >= twentieth
    assert calendar.working_days_between(twentieth - timedelta(days=1), due_on) == 1
    assert not is_overdue(due_on, received_at)


@given(receipts, receipts, calendars)
def test_who_comes_later_is_never_due_earlier(
    item: datetime, other: datetime, calendar: WorkingCalendar
) -> None:
    """All deadlines that start with an instant are monotone in it."""
    earlier, later = sorted((item, other))

    for rule in (answer_due_on, publication_due_on, forwarding_due_on):
        assert rule(earlier, TERMS_2018, calendar) <= rule(later, TERMS_2018, calendar)


@given(receipts, calendars)
def test_same_receipt_is_always_due_on_the_same_day(received_at: datetime, calendar: WorkingCalendar) -> None:
    """Asked again, in another zone, or of an equal calendar, the answer and its derivation stay the same."""
    again = WorkingCalendar(calendar.overrides)

    assert derivation(received_at.astimezone(UTC), TERMS_2018, again) == derivation(
        received_at.astimezone(VIETNAM), TERMS_2018, calendar
    )
    due_on = answer_due_on(received_at, TERMS_2018, calendar)
    assert calendar.next_working_day(due_on) == due_on


@given(days, st.integers(1, 8), calendars)
def test_updates_are_seven_working_days_apart(due_on: date, n: int, calendar: WorkingCalendar) -> None:
    """From any due date, even one that an override has since made a day off, each on a working day."""
    item, following = (overdue_update_on(due_on, number, TERMS_2018, calendar) for number in (n, n + 1))

    assert calendar.is_working_day(item)
    assert calendar.working_days_between(item, following) == 7
    assert overdue_update_on(item, 1, TERMS_2018, calendar) == following
    assert calendar.working_days_between(due_on, item) == 7 * n


@given(receipts, st.integers(0, 10), calendars)
def test_warning_lies_on_a_working_day_no_later_than_asked(
    received_at: datetime, days_before: int, calendar: WorkingCalendar
) -> None:
    """It is never moved towards the due date."""
    due_on = answer_due_on(received_at, TERMS_2018, calendar)
    question = due_on - timedelta(days=days_before)
    warned = warning_on(due_on, days_before, calendar)

    assert warned <= question
    assert calendar.is_working_day(warned)
    assert calendar.working_days_between(warned, question) == 0


@given(days, receipts, calendars)
def test_overdue_and_days_left_tell_the_same_story(
    due_on: date, now: datetime, calendar: WorkingCalendar
) -> None:
    """A petition is overdue exactly when its calendar days left are negative; working days never contradict."""
    left = days_left(due_on, now, calendar)

    assert is_overdue(due_on, now) == (left.calendar_days < 0)
    assert left.working_days * left.calendar_days >= 0
    assert abs(left.working_days) <= abs(left.calendar_days)


@given(receipts, calendars)
def test_derivation_accounts_for_every_day(received_at: datetime, calendar: WorkingCalendar) -> None:
    """Nominal days plus skipped days lead from receipt to the due date without a gap, each with a reason."""
    result = derivation(received_at, TERMS_2018, calendar)

    assert result.due_on == answer_due_on(received_at, TERMS_2018, calendar)
    assert result.nominal_last_day + timedelta(days=len(result.skipped)) == result.due_on
    for place, skipped in enumerate(result.skipped):
        assert skipped.on == result.nominal_last_day + timedelta(days=place)
        assert not calendar.is_working_day(skipped.on)
        assert skipped.reason


# ---------------------------------------------------------------- every day against the oracle

UNLIKELY = (
    *SWAP_OF_2026,
    Override(date(2019, 2, 5), "WORK", "test/1"),
    Override(date(2020, 7, 19), "WORK", "test/2"),
    *(Override(date(2022, 6, day), "OFF", "test/4") for day in range(1, 31)),
    Override(date(2035, 12, 31), "OFF", "test/6"),
)


def answer(ask: Any, *question: Any) -> date | str:
    """Give the answer, or in one word that it lies outside the years."""
    try:
        result: date = ask(*question)
    except (CalendarRangeError, BeyondTheOracleError):
        return "outside"
    return result


@pytest.mark.parametrize(
    "overrides",
    [
        pytest.param((), id="as-the-library-knows-it"),
        pytest.param(SWAP_OF_2026, id="with-the-swap-of-2026"),
        pytest.param(UNLIKELY, id="with-unlikely-overrides"),
    ],
)
def test_deadlines_agree_with_the_oracle_about_every_day(overrides: tuple[Override, ...]) -> None:
    """Received in the first, a middle and the last second of each of 6,574 days."""
    calendar = WorkingCalendar(overrides)
    oracle = Oracle({override.on: override.kind == "WORK" for override in overrides})
    compared = 0

    for day in (FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1)):
        for second in (0, 12 * 3600, 24 * 3600 - 1):
            at = midnight_in_hanoi(day) + timedelta(seconds=second)
            assert date_in_hanoi(at) == day
            due = answer(oracle.answer_due, at, 20)
            assert answer(answer_due_on, at, TERMS_2018, calendar) == due, at
            assert answer(publication_due_on, at, TERMS_2018, calendar) == answer(oracle.walk, day, 2), at
            assert answer(forwarding_due_on, at, TERMS_2018, calendar) == answer(oracle.walk, day, 5), at
            compared += 1
        for n in (1, 2, 3):
            update = answer(overdue_update_on, day, n, TERMS_2018, calendar)
            assert update == answer(oracle.walk, day, 7 * n), (day, n)
        for before in (2, 5):
            warned = answer(warning_on, day, before, calendar)
            back = day - timedelta(days=before)
            assert warned == answer(oracle.first_worked_from, back, timedelta(days=-1)), (day, before)
        assert not is_overdue(day, midnight_in_hanoi(day + timedelta(days=1)) - timedelta(microseconds=1))
        assert is_overdue(day, midnight_in_hanoi(day + timedelta(days=1)))

    assert compared == 3 * 6574


# ---------------------------------------------------------------- mistakes, and the terms themselves


def test_receipt_without_a_zone_is_a_mistake() -> None:
    """A deadline that depends on where the program runs is no deadline."""
    with pytest.raises(ValueError, match="zone"):
        answer_due_on(datetime(2026, 11, 3, 9, 0), TERMS_2018, CALENDAR)  # noqa: DTZ001


def test_updates_are_numbered_from_one() -> None:
    """The due date itself is no update."""
    with pytest.raises(ValueError, match="from 1"):
        overdue_update_on(date(2026, 11, 23), 0, TERMS_2018, CALENDAR)


def test_warning_after_the_due_date_is_a_mistake() -> None:
    """A negative number of days before would be after."""
    with pytest.raises(ValueError, match="before"):
        warning_on(date(2026, 11, 23), -1, CALENDAR)


def test_due_date_after_the_last_known_year_is_refused() -> None:
    """Received within the table, but due where nobody knows the holidays."""
    with pytest.raises(CalendarRangeError):
        answer_due_on(at_local(date(2035, 12, 20), time(9, 0)), TERMS_2018, CALENDAR)


def test_other_terms_give_other_dates() -> None:
    """Every number comes from the terms; none is in the rules."""
    other = TERMS_2018.model_copy(
        update={
            "answer_within_days": 15,
            "update_every_working_days": 3,
            "publish_within_working_days": 1,
            "forward_within_working_days": 2,
        }
    )

    assert answer_due_on(local("2026-11-03"), other, CALENDAR) == date(2026, 11, 18)
    assert overdue_update_on(date(2026, 11, 18), 2, other, CALENDAR) == date(2026, 11, 27)
    assert publication_due_on(local("2026-11-23"), other, CALENDAR) == date(2026, 11, 25)
    assert forwarding_due_on(local("2026-11-20"), other, CALENDAR) == date(2026, 11, 25)
    assert derivation(local("2026-11-03"), other, CALENDAR).answer_within_days == 15


NEXT_EDITION = TERMS_2018.model_copy(update={"valid_from": date(2025, 3, 1), "answer_within_days": 15})


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2018, 6, 18), TERMS_2018, id="on-the-first-day-of-the-first"),
        pytest.param(date(2025, 2, 28), TERMS_2018, id="on-the-last-day-of-the-first"),
        pytest.param(date(2025, 3, 1), NEXT_EDITION, id="on-the-first-day-of-the-next"),
        pytest.param(date(2030, 1, 1), NEXT_EDITION, id="long-after"),
    ],
)
def test_terms_of_the_day_of_receipt_are_those_that_began_last(on: date, expected: Terms) -> None:
    """In whatever order the directory returns them."""
    assert terms_in_force([NEXT_EDITION, TERMS_2018], on) == expected
    assert terms_in_force([TERMS_2018, NEXT_EDITION], on) == expected


FOR_CONDUCT = TERMS_2018.model_copy(update={"id": "conduct", "kind": "CONDUCT", "answer_within_days": 10})
FOR_WAGES = TERMS_2018.model_copy(update={"id": "wages", "field": "TL", "answer_within_days": 25})
FOR_BOTH = TERMS_2018.model_copy(
    update={"id": "both", "field": "TL", "kind": "CONDUCT", "answer_within_days": 12}
)


@pytest.mark.parametrize(
    ("field", "kind", "expected"),
    [
        pytest.param(None, None, NEXT_EDITION, id="nothing-chosen"),
        pytest.param("CCVC", "REGULATION", NEXT_EDITION, id="nothing-special-for-these"),
        pytest.param("CCVC", "CONDUCT", FOR_CONDUCT, id="made-for-the-kind"),
        pytest.param("TL", None, FOR_WAGES, id="made-for-the-field"),
        pytest.param("TL", "CONDUCT", FOR_BOTH, id="made-for-both"),
    ],
)
def test_terms_made_for_a_field_or_kind_go_before_general_ones(
    field: str | None, kind: str | None, expected: Terms
) -> None:
    """Even when a general edition began later."""
    editions = [FOR_BOTH, NEXT_EDITION, FOR_CONDUCT, TERMS_2018, FOR_WAGES]

    assert terms_in_force(editions, date(2026, 6, 1), field=field, kind=kind) == expected


def test_day_before_all_terms_has_none() -> None:
    """The system was not open; the error names the day."""
    with pytest.raises(TermsMissingError) as missing:
        terms_in_force([TERMS_2018], date(2018, 6, 17))

    assert missing.value.on == date(2018, 6, 17)
    assert isinstance(missing.value, RuleMissingError)


def test_terms_survive_the_directory_as_they_are() -> None:
    """Written as JSON and read back, a row is equal and has the same version."""
    row = TERMS_2018.model_dump_json()

    assert Terms.model_validate_json(row) == TERMS_2018
    assert Terms.model_validate_json(row).version == "petitions#2018-06-18"


NO_LAW = {"field", "kind", "tell_assignment", "undo_withdrawal_within_working_days"}
"""Values that no regulation demands; rows that were written before these were introduced do not have them."""


@pytest.mark.parametrize("field", sorted(Terms.model_fields.keys() - NO_LAW))
def test_no_term_has_a_default(field: str) -> None:
    """The rules of the law are in the directory: a row that leaves it out is refused.."""
    row = TERMS_2018.model_dump()
    del row[field]

    with pytest.raises(ValidationError, match=field):
        Terms.model_validate(row)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"answer_within_days": 0}, id="no-time-to-answer"),
        pytest.param({"publish_within_working_days": 0}, id="no-time-to-publish"),
        pytest.param({"answer_within_days": 20.5}, id="half-a-day"),
        pytest.param({"escalate_after_overdue_working_days": (7, 7)}, id="two-escalations-on-one-day"),
        pytest.param({"escalate_after_overdue_working_days": (7, 1)}, id="escalations-out-of-order"),
        pytest.param({"remind_to_complete_after_days": 15}, id="reminder-not-before-the-refusal"),
        pytest.param({"warn_handler_days_before": 20}, id="warned-on-the-day-of-receipt"),
        pytest.param({"warn_head_days_before": 6}, id="head-warned-before-the-handler"),
        pytest.param({"notices_from": "08:00+07:00"}, id="time-of-day-with-a-zone"),
        pytest.param({"answer_in_days": 20}, id="misspelt-field"),
        pytest.param({"legal_basis": ""}, id="without-a-legal-basis"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused(change: dict[str, Any]) -> None:
    """An administrator's slip is stopped where it is entered."""
    with pytest.raises(ValidationError):
        Terms.model_validate(TERMS_2018.model_dump() | change)


def test_handler_and_head_may_be_warned_on_the_same_day() -> None:
    """Only a head who knows before the handler does is a mistake."""
    same = TERMS_2018.model_dump() | {"warn_head_days_before": 5}

    assert Terms.model_validate(same).warn_head_days_before == 5


def test_due_date_ends_where_overdue_begins() -> None:
    """The timer may wake at the end of the day and find the petition overdue, without a second to spare."""
    due_on = answer_due_on(local("2026-11-03"), TERMS_2018, CALENDAR)

    assert is_overdue(due_on, end_of_day(due_on))
    assert not is_overdue(due_on, end_of_day(due_on) - timedelta(microseconds=1))
