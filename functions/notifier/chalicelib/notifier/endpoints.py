"""The notifier's HTTP API: the providers' delivery receipts under `/receipts`, and its health."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chalice.app import Request, Response

from chalicelib.notifier.composition import Parts
from chalicelib.notifier.providers import PROVIDERS
from chalicelib.notifier.receipts.receipt import ReceiptRequest
from shared.platform import clock
from shared.web.answers import json_answer
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes: one for each provider of the catalogue."""
    endpoints = Routes(__name__, parts)
    for name, provider in PROVIDERS.items():
        view = partial(receive, provider=name)
        if provider.has_receipt_address_per_message:
            endpoints.get(f"/{name}/{{token}}", view)
        else:
            endpoints.post(f"/{name}", view)
    endpoints.get("/health", health)
    return endpoints


def receive(parts: Parts, request: Request, *, provider: str, token: str = "") -> Response:
    """Record the receipts of a provider."""
    body = request.raw_body
    status = parts.receipts.answer(
        provider,
        ReceiptRequest(
            headers=request.headers,
            body=body.encode() if isinstance(body, str) else body,
            at=clock.now(),
            query=dict(request.query_params or {}),
            token=token,
        ),
    )
    return Response(body="", status_code=int(status), headers={"Content-Type": "text/plain; charset=utf-8"})


def health(_parts: Parts, _request: Request) -> Response:
    """Answer that the function works."""
    return json_answer({"status": "ok"})
