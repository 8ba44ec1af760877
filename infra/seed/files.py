"""Draws the sample files: a photographed receipt, and a one-page letter. Unaccented, for no font is shipped."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

_PAGE = (595, 842)
"""A4 in points."""


def picture(lines: list[str]) -> bytes:
    """Return a JPEG of a paper with these lines on it."""
    image = Image.new("RGB", (900, 120 + 60 * len(lines)), "#f4efe4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, image.width - 20, image.height - 20), outline="#555", width=3)
    font = ImageFont.load_default(size=34)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 60 * number), line, fill="#222", font=font)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def letter(lines: list[str]) -> bytes:
    """Return a PDF of one page with these lines on it."""
    shown = "".join(f"({line}) Tj 0 -22 Td " for line in lines)
    drawing = f"BT /F1 13 Tf 60 {_PAGE[1] - 90} Td {shown}ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % _PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(body))
    )
