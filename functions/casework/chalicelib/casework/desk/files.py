"""Files for officers: attach them to an answer, open them; each opening of a petitioner's file is recorded."""

from __future__ import annotations

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from shared.domain.errors import NotAllowedError, UnknownAttachmentError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import Attachment, BelongsTo
from shared.platform import clock
from shared.platform.bucket import AttachmentsBucket, Download
from shared.tables.petitions import Petitions
from shared.use_cases.declare_file import AttachmentForm, AttachmentInput, Declarations, Expected, Owner


class OfficersFiles:
    """Lets officers attach files to an answer, and open what they may."""

    def __init__(self, petitions: Petitions, bucket: AttachmentsBucket, declarations: Declarations) -> None:
        self._petitions = petitions
        self._bucket = bucket
        self._declarations = declarations

    def expect(
        self,
        officer: DeskOfficer,
        petition: Petition,
        declared: AttachmentInput | AttachmentForm,
        key: str | None,
        *,
        then: str | None = None,
    ) -> Expected:
        """Declare a file that goes with the answer; an officer who may draft the answer may attach files to it.

        Raises:
            NotAllowedError: the officer may not draft this answer.
            ActionNotPossibleError: the petition's state allows no draft.
            InvalidInputError: too large, or too many.
        """
        if not authorization.may(officer, Action.DRAFT_ANSWER, petition):
            raise NotAllowedError
        owner = Owner(officer.actor, BelongsTo.ANSWER)
        return self._declarations.expect(petition, declared, owner, key=key, then=then)

    def open(self, officer: DeskOfficer, petition: Petition, attachment_id: str) -> Download:
        """Return a link to a file; the opening of a petitioner's file is recorded before the link is made.

        Raises:
            UnknownAttachmentError: there is no such file, or it is not clean.
            NotAllowedError: the officer may not open it.
        """
        file = petition.attachment(attachment_id)
        if file is None or not file.is_clean:
            raise UnknownAttachmentError
        if not authorization.may_open(officer, petition, file):
            raise NotAllowedError
        if file.belongs_to is BelongsTo.PETITION:
            self._record(officer, petition, file)
        return self._bucket.download(file)

    def _record(self, officer: DeskOfficer, petition: Petition, attachment: Attachment) -> None:
        now = clock.now()

        def opened(current: Petition) -> Petition:
            if current is not petition and not authorization.may_open(officer, current, attachment):
                raise NotAllowedError
            return current.record_file_opening(attachment, by=officer.actor, at=now)

        self._petitions.change(petition, opened)
