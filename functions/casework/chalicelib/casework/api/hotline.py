"""JSON API: petitions by telephone, callers' earlier petitions, and the calls to be made."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.response_models import CalleeView, CallList, EarlierList, EarlierView
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.hotline.call_tasks import CallRequest, CallView, OutcomeInput
from chalicelib.casework.hotline.callers import CallerInput, EarlierPetition, WishInput, summary_of
from chalicelib.casework.hotline.enter_petition import CallInput, enter_call
from shared.web.answers import json_answer
from shared.web.openapi import Operation
from shared.web.requests import json_body


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.post("/v1/petitions", enter_petition)
    api.post("/v1/callers", list_callers_petitions)
    api.post("/v1/callers/{reference}", serve_caller)
    api.get("/v1/calls", list_calls)
    api.post("/v1/calls/{reference}/dial", dial)
    api.post("/v1/calls/{reference}/outcome", record_outcome)
    return api


def enter_petition(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Receive a caller's petition: 201 with its receipt, 200 when the call was entered before."""
    received = enter_call(parts.reception, officer, json_body(request, CallInput))
    petition = received.petition
    return json_answer(
        {
            "reference": petition.reference,
            "pin": received.pin,
            "state": petition.state,
            "received_at": petition.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "due_on": petition.due_on.isoformat(),
            "links": {"self": f"{parts.settings.public_url}/desk/v1/petitions/{petition.reference}"},
        },
        201 if received.is_new else 200,
    )


def list_callers_petitions(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """List a caller's earlier petitions."""
    petitions = parts.callers.earlier(officer, json_body(request, CallerInput))
    return json_answer({"petitions": [_earlier_view(petition) for petition in petitions]})


def serve_caller(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Do what a caller wants with one of their petitions."""
    petition = parts.callers.serve(officer, reference, json_body(request, WishInput))
    return json_answer(_earlier_view(summary_of(petition)))


def _earlier_view(petition: EarlierPetition) -> dict[str, object]:
    return {
        "reference": petition.reference,
        "channel": petition.channel,
        "state": petition.state,
        "received_on": petition.received_on.isoformat(),
        "due_on": petition.due_on.isoformat(),
    }


def list_calls(parts: Parts, _request: Request, officer: DeskOfficer) -> Response:
    """List the calls to be made."""
    calls = parts.call_tasks.waiting(officer)
    return json_answer({"calls": [call.model_dump(mode="json") for call in calls]})


def dial(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Answer with whom to call and what to read out; the opening of the seal is recorded."""
    callee = parts.call_tasks.dial(officer, reference, json_body(request, CallRequest))
    readings = [reading.model_dump(mode="json") for reading in callee.readings]
    return json_answer({**callee._asdict(), "readings": readings})


def record_outcome(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Record the outcome of a call."""
    call = parts.call_tasks.record(officer, reference, json_body(request, OutcomeInput))
    return json_answer(call.model_dump(mode="json"))


OPERATIONS = (
    Operation(
        "POST",
        "/v1/callers",
        "listCallersPetitions",
        "A caller's earlier petitions, with their status",
        {200: EarlierList},
        CallerInput,
        ("Authorization", "lang"),
        (400, 401, 403, 422),
    ),
    Operation(
        "POST",
        "/v1/callers/{reference}",
        "serveCaller",
        "Do what a caller wants with their petition",
        {200: EarlierView},
        WishInput,
        ("reference", "Authorization", "lang"),
        (400, 401, 403, 404, 409, 422),
    ),
    Operation(
        "GET",
        "/v1/calls",
        "listCalls",
        "The calls to be made",
        {200: CallList},
        None,
        ("Authorization", "lang"),
        (401, 403),
    ),
    Operation(
        "POST",
        "/v1/calls/{reference}/dial",
        "dial",
        "The person to call; the opening of the seal is recorded",
        {200: CalleeView},
        CallRequest,
        ("reference", "Authorization", "lang"),
        (400, 401, 403, 404, 409, 422),
    ),
    Operation(
        "POST",
        "/v1/calls/{reference}/outcome",
        "recordCall",
        "Record the outcome of a call",
        {200: CallView},
        OutcomeInput,
        ("reference", "Authorization", "lang"),
        (400, 401, 403, 404, 409, 422),
    ),
)
"""The operations of this module in the OpenAPI document."""
