"""The files of the search index in the attachments bucket: written whole, read when they changed.

The bucket encrypts them with the key of the data; its policy and the functions' roles let the SLA timer write;
casework reads both, intake what is under `search-public/`, and nobody else either (docs/adr/0063-search-by-fts5.md).
"""

from __future__ import annotations

import shutil
from http import HTTPStatus
from pathlib import Path

from botocore.exceptions import ClientError

from shared.platform import aws

_ABSENT = {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
"""S3 answers 403 for an object that is not there to whoever may not list the bucket."""


class SearchFiles:
    """Reads and writes the files of the index."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def fetch(self, name: str, to: Path, seen: str | None = None) -> str | None:
        """Write a file to a path, unless it is the version that was seen before.

        Args:
            name: e.g. `search/desk-1.sqlite`.
            to: where it is written; left alone where nothing is read.
            seen: the version that is there already.

        Returns:
            the version that is there now; None where there is no such file.
        """
        condition = {"IfNoneMatch": seen} if seen else {}
        try:
            answer = aws.client("s3").get_object(Bucket=self._bucket, Key=name, **condition)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == HTTPStatus.NOT_MODIFIED:
                return seen
            if status in _ABSENT:
                return None
            raise
        fresh = to.with_name(f"{to.name}.new")
        with fresh.open("wb") as file:
            shutil.copyfileobj(answer["Body"], file)
        fresh.replace(to)
        return str(answer["ETag"])

    def store(self, name: str, path: Path) -> None:
        """Write a file over the version before."""
        with path.open("rb") as file:
            aws.client("s3").put_object(Bucket=self._bucket, Key=name, Body=file)

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""
        aws.client("s3").delete_object(Bucket=self._bucket, Key=name)
