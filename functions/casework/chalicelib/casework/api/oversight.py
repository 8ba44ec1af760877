"""JSON API: openings of seals, for auditors; ambiguous deliveries, for administrators; contradicted receipts."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.response_models import (
    AmbiguousDeliveryList,
    ContradictedReceiptList,
    OversightPage,
    SettledView,
)
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.oversight.ambiguous_deliveries import FindingInput
from chalicelib.casework.oversight.contradicted_receipts import DayQuery
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.web.answers import json_answer
from shared.web.openapi import Operation
from shared.web.requests import json_body, query_parameter, query_parameters, validated


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/openings", list_openings)
    api.get("/v1/in-doubt", list_ambiguous_deliveries)
    api.post("/v1/in-doubt/{reference}", settle_ambiguous_delivery)
    api.get("/v1/contradicted-receipts", list_contradicted_receipts)
    return api


def list_openings(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """List a month's openings of seals, and what the latest verification of all histories found."""
    query = query_parameters(request)
    page = parts.seal_openings.page(
        officer, month=query.get("month", ""), by=query.get("by", ""), cursor=query.get("cursor") or None
    )
    verification = parts.histories.latest(officer)
    return json_answer(
        {
            **page.model_dump(mode="json"),
            "verification": verification.model_dump(mode="json") if verification else None,
        }
    )


def list_ambiguous_deliveries(parts: Parts, _request: Request, officer: DeskOfficer) -> Response:
    """List the deliveries of which nobody knows whether the provider took them."""
    deliveries = parts.ambiguous_deliveries.waiting(officer)
    return json_answer({"in_doubt": [delivery.model_dump(mode="json") for delivery in deliveries]})


def settle_ambiguous_delivery(
    parts: Parts, request: Request, officer: DeskOfficer, reference: str
) -> Response:
    """Settle an ambiguous delivery by what the provider's records show."""
    parts.ambiguous_deliveries.settle(officer, reference, json_body(request, FindingInput))
    return json_answer({"reference": reference})


def list_contradicted_receipts(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """List a day's receipts of an arrival that later ones contradicted, with the duties that they undo."""
    query = validated(DayQuery, {"day": query_parameter(request, "day")})
    day = query.day or local_date(clock.now())
    receipts = parts.contradicted_receipts.of_day(officer, day)
    return json_answer({"day": day.isoformat(), "receipts": [r.model_dump(mode="json") for r in receipts]})


OPERATIONS = (
    Operation(
        "GET",
        "/v1/in-doubt",
        "listAmbiguousDeliveries",
        "The deliveries of which nobody knows whether the provider took them",
        {200: AmbiguousDeliveryList},
        None,
        ("Authorization", "lang"),
        (401, 403),
    ),
    Operation(
        "POST",
        "/v1/in-doubt/{reference}",
        "settleAmbiguousDelivery",
        "Settle one of them by the provider's records",
        {200: SettledView},
        FindingInput,
        ("reference", "Authorization", "lang"),
        (400, 401, 403, 404, 409, 422),
    ),
    Operation(
        "GET",
        "/v1/contradicted-receipts",
        "listContradictedReceipts",
        "A day's receipts of an arrival that later ones contradicted, and the duties that they undo",
        {200: ContradictedReceiptList},
        None,
        ("Authorization", "day", "lang"),
        (401, 403, 422),
    ),
    Operation(
        "GET",
        "/v1/openings",
        "listOpenings",
        "The openings of seals: by whom, when and why",
        {200: OversightPage},
        None,
        ("Authorization", "month", "by-officer", "cursor", "lang"),
        (401, 403, 422),
    ),
)
"""The operations of this module in the OpenAPI document."""
