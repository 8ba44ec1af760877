"""Lets a petitioner send files straight to the bucket, and fetch those that came with the answer."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.intake.petitions.passes import Passes, Purpose
from shared.domain.errors import UnknownAttachmentError
from shared.domain.petition.change import PETITIONER
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import Attachment, AttachmentState, BelongsTo, Limits
from shared.platform import clock
from shared.platform.bucket import AttachmentsBucket, Download, UploadForm
from shared.tables.petitions import Petitions
from shared.use_cases.declare_file import AttachmentForm, AttachmentInput, Declarations, Expected, Owner

PASS_HOLDS_FOR = timedelta(hours=1)
"""Lifetime of a pass, which stands in the address that the bucket leads back to."""


class FileDesk:
    """Gives petitioners forms to upload and links to download; no file passes through it."""

    def __init__(
        self, petitions: Petitions, bucket: AttachmentsBucket, limits: Limits, key: bytes, passes: Passes
    ) -> None:
        self._bucket = bucket
        self._declarations = Declarations(petitions, bucket, limits, key)
        self._passes = passes
        self.limits = limits

    def expect(
        self,
        petition: Petition,
        declared: AttachmentInput | AttachmentForm,
        key: str | None,
        *,
        by: str = PETITIONER,
    ) -> Expected:
        """Declare a file of the petitioner's; see `Declarations.expect`."""
        return self._declarations.expect(petition, declared, Owner(by, BelongsTo.PETITION), key=key)

    def waiting(self, petition: Petition, attachment_id: str) -> Attachment | None:
        """Return a file that the petitioner declared and that is not checked yet; None where there is no such file."""
        declared = petition.attachment(attachment_id)
        is_waiting = declared is not None and declared.state is AttachmentState.EXPECTED
        return declared if declared and is_waiting and declared.belongs_to is BelongsTo.PETITION else None

    def upload_form(self, petition: Petition, attachment: Attachment, then: str) -> UploadForm:
        """Return the form that uploads a declared file; the bucket leads to `then` afterwards."""
        return self._bucket.upload_form(petition.reference, attachment, self.limits, then=then)

    def answers_file(self, petition: Petition, attachment_id: str) -> Download:
        """Return a link to a file that came with the ministry's answer.

        Raises:
            UnknownAttachmentError: the answer has no such file.
        """
        petition = petition.as_known_outside(clock.now())
        if petition.answer is None or attachment_id not in petition.answer.attachments:
            raise UnknownAttachmentError
        return self._bucket.download(petition.clean_file(attachment_id, BelongsTo.ANSWER))

    # --- the return from the bucket -----------------------------------------------------------

    def issue_pass(self, petition: Petition) -> str:
        """Return a signed pass that shows a petition's files and their states for an hour, and nothing else of it."""
        return self._passes.issue(Purpose.FILES, petition, clock.now() + PASS_HOLDS_FOR)

    def admitted(self, file_pass: str) -> Petition:
        """Return the petition that a pass is for.

        Raises:
            NotFoundOrWrongPinError: forged, expired, or no such petition.
        """
        return self._passes.admit(file_pass, Purpose.FILES).petition
