"""Answers of all HTTP doors: JSON, pages, redirects after a form, and their security headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from shared.domain.base_model import BaseModel

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


def forms_may_lead_to(origin: str) -> dict[str, str]:
    """Return the headers that let a page's forms lead to one more origin, also by a redirect (the bucket)."""
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    return {"Content-Security-Policy": policy.replace("form-action 'self'", f"form-action 'self' {origin}")}


def scripts_may_send_to(origin: str) -> dict[str, str]:
    """Return the header of a page whose scripts, and whose forms, may send files to one more origin."""
    policy = forms_may_lead_to(origin)["Content-Security-Policy"]
    return {"Content-Security-Policy": policy.replace("connect-src 'self'", f"connect-src 'self' {origin}")}


PUBLIC_FOR_A_MINUTE = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
"""Headers of an answer that is the same for everybody: browsers and proxies may keep it for a minute."""


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON in UTF-8; pydantic models are dumped, nothing is cached unless the headers say so."""
    if isinstance(body, BaseModel):
        body = body.model_dump(mode="json", exclude_none=True)
    return Response(
        body=json.dumps(body, ensure_ascii=False),
        status_code=status,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
    )


def html_answer(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a page: strict content security, nothing cached unless the headers say so."""
    return Response(
        body=html,
        status_code=status,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            **SECURITY_HEADERS,
            **(headers or {}),
        },
    )


def see_other(location: str, headers: Mapping[str, Any] | None = None) -> Response:
    """Answer a form with the page to show next (POST, redirect, GET)."""
    return Response(
        body="",
        status_code=303,
        headers={"Location": location, "Cache-Control": "no-store", **(headers or {})},
    )
