"""Answers of all HTTP doors: JSON, pages, redirects after a form, and the headers of every answer."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from chalice.app import Request, Response
from typing_extensions import override

from shared.domain.base_model import BaseModel
from shared.domain.quotas import Quota

_OK = 200
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of a page that sets none itself: what it may load, and where its forms lead."""

SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Headers of every answer that does not set them itself."""
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-store",
}
"""Headers of every page besides."""


def with_security_headers(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a Lambda function's answer with the headers that every answer has, where it does not set them itself.

    What caches may keep says that it differs with the encoding: API Gateway compresses it (infra/gateway.py).
    """
    headers = dict(answer.get("headers") or {})
    names = {name.lower() for name in (*headers, *(answer.get("multiValueHeaders") or {}))}
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    wanted = SECURITY_HEADERS | (PAGE_HEADERS if content_type.startswith("text/html") else {})
    missing = {name: value for name, value in wanted.items() if name.lower() not in names}
    if str(headers.get("Cache-Control", "")).startswith("public"):
        headers["Vary"] = ", ".join(filter(None, [headers.get("Vary", ""), "Accept-Encoding"]))
    return answer | {"headers": headers | missing}


def forms_may_lead_to(origin: str) -> dict[str, str]:
    """Return the headers that let a page's forms lead to one more origin, also by a redirect (the bucket)."""
    return {"Content-Security-Policy": POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")}


def scripts_may_send_to(origin: str) -> dict[str, str]:
    """Return the header of a page whose scripts, and whose forms, may send files to one more origin."""
    policy = forms_may_lead_to(origin)["Content-Security-Policy"]
    return {"Content-Security-Policy": policy.replace("connect-src 'self'", f"connect-src 'self' {origin}")}


PUBLIC_FOR_A_MINUTE = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
"""Headers of an answer that is the same for everybody: browsers and proxies may keep it for a minute."""
PUBLIC_PAGE = PUBLIC_FOR_A_MINUTE | {"Vary": "Cookie"}
"""Headers of a page that is the same for everybody but for light and dark, which a cookie remembers."""


_SEEN_BY_SCRIPTS = "ETag, Link, Data-As-Of, Data-Complete, X-Correlation-Id"


def for_everybody(request: Request, answer: Response) -> Response:
    """Return an answer of public data for other sites' pages too, and 304 to whoever has it already.

    Only what carries `PUBLIC_FOR_A_MINUTE` is public; every other answer is returned as it is. The tag is strong: of
    the very bytes, so that each format and language has its own (RFC 9110, 8.8.3).
    """
    if (
        answer.headers.get("Cache-Control") != PUBLIC_FOR_A_MINUTE["Cache-Control"]
        or answer.status_code != _OK
    ):
        return answer
    body = answer.body if isinstance(answer.body, bytes) else str(answer.body).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer.headers["ETag"] = tag
    if not str(answer.headers.get("Content-Type", "")).startswith("text/html"):
        answer.headers |= {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": _SEEN_BY_SCRIPTS,
        }
    offered = str(request.headers.get("if-none-match", ""))
    if offered.strip() != "*" and tag not in [each.strip().removeprefix("W/") for each in offered.split(",")]:
        return answer
    headers = {name: value for name, value in answer.headers.items() if not name.startswith("Content-")}
    return Response(body="", status_code=304, headers=headers)


def rate_limits(quotas: Iterable[Quota]) -> dict[str, str]:
    """Return the headers that say what is left of a caller's quotas; none where there are none.

    Source: draft-ietf-httpapi-ratelimit-headers-10 (structured fields, RFC 9651).
    """
    quotas = tuple(quotas)
    if not quotas:
        return {}
    policies = ", ".join(f'"{each.name}";q={each.limit};w={each.window}' for each in quotas)
    left = ", ".join(
        f'"{each.name}";r={each.left};t={each.resets_in}' for each in quotas if each.left is not None
    )
    return {"RateLimit-Policy": policies} | ({"RateLimit": left} if left else {})


def try_again_after(answer: Response, seconds: int) -> Response:
    """Return an answer that says when the same request may succeed."""
    answer.headers["Retry-After"] = str(seconds)
    return answer


class FileAnswer(Response):
    """Bytes as a file. API Gateway passes them on because the template lists every type as binary."""

    @override
    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, Any]:
        """Return the answer of the Lambda function."""
        body, self.body = self.body, ""
        answer: dict[str, Any] = super().to_dict(None)
        return answer | {"body": base64.b64encode(body).decode("ascii"), "isBase64Encoded": True}


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON in UTF-8; pydantic models are dumped."""
    if isinstance(body, BaseModel):
        body = body.model_dump(mode="json", exclude_none=True)
    return Response(
        body=json.dumps(body, ensure_ascii=False),
        status_code=status,
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )


def html_answer(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a page."""
    return Response(
        body=html,
        status_code=status,
        headers={"Content-Type": "text/html; charset=utf-8", **(headers or {})},
    )


def see_other(location: str, headers: Mapping[str, Any] | None = None) -> Response:
    """Answer a form with the page to show next (POST, redirect, GET)."""
    return _redirect(303, location, headers)


def send_on(location: str, headers: Mapping[str, Any] | None = None) -> Response:
    """Answer a form with the address that the browser sends the same form to."""
    return _redirect(307, location, headers)


def _redirect(status: int, location: str, headers: Mapping[str, Any] | None) -> Response:
    return Response(body="", status_code=status, headers={"Location": location, **(headers or {})})
