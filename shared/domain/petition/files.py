"""The verbs about the files of a petition, and which of its files are used where.

A file makes at most two entries: declared, and kept or rejected. Opening one makes an entry for each officer, file and
day.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Self

from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, UnknownAttachmentError
from shared.domain.petition.change import Change
from shared.domain.petition.facts import FileDeclared, FileKept, FileOpened, FileRejected
from shared.domain.petition.lifecycle import Action, State, target_of
from shared.domain.petition.result import HeldVerbs
from shared.domain.petition.values.attachments import (
    Attachment,
    AttachmentState,
    BelongsTo,
    Limits,
    Rejection,
    clean_filename,
)


class CleanFile(NamedTuple):
    """The clean copy of a file, as the check made it."""

    content_type: str
    size: int
    """Bytes."""
    sha256: str
    """In hex."""


class FileVerbs(HeldVerbs):
    """The verbs about files, of the petitioner or of an officer who drafts an answer."""

    def declare_file(self, change: Change, attachment: Attachment, limits: Limits) -> Self:
        """Declare a file, so that it can be uploaded.

        Raises:
            ActionNotPossibleError: the petition is no longer open, or nobody is drafting an answer.
            InvalidInputError: the file is too large, or there are enough of them.
        """
        if attachment.belongs_to is BelongsTo.ANSWER:
            target_of(Action.DRAFT_ANSWER, self.state)
        if attachment.size is not None and attachment.size > limits.bytes_each:
            raise InvalidInputError(("size", "file-too-large"))
        declared = [file for file in self.attachments if file.belongs_to is attachment.belongs_to]
        counted = sum(file.is_clean or file.is_awaited(change.at, limits) for file in declared)
        if counted >= limits.files or len(declared) >= limits.declarations:
            raise InvalidInputError(("filename", "too-many-files"))
        is_petitioners = attachment.belongs_to is BelongsTo.PETITION
        petition = self.where_known(Action.ATTACH, change) if is_petitioners else self
        return petition.record(
            Action.ATTACH,
            change,
            facts=FileDeclared(attachment=attachment.id, belongs_to=attachment.belongs_to),
            is_visible=False,
            attachments=(*self.attachments, attachment),
        )

    def keep_file(self, change: Change, attachment: Attachment, file: CleanFile) -> Self:
        """Keep a file that was found clean; a petition that waited for its petitioner goes back to work."""
        clean = attachment.model_copy(
            update={
                **file._asdict(),
                "filename": clean_filename(attachment.filename, file.content_type),
                "state": AttachmentState.CLEAN,
                "checked_at": change.at,
            }
        )
        is_petitioners = attachment.belongs_to is BelongsTo.PETITION
        completes = is_petitioners and self.state is State.AWAITING_INFORMATION
        return self.record(
            Action.KEEP_ATTACHMENT,
            change,
            text=clean.filename if is_petitioners else None,
            note=None if is_petitioners else clean.filename,
            facts=FileKept(attachment=clean.id, sha256=file.sha256, completes=completes),
            is_visible=is_petitioners,
            to=self.state_of_work if completes else None,
            attachments=self._attachments_with(clean),
        )

    def reject_file(self, change: Change, attachment: Attachment, rejection: Rejection) -> Self:
        """Record that a file was not kept, and the reason."""
        rejected = attachment.model_copy(
            update={"state": AttachmentState.REJECTED, "rejection": rejection, "checked_at": change.at}
        )
        is_petitioners = attachment.belongs_to is BelongsTo.PETITION
        return self.record(
            Action.REJECT_ATTACHMENT,
            change,
            text=rejected.filename if is_petitioners else None,
            note=None if is_petitioners else rejected.filename,
            facts=FileRejected(attachment=rejected.id, reason=rejection),
            is_visible=is_petitioners,
            attachments=self._attachments_with(rejected),
        )

    def record_file_opening(self, attachment: Attachment, *, by: str, at: datetime) -> Self:
        """Record that an officer opened a petitioner's file: handwriting may identify (Quyết định 774/QĐ-TTg 2020).

        Once for each officer, file and day, so that reading a file again does not fill the history.
        """
        change = Change(by, at, f"open-attachment:{by}:{attachment.id}:{local_date(at)}")
        if self.has_change(change.id):
            return self
        return self.record(
            Action.OPEN_ATTACHMENT,
            change,
            note=attachment.filename,
            facts=FileOpened(attachment=attachment.id),
            is_visible=False,
        )

    # --- which files ----------------------------------------------------------------------------

    def clean_file(self, attachment_id: str, belongs_to: BelongsTo) -> Attachment:
        """Return a file that may be downloaded.

        Raises:
            UnknownAttachmentError: there is none, or it was not found clean.
        """
        file = self.attachment(attachment_id)
        if file is None or not file.is_clean or file.belongs_to is not belongs_to:
            raise UnknownAttachmentError
        return file

    @property
    def files_for_answer(self) -> tuple[Attachment, ...]:
        """The officers' clean files: those that a draft may use."""
        return tuple(f for f in self.attachments if f.is_clean and f.belongs_to is BelongsTo.ANSWER)

    @property
    def files_of_answer(self) -> tuple[Attachment, ...]:
        """The files that came with the approved answer."""
        chosen = self.answer.attachments if self.answer else ()
        return tuple(file for file in self.files_for_answer if file.id in chosen)

    @property
    def files_to_erase(self) -> tuple[Attachment, ...]:
        """The files that are deleted with the petition: its own, except those that were published."""
        return tuple(file for file in self.attachments if file.parent is None and not self.is_public(file))

    def files_with_answer_of(self, parent: FileVerbs) -> tuple[Attachment, ...]:
        """Return the files of a merged petition once it has its parent's answer: its own, and those of the answer."""
        own = {file.id for file in self.attachments}
        of_parent = (file for file in parent.files_of_answer if file.id not in own)
        return (
            *self.attachments,
            *(file.model_copy(update={"parent": file.parent or parent.reference}) for file in of_parent),
        )

    def _attachments_with(self, changed: Attachment) -> tuple[Attachment, ...]:
        return tuple(changed if file.id == changed.id else file for file in self.attachments)
