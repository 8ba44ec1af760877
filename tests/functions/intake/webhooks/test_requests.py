"""A webhook's request is read from API Gateway's event as its sender signed it."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from chalice.app import Request

from chalicelib.intake.sms.webhook import WebhookRequest
from chalicelib.intake.webhooks.requests import webhook_request


def read(event: dict[str, Any]) -> WebhookRequest:
    context = {
        "httpMethod": event.get("httpMethod", "GET"),
        "resourcePath": "/sms/{provider}",
        "identity": {"sourceIp": "203.0.113.7"},
    }
    whole: dict[str, Any] = {
        "headers": {},
        "body": None,
        "pathParameters": None,
        "stageVariables": None,
        "isBase64Encoded": False,
    }
    request = Request({**whole, "multiValueQueryStringParameters": None, **event, "requestContext": context})
    return webhook_request(request, "/sms/twilio", "https://pakn.example.vn/")


def test_request_is_read_from_the_gateways_event() -> None:
    request = read(
        {
            "httpMethod": "POST",
            "headers": {"x-twilio-signature": "s"},
            "multiValueQueryStringParameters": {"a": ["1", "2"]},
            "body": base64.b64encode(b"\xff\x00").decode(),
            "isBase64Encoded": True,
        }
    )

    assert (request.method, request.url(), request.body, request.source_ip) == (
        "POST",
        "https://pakn.example.vn/sms/twilio",
        b"\xff\x00",
        "203.0.113.7",
    )
    assert request.header("X-Twilio-Signature") == "s"
    assert list(request.values("a")) == ["1", "2"]
    assert request.values("b") == ()


@pytest.mark.parametrize(
    ("event", "query", "body"),
    [
        pytest.param({}, (), b"", id="with nothing in it"),
        pytest.param({"body": "đ"}, (), "đ".encode(), id="with a text body"),
        pytest.param({"multiValueQueryStringParameters": {"a": ["1"]}}, ("1",), b"", id="with one parameter"),
    ],
)
def test_sparse_event_is_read_too(event: dict[str, Any], query: tuple[str, ...], body: bytes) -> None:
    request = read(event)

    assert tuple(request.values("a")) == query
    assert request.body == body
