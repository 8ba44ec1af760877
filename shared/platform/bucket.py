"""The attachments bucket: forms that upload into its quarantine, links that download from it, and its objects.

Which of this a function may do is its policy's matter: intake signs uploads, its check reads the quarantine and writes
clean copies, casework signs uploads and downloads. Browsers talk to the bucket themselves; no file passes through us.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from botocore.exceptions import ClientError
from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.petition.values.attachments import QUARANTINE, Attachment, Limits, quarantine_key
from shared.platform import aws, clock

UNDECLARED_TYPE = "application/octet-stream"
"""The content type of uploads whose sender named none; the check finds it by the bytes."""
DOWNLOAD_WITHIN = timedelta(minutes=2)
"""The lifetime of a link to a file: it is followed at once."""


class UploadForm(BaseModel):
    """A form that puts one file into the bucket: `fields` first, then `file`, as multipart/form-data."""

    model_config = ConfigDict(frozen=True)

    url: str
    fields: dict[str, str]
    expires_at: datetime


class Download(BaseModel):
    """A link to a file, valid for a short while."""

    model_config = ConfigDict(frozen=True)

    url: str
    filename: str
    expires_at: datetime


class Upload(NamedTuple):
    """An object in the quarantine: exactly this version of it."""

    key: str
    version: str
    size: int


class AttachmentsBucket:
    """The bucket of petitions' and answers' files."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @property
    def origin(self) -> str:
        """The origin of this bucket's links and forms, for the pages' content security policy."""
        address = aws.client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": "-"}
        )
        return origin_of(address)

    # --- for browsers ---------------------------------------------------------------------------

    def upload_form(
        self, reference: str, attachment: Attachment, limits: Limits, *, then: str | None = None
    ) -> UploadForm:
        """Return a form that uploads one declared file and nothing else: its key, type and length are fixed.

        Args:
            reference: the petition's.
            attachment: as it was declared.
            limits: the longest file, and for how long the form holds.
            then: where the bucket sends the browser afterwards; without it, the bucket answers 204.
        """
        key = quarantine_key(reference, attachment.id)
        return self.form_for(key, attachment.content_type, attachment.size, limits, then=then)

    def form_for(
        self, key: str, content_type: str | None, size: int | None, limits: Limits, *, then: str | None = None
    ) -> UploadForm:
        """Return a form that uploads one file to a key of the quarantine; see `upload_form`.

        Args:
            key: where the file goes.
            content_type: as it was declared, None where nobody knows it yet.
            size: bytes that were declared, None where nobody knows them yet.
            limits: the longest file, and for how long the form holds.
            then: where the bucket sends the browser afterwards.
        """
        content_type = content_type or UNDECLARED_TYPE
        least, most = (size,) * 2 if size is not None else (1, limits.bytes_each)
        after = {"success_action_redirect": then} if then else {"success_action_status": "204"}
        fields = {"Content-Type": content_type, **after}
        form = aws.client("s3").generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", least, most],
            ],
            ExpiresIn=int(limits.upload_within.total_seconds()),
        )
        return UploadForm(
            url=form["url"], fields=form["fields"], expires_at=clock.now() + limits.upload_within
        )

    def download(self, attachment: Attachment) -> Download:
        """Return a link to a clean file that browsers save instead of showing it."""
        url = aws.client("s3").generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": attachment.clean_key,
                "ResponseContentDisposition": _disposition(attachment.filename),
                "ResponseContentType": attachment.content_type,
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=int(DOWNLOAD_WITHIN.total_seconds()),
        )
        return Download(url=url, filename=attachment.filename, expires_at=clock.now() + DOWNLOAD_WITHIN)

    # --- objects --------------------------------------------------------------------------------

    def find(self, key: str) -> Upload | None:
        """Return the latest version of an object, or None when there is none (any more)."""
        try:
            head = aws.client("s3").head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_FOUND:
                return None
            raise
        return Upload(key, head["VersionId"], head["ContentLength"])

    def in_quarantine(self) -> list[tuple[str, datetime]]:
        """Return the keys of the files that wait for their check, and when each arrived; at most the first thousand."""
        page = aws.client("s3").list_objects_v2(Bucket=self._bucket, Prefix=QUARANTINE)
        return [(file["Key"], file["LastModified"]) for file in page.get("Contents", [])]

    def read(self, upload: Upload) -> bytes:
        """Return an object's bytes."""
        answer = aws.client("s3").get_object(Bucket=self._bucket, Key=upload.key, VersionId=upload.version)
        content: bytes = answer["Body"].read()
        return content

    def tags(self, upload: Upload) -> dict[str, str]:
        """Return an object's tags."""
        answer = aws.client("s3").get_object_tagging(
            Bucket=self._bucket, Key=upload.key, VersionId=upload.version
        )
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Write an object; written twice, it is the same."""
        aws.client("s3").put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)

    def listed(self, prefix: str) -> dict[str, int]:
        """Return the objects whose keys begin so, at most a thousand, with their bytes."""
        page = aws.client("s3").list_objects_v2(Bucket=self._bucket, Prefix=prefix)
        return {file["Key"]: file["Size"] for file in page.get("Contents", [])}

    def copy(self, source: str, key: str) -> bool:
        """Copy an object, without its tags: a verdict about it is given anew. Copied twice, it is the same.

        Returns:
            False where there is nothing to copy (any more), which S3 says to nobody who may not list it.
        """
        try:
            aws.client("s3").copy_object(
                Bucket=self._bucket,
                Key=key,
                CopySource={"Bucket": self._bucket, "Key": source},
                TaggingDirective="REPLACE",
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (_FORBIDDEN, _NOT_FOUND):
                return False
            raise
        return True

    def remove(self, key: str) -> None:
        """Remove an object; the bucket's rules remove what is left of its versions."""
        aws.client("s3").delete_object(Bucket=self._bucket, Key=key)


_FORBIDDEN, _NOT_FOUND = 403, 404


def origin_of(url: str) -> str:
    """Return the origin of an address, for the pages' content security."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _disposition(filename: str) -> str:
    """Return the header that lets a browser save a file under its name (RFC 6266)."""
    plain = filename.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
