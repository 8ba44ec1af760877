"""The artifacts bucket of a stage: packages and templates under their digests, and which release of a function is live.

    router/3f2a….zip          a package, with its function, commit and time as metadata
    templates/9c1e….json      a template
    releases/router.json      the releases that were deployed, the latest last

A release is a package with the template and the settings that it was deployed with: going back to one needs neither a
build nor git nor a registry of packages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from infra.deployment.errors import DeployError

REMEMBERED = 50
"""Releases of a function that are remembered; packages themselves stay."""


@dataclass(frozen=True)
class Release:
    """One package of a function as it was deployed."""

    digest: str
    """SHA-256 of the package, in hex."""
    template: str
    """Key of the template in the bucket."""
    settings: dict[str, str]
    commit: str
    at: str
    """Time in UTC, as ISO 8601."""
    withdrawn: bool = False
    """True once somebody went back from it; such a release is returned to only by its digest."""


def digest_of(content: bytes) -> str:
    """Return the name that content has in the bucket: its SHA-256, in hex."""
    return hashlib.sha256(content).hexdigest()


class Artifacts:
    """The artifacts bucket of one stage."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket

    def keep_package(self, function: str, content: bytes, metadata: Mapping[str, str]) -> str:
        """Put a package under its digest and return its key."""
        key = f"{function}/{digest_of(content)}.zip"
        self._keep(key, content, {"function": function, **metadata})
        return key

    def keep_template(self, body: bytes) -> str:
        """Put a template under its digest and return its key."""
        key = f"templates/{digest_of(body)}.json"
        self._keep(key, body, {})
        return key

    def holds(self, key: str) -> bool:
        """Say whether the bucket holds an object.

        Raises:
            ClientError: S3 did not say; a bucket that may not be read is no bucket without the object.
        """
        try:
            self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
                return False
            raise
        return True

    def read(self, key: str) -> bytes:
        """Return an object."""
        return bytes(self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def releases(self, function: str) -> list[Release]:
        """Return the releases of a function that were deployed, the latest last; the latest is live."""
        key = f"releases/{function}.json"
        if not self.holds(key):
            return []
        return [Release(**entry) for entry in json.loads(self.read(key))]

    def remember(self, function: str, release: Release, *, instead: bool = False) -> None:
        """Remember that a release is live now; `instead` of the latest, which is withdrawn."""
        earlier = self.releases(function)
        if instead and earlier:
            earlier[-1] = replace(earlier[-1], withdrawn=True)
        entries = [asdict(each) for each in [*earlier, release][-REMEMBERED:]]
        body = json.dumps(entries, ensure_ascii=False, indent=1).encode()
        self._s3.put_object(Bucket=self.bucket, Key=f"releases/{function}.json", Body=body)

    def _keep(self, key: str, content: bytes, metadata: Mapping[str, str]) -> None:
        """Put an object that is named by its content: what is there already is not sent again."""
        if not self.holds(key):
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=content, Metadata=dict(metadata))


def to_go_back_to(function: str, releases: Sequence[Release], digest: str | None = None) -> Release:
    """Return the release to go back to: the one of a digest, or the latest of another package that nobody withdrew.

    Args:
        function: Whose releases they are, for the texts of errors.
        releases: The latest last, which is live.
        digest: The beginning of a package's SHA-256 that fits one package alone.

    Raises:
        DeployError: there is none, or several packages fit.
    """
    if digest:
        fitting = [each for each in releases if each.digest.startswith(digest)]
        if len({each.digest for each in fitting}) > 1:
            raise DeployError(f"Several packages of {function} begin with {digest}: give more of the digest")
    else:
        fitting = [each for each in releases if not each.withdrawn and each.digest != releases[-1].digest]
    if not fitting:
        digests = ", ".join(dict.fromkeys(each.digest[:12] for each in reversed(releases))) or "none"
        raise DeployError(f"No release of {function} to go back to {digest or ''}(known packages: {digests})")
    return fitting[-1]
