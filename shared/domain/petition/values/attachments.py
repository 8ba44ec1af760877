"""Files that belong to a petition: what is known of one, what may be sent, and where it lies in the bucket.

A file is declared first, which gives it its identifier and its place in the quarantine. It is kept only once it was
scanned and looked through; until then nobody can be given it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.domain.base_model import StoredModel

EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}
"""The types that are taken: images can be made anew from their pixels, a PDF from its pages."""

_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/jpe": "image/jpeg",
    "image/jfif": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/pipeg": "image/jpeg",
    "image/x-jpeg": "image/jpeg",
    "image/x-jpg": "image/jpeg",
    "image/x-citrix-jpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/apng": "image/png",
    "image/vnd.mozilla.apng": "image/png",
    "image/x-citrix-png": "image/png",
    "image/x-webp": "image/webp",
    "application/x-pdf": "application/pdf",
    "application/acrobat": "application/pdf",
    "application/x-acrobat": "application/pdf",
    "application/vnd.pdf": "application/pdf",
    "text/pdf": "application/pdf",
    "text/x-pdf": "application/pdf",
}
"""Other names that browsers, phones and mail programs give to the same types."""
_EXTENSION = re.compile(r"\.(jpe?g|jpe|jfif|png|webp|pdf)$", re.IGNORECASE)
_TYPES_OF_EXTENSIONS = {"png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
_UNKNOWN = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/force-download"})
"""Types that a program gives which does not know a file's type."""

LONGEST_FILENAME = 100
CHECKED_WITHIN = timedelta(minutes=30)
"""A file is checked within a minute of its arrival; whatever takes longer than this, somebody has to look at."""
QUARANTINE = "quarantine/"
_OF_PETITIONS, _OF_ANSWERS = "petitions/", "answers/"
UNSENT = "unsent/"
"""Begins the keys of checked files of petitions that are not sent yet; no link leads there."""
CLEAN, REFUSED = "clean", "refused-"
"""Begin the last part of those keys: `clean.jpg`, `refused-DAMAGED`."""
_UNSENT_QUARANTINED = re.compile(rf"{QUARANTINE}{UNSENT}([0-9a-f]{{32}})")
_QUARANTINED = re.compile(rf"{QUARANTINE}(\d{{11}})/([0-9a-f]{{32}})")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_NOT_IN_FILENAMES = re.compile(r'[\\/:*?"<>|]')


class BelongsTo(StrEnum):
    """Which text a file goes with."""

    PETITION = "PETITION"
    ANSWER = "ANSWER"


class AttachmentState(StrEnum):
    """The state of a file."""

    EXPECTED = "EXPECTED"
    """Declared: not arrived, or in quarantine."""
    CLEAN = "CLEAN"
    REJECTED = "REJECTED"


class Rejection(StrEnum):
    """Why a file was not kept."""

    INFECTED = "INFECTED"
    EMPTY = "EMPTY"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    WRONG_TYPE = "WRONG_TYPE"
    HEIC = "HEIC"
    """An iPhone's own format: a picture, but one that cannot be made anew here."""
    DAMAGED = "DAMAGED"
    ENCRYPTED = "ENCRYPTED"
    ACTIVE_CONTENT = "ACTIVE_CONTENT"


class Limits(NamedTuple):
    """Limits of files (settings)."""

    files: int = 5
    """Files with one petition, and as many with its answer."""
    bytes_each: int = 10 * 1024 * 1024
    upload_within: timedelta = timedelta(minutes=30)

    @property
    def declarations(self) -> int:
        """The number of declarations in a petition's life: each stands in its history, which is bounded."""
        return 4 * self.files


class Attachment(StoredModel):
    """One file of a petition or of its answer."""

    id: str
    """32 hex digits that nobody can guess: it is the file's name in the bucket."""
    belongs_to: BelongsTo = BelongsTo.PETITION
    filename: str
    content_type: str | None = None
    """The declared type, if any; once clean, the detected one."""
    size: int | None = None
    """Bytes that were declared, if any were; once clean, those of the clean copy."""
    sha256: str | None = None
    """The SHA-256 of the clean copy, in hex."""
    state: AttachmentState = AttachmentState.EXPECTED
    rejection: Rejection | None = None
    by: str
    """`petitioner` or `officer:<user name>`."""
    parent: str | None = None
    """The petition whose answer it came with, where this one was answered with that one: the file is that one's."""
    declared_at: datetime
    checked_at: datetime | None = None

    @property
    def is_clean(self) -> bool:
        """True if it may be downloaded."""
        return self.state is AttachmentState.CLEAN

    @property
    def clean_key(self) -> str:
        """The key of its clean copy; the key names no petition, because it stands in links."""
        prefix = _OF_ANSWERS if self.belongs_to is BelongsTo.ANSWER else _OF_PETITIONS
        return f"{prefix}{self.id}"

    def is_awaited(self, at: datetime, limits: Limits) -> bool:
        """Return whether it may still arrive: after that it is not counted, though it is kept if it comes after all."""
        return self.state is AttachmentState.EXPECTED and at < self.declared_at + limits.upload_within

    def is_late(self, at: datetime, limits: Limits) -> bool:
        """Return whether it should have been settled long ago: it never arrived, or its check is stuck."""
        settled_by = self.declared_at + limits.upload_within + CHECKED_WITHIN
        return self.state is AttachmentState.EXPECTED and at >= settled_by


class Place(NamedTuple):
    """Which file a key of the quarantine is for."""

    reference: str
    id: str


def quarantine_key(reference: str, attachment_id: str) -> str:
    """Return where a file waits until it is checked."""
    return f"{QUARANTINE}{reference}/{attachment_id}"


def place_of(key: str) -> Place | None:
    """Return which file a key of the quarantine is for, or None when it is none of ours."""
    match = _QUARANTINED.fullmatch(key)
    return Place(match[1], match[2]) if match else None


def unsent_quarantine_key(file_id: str) -> str:
    """Return where a file waits for its check whose petition is not sent yet."""
    return f"{QUARANTINE}{UNSENT}{file_id}"


def unsent_id_of(key: str) -> str | None:
    """Return which file of a petition that is not sent a key of the quarantine is for, None when it is none."""
    match = _UNSENT_QUARANTINED.fullmatch(key)
    return match[1] if match else None


def unsent_key(file_id: str, outcome: str) -> str:
    """Return where the outcome of such a file's check lies: a clean copy, or an empty object named by its rejection."""
    return f"{UNSENT}{file_id}/{outcome}"


def usual_type(declared: str, filename: str) -> str | None:
    """Return the type that a declared one is another name of, None where it is none that is taken.

    Parameters and capitals do not count; where a program did not know the type, the file's name says it. The bytes
    decide in the end.
    """
    name = declared.split(";", maxsplit=1)[0].strip().lower()
    if name in _UNKNOWN and (match := _EXTENSION.search(filename.strip())):
        name = _TYPES_OF_EXTENSIONS.get(match[1].lower(), "image/jpeg")
    name = _ALIASES.get(name, name)
    return name if name in EXTENSIONS else None


def clean_filename(name: str, content_type: str | None = None) -> str:
    """Return a file name that is safe to show and to save, with the extension of what the file is.

    Directories, control characters and the bidirectional overrides that make a name read other than it is go.
    """
    name = _UNPRINTABLE.sub("", unicodedata.normalize("NFC", name.replace("\\", "/"))).rpartition("/")[2]
    name = " ".join(_NOT_IN_FILENAMES.sub("_", name).split()).strip(". ")
    extension = EXTENSIONS.get(content_type or "", "")
    stem = _without_extension(name) if extension else name
    return f"{stem[: LONGEST_FILENAME - len(extension)].rstrip('. ') or 'tep'}{extension}"


def _without_extension(name: str) -> str:
    return _EXTENSION.sub("", name)
