"""Examines an uploaded file: is it of the type that was declared, and what is safe to keep of it?

Only the bytes count. Pictures are drawn anew from their pixels and documents are written anew from their pages, so
nothing that was hidden in or behind them survives.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import filetype

from chalicelib.intake.uploads.errors import RejectedFileError
from chalicelib.intake.uploads.renew_apart import renew
from shared.domain.petition.values.attachments import EXTENSIONS, Rejection

BYTES_THAT_SHOW_THE_TYPE = 8192
"""Length of the beginning from which a file's type is recognised."""
PDF_HEADER_WITHIN = 1024
"""Bytes at a file's beginning in which viewers look for a PDF's header (ISO 32000-1, annex H.3)."""
_PDF_HEADER = re.compile(rb"%PDF-[12]\.\d")
HEIC = frozenset({"image/heic", "image/heif"})
_PICTURES = frozenset(kind for kind in EXTENSIONS if kind.startswith("image/"))


class CleanContent(NamedTuple):
    """The content of a file that is safe to keep."""

    content_type: str
    content: bytes


def examine(content: bytes, declared_type: str | None, most_bytes: int) -> CleanContent:
    """Return the content of an upload that is safe to keep.

    Args:
        content: the bytes as they arrived.
        declared_type: what the sender said it is, if they said.
        most_bytes: the limit for one file.

    Raises:
        RejectedFileError: it is not kept.
    """
    if not content:
        raise RejectedFileError(Rejection.EMPTY)
    if len(content) > most_bytes:
        raise RejectedFileError(Rejection.TOO_LARGE)
    actual_type = type_of(content)
    if actual_type in HEIC:
        raise RejectedFileError(Rejection.HEIC)
    if actual_type not in EXTENSIONS or _is_other_kind(actual_type, declared_type):
        raise RejectedFileError(Rejection.WRONG_TYPE)
    return CleanContent(actual_type, renew(content, actual_type))


def _is_other_kind(actual_type: str, declared_type: str | None) -> bool:
    """Return whether a document was said to be a picture, or a picture a document.

    Of pictures the bytes decide: telephones and browsers name the type by the file's ending, which is often wrong.
    """
    return declared_type is not None and (declared_type in _PICTURES) != (actual_type in _PICTURES)


def type_of(content: bytes) -> str | None:
    """Return the type that a file's first bytes show.

    Mail programs and scanners put a byte order mark or line ends before a PDF's header, and viewers look for it.
    """
    content_type: str | None = filetype.guess_mime(content[:BYTES_THAT_SHOW_THE_TYPE])
    if content_type is None and _PDF_HEADER.search(content[:PDF_HEADER_WITHIN]):
        return "application/pdf"
    return content_type
