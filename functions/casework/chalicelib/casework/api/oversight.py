"""JSON API: openings of seals, for auditors; ambiguous deliveries, for administrators."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.oversight.ambiguous_deliveries import FindingInput
from shared.web.answers import json_answer
from shared.web.requests import json_body, query_parameters


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/openings", list_openings)
    api.get("/v1/in-doubt", list_ambiguous_deliveries)
    api.post("/v1/in-doubt/{reference}", settle_ambiguous_delivery)
    return api


def list_openings(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """List a month's openings of seals."""
    query = query_parameters(request)
    page = parts.seal_openings.page(
        officer, month=query.get("month", ""), by=query.get("by", ""), cursor=query.get("cursor") or None
    )
    return json_answer(page.model_dump(mode="json"))


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
