"""Searches a PDF for active content; the file itself is kept as it is.

Names are looked for in the raw bytes, with `#xx` unescaped (ISO 32000-1, 7.3.5), and in the object streams that
hide dictionaries from a plain search (7.5.7). That is a search and no parser: rather one harmless file too many is
sent back than one that acts is kept.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from chalicelib.intake.uploads.errors import RejectedFileError
from shared.domain.petition.values.attachments import Rejection

_HEADER = re.compile(rb"%PDF-[12]\.\d")
_END = b"%%EOF"
_MOST_AFTER_THE_END = 16
"""Bytes of white space that may follow; anything else there is a second file."""
_MOST_UNPACKED = 32 * 1024 * 1024
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME_ENDS = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|$)"
_ACTS = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Movie|Rendition)"
    + _NAME_ENDS
)
_ENCRYPTED = re.compile(rb"/Encrypt" + _NAME_ENDS)
_OBJECT_STREAM = re.compile(rb"/ObjStm" + _NAME_ENDS)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")


def check_document(content: bytes) -> None:
    """Let a harmless PDF pass.

    Raises:
        RejectedFileError: it is cut off, locked, something follows it, or something in it could act.
    """
    end = content.rfind(_END)
    if not _HEADER.match(content) or end < 0:
        raise RejectedFileError(Rejection.DAMAGED)
    behind = content[end + len(_END) :]
    if len(behind) > _MOST_AFTER_THE_END or behind.strip(b"\x00\t\n\f\r \x1a"):
        raise RejectedFileError(Rejection.DAMAGED)
    readable = _unescaped(content)
    if _ENCRYPTED.search(readable):
        raise RejectedFileError(Rejection.ENCRYPTED)
    for part in (readable, *map(_unescaped, _object_streams(content))):
        if _ACTS.search(part):
            raise RejectedFileError(Rejection.ACTIVE_CONTENT)


def _unescaped(part: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode()), part)


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Yield the content of object streams; one that cannot be unpacked rejects the file."""
    left, before = _MOST_UNPACKED, 0
    for stream in _STREAM.finditer(content):
        dictionary, before = _unescaped(content[before : stream.start()]), stream.end()
        if not _OBJECT_STREAM.search(dictionary):
            continue
        unpacked = zlib.decompressobj()
        try:
            part = unpacked.decompress(content[stream.end() :], left)
        except zlib.error:
            raise RejectedFileError(Rejection.ACTIVE_CONTENT) from None
        left -= len(part)
        if unpacked.unconsumed_tail or left <= 0:
            raise RejectedFileError(Rejection.ACTIVE_CONTENT)
        yield part
