"""The objects of a rewritten PDF: each is freed of what acts, leads outwards or tells of its making, and bounded.

A new file holds only what its pages refer to, and nothing in it starts an action; yet fonts, pictures and patterns are
copied whole, and a dictionary of them may carry along whatever its maker put there.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from chalicelib.intake.uploads.errors import RejectedFileError
from shared.domain.petition.values.attachments import Rejection

MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes that all streams but pictures unpack to: what a viewer holds to show the pages."""
MOST_PIXELS = 216_000_000
"""Pixels of the largest picture on a page."""
_MOST_BYTES_OF_A_PIXEL = 8
_CHUNK = 256 * 1024

_ACTIONS = frozenset(
    {
        "/GoTo", "/GoToR", "/GoToE", "/GoToDp", "/Launch", "/Thread", "/URI", "/Sound", "/Movie", "/Hide", "/Named",
        "/SubmitForm", "/ResetForm", "/ImportData", "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView",
        "/JavaScript", "/RichMediaExecute",
    }
)  # fmt: skip
"""Types of actions (ISO 32000-2, 12.6.4)."""
_TYPES = frozenset({"/Action", "/Filespec", "/F", "/EmbeddedFile", "/Metadata", "/Rendition", "/MediaClip"})
_UNWANTED = frozenset(
    {
        "/AA", "/AF", "/Alternates", "/EF", "/EmbeddedFiles", "/JS", "/JavaScript", "/LastModified", "/Metadata",
        "/OPI", "/OpenAction", "/PieceInfo", "/RichMediaContent", "/SpiderInfo", "/StructParent", "/StructParents",
        "/XFA",
    }
)  # fmt: skip
_UNWANTED_OF_STREAMS = frozenset({"/F", "/FFilter", "/FDecodeParms", "/DL", "/Ref", "/Measure", "/PtData"})
"""Content that lies in another file (7.3.8.2), and forms that stand for a page of another file (8.10.4)."""
_FLATE = ("/FlateDecode", "/Fl")
_DCT = ("/DCTDecode", "/DCT")


def clean(document: Pdf) -> None:
    """Clean every object of a document.

    Raises:
        RejectedFileError: it unpacks to more than a viewer should hold.
    """
    left = MOST_UNPACKED
    for item in document.objects:
        for part in _parts(item):
            _clean_dictionary(part)
        if isinstance(item, Stream):
            left -= _checked_size(item, left)
            _drop_notes_of_the_camera(item)


def _parts(item: Object) -> Iterator[Object]:
    """Yield the dictionaries of one object, those inside it too; what it refers to comes by itself."""
    waiting = [item]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Dictionary | Stream):
            yield part
            waiting += [value for _key, value in part.items() if _is_inside(value)]
        elif isinstance(part, Array):
            waiting += [value for value in part.as_list() if _is_inside(value)]


def _is_inside(value: object) -> bool:
    return isinstance(value, Dictionary | Array) and not value.is_indirect


def _clean_dictionary(part: Object) -> None:
    unwanted = _UNWANTED | _UNWANTED_OF_STREAMS if isinstance(part, Stream) else _UNWANTED
    for key, value in list(part.items()):
        if key in unwanted or _acts(value):
            del part[key]


def _acts(value: object) -> bool:
    """Return whether a value is an action, a file, or a program for a printer."""
    if not isinstance(value, Dictionary | Stream):
        return False
    return (
        _name(value, "/Type") in _TYPES
        or _name(value, "/S") in _ACTIONS
        or "/EF" in value
        or (isinstance(value, Stream) and "/PS" in (_name(value, "/Subtype"), _name(value, "/Subtype2")))
    )


def _name(part: Object, key: str) -> str:
    value = part.get(key)
    return str(value) if isinstance(value, Name) else ""


def whole_number(part: Object, key: str) -> int:
    """Return a whole number of a dictionary, 0 where there is none."""
    value: Any = part.get(key)
    return value if isinstance(value, int) else 0


# --- what a viewer has to unpack ----------------------------------------------------------------------


def _checked_size(stream: Stream, left: int) -> int:
    """Return the bytes that a stream unpacks to, of those left; a picture counts none but has its own limit."""
    if _name(stream, "/Subtype") != "/Image":
        return _unpacked(stream, left)
    pixels = whole_number(stream, "/Width") * whole_number(stream, "/Height")
    if not 0 <= pixels <= MOST_PIXELS:
        raise RejectedFileError(Rejection.TOO_MANY_PIXELS)
    _unpacked(stream, max(pixels * _MOST_BYTES_OF_A_PIXEL, _CHUNK))
    return 0


def _unpacked(stream: Stream, most: int) -> int:
    """Return the number of bytes that a stream's Flate filters unpack to; the others cannot grow much.

    Raises:
        RejectedFileError: they are more than allowed.
    """
    parts: Iterator[bytes] = iter((stream.read_raw_bytes(),))
    for _filter in takewhile(lambda name: name in _FLATE, _filters(stream)):
        parts = _inflated(parts)
    size = 0
    for part in parts:
        size += len(part)
        if size > most:
            raise RejectedFileError(Rejection.TOO_LARGE)
    return size


def _inflated(parts: Iterator[bytes]) -> Iterator[bytes]:
    flate = zlib.decompressobj()
    for part in parts:
        rest = part
        while rest and not flate.eof:
            try:
                yield flate.decompress(rest, _CHUNK)
            except zlib.error:
                return  # a viewer shows what comes before the fault
            rest = flate.unconsumed_tail


def _filters(stream: Stream) -> list[str]:
    filters = stream.get(Name.Filter)
    listed = filters.as_list() if isinstance(filters, Array) else [filters]
    return [str(name) for name in listed if isinstance(name, Name)]


# --- what a camera wrote into a picture ---------------------------------------------------------------

_APPLICATION, _ADOBE, _COMMENT, _SCAN = range(0xE0, 0xF0), 0xEE, 0xFE, 0xDA
_JFIF = b"\xff\xe0\x00\x10JFIF\0"
"""Begins a segment that says how colours and pixels are written, and holds no small picture."""


def _drop_notes_of_the_camera(stream: Stream) -> None:
    """Take place, camera and time out of a JPEG on a page; its pixels stay as they are."""
    filters = _filters(stream)
    if len(filters) == 1 and filters[0] in _DCT:
        parameters = stream.get(Name.DecodeParms)
        stream.write(
            without_notes(stream.read_raw_bytes()),
            filter=Name.DCTDecode,
            decode_parms=parameters if isinstance(parameters, Dictionary | Array) else None,
        )


def without_notes(jpeg: bytes) -> bytes:
    """Return a JPEG without application segments and comments, but for the two that say how colours are written."""
    at, segments = 2, [jpeg[:2]]
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:  # noqa: PLR2004 - every marker begins with it
        marker = jpeg[at + 1]
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == _SCAN:
            break
        if marker not in (_COMMENT, *_APPLICATION) or marker == _ADOBE or jpeg.startswith(_JFIF, at):
            segments.append(jpeg[at:end])
        at = end
    return b"".join([*segments, jpeg[at:]])
