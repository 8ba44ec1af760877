"""Reads requests: their parameters, origin and language, and their body as bytes, JSON or a form.

Every text that a caller wrote goes through `cleaned` here, so that all doors keep one form of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.message import Message
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from chalice.app import Request
from pydantic import ValidationError

from shared.domain import errors
from shared.domain.base_model import BaseModel
from shared.domain.text.clean_text import BrokenTextError, clean_message, clean_text
from shared.web.describe.rules import RULES
from shared.web.i18n import Language
from shared.web.problems import rule_at

M = TypeVar("M", bound=BaseModel)

MAX_BODY = 128 * 1024
"""Bytes of a request's body: 10,000 Vietnamese letters take nine each in a form. Files go straight to the bucket."""
ANY = ["*/*"]
"""Chalice leaves every content type to us: its own 415 is no problem document."""

_AS_TYPED = frozenset({"callId", "new_password", "password"})
"""Fields in which every character counts, seen or not: passwords, and a machine's names."""
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


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
"""The content types of the bodies that programs send."""
_JSON_SUFFIX = re.compile(r"application/[\w.-]+\+json")
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
_MOST_NAMED, _LONGEST_NAME = 12, 40
"""Unknown parameters that an error names, and characters of each."""

_PROGRAMS = ("/v1/", "/sms/", "/hotline/", "/openapi.json", "/health")
"""Beginnings of addresses that programs ask for."""


def wants_page(request: Request, address: str) -> bool:
    """Return whether a caller reads HTML: by the first type that `Accept` names, else by the address."""
    for part in request.headers.get("accept", "").split(","):
        media_type = part.split(";", maxsplit=1)[0].strip().lower()
        if media_type in ("text/html", "application/xhtml+xml"):
            return True
        if media_type.endswith(("json", "xml")):
            return False
    return not f"{address}/".startswith(_PROGRAMS)


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


def query_text(request: Request, name: str) -> str:
    """Return words that a person looks for, cleaned; "" where there are none."""
    return clean_message(query_parameters(request).get(name, ""))


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


def refuse_other_media(request: Request, accepted: str) -> None:
    """Refuse a body that names another content type than a door takes, or another character set than UTF-8.

    A body without a content type is read as what the door takes (RFC 9110, 8.3); without a body nothing is asked.

    Raises:
        UnsupportedMediaTypeError: the body is of another type.
    """
    named = str(request.headers.get("content-type", ""))
    if not named or not request.raw_body:
        return
    message = Message()
    message["content-type"] = named
    media_type = message.get_content_type() if "/" in named else ""
    is_taken = media_type == accepted or (accepted == JSON and _JSON_SUFFIX.fullmatch(media_type) is not None)
    if not is_taken or str(message.get_param("charset", "utf-8")).lower() not in _UTF_8:
        raise errors.UnsupportedMediaTypeError(accepted)


def refuse_unknown_language(request: Request) -> None:
    """Refuse `?lang=` with anything but a language that there is; programs get an error, pages fall back.

    Raises:
        InvalidInputError: `lang: unknown`.
    """
    if query_parameters(request).get("lang", "vi") not in ("vi", "en"):
        raise errors.InvalidInputError(("lang", "unknown"))


def refuse_unknown_parameters(request: Request, *names: str) -> None:
    """Refuse parameters of the query that a door of public data does not have: a filter nobody heeds misleads.

    Raises:
        InvalidInputError: naming each.
    """
    unknown = sorted(set(query_parameters(request)) - {"lang", *names})
    if unknown:
        raise errors.InvalidInputError(
            *((clean_message(name)[:_LONGEST_NAME], "unknown-parameter") for name in unknown[:_MOST_NAMED])
        )


def json_body(request: Request, model: type[M]) -> M:
    """Read a JSON body into a model.

    Raises:
        InvalidInputError: naming every field and the rule it breaks; `body: json` when it is no JSON object.
    """
    return validated(model, json_facts(request))


def json_facts(request: Request) -> Any:
    """Read a JSON body, its texts cleaned.

    Raises:
        InvalidInputError: `body: json` when it is no JSON, or naming each text that cannot be read.
    """
    try:
        facts = json.loads(raw_body(request).decode("utf-8"))
        return cleaned(facts)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise errors.InvalidInputError(("body", "json")) from None


def form_body(request: Request) -> dict[str, str]:
    """Read a form (`application/x-www-form-urlencoded`); of a field given twice the last counts.

    Raises:
        InvalidInputError: when it is not UTF-8, or has more than 100 fields.
    """
    return dict(form_pairs(request))


def form_pairs(request: Request) -> list[tuple[str, str]]:
    """Read a form as pairs of cleaned texts, for fields that may come several times (checkboxes).

    Raises:
        InvalidInputError: when it has more than 100 fields, or naming each field that is not UTF-8.
    """
    body = raw_body(request)
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="surrogateescape", max_num_fields=100
        )
    except ValueError:
        raise errors.InvalidInputError(("body", "invalid")) from None
    problems: list[tuple[str, str]] = []
    clean = [(clean_message(name), _cleaned_text((name,), value, problems)) for name, value in pairs]
    if problems:
        raise errors.InvalidInputError(*problems)
    return clean


def cleaned(facts: Any) -> Any:
    """Return JSON facts with every text in its one form.

    Raises:
        InvalidInputError: naming each text with half a character in it, and where.
    """
    problems: list[tuple[str, str]] = []
    clean = _cleaned_facts((), facts, problems)
    if problems:
        raise errors.InvalidInputError(*problems)
    return clean


def _cleaned_facts(path: tuple[str, ...], facts: Any, problems: list[tuple[str, str]]) -> Any:
    if isinstance(facts, str):
        return _cleaned_text(path, facts, problems)
    if isinstance(facts, dict):
        return {name: _cleaned_facts((*path, str(name)), value, problems) for name, value in facts.items()}
    if isinstance(facts, list | tuple):
        return [_cleaned_facts((*path, str(place)), value, problems) for place, value in enumerate(facts)]
    return facts


def _cleaned_text(path: tuple[str, ...], text: str, problems: list[tuple[str, str]]) -> str:
    if path and path[-1] in _AS_TYPED:
        return text
    try:
        return clean_text(text)
    except BrokenTextError as error:
        name = clean_message(".".join(path)) or "body"
        problems.append((name, rule_at("control-characters", error.position)))
        return ""


def validated(model: type[M], facts: Any) -> M:
    """Clean facts and check them against a model.

    Raises:
        InvalidInputError: naming every field and the rule it breaks; no value of the caller's in it.
    """
    try:
        return model.model_validate(cleaned(facts))
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
