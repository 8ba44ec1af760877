"""The events that functions are first started with, by the bench of cold starts and the tests of starts."""

from __future__ import annotations

import json
from typing import Any

from infra.local.emulation import events
from shared.platform.messages import NoticeRequest, RoutingRequest
from tests.support.people import CITIZEN, CONTENT, Citizen
from tests.support.system import System


def first_events(system: System) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Return for each function a handler, an event for it, and what it is."""
    citizen = Citizen(system)
    citizen.send()
    queue = "arn:aws:sqs:ap-southeast-1:123456789012:bench"

    def message(body: str) -> dict[str, Any]:
        return events.queue_event([{"MessageId": "1", "ReceiptHandle": "1", "Body": body}], queue)

    notice = NoticeRequest(reference=citizen.reference, seq=1, kind="RECEIPT", audience="PETITIONER")  # type: ignore[arg-type]
    petition = {"content": CONTENT, "petitioner": CITIZEN}
    bearer = {"authorization": f"Bearer {system.access_token('minh.ccvc')}"}
    return {
        "intake": (
            "app",
            http_event("POST", "/v1/petitions", petition, {"idempotency-key": "bench"}),
            "POST /v1/petitions",
        ),
        "router": (
            "on_route",
            message(RoutingRequest(reference=citizen.reference).model_dump_json()),
            "one to route",
        ),
        "sla_timer": ("sweep", events.schedule_event("sweep", system.clock.now()), "sweep, nothing due"),
        "notifier": ("on_notice", message(notice.model_dump_json()), "a notice that was sent before"),
        "casework": ("app", http_event("GET", "/v1/petitions", None, bearer), "GET /desk/v1/petitions"),
    }


def http_event(method: str, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
    """Return a request as API Gateway hands it to a function."""
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"content-type": "application/json", **headers},
        "multiValueHeaders": {
            name: [value] for name, value in {"content-type": "application/json", **headers}.items()
        },
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": path,
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
