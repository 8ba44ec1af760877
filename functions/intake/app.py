"""Intake's doors: the citizens' site, the JSON API, the short code 8088, the hotline's call reports."""

from __future__ import annotations

from chalice.app import Chalice, Request, Response

from chalicelib.intake import api
from shared.http import answers_problems, json_answer

app = Chalice(app_name="pakn-intake")
ANY = ["*/*"]
"""The use cases say what is wrong with a body, in the caller's language; Chalice would only say 415."""


def request() -> Request:
    """Return the request at hand."""
    if app.current_request is None:
        raise RuntimeError("no request at hand")
    return app.current_request


problems = answers_problems(request)


# --- JSON API -----------------------------------------------------------------------------------------


@app.route("/v1/petitions", methods=["POST"], content_types=ANY)
@problems
def receive_petition() -> Response:
    """Take a petition."""
    return api.receive(request())


@app.route("/v1/petitions/{reference}", methods=["GET"])
@problems
def track_petition(reference: str) -> Response:
    """Show a petition to whoever has its PIN."""
    return api.track(request(), reference)


@app.route("/v1/petitions/{reference}/supplements", methods=["POST"], content_types=ANY)
@problems
def supplement_petition(reference: str) -> Response:
    """Add to a petition."""
    return api.supplement(request(), reference)


@app.route("/v1/petitions/{reference}/withdrawal", methods=["POST"], content_types=ANY)
@problems
def withdraw_petition(reference: str) -> Response:
    """Take a petition back."""
    return api.withdraw(request(), reference)


@app.route("/v1/petitions/{reference}/rating", methods=["POST"], content_types=ANY)
@problems
def rate_petition(reference: str) -> Response:
    """Rate the answer."""
    return api.rate(request(), reference)


@app.route("/v1/fields", methods=["GET"])
@problems
def list_fields() -> Response:
    """List the fields of responsibility."""
    return api.fields(request())


@app.route("/v1/published", methods=["GET"])
@problems
def list_published() -> Response:
    """List published answers."""
    return api.published(request())


@app.route("/v1/statistics", methods=["GET"])
@problems
def month_figures() -> Response:
    """Give the figures of a month."""
    return api.statistics(request())


@app.route("/openapi.json", methods=["GET"])
def openapi() -> Response:
    """Describe the API."""
    from chalicelib.intake.openapi import document  # noqa: PLC0415 - no other request needs the schemas

    return json_answer(document(), headers=api.PUBLIC)


@app.route("/health", methods=["GET"])
def health() -> Response:
    """Tell that intake answers."""
    return json_answer({"status": "ok"})


# --- machines that call us --------------------------------------------------------------------------


@app.route("/sms/{provider}", methods=["GET", "POST"], content_types=ANY)
def receive_sms(provider: str) -> Response:
    """Take what people sent to 8088, from one of its providers."""
    from chalicelib.intake import webhooks  # noqa: PLC0415 - keeps the web's cold start short

    return webhooks.receive_sms(request(), provider)


@app.route("/hotline/calls", methods=["POST"], content_types=ANY)
@problems
def receive_call() -> Response:
    """Take the call centre's report of a call to 1900 1547."""
    from chalicelib.intake import webhooks  # noqa: PLC0415 - keeps the web's cold start short

    return webhooks.receive_call(request())
