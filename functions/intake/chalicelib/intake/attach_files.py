"""Lets a petitioner send files straight to the bucket, and fetch those that came with the answer."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared import clock
from shared.attachments import AttachmentsBucket, Download, UploadForm
from shared.domain import attaching
from shared.domain import reference as references
from shared.domain.attachments import (
    EXTENSIONS,
    Attachment,
    AttachmentState,
    BelongsTo,
    Limits,
    clean_filename,
)
from shared.domain.errors import NotFoundOrWrongPinError, StaleVersionError, UnknownAttachmentError
from shared.domain.petition import Petition
from shared.domain.submission import EMPTY_IS_ABSENT, Text
from shared.domain.working_calendar import local_date
from shared.petitions import Petitions

_ATTEMPTS = 4
PASS_HOLDS_FOR = timedelta(hours=1)
"""How long the address that the bucket leads back to shows how the files fare."""
_PASS_LENGTH = 32


class AttachmentInput(BaseModel):
    """A file that is about to be uploaded, as a program declares it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    filename: Annotated[Text, Field(min_length=1, max_length=255)]
    content_type: Annotated[str, Field(max_length=100)]
    size: Annotated[int, Field(ge=1, strict=True)]

    @field_validator("content_type")
    @classmethod
    def _is_taken(cls, value: str) -> str:
        if value not in EXTENSIONS:
            raise ValueError("file-type")
        return value


class AttachmentForm(BaseModel):
    """The same from a page: without JavaScript nobody knows name, type and length before the file is chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    filename: Annotated[Annotated[str, Field(max_length=100)] | None, EMPTY_IS_ABSENT] = None


class Expected(NamedTuple):
    """A declared file, and the form that uploads it."""

    petition: Petition
    attachment: Attachment
    form: UploadForm
    is_new: bool


class FileDesk:
    """Takes declarations of files and gives out forms and links; no file passes through it."""

    def __init__(self, petitions: Petitions, bucket: AttachmentsBucket, limits: Limits, key: bytes) -> None:
        self._petitions = petitions
        self._bucket = bucket
        self._limits = limits
        self._key = key

    @property
    def limits(self) -> Limits:
        """How much may be sent."""
        return self._limits

    def expect(
        self,
        petition: Petition,
        declared: AttachmentInput | AttachmentForm,
        idempotency_key: str | None,
        *,
        then: str | None = None,
    ) -> Expected:
        """Declare a file of the petitioner's; the same declaration again gives a form for the same file.

        Args:
            petition: as it was just read, for somebody who proved that it is theirs.
            declared: what the sender says of the file.
            idempotency_key: names the declaration; without one, its words, the day and what was sent before do.
            then: where the bucket sends the browser afterwards.

        Raises:
            ActionNotPossibleError: the petition is no longer open.
            InvalidInputError: too large, or too many.
        """
        change_id = self._name(petition, declared, idempotency_key)
        attachment_id = references.derive(self._key, "attachment", f"{petition.reference}:{change_id}").hex()[
            :32
        ]
        known = petition.attachment(attachment_id)
        changed = petition
        if known is None:
            changed = self._declare(petition, self._wanted(petition, declared, attachment_id), change_id)
        attachment = changed.attachment(attachment_id)
        assert attachment is not None  # noqa: S101 - it was just declared
        form = self._bucket.upload_form(petition.reference, attachment, self._limits, then=then)
        return Expected(changed, attachment, form, is_new=known is None)

    def answers_file(self, petition: Petition, attachment_id: str) -> Download:
        """Return a link to a file that came with the ministry's answer.

        Raises:
            UnknownAttachmentError: the answer has no such file.
        """
        if petition.answer is None or attachment_id not in petition.answer.attachments:
            raise UnknownAttachmentError
        return self._bucket.download(attaching.clean_file(petition, attachment_id, BelongsTo.ANSWER))

    # --- the way back from the bucket -----------------------------------------------------------

    def issue_pass(self, reference: str) -> str:
        """Return what shows, for an hour, how a petition's files fare, and nothing else of it."""
        expires = int((clock.now() + PASS_HOLDS_FOR).timestamp())
        return f"{reference}.{expires}.{self._signature(reference, expires)}"

    def admitted(self, given: str) -> Petition:
        """Return the petition that a pass is for.

        Raises:
            NotFoundOrWrongPinError: forged, expired, or no such petition.
        """
        reference, _, rest = given[:100].partition(".")
        expires, _, signature = rest.partition(".")
        digits = references.normal_reference(reference)
        if digits is None or not (expires.isascii() and expires.isdigit()):
            raise NotFoundOrWrongPinError
        is_ours = hmac.compare_digest(self._signature(digits, int(expires)).encode(), signature.encode())
        petition = self._petitions.get(digits) if is_ours else None
        if petition is None or int(expires) <= clock.now().timestamp():
            raise NotFoundOrWrongPinError
        return petition

    def _signature(self, reference: str, expires: int) -> str:
        return references.derive(self._key, "files", f"{reference}:{expires}").hex()[:_PASS_LENGTH]

    # --- declaring ------------------------------------------------------------------------------

    def _name(
        self, petition: Petition, declared: AttachmentInput | AttachmentForm, idempotency_key: str | None
    ) -> str:
        """Name a declaration; what was settled before counts, so that a rejected file may be sent once more."""
        settled = sum(one.state is not AttachmentState.EXPECTED for one in petition.attachments)
        said = f"{local_date(clock.now())}:{settled}:{declared.model_dump_json()}"
        named = f"key:{idempotency_key}" if idempotency_key is not None else f"derived:{said}"
        return f"attach:{hashlib.sha256(named.encode()).hexdigest()[:24]}"

    def _wanted(
        self, petition: Petition, declared: AttachmentInput | AttachmentForm, attachment_id: str
    ) -> Attachment:
        number = 1 + sum(one.belongs_to is BelongsTo.PETITION for one in petition.attachments)
        known = declared if isinstance(declared, AttachmentInput) else None
        content_type = known.content_type if known else None
        return Attachment(
            id=attachment_id,
            filename=clean_filename(declared.filename or f"tep-{number}", content_type),
            content_type=content_type,
            size=known.size if known else None,
            by="petitioner",
            declared_at=clock.now(),
        )

    def _declare(self, petition: Petition, wanted: Attachment, change_id: str) -> Petition:
        for attempt in range(1, _ATTEMPTS + 1):
            if petition.has_change(change_id):
                return petition
            changed = attaching.expect(petition, wanted, self._limits, change_id=change_id)
            try:
                self._petitions.save(changed, petition.version)
            except StaleVersionError:
                current = self._petitions.get(petition.reference)
                if current is None or attempt == _ATTEMPTS:
                    raise
                petition = current
            else:
                return changed
        raise AssertionError("the last attempt returned or raised")
