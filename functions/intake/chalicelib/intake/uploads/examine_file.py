"""Looks through what somebody uploaded: is it what it says, and what is safe to keep of it?

Nothing is believed of a file but its bytes. Images are made anew from their pixels, so nothing that was hidden in or
behind them survives; a PDF is kept as it is, unless something in it could act.
"""

from __future__ import annotations

from typing import NamedTuple

from shared.domain.petition.values.attachments import EXTENSIONS, Rejection

ENOUGH_TO_TELL = 8192
"""Bytes at the beginning from which a type is told."""
HEIC = frozenset({"image/heic", "image/heif"})


class CleanContent(NamedTuple):
    """What may be kept of a file."""

    content_type: str
    content: bytes


class RejectedFileError(Exception):
    """The file is not kept; `reason` says why."""

    def __init__(self, reason: Rejection) -> None:
        super().__init__(reason)
        self.reason = reason


def examined(content: bytes, declared_type: str | None, most_bytes: int) -> CleanContent:
    """Return what may be kept of an upload.

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
    found = type_of(content)
    if found in HEIC:
        raise RejectedFileError(Rejection.HEIC)
    content_type = found if found in EXTENSIONS else None
    if content_type is None or declared_type not in (None, content_type):
        raise RejectedFileError(Rejection.WRONG_TYPE)
    if content_type == "application/pdf":
        from chalicelib.intake.uploads.documents import check_document  # noqa: PLC0415 - one kind at a time

        check_document(content)
        return CleanContent(content_type, content)
    from chalicelib.intake.uploads.images import made_anew  # noqa: PLC0415 - Pillow only for images

    return CleanContent(content_type, made_anew(content, content_type))


def type_of(content: bytes) -> str | None:
    """Return the type that a file's first bytes show."""
    import filetype  # noqa: PLC0415 - only the check needs it

    found: str | None = filetype.guess_mime(content[:ENOUGH_TO_TELL])
    return found
