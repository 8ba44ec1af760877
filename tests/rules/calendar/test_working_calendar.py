"""The working calendar: known years of holidays, overrides, the edges of its range, and an oracle for every day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.seed import generate_public_holidays
from shared.domain.calendar import public_holidays
from shared.domain.calendar.working_calendar import (
    VIETNAM,
    CalendarRangeError,
    Override,
    OverrideError,
    WorkingCalendar,
    at_local,
    end_of_day,
    local_date,
)
from shared.domain.errors import InvalidInputError
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
UNLIKELY = (
    *SWAP_OF_2026,
    Override(date(2019, 2, 5), "WORK", "test/1", "mùng một vẫn làm"),
    Override(date(2020, 7, 19), "WORK", "test/2"),
    Override(date(2021, 8, 7), "OFF", "test/3"),
    *(Override(date(2022, 6, day), "OFF", "test/4") for day in range(1, 31)),
    Override(date(2018, 1, 1), "WORK", "test/5"),
    Override(date(2035, 12, 31), "OFF", "test/6"),
)
CALENDARS = [
    pytest.param((), id="as-the-library-knows-it"),
    pytest.param(SWAP_OF_2026, id="with-the-swap-of-2026"),
    pytest.param(UNLIKELY, id="with-unlikely-overrides"),
]

days = st.dates(FIRST, LAST)
overrides = st.lists(
    st.builds(Override, days, st.sampled_from(["WORK", "OFF"]), st.sampled_from(["a/VPCP", "b/VPCP"])),
    unique_by=lambda override: override.on,
    max_size=12,
)


def every_day() -> Iterator[date]:
    """Each day of the range, in order."""
    return (FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1))


def days_off_in(first: str, last: str, calendar: WorkingCalendar) -> str:
    """Spell the weekdays off, and the weekend days worked (with +), between two days."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    span = (start + timedelta(days=count) for count in range((end - start).days + 1))
    odd = [day for day in span if calendar.is_working_day(day) != (day.weekday() < 5)]
    return " ".join(f"{'+' if day.weekday() >= 5 else ''}{day:%m-%d}" for day in odd)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param("2018-02-01", "2018-02-28", "02-14 02-15 02-16 02-19 02-20", id="tet-2018"),
        pytest.param("2019-02-01", "2019-02-28", "02-04 02-05 02-06 02-07 02-08", id="tet-2019"),
        pytest.param("2020-01-02", "2020-02-28", "01-23 01-24 01-27 01-28 01-29", id="tet-2020"),
        pytest.param("2021-02-01", "2021-02-28", "02-10 02-11 02-12 02-15 02-16", id="tet-2021"),
        pytest.param("2022-01-04", "2022-02-28", "01-31 02-01 02-02 02-03 02-04", id="tet-2022"),
        pytest.param("2023-01-03", "2023-02-28", "01-20 01-23 01-24 01-25 01-26", id="tet-2023"),
        pytest.param("2024-02-01", "2024-02-28", "02-08 02-09 02-12 02-13 02-14", id="tet-2024"),
        pytest.param("2025-01-02", "2025-02-28", "01-27 01-28 01-29 01-30 01-31", id="tet-2025"),
        pytest.param("2026-02-01", "2026-02-28", "02-16 02-17 02-18 02-19 02-20", id="tet-2026"),
        pytest.param("2018-12-25", "2019-01-10", "12-31 01-01 +01-05", id="swap-at-new-year-2019"),
        pytest.param("2019-04-10", "2019-05-10", "04-15 04-29 04-30 05-01 +05-04", id="april-and-may-2019"),
        pytest.param("2022-04-01", "2022-05-10", "04-11 05-02 05-03", id="both-may-days-substituted-2022"),
        pytest.param("2023-04-01", "2023-05-10", "05-01 05-02 05-03", id="three-holidays-meet-2023"),
        pytest.param("2024-04-20", "2024-05-10", "04-29 04-30 05-01 +05-04", id="swap-in-may-2024"),
        pytest.param("2025-04-20", "2025-05-10", "+04-26 04-30 05-01 05-02", id="swap-in-may-2025"),
        pytest.param("2018-08-20", "2018-09-10", "09-03", id="national-day-2018-is-one-day-on-a-sunday"),
        pytest.param("2020-08-20", "2020-09-10", "09-02", id="national-day-2020-is-still-one-day"),
        pytest.param("2021-08-20", "2021-09-10", "09-02 09-03", id="national-day-2021-is-two-days"),
        pytest.param("2022-08-20", "2022-09-10", "09-01 09-02", id="national-day-2022-with-the-day-before"),
        pytest.param("2023-08-20", "2023-09-10", "09-01 09-04", id="national-day-2023-on-a-saturday"),
        pytest.param(
            "2026-08-10", "2026-09-10", "+08-22 08-31 09-01 09-02", id="national-day-2026-with-swap"
        ),
        pytest.param("2025-11-20", "2025-11-30", "", id="24-november-2025-is-worked"),
        pytest.param("2026-11-20", "2026-11-30", "11-24", id="24-november-2026-is-culture-day"),
        pytest.param("2029-11-20", "2029-11-30", "11-26", id="culture-day-2029-on-a-saturday-is-substituted"),
    ],
)
def test_known_holidays_are_off_and_known_swaps_are_worked(first: str, last: str, expected: str) -> None:
    """The announcement of the Government for these weeks is what the calendar says."""
    assert days_off_in(first, last, WorkingCalendar()) == expected


def test_table_is_what_the_library_says_today() -> None:
    """A new release of `holidays` that moves a date is noticed here, before any petitioner does."""
    assert generate_public_holidays.render() == generate_public_holidays.TABLE.read_text(encoding="utf-8")


@pytest.mark.parametrize("overrides", CALENDARS)
def test_calendar_agrees_with_the_oracle_about_every_day(overrides: tuple[Override, ...]) -> None:
    """All 6,574 days: worked or not, the neighbours that are worked, and counting in both directions."""
    calendar = WorkingCalendar(overrides)
    oracle = Oracle({override.on: override.kind == "WORK" for override in overrides})

    for day in every_day():
        assert calendar.is_working_day(day) == oracle.works(day), day
        assert answer(calendar.next_working_day, day) == answer(oracle.first_worked_from, day), day
        assert answer(calendar.previous_working_day, day) == answer(
            oracle.first_worked_from, day, timedelta(days=-1)
        ), day
        for count in (0, 1, 2, 5, 7, 14):
            assert answer(calendar.add_working_days, day, count) == answer(oracle.walk, day, count), day
        for other in (day + timedelta(days=30), day - timedelta(days=17)):
            assert answer(calendar.working_days_between, day, other) == answer(oracle.count, day, other), day


def test_days_begin_and_end_where_the_oracle_says() -> None:
    """For all days, the ends of the day in UTC, and the dates at its first and last instants."""
    for day in every_day():
        start, end = at_local(day, time(0, 0)), end_of_day(day)
        assert start == midnight_in_hanoi(day)
        assert end == midnight_in_hanoi(day + timedelta(days=1))
        assert local_date(start) == local_date(end - timedelta(seconds=1)) == date_in_hanoi(start) == day
        assert local_date(end) == day + timedelta(days=1)


def answer(ask: Any, *question: Any) -> date | int | str:
    """Give the answer, or in one word that it lies outside the years."""
    try:
        result: date | int = ask(*question)
    except (CalendarRangeError, BeyondTheOracleError):
        return "outside"
    return result


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 2, 17), "Tết Nguyên Đán", id="holiday"),
        pytest.param(date(2018, 9, 3), "Quốc khánh (nghỉ bù)", id="substitute-day"),
        pytest.param(date(2026, 8, 31), "Ngày nghỉ (thay cho ngày 22/08/2026)", id="day-off-by-a-swap"),
        pytest.param(date(2026, 8, 22), "Làm bù cho ngày 31/08/2026", id="saturday-worked-by-a-swap"),
        pytest.param(date(2026, 1, 2), "12729/VPCP-KGVX", id="override-by-its-document"),
        pytest.param(date(2019, 2, 5), "mùng một vẫn làm (test/1)", id="override-with-a-name-of-its-own"),
        pytest.param(date(2026, 11, 23), None, id="ordinary-monday"),
        pytest.param(date(2026, 11, 22), None, id="ordinary-sunday"),
    ],
)
def test_a_special_day_can_say_why(on: date, expected: str | None) -> None:
    """Holidays, swaps and overrides are named; days that need no explanation are not."""
    assert WorkingCalendar(UNLIKELY).name_of(on) == expected


def test_override_wins_over_the_table_in_both_directions() -> None:
    """A Saturday is worked and a Friday is off as the document says, and elsewhere nothing changes."""
    plain, overridden = WorkingCalendar(), WorkingCalendar(SWAP_OF_2026)

    changed = [day for day in every_day() if plain.is_working_day(day) != overridden.is_working_day(day)]

    assert changed == [date(2026, 1, 2), date(2026, 1, 10)]
    assert overridden.next_working_day(date(2026, 1, 1)) == date(2026, 1, 5)
    assert overridden.next_working_day(date(2026, 1, 10)) == date(2026, 1, 10)


@given(overrides, st.randoms(use_true_random=False))
def test_order_of_overrides_does_not_matter(given_overrides: list[Override], random: Any) -> None:
    """The directory returns rows in any order, some perhaps twice: calendar and version are the same."""
    shuffled = given_overrides * 2
    random.shuffle(shuffled)

    item, other = WorkingCalendar(given_overrides), WorkingCalendar(shuffled)

    assert item == other
    assert hash(item) == hash(other)
    assert item.version == other.version
    assert item.overrides == tuple(sorted(given_overrides))


@given(overrides, overrides)
def test_calendars_have_the_same_version_only_when_they_are_equal(
    some: list[Override], others: list[Override]
) -> None:
    """A petition that keeps the version can be asked later whether its date still stands."""
    item, other = WorkingCalendar(some), WorkingCalendar(others)

    assert (item.version == other.version) == (item == other)


def test_version_is_stable_and_short() -> None:
    """It is stored beside dates, so it may change only when table or overrides do."""
    assert WorkingCalendar().version == WorkingCalendar([]).version
    assert len(WorkingCalendar(SWAP_OF_2026).version) == 12
    assert (
        generate_public_holidays.edition(public_holidays.DAYS_OFF, public_holidays.WORKED_WEEKENDS)
        == public_holidays.EDITION
    )
    assert WorkingCalendar(SWAP_OF_2026).version != WorkingCalendar().version


def test_version_covers_the_table_and_all_that_an_override_decides() -> None:
    """Another table, day, kind or document is another version; the day's name, which decides nothing, is not."""
    facts = f"{public_holidays.EDITION}\n2026-01-02 OFF 1/VPCP"
    item = WorkingCalendar([Override(date(2026, 1, 2), "OFF", "1/VPCP")])
    named = WorkingCalendar([Override(date(2026, 1, 2), "OFF", "1/VPCP", "Nghỉ Tết Dương lịch")])
    others = [
        WorkingCalendar([Override(date(2026, 1, 5), "OFF", "1/VPCP")]),
        WorkingCalendar([Override(date(2026, 1, 2), "WORK", "1/VPCP")]),
        WorkingCalendar([Override(date(2026, 1, 2), "OFF", "2/VPCP")]),
    ]

    assert item.version == named.version == hashlib.sha256(facts.encode()).hexdigest()[:12]
    assert len({item.version, *(other.version for other in others)}) == 4


@given(overrides, days, st.integers(0, 40))
def test_counting_undoes_adding(given_overrides: list[Override], start: date, count: int) -> None:
    """Between a day and the n-th working day after it lie n working days, and as many back."""
    calendar = WorkingCalendar(given_overrides)
    end = answer(calendar.add_working_days, start, count)
    if not isinstance(end, date):
        return

    assert calendar.working_days_between(start, end) == count
    assert calendar.working_days_between(end, start) == -count


@given(overrides, days)
def test_next_and_previous_working_days_embrace_the_day(given_overrides: list[Override], day: date) -> None:
    """Both are worked, nothing between them is, and asking again changes nothing."""
    calendar = WorkingCalendar(given_overrides)
    before, after = answer(calendar.previous_working_day, day), answer(calendar.next_working_day, day)
    if not (isinstance(before, date) and isinstance(after, date)):
        return

    assert before <= day <= after
    assert calendar.is_working_day(before)
    assert calendar.is_working_day(after)
    assert (before == after) == calendar.is_working_day(day)
    assert calendar.working_days_between(before, after) == (0 if before == after else 1)
    assert calendar.next_working_day(after) == after


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda c: c.is_working_day(date(2017, 12, 31)), id="before-the-first-year"),
        pytest.param(lambda c: c.is_working_day(date(2036, 1, 1)), id="after-the-last-year"),
        pytest.param(lambda c: c.name_of(date(2036, 1, 1)), id="name-after-the-last-year"),
        pytest.param(lambda c: c.add_working_days(date(2035, 12, 31), 1), id="answer-after-the-last-year"),
        pytest.param(lambda c: c.next_working_day(date(2040, 5, 5)), id="next-after-the-last-year"),
        pytest.param(lambda c: c.previous_working_day(date(2018, 1, 1)), id="answer-before-the-first-year"),
        pytest.param(
            lambda c: c.working_days_between(date(2035, 1, 1), date(2036, 1, 1)), id="one-end-outside"
        ),
    ],
)
def test_outside_its_years_the_calendar_refuses_to_guess(ask: Any) -> None:
    """A wrong deadline is worse than an error that says what to do."""
    with pytest.raises(CalendarRangeError, match="2018-01-01 to 2035-12-31") as refused:
        ask(WorkingCalendar())

    assert not refused.value.first <= refused.value.day <= refused.value.last


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param((date(2062, 1, 2), "OFF", "1/VPCP"), ("on", "outside-calendar"), id="slip-in-the-year"),
        pytest.param((date(2026, 1, 2), "HOLIDAY", "1/VPCP"), ("kind", "unknown"), id="unknown-kind"),
        pytest.param((date(2026, 1, 2), "OFF", " "), ("document", "missing"), id="without-a-document"),
    ],
)
def test_override_that_nobody_could_follow_is_refused(fields: Any, problem: tuple[str, str]) -> None:
    """The administrator learns which field is wrong; no such row reaches the directory."""
    with pytest.raises(OverrideError) as refused:
        Override(*fields)

    assert isinstance(refused.value, InvalidInputError)
    assert refused.value.problems == (problem,)


def test_two_overrides_of_one_day_are_refused() -> None:
    """Which of two documents holds is for the administrator to decide, not for the order of rows."""
    other = Override(date(2026, 1, 2), "WORK", "13000/VPCP-KGVX")

    with pytest.raises(OverrideError) as refused:
        WorkingCalendar([Override(date(2025, 12, 31), "OFF", "1/VPCP"), *SWAP_OF_2026, other])

    assert refused.value.on == date(2026, 1, 2)
    assert refused.value.problems == (("on", "overridden-twice"),)


def test_instant_instead_of_a_date_is_a_mistake() -> None:
    """A datetime passes as a date, equals none, and would silently miss every holiday."""
    with pytest.raises(TypeError):
        WorkingCalendar().is_working_day(datetime(2026, 2, 17, tzinfo=UTC))
    with pytest.raises(TypeError):
        Override(datetime(2026, 2, 17, tzinfo=UTC), "OFF", "1/VPCP")


def test_working_days_are_counted_forward_only() -> None:
    """No rule of the ministry counts back in working days."""
    with pytest.raises(ValueError, match="forward"):
        WorkingCalendar().add_working_days(date(2026, 1, 5), -1)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        pytest.param("2026-11-23T16:59:59+00:00", date(2026, 11, 23), id="last-second-before-midnight"),
        pytest.param("2026-11-23T17:00:00+00:00", date(2026, 11, 24), id="midnight-in-vietnam"),
        pytest.param("2026-11-23T23:59:59+07:00", date(2026, 11, 23), id="given-in-local-time"),
        pytest.param("2026-11-23T12:00:00-08:00", date(2026, 11, 24), id="sent-from-california"),
    ],
)
def test_date_is_the_one_in_vietnam(instant: str, expected: date) -> None:
    """Wherever a petition is sent from, its day is the day in Vietnam."""
    assert local_date(datetime.fromisoformat(instant)) == expected


def test_instants_are_given_in_utc() -> None:
    """Stored instants are UTC: 08:00 in Vietnam is 01:00, and a day ends at 17:00."""
    assert at_local(date(2026, 11, 23), time(8, 0)) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert at_local(date(2026, 11, 23), time(8, 0)).tzinfo is UTC
    assert end_of_day(date(2026, 11, 23)) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert VIETNAM.key == "Asia/Ho_Chi_Minh"


def test_time_without_a_zone_and_wall_clock_with_one_are_mistakes() -> None:
    """Neither can be understood in only one way."""
    with pytest.raises(ValueError, match="zone"):
        local_date(datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        at_local(date(2026, 11, 23), time(8, 0, tzinfo=timezone(timedelta(hours=7))))
