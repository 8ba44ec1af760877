"""Dates as people read them: with their weekday, at the beginning of a line or inside a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shared.domain.calendar.public_holidays import DAYS_OFF, WORKED_WEEKENDS
from shared.domain.calendar.working_calendar import WEEKDAYS
from shared.domain.identity.gsm7 import unaccented
from shared.web.rendering import (
    day_in_sentence,
    day_off,
    local_day_alone,
    long_day,
    moment_in_sentence,
    short_day,
)

DAY = date(2026, 12, 14)
MOMENT = datetime(2026, 12, 14, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (long_day(DAY, "vi"), "Thứ Hai, ngày 14/12/2026"),
        (day_in_sentence(DAY, "vi"), "thứ\u00a0Hai\u00a014/12/2026"),
        (day_in_sentence(DAY, "en"), "Monday, 14\u00a0December\u00a02026"),
        (short_day(date(2026, 11, 6), "vi"), "T6 06/11"),
        (short_day(date(2026, 11, 6), "en"), "Fri 6\u00a0Nov"),
        (day_in_sentence(date(2026, 12, 20), "vi"), "Chủ\u00a0nhật\u00a020/12/2026"),
        (local_day_alone(MOMENT, "vi"), "Thứ\u00a0Hai\u00a014/12/2026"),
        (moment_in_sentence(MOMENT, "vi"), "08:05\u00a0thứ\u00a0Hai\u00a014/12/2026"),
        (moment_in_sentence(MOMENT, "en"), "08:05 on Monday, 14\u00a0December\u00a02026"),
    ],
)
def test_date_is_written_as_its_place_in_a_sentence_asks(shown: str, text: str):
    assert shown == text


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("Quốc khánh", "National Day"),
        ("Ngày Chiến thắng (nghỉ bù)", "Victory Day (day off in lieu)"),
        ("Ngày nghỉ (thay cho ngày 22/08/2026)", "Day off (in exchange for 22/08/2026)"),
        ("Làm bù cho ngày 31/08/2026", "Worked in exchange for 31/08/2026"),
        ("Thứ Bảy", "Saturday"),
        ("Nghỉ bão số 9 (12/QĐ-UBND)", "Nghỉ bão số 9 (12/QĐ-UBND)"),
    ],
)
def test_day_off_has_its_name_in_the_readers_language(name: str, english: str):
    assert (day_off(name, "en"), day_off(name, "vi")) == (english, name)


def test_every_day_of_the_calendar_has_an_english_name():
    names = {*DAYS_OFF.values(), *WORKED_WEEKENDS.values(), *WEEKDAYS}

    left = {
        name
        for name in names
        if day_off(name, "en").replace("Tết", "") != unaccented(day_off(name, "en")).replace("Tet", "")
    }
    assert len(names) > 30
    assert left == set()
