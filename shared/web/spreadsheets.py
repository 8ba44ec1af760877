"""Cells that no spreadsheet takes for a formula: people write them, and officers and journalists open the files."""

from __future__ import annotations

import json
import unicodedata

_BEGINNINGS = frozenset("=+-@\t\r\n|")
"""Characters with which spreadsheets begin a formula, or split a cell (OWASP, "CSV Injection")."""


def begins_a_formula(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula.

    Blanks and invisible characters before it do not count, and full-width and small forms (＝ ＋ － ＠ ﹣, U+2212) are
    what they look like: Japanese and Chinese editions read them so.
    """
    first = text[:1]
    visible = next(
        (letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf"), ""
    )
    return bool({first, unicodedata.normalize("NFKC", visible).replace("\u2212", "-")[:1]} & _BEGINNINGS)


def csv_cell(value: object) -> str:
    """Return a value as a cell of a CSV file: lists and objects as JSON, and a text that would be a formula quoted.

    Such a text stands behind an apostrophe.
    """
    if isinstance(value, list | tuple | dict):
        return json.dumps(
            value, ensure_ascii=False
        )  # begins with [ or {, and no spreadsheet takes it for a formula
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and begins_a_formula(text) else text
