"""PDFs for tests, made here object by object: ordinary ones, and such as hide from a search of their bytes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
DRAWING = b"BT /F 12 Tf 72 720 Td (Kinh gui Bo Noi vu) Tj ET"


def stream(content: bytes, keys: bytes = b"", *, after: bytes = b"\n") -> bytes:
    """Return a stream; `after` follows the word that begins it."""
    return b"<< %s /Length %d >>\nstream" % (keys, len(content)) + after + content + b"\nendstream"


def packed(content: bytes, keys: bytes = b"") -> bytes:
    """Return a stream packed once."""
    return stream(zlib.compress(content), b"/Filter /FlateDecode " + keys)


def pdf(
    *more: bytes,
    catalog: bytes = b"",
    page: bytes = b"",
    drawing: bytes | None = None,
    resources: bytes = b"",
    trailer: bytes = b"",
    hidden: Mapping[int, tuple[int, int]] | None = None,
) -> bytes:
    """Return a PDF of one page with a cross-reference stream.

    Args:
        more: further objects, from number 6 on.
        catalog: further entries of the catalogue (object 1).
        page: further entries of the page (object 3).
        drawing: the page's content stream (object 4), if not the usual one.
        resources: further resources of the page; its font is object 5.
        trailer: further entries of the trailer.
        hidden: numbers of objects that lie in object streams: (number of the stream, position).
    """
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b">>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> "
        + resources + b">> " + page + b">>",
        stream(DRAWING) if drawing is None else drawing,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    ]  # fmt: skip
    out, entries = b"%PDF-1.7\n", {0: (0, 0, 255)}
    for number, content in enumerate(objects, start=1):
        entries[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    entries |= {number: (2, *place) for number, place in (hidden or {}).items()}
    last = max(entries) + 1
    entries[last] = (1, len(out), 0)
    rows = b"".join(
        kind.to_bytes(1, "big") + first.to_bytes(4, "big") + second.to_bytes(1, "big")
        for kind, first, second in (entries.get(number, (0, 0, 255)) for number in range(last + 1))
    )
    keys = b"/Type /XRef /W [1 4 1] /Size %d /Root 1 0 R %s" % (last + 1, trailer)
    table = b"%d 0 obj\n%s\nendobj\n" % (last, stream(rows, keys))
    return out + table + b"startxref\n%d\n%%%%EOF\n" % len(out)


def with_script_in(objects: bytes) -> bytes:
    """Return a PDF whose catalogue runs a script; the script is object 20, in the given object stream (object 6)."""
    return pdf(objects, catalog=b"/OpenAction 20 0 R ", hidden={20: (6, 0)})


def predicted(content: bytes, columns: int) -> bytes:
    """Return bytes as PNG's predictor "Up" writes them, in rows of so many columns."""
    padded = content + b" " * (-len(content) % columns)
    rows = [padded[at : at + columns] for at in range(0, len(padded), columns)]
    above = [bytes(columns), *rows]
    return b"".join(
        b"\x02" + bytes((a - b) % 256 for a, b in zip(row, up, strict=True))
        for row, up in zip(rows, above[:-1], strict=True)
    )
