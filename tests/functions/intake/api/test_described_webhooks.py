"""The OpenAPI document describes the signed requests of providers as the code takes and sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from chalicelib.casework.api.openapi import document as desk_document
from chalicelib.intake.api.openapi import document
from chalicelib.notifier.receipts.http import STATES, receipt_of
from chalicelib.notifier.senders.http import GatewaySmsSender
from chalicelib.notifier.senders.sender import Message
from shared.domain.promises.events import TEST, EventType
from tests.support.system import System
from tests.support.webhooks import signed_post

ADDRESSES = {"sms.received": ("/sms/standard", "standard"), "hotline.call": ("/hotline/calls", "hotline")}


def operation(event: str, of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of one kind of request."""
    described: dict[str, Any] = of["webhooks"][event]["post"]
    return described


def body_of(described: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = described["requestBody"]["content"]["application/json"]
    return content


def check(body: Any, described: Mapping[str, Any], of: Mapping[str, Any]) -> None:
    """Hold a body to the schema of a request."""
    OAS31Validator({**body_of(described)["schema"], "components": of["components"]}).validate(body)


EVENTS = [
    pytest.param(event, of, id=event) for of in (document(), desk_document()) for event in of["webhooks"]
]


@pytest.mark.parametrize(("event", "of"), EVENTS)
def test_example_keeps_to_its_schema(event: str, of: dict[str, Any]):
    described = operation(event, of)

    check(body_of(described)["example"], described, of)


@pytest.mark.parametrize("of", [document(), desk_document()], ids=["public", "desk"])
def test_document_with_webhooks_is_valid(of: dict[str, Any]):
    validate(of)

    names = [each["operationId"] for path in of["paths"].values() for each in path.values()]
    names += [each["post"]["operationId"] for each in of["webhooks"].values()]
    assert len(names) == len(set(names))


def test_desk_s_document_describes_every_event_that_a_program_is_sent():
    assert set(desk_document()["webhooks"]) == {*EventType, TEST}


@pytest.mark.parametrize("event", list(ADDRESSES))
def test_described_request_is_taken_by_its_door(running_system: System, event: str):
    running_system.reset()
    path, provider = ADDRESSES[event]
    described = operation(event, document())
    example = json.loads(json.dumps(body_of(described)["example"]).replace("2026-11-23", "2026-11-02"))

    answer = signed_post(running_system, path, provider, example)

    assert path in described["description"]
    assert str(answer.status) in described["responses"]
    assert answer.status in (200, 201), answer.text


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        pytest.param("sms.received", {"type": "sms.received", "data": {"from": "+84901234567"}}, id="sms"),
        pytest.param("hotline.call", {"callId": "call-0001"}, id="call"),
    ],
)
def test_request_that_the_schema_refuses_is_refused_with_the_described_status(
    running_system: System, event: str, wrong: dict[str, Any]
):
    running_system.reset()
    path, provider = ADDRESSES[event]
    described = operation(event, document())

    answer = signed_post(running_system, path, provider, wrong)

    assert not OAS31Validator(
        {**body_of(described)["schema"], "components": document()["components"]}
    ).is_valid(wrong)
    assert answer.status == 422
    assert "422" in described["responses"]


def test_described_receipts_are_those_that_the_gateway_may_send():
    schema = document()["components"]["schemas"]["SmsReceipt"]

    assert set(schema["properties"]["type"]["enum"]) == set(STATES)
    assert receipt_of(json.dumps(body_of(operation("sms.receipt", document()))["example"]).encode())


def test_sms_to_the_gateway_keeps_to_its_schema():
    bodies: list[bytes] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            answer = b'{"id": "m-1"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.handle_request, daemon=True).start()
    sender = GatewaySmsSender(f"http://127.0.0.1:{server.server_port}", token="t", sender="BO NOI VU")
    message = Message(
        reference="26483190275",
        notice="00001#RECEIPT#PETITIONER#SMS",
        to="+84901234567",
        text="PAKN 26483190275: da tiep nhan.",
        subject="",
    )

    sender.send(message)
    server.server_close()

    check(json.loads(bodies[0]), operation("sms.outgoing", document()), document())
