"""Declares files: one write that names a file, and the form that uploads it; for petitioners and officers alike."""

from __future__ import annotations

import hashlib
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity import reference as references
from shared.domain.petition.change import PETITIONER, Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, Text
from shared.domain.petition.values.attachments import (
    Attachment,
    AttachmentState,
    BelongsTo,
    Limits,
    clean_filename,
    usual_type,
)
from shared.platform import clock
from shared.platform.bucket import AttachmentsBucket, UploadForm
from shared.tables.petitions import Petitions
from shared.use_cases.idempotency import name_of, named_by_key, was_made


class AttachmentInput(BaseModel):
    """A file that is about to be uploaded, as a program declares it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filename: Annotated[Text, Field(min_length=1, max_length=255)]
    content_type: Annotated[str, Field(max_length=100)]
    size: Annotated[int, Field(ge=1, strict=True)]

    @field_validator("content_type")
    @classmethod
    def _is_taken(cls, value: str, others: ValidationInfo) -> str:
        content_type = usual_type(value, others.data.get("filename", ""))
        if content_type is None:
            raise ValueError("file-type")
        return content_type


class AttachmentForm(BaseModel):
    """The same from a page: without JavaScript nobody knows name, type and length before the file is chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filename: Annotated[Annotated[str, Field(max_length=100)] | None, EMPTY_IS_ABSENT] = None


class Owner(NamedTuple):
    """The owner of a file: who sends it, and which text it goes with."""

    by: str
    belongs_to: BelongsTo

    @property
    def name(self) -> str:
        """The name that tells declarations apart: the petitioner's whichever program sends them."""
        return PETITIONER if self.belongs_to is BelongsTo.PETITION else self.by


class Expected(NamedTuple):
    """A declared file, and the form that uploads it."""

    petition: Petition
    attachment: Attachment
    form: UploadForm
    is_new: bool


class Declarations:
    """Takes declarations of files and gives out forms; no file passes through it."""

    def __init__(self, petitions: Petitions, bucket: AttachmentsBucket, limits: Limits, key: bytes) -> None:
        self._petitions = petitions
        self._bucket = bucket
        self.limits = limits
        self._key = key

    def expect(
        self,
        petition: Petition,
        declared: AttachmentInput | AttachmentForm,
        owner: Owner,
        *,
        key: str | None,
        then: str | None = None,
    ) -> Expected:
        """Declare a file; the same declaration again gives a form for the same file.

        Args:
            petition: as it was just read, for somebody who may send files with it.
            declared: what the sender says of the file.
            owner: whose it is.
            key: names the declaration; without one, its words, the day and what was settled before do.
            then: where the bucket sends the browser afterwards.

        Raises:
            ActionNotPossibleError: not in this petition's state.
            IdempotencyKeyReusedError: the key came before, with another file.
            InvalidInputError: too large, or too many.
        """
        change_id = _name(petition, declared, owner, key)
        was_made(petition, change_id)
        named = f"{petition.reference}:{name_of(change_id)}"
        attachment_id = references.derive(self._key, "attachment", named).hex()[:32]
        changed = petition
        if petition.attachment(attachment_id) is None:
            changed = self._declare(petition, _wanted(petition, declared, owner, attachment_id), change_id)
        attachment = changed.attachment(attachment_id)
        assert attachment is not None  # noqa: S101 - it was just declared
        form = self._bucket.upload_form(petition.reference, attachment, self.limits, then=then)
        return Expected(changed, attachment, form, is_new=changed is not petition)

    def _declare(self, petition: Petition, wanted: Attachment, change_id: str) -> Petition:
        def declared(current: Petition) -> Petition:
            if was_made(current, change_id):
                return current
            return current.declare_file(Change(wanted.by, wanted.declared_at, change_id), wanted, self.limits)

        return self._petitions.change(petition, declared)


def _name(
    petition: Petition, declared: AttachmentInput | AttachmentForm, owner: Owner, key: str | None
) -> str:
    """Name a declaration; what was settled before counts, so that a rejected file may be sent once more."""
    if key is not None:
        return named_by_key(_named(f"{owner.name}:key:{key}"), declared.model_dump_json())
    settled = sum(attachment.state is not AttachmentState.EXPECTED for attachment in petition.attachments)
    return _named(f"{owner.name}:derived:{local_date(clock.now())}:{settled}:{declared.model_dump_json()}")


def _named(name: str) -> str:
    return f"attach:{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def _wanted(
    petition: Petition, declared: AttachmentInput | AttachmentForm, owner: Owner, attachment_id: str
) -> Attachment:
    number = 1 + sum(attachment.belongs_to is owner.belongs_to for attachment in petition.attachments)
    described = declared if isinstance(declared, AttachmentInput) else None
    content_type = described.content_type if described else None
    return Attachment(
        id=attachment_id,
        belongs_to=owner.belongs_to,
        filename=clean_filename(declared.filename or f"tep-{number}", content_type),
        content_type=content_type,
        size=described.size if described else None,
        by=owner.by,
        declared_at=clock.now(),
    )
