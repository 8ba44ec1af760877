"""The receipt as a PDF file of one page, in the site's font: its text can be searched, copied and read aloud.

ReportLab draws it, and is imported with the first file: it takes 0.2 s, and few starts need it (ADR 0077). Without a
time of making, the same receipt is the same file.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

import segno

import shared.web

FOLDER = Path(shared.web.__file__).parent / "assets"
FONTS = {"Text": "be-vietnam-pro-400.ttf", "Strong": "be-vietnam-pro-600.ttf"}
"""Be Vietnam Pro with the letters of the site's web font, as TrueType: PDF takes no WOFF2."""
WIDTH, HEIGHT = 419.53, 595.28
"""Points of A5: readable on a telephone, and two fit on a sheet."""
_MARGIN = 34
_BRAND, _GOLD, _INK, _MUTED = "#9b1c22", "#d9a521", "#1c1a17", "#5c564b"
_QR_SIDE = 118
_LEADING = 1.45


class ReceiptTexts(NamedTuple):
    """The texts of a receipt, in the reader's language."""

    language: str
    ministry: str
    title: str
    promise: str
    due: str
    codes: tuple[tuple[str, str], ...]
    """The numbers, each after its name: the reference, the PIN."""
    warning: str
    follow: str
    """The heading of `channels`."""
    channels: tuple[str, ...]
    """The means to follow the petition: code, SMS, call."""
    received: str
    address: str
    """Opened by the QR code; without the PIN."""


def receipt_pdf(texts: ReceiptTexts) -> bytes:
    """Return the receipt as a PDF."""
    from reportlab.lib.colors import HexColor  # noqa: PLC0415 - heavy and rare
    from reportlab.pdfbase.pdfmetrics import registerFont  # noqa: PLC0415 - heavy and rare
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415 - heavy and rare
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - heavy and rare

    for name, file in FONTS.items():
        registerFont(TTFont(name, FOLDER / file))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, lang=texts.language)
    canvas.setTitle(f"{texts.title} {texts.codes[0][1]}")
    canvas.setAuthor(texts.ministry)
    _draw(_Pen(canvas, HexColor), texts)
    canvas.save()
    return out.getvalue()


class _Pen:
    """Writes lines down a page."""

    def __init__(self, canvas: Any, colour: Any) -> None:
        self.canvas = canvas
        self._colour = colour

    def fill(self, colour: str, x: float, y: float, width: float, height: float) -> None:
        """Fill a rectangle."""
        self.canvas.setFillColor(self._colour(colour))
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def write(
        self, text: str, y: float, size: float, *, font: str = "Text", colour: str = _INK, x: float = _MARGIN
    ) -> float:
        """Write a text, broken between words, and return where the next line may stand."""
        self.canvas.setFillColor(self._colour(colour))
        self.canvas.setFont(font, size)
        for line in self._lines(text.replace("\u00a0", " "), font, size, WIDTH - _MARGIN - x):
            self.canvas.drawString(x, y, line)
            y -= size * _LEADING
        return y

    def _lines(self, text: str, font: str, size: float, width: float) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.canvas.stringWidth(longer, font, size) <= width:
                lines[-1] = longer
                continue
            lines.append("")
            for letter in word:  # an address may be longer than a line
                if self.canvas.stringWidth(lines[-1] + letter, font, size) > width:
                    lines.append("")
                lines[-1] += letter
        return lines


def _draw(pen: _Pen, texts: ReceiptTexts) -> None:
    pen.fill(_BRAND, 0, HEIGHT - 62, WIDTH, 62)
    pen.fill(_GOLD, 0, HEIGHT - 65, WIDTH, 3)
    pen.write(texts.ministry, HEIGHT - 27, 11, colour="#ffffff")
    pen.write(texts.title, HEIGHT - 48, 15, font="Strong", colour="#ffffff")
    y = pen.write(texts.promise, HEIGHT - 98, 11)
    y = pen.write(texts.due, y - 6, 18, font="Strong") - 8
    for label, number in texts.codes:
        y = pen.write(label, y, 10, colour=_MUTED)
        y = pen.write(number, y - 8, 22, font="Strong") - 4
    y = pen.write(texts.warning, y + 4, 9.5, colour=_MUTED) - 12
    beside = _MARGIN + _QR_SIDE + 16
    _draw_code(pen, texts.address, y - _QR_SIDE + 12)
    line = pen.write(texts.follow, y, 11, font="Strong", x=beside) - 2
    for channel in texts.channels:
        line = pen.write(channel, line, 10, x=beside) - 3
    pen.write(texts.received, _MARGIN, 9, colour=_MUTED)


def _draw_code(pen: _Pen, address: str, bottom: float) -> None:
    modules = tuple(segno.make_qr(address, error="m").matrix)
    side = _QR_SIDE / len(modules)
    for row, cells in enumerate(modules):
        for column, is_dark in enumerate(cells):
            if is_dark:
                pen.fill("#000000", _MARGIN + column * side, bottom + _QR_SIDE - (row + 1) * side, side, side)
