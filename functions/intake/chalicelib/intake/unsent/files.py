"""The files of a petition that is not sent yet: listed in what its pass keeps, in the bucket under names of their own.

Whoever holds the pass knows the names; nothing in the bucket leads to a person. They are scanned and drawn anew like
every other file before the petition is sent, and go into its quarantine when it is (ADR 0077).
"""

from __future__ import annotations

import hashlib
import json
import secrets as randomness
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

from shared.domain.errors import InvalidInputError
from shared.domain.identity import reference as references
from shared.domain.petition.change import PETITIONER, Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import (
    CLEAN,
    REFUSED,
    UNSENT,
    Attachment,
    BelongsTo,
    Limits,
    Rejection,
    clean_filename,
    quarantine_key,
    unsent_quarantine_key,
)
from shared.platform import clock
from shared.platform.bucket import AttachmentsBucket, UploadForm
from shared.tables.petitions import Petitions
from shared.use_cases.declare_file import AttachmentInput

FIELD = "files"
"""The name under which the list is kept among the fields, so that an earlier version that saves them keeps it."""
_PICTURES = (".jpg", ".png", ".webp")


@dataclass(frozen=True)
class UnsentFile:
    """One file as its sender declared it."""

    id: str
    """32 hex digits that nobody can guess: its name in the bucket."""
    filename: str
    content_type: str | None = None
    """None where a page without JavaScript could not know it."""
    size: int | None = None
    mark: str = ""
    """The SHA-256 of its bytes as the browser gave it: the same file chosen twice is one."""

    @property
    def is_described(self) -> bool:
        """True if a file was chosen; else a form was opened, and perhaps nothing was sent with it."""
        return self.size is not None


class UnsentFileState(StrEnum):
    """The state of a file."""

    MISSING = "MISSING"
    """Nothing has arrived, or not all of it."""
    CHECKING = "CHECKING"
    READY = "READY"
    REFUSED = "REFUSED"


class Arrived(NamedTuple):
    """A file as it lies in the bucket."""

    file: UnsentFile
    state: UnsentFileState
    size: int
    """Bytes."""
    key: str = ""
    """The key of its newest copy."""
    rejection: Rejection | None = None

    @property
    def is_picture(self) -> bool:
        """True for a picture, as far as anybody knows."""
        return self.key.endswith(_PICTURES) or (self.file.content_type or "").startswith("image/")


def files_in(fields: Mapping[str, str]) -> tuple[UnsentFile, ...]:
    """Return the files that the kept fields list."""
    return tuple(UnsentFile(**facts) for facts in json.loads(fields.get(FIELD) or "[]"))


def with_files(fields: Mapping[str, str], files: Iterable[UnsentFile]) -> dict[str, str]:
    """Return the fields with another list of files."""
    return {**fields, FIELD: json.dumps([asdict(file) for file in files], ensure_ascii=False)}


def described_file(declared: AttachmentInput, mark: str) -> UnsentFile:
    """Return a file that a script declares."""
    name = clean_filename(declared.filename, declared.content_type)
    return UnsentFile(randomness.token_hex(16), name, declared.content_type, declared.size, mark[:64])


def file_to_choose(number: int) -> UnsentFile:
    """Return a file that is chosen on the next page, as the how-many-eth one."""
    return UnsentFile(randomness.token_hex(16), clean_filename(f"tep-{number}"))


def same_file(files: Iterable[UnsentFile], wanted: UnsentFile) -> UnsentFile | None:
    """Return the listed file that a declared one is again: of the same bytes, else of the same name and length."""
    for file in files:
        is_alike = (file.filename, file.size) == (wanted.filename, wanted.size)
        if file.is_described and (file.mark == wanted.mark if file.mark and wanted.mark else is_alike):
            return file
    return None


class UnsentFiles:
    """Makes forms, looks up the files in the bucket, and hands the files over to the petition.

    Args:
        petitions: where the sent petition is declared its files.
        bucket: of the files.
        limits: number and length.
        key: the identifiers' key.
    """

    def __init__(self, petitions: Petitions, bucket: AttachmentsBucket, limits: Limits, key: bytes) -> None:
        self._petitions = petitions
        self._bucket = bucket
        self._key = key
        self.limits = limits

    def check(self, files: Iterable[UnsentFile], wanted: UnsentFile) -> None:
        """Check that one more file may be sent.

        Raises:
            InvalidInputError: it is too large, or there are enough of them.
        """
        if wanted.size is not None and wanted.size > self.limits.bytes_each:
            raise InvalidInputError(("size", "file-too-large"))
        if len(tuple(files)) >= self.limits.files:
            raise InvalidInputError(("filename", "too-many-files"))

    def form(self, file: UnsentFile, then: str | None = None) -> UploadForm:
        """Return the form that uploads a file; see `AttachmentsBucket.upload_form`."""
        key = unsent_quarantine_key(file.id)
        return self._bucket.form_for(key, file.content_type, file.size, self.limits, then=then)

    def arrived(self, files: Iterable[UnsentFile]) -> tuple[Arrived, ...]:
        """Look up each file in the bucket; leave out one that was never chosen."""
        looked_up = (self._arrived(file) for file in files)
        return tuple(
            each for each in looked_up if each.file.is_described or each.state is not UnsentFileState.MISSING
        )

    def hand_over(self, petition: Petition, files: Iterable[UnsentFile]) -> None:
        """Declare the files that arrived in the petition and copy them into its quarantine; done twice, it is the same.

        Their check there decides anew: what it finds clean is kept, and what it had no time for before, it does then.
        """
        for file in files:
            arrived = self._arrived(file)
            if arrived.state in (UnsentFileState.READY, UnsentFileState.CHECKING):
                self._hand_over(petition, arrived)

    def remove(self, files: Iterable[UnsentFile]) -> None:
        """Remove what the bucket has of the files."""
        for file in files:
            for key in self._keys(file):
                self._bucket.remove(key)

    def _hand_over(self, petition: Petition, arrived: Arrived) -> None:
        """Declare a file and copy it; what its check has just moved is copied from its new place.

        Raises:
            FileNotFoundError: it is where it was, and S3 does not copy it; sending again may.
        """
        attachment = self._attachment(petition, arrived)
        self._declare(petition, attachment)
        place = quarantine_key(petition.reference, attachment.id)
        if not self._bucket.copy(arrived.key, place):
            moved = self._arrived(arrived.file)
            if moved.key == arrived.key or (moved.key and not self._bucket.copy(moved.key, place)):
                raise FileNotFoundError

    def _attachment(self, petition: Petition, arrived: Arrived) -> Attachment:
        named = f"{petition.reference}:unsent:{arrived.file.id}"
        return Attachment(
            id=references.derive(self._key, "attachment", named).hex()[:32],
            filename=arrived.file.filename,
            content_type=arrived.file.content_type,
            size=arrived.size,
            belongs_to=BelongsTo.PETITION,
            by=PETITIONER,
            declared_at=clock.now(),
        )

    def _declare(self, petition: Petition, attachment: Attachment) -> None:
        change = Change(
            PETITIONER, clock.now(), f"attach:{hashlib.sha256(attachment.id.encode()).hexdigest()[:24]}"
        )

        def declared(current: Petition) -> Petition:
            if current.attachment(attachment.id) is not None:
                return current
            return current.declare_file(change, attachment, self.limits)

        self._petitions.change(self._petitions.get(petition.reference) or petition, declared)

    def _arrived(self, file: UnsentFile) -> Arrived:
        keys = self._keys(file)
        for key, size in keys.items():
            outcome = key.rpartition("/")[2]
            if outcome.startswith(CLEAN):
                return Arrived(file, UnsentFileState.READY, size, key)
            if outcome.startswith(REFUSED):
                rejection = Rejection(outcome.removeprefix(REFUSED))
                return Arrived(file, UnsentFileState.REFUSED, file.size or 0, key, rejection)
        for key, size in keys.items():
            return Arrived(file, UnsentFileState.CHECKING, size, key)
        return Arrived(file, UnsentFileState.MISSING, file.size or 0)

    def _keys(self, file: UnsentFile) -> dict[str, int]:
        """Return a file's objects; the quarantine is asked first, for its check writes before it removes."""
        waiting = self._bucket.listed(unsent_quarantine_key(file.id))
        return self._bucket.listed(f"{UNSENT}{file.id}/") | waiting
