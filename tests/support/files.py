"""Files for tests, made here byte by byte: pictures with and without secrets in them, documents good and bad."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GPS_NOTE = b"Hue 16.4637 N 107.5909 E"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **saving: Any) -> bytes:
    """Return a picture whose upper left quarter is red."""
    image = Image.new("RGB", size, "white")
    image.paste((200, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    return encoded(image, kind, **saving)


def encoded(image: Image.Image, kind: str, **saving: Any) -> bytes:
    """Return an image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **saving)
    return out.getvalue()


def picture_with_place(orientation: int = 1) -> bytes:
    """Return a JPEG that tells where and how it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = GPS_NOTE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif.tobytes())


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """Return a small PNG that says it unpacks to a huge one."""
    return png(width, height, 8, 0, b"\0" * 100_000)


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG of the given rows, each with its filter before it; `colour` is 0 for greys, 4 with transparency."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    header = struct.pack("!IIBBBBB", width, height, depth, colour, 0, 0, 0)
    more = b"".join(chunk(*each) for each in chunks)
    data = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + data + chunk(b"IEND", b"")


def document(*objects: bytes, trailer: bytes = b"", behind: bytes = b"\n") -> bytes:
    """Return a PDF of one empty page with further objects."""
    body = (
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
    )
    more = b"".join(
        b"%d 0 obj\n%s\nendobj\n" % (number, content) for number, content in enumerate(objects, start=4)
    )
    return b"%PDF-1.7\n" + body + more + b"trailer\n<< /Root 1 0 R " + trailer + b">>\n%%EOF" + behind


def object_stream(content: bytes, *, packed: bytes | None = None) -> bytes:
    """Return an object stream that holds dictionaries out of sight."""
    data = zlib.compress(content) if packed is None else packed
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(data)
    return head + b"\nstream\n" + data + b"\nendstream"


def pixels(content: bytes) -> bytes:
    """Return the pixels of a picture, one byte for each colour."""
    return Image.open(io.BytesIO(content)).convert("RGB").tobytes()
