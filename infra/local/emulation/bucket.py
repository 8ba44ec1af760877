"""The bucket's front door for browsers: holds an upload to the policy that was signed for it, as S3 does.

moto takes any form. Here the policy's signature, expiry, conditions and length are checked first, and refused with S3's
own codes, so that journeys run against the real rules. Source: Amazon S3 API, "POST Object" and "POST Policy".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape

from infra.local.emulation.functions import HttpResponse

_UNCONDITIONED = frozenset({"policy", "x-amz-signature", "file"})
"""Fields that need no condition; `x-ignore-…` needs none either."""


class RefusedUploadError(Exception):
    """S3 does not take the upload."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


class BucketDoor:
    """Takes forms for moto's buckets.

    Args:
        s3: gives the client that puts what may in.
        signers: gives access key to secret, of those who may sign.
        cors: the bucket's rules for scripts of other origins, as its template has them.
    """

    def __init__(
        self,
        s3: Callable[[], Any],
        signers: Callable[[], Mapping[str, str]],
        cors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self._s3 = s3
        self._signers = signers
        self._cors = cors

    def for_scripts_of(self, origin: str, method: str = "POST") -> tuple[tuple[str, str], ...]:
        """Return the headers that let scripts of an origin do something; none where no rule allows it."""
        if not any(
            origin in rule["AllowedOrigins"] and method in rule["AllowedMethods"] for rule in self._cors
        ):
            return ()
        return (
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Methods", method),
            ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
        )

    def preflight(self, origin: str, method: str, headers: str) -> HttpResponse:
        """Answer a browser's question whether a script may send something."""
        allowed = self.for_scripts_of(origin, method)
        if not allowed:
            body = b"<Error><Code>AccessForbidden</Code></Error>"
            return HttpResponse(403, (("Content-Type", "application/xml"),), body)
        return HttpResponse(
            200, (*allowed, *((("Access-Control-Allow-Headers", headers),) if headers else ()))
        )

    def post(self, bucket: str, fields: Mapping[str, str], file: bytes) -> HttpResponse:
        """Answer a form as S3 does: where it leads on, or an error in XML."""
        form = {name.lower(): value for name, value in fields.items()}
        try:
            self._check(bucket, form, file)
        except RefusedUploadError as refused:
            body = (
                '<?xml version="1.0" encoding="UTF-8"?>\n<Error>'
                f"<Code>{refused.code}</Code><Message>{escape(refused.message)}</Message></Error>"
            )
            return HttpResponse(refused.status, (("Content-Type", "application/xml"),), body.encode())
        key = form["key"]
        put = self._s3().put_object(
            Bucket=bucket, Key=key, Body=file, ContentType=form.get("content-type", "binary/octet-stream")
        )
        if "success_action_redirect" in form:
            location = _with_query(
                form["success_action_redirect"], {"bucket": bucket, "key": key, "etag": put["ETag"]}
            )
            return HttpResponse(303, (("Location", location),))
        return HttpResponse(int(form.get("success_action_status", "204")))

    def _check(self, bucket: str, form: Mapping[str, str], file: bytes) -> None:
        policy = self._signed_policy(form)
        if datetime.fromisoformat(policy["expiration"]) <= datetime.now(UTC):
            raise RefusedUploadError(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
        values = {**form, "bucket": bucket}
        covered = set(_UNCONDITIONED)
        for condition in policy["conditions"]:
            covered.add(_check_condition(condition, values, len(file)))
        extra = sorted(name for name in form if name not in covered and not name.startswith("x-ignore-"))
        if extra:
            raise RefusedUploadError(
                403, "AccessDenied", f"Invalid according to Policy: Extra input fields: {extra[0]}"
            )

    def _signed_policy(self, form: Mapping[str, str]) -> Any:
        try:
            access_key, day, region, service, end = form["x-amz-credential"].split("/")
            policy = form["policy"]
            secret = self._signers()[access_key]
        except (KeyError, ValueError):
            raise RefusedUploadError(403, "AccessDenied", "Access Denied") from None
        key = f"AWS4{secret}".encode()
        for part in (day, region, service, end):
            key = hmac.digest(key, part.encode(), hashlib.sha256)
        signature = hmac.digest(key, policy.encode(), hashlib.sha256).hex()
        if not hmac.compare_digest(signature, form.get("x-amz-signature", "")):
            raise RefusedUploadError(
                403, "SignatureDoesNotMatch", "The request signature we calculated does not match."
            )
        try:
            return json.loads(base64.b64decode(policy))
        except (binascii.Error, ValueError):
            raise RefusedUploadError(400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.") from None


def _check_condition(condition: Any, values: Mapping[str, str], length: int) -> str:
    """Hold a form to one condition and return the field that it is about."""
    if isinstance(condition, dict):
        ((name, wanted),) = condition.items()
        condition = ["eq", f"${name}", wanted]
    operator, subject, wanted = condition
    if operator == "content-length-range":
        if length > int(wanted):
            raise RefusedUploadError(
                400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"
            )
        if length < int(subject):
            raise RefusedUploadError(
                400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
            )
        return ""
    name = str(subject).removeprefix("$").lower()
    value = values.get(name, "")
    holds = value.startswith(wanted) if operator == "starts-with" else value == wanted
    if not holds:
        raise RefusedUploadError(
            403,
            "AccessDenied",
            f"Invalid according to Policy: Policy Condition failed: {json.dumps(condition)}",
        )
    return name


def _with_query(address: str, added: Mapping[str, str]) -> str:
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit(parts._replace(query=query))
