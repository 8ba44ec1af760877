"""A number takes the form that its language has for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.web.i18n import add_catalogue, counted
from shared.web.rendering import counted_text

add_catalogue(Path(__file__).parents[3] / "functions" / "intake" / "chalicelib" / "intake" / "locale")


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("en", 1, "It is 1 working day late."),
        ("en", 2, "It is 2 working days late."),
        ("en", 0, "It is 0 working days late."),
        ("vi", 1, "Đã quá hạn 1 ngày làm việc."),
        ("vi", 2, "Đã quá hạn 2 ngày làm việc."),
    ],
)
def test_a_number_takes_its_form(language, number, expected):
    text = "Đã quá hạn %(count)s ngày làm việc."

    assert counted(language)(text, number) % {"count": number} == expected
    assert counted_text(language, text, number) == expected


def test_values_beside_the_number_are_escaped():
    text = counted_text("vi", "%(count)s của %(name)s", 1, name="<b>")

    assert text == "1 của &lt;b&gt;"
