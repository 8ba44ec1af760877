"""Content types, languages and parameters of requests, as doors for programs take them."""

from __future__ import annotations

from typing import Any

import pytest
from chalice.app import Request

from shared.domain.errors import InvalidInputError, UnsupportedMediaTypeError
from shared.web.requests import (
    FORM,
    JSON,
    refuse_other_media,
    refuse_unknown_language,
    refuse_unknown_parameters,
)


def a_request(
    content_type: str | None = None, body: str = "{}", query: dict[str, list[str]] | None = None
) -> Request:
    event: dict[str, Any] = {
        "requestContext": {"httpMethod": "POST", "resourcePath": "/"},
        "headers": {} if content_type is None else {"content-type": content_type},
        "multiValueQueryStringParameters": query,
        "pathParameters": {},
        "stageVariables": {},
        "body": body,
        "isBase64Encoded": False,
    }
    return Request(event, None)


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        pytest.param("application/json", JSON, id="JSON"),
        pytest.param("Application/JSON; Charset=UTF-8", JSON, id="any case, UTF-8"),
        pytest.param("application/merge-patch+json", JSON, id="a kind of JSON"),
        pytest.param(None, JSON, id="none named"),
        pytest.param("application/x-www-form-urlencoded", FORM, id="a form"),
    ],
)
def test_what_a_door_takes_is_taken(content_type: str | None, accepted: str) -> None:
    refuse_other_media(a_request(content_type), accepted)


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        pytest.param("text/plain", JSON, id="text"),
        pytest.param("application/x-www-form-urlencoded", JSON, id="a form for JSON"),
        pytest.param("multipart/form-data; boundary=x", FORM, id="parts for a form"),
        pytest.param("application/json", FORM, id="JSON for a form"),
        pytest.param("application/json; charset=utf-16", JSON, id="another character set"),
        pytest.param("json", JSON, id="no media type"),
        pytest.param("text/json+json", JSON, id="something like JSON"),
    ],
)
def test_other_content_types_are_refused(content_type: str, accepted: str) -> None:
    with pytest.raises(UnsupportedMediaTypeError) as refused:
        refuse_other_media(a_request(content_type), accepted)

    assert refused.value.accepted == accepted


def test_nothing_is_asked_of_a_request_without_a_body() -> None:
    refuse_other_media(a_request("text/plain", body=""), JSON)


def test_languages_that_there_are_not_are_named() -> None:
    refuse_unknown_language(a_request(query={"lang": ["en"]}))

    with pytest.raises(InvalidInputError) as refused:
        refuse_unknown_language(a_request(query={"lang": ["fr"]}))

    assert refused.value.problems == (("lang", "unknown"),)


def test_parameters_that_nobody_heeds_are_named() -> None:
    refuse_unknown_parameters(a_request(query={"month": ["2026-11"], "lang": ["vi"]}), "month")

    with pytest.raises(InvalidInputError) as refused:
        refuse_unknown_parameters(a_request(query={"month": ["1"], "mont": ["1"], "limit": ["2"]}), "month")

    assert refused.value.problems == (("limit", "unknown-parameter"), ("mont", "unknown-parameter"))
