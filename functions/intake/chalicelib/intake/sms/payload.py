"""Reads the bodies of providers: strictly where they identify a message, leniently where a citizen wrote the text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from chalicelib.intake.sms.webhook import ForgedWebhookError, MalformedWebhookError

_MESSAGE_ID = re.compile(r"[!-~]{1,128}")
_MOST_FIELDS = 200


def json_object(body: bytes) -> dict[str, Any]:
    """Parse a body that must be one JSON object in UTF-8, without a name twice."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedWebhookError("json") from None
    if not isinstance(value, dict):
        raise MalformedWebhookError("json")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise MalformedWebhookError("name-twice")
    return named


def _no_constant(_: str) -> NoReturn:
    raise MalformedWebhookError("json")


def form(body: bytes) -> dict[str, str]:
    """Parse a form body in UTF-8 in which no name comes twice; halves of characters stay what they are.

    Raises:
        ForgedWebhookError: it can be none, so nothing proves it.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="surrogatepass",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise ForgedWebhookError("form") from None
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ForgedWebhookError("name-twice")
    return named


def message_id(payload: Mapping[str, Any], name: str) -> str:
    """Return a provider's id: 1 to 128 visible ASCII characters."""
    value = payload.get(name)
    if not isinstance(value, str) or not _MESSAGE_ID.fullmatch(value):
        raise MalformedWebhookError(name)
    return value


def text(payload: Mapping[str, Any], name: str) -> str:
    """Return a citizen's text as it came: the other half of a character may come with the next part."""
    value = payload.get(name)
    if not isinstance(value, str):
        raise MalformedWebhookError(name)
    return value


def instant(payload: Mapping[str, Any], name: str) -> datetime | None:
    """Return an ISO 8601 time in UTC, None where it is missing; one without a zone is UTC."""
    value = payload.get(name)
    if value is None:
        return None
    try:
        # Infobip writes +0000, which Python 3.11 reads; anything stranger is refused rather than guessed.
        parsed = datetime.fromisoformat(str(value))
        return (parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedWebhookError(name) from None
