"""Officers' side of the files: those that go with an answer, and the petitioners' files, each opening recorded."""

from __future__ import annotations

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from shared.domain.errors import NotAllowedError, UnknownAttachmentError
from shared.domain.petition import file_verbs
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
        """Declare a file that goes with the answer; who may draft it may attach to it.

        Raises:
            NotAllowedError: the officer does not draft this answer.
            ActionNotPossibleError: nobody drafts it now.
            InvalidInputError: too large, or too many.
        """
        if not authorization.may(officer, Action.DRAFT_ANSWER, petition):
            raise NotAllowedError
        owner = Owner(officer.actor, BelongsTo.ANSWER)
        return self._declarations.expect(petition, declared, owner, key=key, then=then)

    def open(self, officer: DeskOfficer, petition: Petition, attachment_id: str) -> Download:
        """Return a link to a file. That a petitioner's was opened is recorded before anybody gets the link.

        Raises:
            UnknownAttachmentError: there is none that may be given out.
            NotAllowedError: it is not for this officer.
        """
        found = petition.attachment(attachment_id)
        if found is None or not found.is_clean:
            raise UnknownAttachmentError
        if not authorization.may_open(officer, petition, found):
            raise NotAllowedError
        if found.belongs_to is BelongsTo.PETITION:
            self._record(officer, petition, found)
        return self._bucket.download(found)

    def _record(self, officer: DeskOfficer, petition: Petition, attachment: Attachment) -> None:
        now = clock.now()

        def opened(current: Petition) -> Petition:
            if current is not petition and not authorization.may_open(officer, current, attachment):
                raise NotAllowedError
            return file_verbs.record_opening(current, attachment, by=officer.actor, at=now)

        self._petitions.change(petition, opened)
