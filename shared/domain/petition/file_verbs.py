"""The verbs about a petition's files; like all verbs they return a new petition with one more history entry.

They stand beside `Petition` because they are about its files alone. A file makes at most two entries: declared, and
kept or rejected. Opening one makes an entry for each officer, file and day.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, UnknownAttachmentError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State, target_of
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import (
    Attachment,
    AttachmentState,
    BelongsTo,
    Limits,
    Rejection,
    clean_filename,
)


class CleanFile(NamedTuple):
    """What the check made of a file."""

    content_type: str
    size: int
    sha256: str


def expect(petition: Petition, wanted: Attachment, limits: Limits, *, change_id: str) -> Petition:
    """Declare a file, so that it can be uploaded.

    Raises:
        ActionNotPossibleError: the petition is no longer open, or nobody is drafting an answer.
        InvalidInputError: the file is too large, or there are enough of them.
    """
    if wanted.belongs_to is BelongsTo.ANSWER:
        target_of(Action.DRAFT_ANSWER, petition.state)
    if wanted.size is not None and wanted.size > limits.bytes_each:
        raise InvalidInputError(("size", "file-too-large"))
    same = [one for one in petition.attachments if one.belongs_to is wanted.belongs_to]
    counted = sum(one.is_clean or one.is_awaited(wanted.declared_at, limits) for one in same)
    if counted >= limits.files or len(same) >= limits.declarations:
        raise InvalidInputError(("filename", "too-many-files"))
    return petition.record(
        Action.ATTACH,
        Change(wanted.by, wanted.declared_at, change_id),
        facts={"attachment": wanted.id, "belongs_to": wanted.belongs_to},
        is_visible=False,
        attachments=(*petition.attachments, wanted),
    )


def keep(petition: Petition, change: Change, attachment: Attachment, file: CleanFile) -> Petition:
    """Take a file that was found clean; a petition that waited for its petitioner goes back to work."""
    kept = attachment.model_copy(
        update={
            **file._asdict(),
            "filename": clean_filename(attachment.filename, file.content_type),
            "state": AttachmentState.CLEAN,
            "checked_at": change.at,
        }
    )
    is_petitioners = attachment.belongs_to is BelongsTo.PETITION
    completes = is_petitioners and petition.state is State.AWAITING_INFORMATION
    return petition.record(
        Action.KEEP_ATTACHMENT,
        change,
        text=kept.filename if is_petitioners else None,
        note=None if is_petitioners else kept.filename,
        facts={"attachment": kept.id, "sha256": file.sha256} | ({"completes": "yes"} if completes else {}),
        is_visible=is_petitioners,
        to=petition.state_of_work if completes else None,
        attachments=_with(petition, kept),
    )


def reject(petition: Petition, change: Change, attachment: Attachment, rejection: Rejection) -> Petition:
    """Say that a file was not kept, and why."""
    rejected = attachment.model_copy(
        update={"state": AttachmentState.REJECTED, "rejection": rejection, "checked_at": change.at}
    )
    is_petitioners = attachment.belongs_to is BelongsTo.PETITION
    return petition.record(
        Action.REJECT_ATTACHMENT,
        change,
        text=rejected.filename if is_petitioners else None,
        note=None if is_petitioners else rejected.filename,
        facts={"attachment": rejected.id, "reason": rejection},
        is_visible=is_petitioners,
        attachments=_with(petition, rejected),
    )


def record_opening(petition: Petition, attachment: Attachment, *, by: str, at: datetime) -> Petition:
    """Record that an officer opened a petitioner's file: handwriting tells who wrote it (Quyết định 774/QĐ-TTg 2020).

    Once for each officer, file and day, so that reading a file again does not fill the history.
    """
    change_id = f"open-attachment:{by}:{attachment.id}:{local_date(at)}"
    if petition.has_change(change_id):
        return petition
    return petition.record(
        Action.OPEN_ATTACHMENT,
        Change(by, at, change_id),
        note=attachment.filename,
        facts={"attachment": attachment.id},
        is_visible=False,
    )


def clean_file(petition: Petition, attachment_id: str, belongs_to: BelongsTo) -> Attachment:
    """Return a file that may be given to somebody.

    Raises:
        UnknownAttachmentError: there is none, or it was not found clean.
    """
    found = petition.attachment(attachment_id)
    if found is None or not found.is_clean or found.belongs_to is not belongs_to:
        raise UnknownAttachmentError
    return found


def files_for_answer(petition: Petition) -> tuple[Attachment, ...]:
    """Return the officers' clean files: those that a draft may take along."""
    return tuple(one for one in petition.attachments if one.is_clean and one.belongs_to is BelongsTo.ANSWER)


def files_of_answer(petition: Petition) -> tuple[Attachment, ...]:
    """Return the files that came with the approved answer."""
    chosen = petition.answer.attachments if petition.answer else ()
    return tuple(one for one in files_for_answer(petition) if one.id in chosen)


def files_to_erase(petition: Petition) -> tuple[Attachment, ...]:
    """Return the files that go when a petition is erased: its own, but for those that were published."""
    return tuple(one for one in petition.attachments if one.parent is None and not petition.is_public(one))


def files_with_answer_of(parent: Petition, child: Petition) -> tuple[Attachment, ...]:
    """Return a child's files once it has its parent's answer: its own, and those that came with that."""
    known = {one.id for one in child.attachments}
    came_with_it = (one for one in files_of_answer(parent) if one.id not in known)
    return (
        *child.attachments,
        *(one.model_copy(update={"parent": one.parent or parent.reference}) for one in came_with_it),
    )


def _with(petition: Petition, changed: Attachment) -> tuple[Attachment, ...]:
    return tuple(changed if one.id == changed.id else one for one in petition.attachments)
