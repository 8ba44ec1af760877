"""A text that a spreadsheet would take for a formula stays a text."""

from __future__ import annotations

import pytest

from shared.web.spreadsheets import csv_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84912345678",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "﹣1",
        "\u22121",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\u3000＝1",
        "|cmd",
    ],
)
def test_a_text_that_would_be_a_formula_is_quoted(text: str):
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("Nâng ngạch = thi", "Nâng ngạch = thi", id="a sign inside"),
        pytest.param("Đề nghị – xem lại", "Đề nghị – xem lại", id="a dash inside"),
        pytest.param(-5, "-5", id="a number below zero"),
        pytest.param(None, "", id="nothing"),
        pytest.param("", "", id="an empty text"),
        pytest.param([{"number": "Nghị định 115"}], '[{"number": "Nghị định 115"}]', id="a list, as JSON"),
        pytest.param({"=1": True}, '{"=1": true}', id="an object, as JSON"),
        pytest.param((), "[]", id="an empty list, as JSON"),
        pytest.param(True, "true", id="true, as JSON has it"),
    ],
)
def test_anything_else_stays_as_it_is_or_is_json(value: object, cell: str):
    assert csv_cell(value) == cell
