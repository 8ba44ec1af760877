"""Checks one upload: from the quarantine to its clean place, or out. Called twice, late or early, it does no harm."""

from __future__ import annotations

import hashlib

from chalicelib.intake.uploads.errors import RejectedFileError
from chalicelib.intake.uploads.examine_file import CleanContent, examine
from chalicelib.intake.uploads.scanners import Scanner, Verdict
from shared.domain.petition.change import Change
from shared.domain.petition.facts import FileDeclared
from shared.domain.petition.files import CleanFile
from shared.domain.petition.history import entries_of
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import (
    CLEAN,
    EXTENSIONS,
    REFUSED,
    Attachment,
    AttachmentState,
    Limits,
    Rejection,
    place_of,
    unsent_id_of,
    unsent_key,
)
from shared.platform import clock, correlation
from shared.platform.bucket import UNDECLARED_TYPE, AttachmentsBucket, Upload
from shared.platform.messages import BucketEvent
from shared.tables.petitions import Petitions


class NotScannedYetError(Exception):
    """There is no verdict yet: the message has to come again."""


class UploadCheck:
    """Keeps what is clean and wanted; removes everything else."""

    def __init__(
        self, petitions: Petitions, bucket: AttachmentsBucket, scanner: Scanner, limits: Limits
    ) -> None:
        self._petitions = petitions
        self._bucket = bucket
        self._scanner = scanner
        self._limits = limits

    def check_event(self, event: BucketEvent) -> None:
        """Check every upload that a notification of the bucket names."""
        for record in event.records:
            self.check(record.key)

    def check(self, key: str) -> None:
        """Check the upload at a key of the quarantine.

        The clean copy is written before the petition says that there is one; the quarantined one goes last. So a
        crash anywhere in between is mended by the same message coming again.

        Raises:
            NotScannedYetError: there is no verdict yet.
            StaleVersionError: others kept changing the petition.
        """
        upload = self._bucket.find(key)
        if upload is None:
            return
        if file_id := unsent_id_of(key):
            self._decide_unsent(file_id, upload)
        place = place_of(key)
        petition = self._petitions.get(place.reference) if place else None
        attachment = petition.attachment(place.id) if petition and place else None
        if petition and attachment and attachment.state is AttachmentState.EXPECTED:
            correlation.follow(_declared_under(petition, attachment))
            self._decide(petition, attachment, upload)
        self._bucket.remove(key)

    def _decide(self, petition: Petition, attachment: Attachment, upload: Upload) -> None:
        try:
            clean = self._examined(attachment.content_type, upload)
        except RejectedFileError as rejected:
            self._settle(petition, attachment, rejected.reason)
            return
        self._bucket.write(attachment.clean_key, clean.content, clean.content_type)
        self._settle(petition, attachment, clean)

    def _decide_unsent(self, file_id: str, upload: Upload) -> None:
        """Keep the outcome beside the quarantine: whose file it is knows only who holds the petition's pass."""
        try:
            clean = self._examined(None, upload)
        except RejectedFileError as rejected:
            self._bucket.write(unsent_key(file_id, f"{REFUSED}{rejected.reason}"), b"", UNDECLARED_TYPE)
            return
        key = unsent_key(file_id, f"{CLEAN}{EXTENSIONS[clean.content_type]}")
        self._bucket.write(key, clean.content, clean.content_type)

    def _examined(self, declared_type: str | None, upload: Upload) -> CleanContent:
        if upload.size > self._limits.bytes_each:
            raise RejectedFileError(Rejection.TOO_LARGE)
        content = self._bucket.read(upload)
        verdict = self._scanner.verdict(upload, content)
        if verdict is Verdict.PENDING:
            raise NotScannedYetError
        if verdict is Verdict.INFECTED:
            raise RejectedFileError(Rejection.INFECTED)
        return examine(content, declared_type, self._limits.bytes_each)

    def _settle(self, petition: Petition, attachment: Attachment, outcome: CleanContent | Rejection) -> None:
        """Record the outcome of a check; after a lost race, on the petition as it is stored now."""
        change = Change(attachment.by, clock.now(), f"checked:{attachment.id}")

        def settled(current: Petition) -> Petition:
            if current.has_change(change.id):
                return current
            if isinstance(outcome, Rejection):
                return current.reject_file(change, attachment, outcome)
            digest = hashlib.sha256(outcome.content).hexdigest()
            file = CleanFile(outcome.content_type, len(outcome.content), digest)
            return current.keep_file(change, attachment, file)

        self._petitions.change(petition, settled)


def _declared_under(petition: Petition, attachment: Attachment) -> str | None:
    """Return the id of the request that declared a file."""
    declarations = entries_of(petition.history, FileDeclared)
    return next(
        (entry.correlation for entry, facts in declarations if facts.attachment == attachment.id), None
    )
