"""Reads requests: their parameters, origin and language, and their body as bytes, JSON or a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from chalice.app import Request
from pydantic import BaseModel, ValidationError

from shared.domain import errors
from shared.web.i18n import Language
from shared.web.problems import RULES

M = TypeVar("M", bound=BaseModel)

MAX_BODY = 128 * 1024
"""Bytes of a request's body: 10,000 Vietnamese letters take nine each in a form. Files go straight to the bucket."""
ANY = ["*/*"]
"""Content types of a door whose use case says what is wrong with a body; Chalice would only say 415."""

_PYDANTIC_RULES = {
    "string_too_long": "too-long",
    "string_too_short": "missing",
    "too_short": "missing",
    "too_long": "too-long",
    "missing": "missing",
    "enum": "unknown",
    "literal_error": "unknown",
    "extra_forbidden": "extra_forbidden",
}


def language_of(request: Request) -> Language:
    """Return the language a caller reads: `?lang=`, else the first of vi and en in Accept-Language, else Vietnamese."""
    query: Mapping[str, str] = request.query_params or {}
    choice = query.get("lang")
    if choice in ("vi", "en"):
        return "en" if choice == "en" else "vi"
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("en"):
            return "en"
        if tag.startswith("vi"):
            return "vi"
    return "vi"


def query_parameters(request: Request) -> dict[str, str]:
    """Return the parameters of the query; of one given several times the last counts."""
    query: Mapping[str, str] = request.query_params or {}
    return {str(name): str(query[name]) for name in query}


def query_parameter(request: Request, name: str) -> str:
    """Return one parameter of the query without white space around it, "" where it is absent."""
    return query_parameters(request).get(name, "").strip()


def source_address(request: Request) -> str:
    """Return the caller's network address as API Gateway saw it, never a header that the caller wrote."""
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def raw_body(request: Request) -> bytes:
    """Return the body, at most 128 KB.

    Raises:
        InvalidInputError: when it is longer.
    """
    raw: str | bytes = request.raw_body or b""
    body = raw.encode() if isinstance(raw, str) else raw
    if len(body) > MAX_BODY:
        raise errors.InvalidInputError(("body", "too-large"))
    return body


def json_body(request: Request, model: type[M]) -> M:
    """Read a JSON body into a model.

    Raises:
        InvalidInputError: naming every field and the rule it breaks; `body: json` when it is no JSON object.
    """
    try:
        facts = json.loads(raw_body(request).decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise errors.InvalidInputError(("body", "json")) from None
    return validated(model, facts)


def form_body(request: Request) -> dict[str, str]:
    """Read a form (`application/x-www-form-urlencoded`); of a field given twice the last counts.

    Raises:
        InvalidInputError: when it is not UTF-8, or has more than 100 fields.
    """
    return dict(form_pairs(request))


def form_pairs(request: Request) -> list[tuple[str, str]]:
    """Read a form as pairs, for fields that may come several times (checkboxes).

    Raises:
        InvalidInputError: when it is not UTF-8, or has more than 100 fields.
    """
    body = raw_body(request)
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise errors.InvalidInputError(("body", "invalid")) from None


def validated(model: type[M], facts: Any) -> M:
    """Check facts against a model.

    Raises:
        InvalidInputError: naming every field and the rule it breaks; no value of the caller's in it.
    """
    try:
        return model.model_validate(facts)
    except ValidationError as error:
        raise errors.InvalidInputError(
            *(
                (".".join(str(part) for part in e["loc"]) or "body", _rule_of(e))
                for e in error.errors(include_url=False, include_context=True, include_input=False)
            )
        ) from None


def _rule_of(error: Any) -> str:
    rule = _PYDANTIC_RULES.get(error["type"])
    if rule:
        return rule
    reason = str(error.get("ctx", {}).get("error", ""))
    return reason if reason in RULES else "invalid"
