"""Examines an uploaded file: is it of the type that was declared, and what is safe to keep of it?

Only the bytes count. Images are drawn anew from their pixels, so nothing that was hidden in or behind them survives;
a PDF is kept as it is, unless it holds active content.
"""

from __future__ import annotations

from typing import NamedTuple

import filetype

from chalicelib.intake.uploads.documents import check_document
from chalicelib.intake.uploads.errors import RejectedFileError
from shared.domain.petition.values.attachments import EXTENSIONS, Rejection

BYTES_THAT_SHOW_THE_TYPE = 8192
"""Length of the beginning from which a file's type is recognised."""
HEIC = frozenset({"image/heic", "image/heif"})


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
    if actual_type not in EXTENSIONS or declared_type not in (None, actual_type):
        raise RejectedFileError(Rejection.WRONG_TYPE)
    if actual_type == "application/pdf":
        check_document(content)
        return CleanContent(actual_type, content)
    from chalicelib.intake.uploads.images import redraw  # noqa: PLC0415 - brings Pillow, which no web request needs

    return CleanContent(actual_type, redraw(content, actual_type))


def type_of(content: bytes) -> str | None:
    """Return the type that a file's first bytes show."""
    content_type: str | None = filetype.guess_mime(content[:BYTES_THAT_SHOW_THE_TYPE])
    return content_type
