"""The text of a PDF, as a reader copies it: letters by each font's own table."""

from __future__ import annotations

import io
import re

import pikepdf

_LETTER = re.compile(rb"<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4,})>")


def text_of(content: bytes) -> str:
    """Return the text of all pages, one line for each string that is drawn."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return "\n".join(line for page in document.pages for line in _lines(page))


def _lines(page: pikepdf.Page) -> list[str]:
    letters = {name: _letters(font) for name, font in page.resources["/Font"].items()}
    lines, font = [], {}
    for drawn in pikepdf.parse_content_stream(page):
        if str(drawn.operator) == "Tf":
            font = letters[str(drawn.operands[0])]
        elif str(drawn.operator) == "Tj":
            lines.append("".join(font.get(code, "?") for code in bytes(drawn.operands[0])))
    return lines


def _letters(font: pikepdf.Object) -> dict[int, str]:
    """Return the letters of a font of one-byte codes."""
    if "/ToUnicode" not in font:
        return {}
    table = font["/ToUnicode"].read_bytes()
    return {
        int(code, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for code, letters in _LETTER.findall(table)
    }
