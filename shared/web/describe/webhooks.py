"""Signed requests in OpenAPI documents (`webhooks`): those that we send, and those that providers send to us.

Source: https://spec.openapis.org/oas/v3.1.0#oasWebhooks
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pydantic

SIGNATURE = "webhookSignature"
BEARER = "gatewayToken"
SCHEMES: Mapping[str, Mapping[str, Any]] = {
    SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks 1.0.0: `v1,` and the Base64 of the HMAC-SHA256 of"
        " `{webhook-id}.{webhook-timestamp}.{body}`, with the bytes behind `whsec_`; several with blanks between them"
        " while a key changes. Refuse what is more than five minutes old.",
    },
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": "The token that the gateway gave us (entry `http` of the providers' secret).",
    },
}
"""The schemes that prove whose such a request is."""


def _header(name: str, pattern: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
    }


_ID = _header("webhook-id", "^[!-~]{1,256}$", "Names the request; the same however often it is sent.")
_TIMESTAMP = _header("webhook-timestamp", "^[0-9]{1,11}$", "Unix seconds of this attempt.")
_KEY = _header(
    "Idempotency-Key",
    "^[!-~]{1,255}$",
    "The same message again bears the same key: answer alike and send it once.",
)
_HEADERS = {SIGNATURE: [_ID, _TIMESTAMP], BEARER: [_KEY]}


class WebhookAnswer(NamedTuple):
    """One answer to such a request."""

    meaning: str
    body: type[pydantic.BaseModel] | None = None
    media: str = "application/json"


class Webhook(NamedTuple):
    """One kind of request that is sent by itself, not asked for."""

    event: str
    """Its type; the key of the document."""
    name: str
    """The operation id."""
    summary: str
    description: str
    body: type[pydantic.BaseModel]
    answers: Mapping[int, WebhookAnswer]
    example: Mapping[str, Any] = MappingProxyType({})
    scheme: str = SIGNATURE


def models_of(webhooks: tuple[Webhook, ...]) -> list[tuple[type[pydantic.BaseModel], str]]:
    """Return the models of requests and answers, each with the mode of its schema."""
    bodies = [(each.body, "validation") for each in webhooks]
    answers = [
        (answer.body, "serialization") for each in webhooks for answer in each.answers.values() if answer.body
    ]
    return [*bodies, *answers]


def described(webhooks: tuple[Webhook, ...], tag: str) -> dict[str, Any]:
    """Return the part `webhooks` of a document."""
    return {each.event: {"post": _operation(each, tag)} for each in webhooks}


def schemes_of(webhooks: tuple[Webhook, ...]) -> dict[str, dict[str, Any]]:
    """Return the security schemes that some webhooks name."""
    return {name: dict(scheme) for name, scheme in SCHEMES.items() if any(w.scheme == name for w in webhooks)}


def _operation(webhook: Webhook, tag: str) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _reference(webhook.body)}
    if webhook.example:
        content["example"] = dict(webhook.example)
    return {
        "operationId": webhook.name,
        "summary": webhook.summary,
        "description": webhook.description,
        "tags": [tag],
        "parameters": _HEADERS[webhook.scheme],
        "security": [{webhook.scheme: []}],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {str(status): _answer(answer) for status, answer in webhook.answers.items()},
    }


def _answer(answer: WebhookAnswer) -> dict[str, Any]:
    described_answer: dict[str, Any] = {"description": answer.meaning}
    if answer.body:
        described_answer["content"] = {answer.media: {"schema": _reference(answer.body)}}
    return described_answer


def _reference(model: type[pydantic.BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
