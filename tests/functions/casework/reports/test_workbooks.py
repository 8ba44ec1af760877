"""Cells of a workbook that look like a formula stay texts, also once somebody edits them."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from chalicelib.casework.reports.export import _write
from chalicelib.casework.reports.measures import Column


@pytest.mark.parametrize(
    ("text", "is_quoted"),
    [
        pytest.param("=1+1", True, id="a formula"),
        pytest.param("＝1+1", True, id="a full-width sign"),
        pytest.param("@SUM(A1)", True, id="an old spreadsheet's"),
        pytest.param("Nâng ngạch", False, id="words"),
    ],
)
def test_a_text_that_looks_like_a_formula_is_marked_as_a_text(text: str, is_quoted: bool):  # noqa: FBT001
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    formats = {"text": workbook.add_format(), "quoted": workbook.add_format({"quote_prefix": True})}

    _write(workbook.add_worksheet(), 0, 0, Column("subject", "Tiêu đề"), text, formats, "vi")
    workbook.close()

    cell = load_workbook(io.BytesIO(out.getvalue())).worksheets[0]["A1"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (text, "s", is_quoted)
