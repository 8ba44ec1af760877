"""Dates as people read them: with their weekday, at the beginning of a line or inside a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shared.web.rendering import day_in_sentence, long_day, moment_in_sentence

DAY = date(2026, 12, 14)
MOMENT = datetime(2026, 12, 14, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (long_day(DAY, "vi"), "Thứ Hai, ngày 14/12/2026"),
        (day_in_sentence(DAY, "vi"), "thứ\u00a0Hai\u00a014/12/2026"),
        (moment_in_sentence(MOMENT, "vi"), "08:05\u00a0thứ\u00a0Hai\u00a014/12/2026"),
        (moment_in_sentence(MOMENT, "en"), "08:05 on Monday, 14 December 2026"),
    ],
)
def test_date_is_written_as_its_place_in_a_sentence_asks(shown: str, text: str):
    assert shown == text
