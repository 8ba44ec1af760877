"""Requests to the workbench and its answers: queries, forms, JSON, redirects."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.local.emulation.functions import HttpRequest, HttpResponse
from shared.web.i18n import Language

View = Callable[[HttpRequest], HttpResponse]
Routes = dict[tuple[str, str], View]
"""Views by method and path below `/local`."""


def query_of(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of an address; of one that occurs twice, the last."""
    return dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))


def language_of(request: HttpRequest) -> Language:
    """Return the language of a page: Vietnamese unless its address asks for English."""
    return "en" if query_of(request).get("lang") == "en" else "vi"


def is_form(request: HttpRequest) -> bool:
    """Return whether a POST comes from a form: by its body, because curl calls any -d a form."""
    return not request.body.lstrip().startswith(b"{")


def form_of(request: HttpRequest) -> dict[str, str]:
    """Return the fields of a form; empty where the body is none."""
    try:
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    except ValueError:
        return {}


def fields_of(request: HttpRequest) -> dict[str, Any]:
    """Return the fields of a form or of a JSON object; empty where the body is neither."""
    if is_form(request):
        return form_of(request)
    try:
        fields = json.loads(request.body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def json_answer(value: object, indent: int | None = None) -> HttpResponse:
    """Return a value as JSON."""
    headers = (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store"))
    return HttpResponse(200, headers, json.dumps(value, ensure_ascii=False, indent=indent).encode())


def see_other(address: str) -> HttpResponse:
    """Return the redirect that leads a form to a page."""
    return HttpResponse(303, (("Location", address),))


def instant(at: datetime) -> str:
    """Return an instant as `/local` writes it for scripts."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
