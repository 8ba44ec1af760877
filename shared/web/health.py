"""`GET /health` of a function that answers HTTP requests."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from shared.web.answers import json_answer
from shared.web.requests import ANY


def routes() -> Blueprint:
    """Return the route; it needs neither settings nor AWS, so it answers as soon as the function is loaded."""
    blueprint = Blueprint(__name__)
    blueprint.route("/health", methods=["GET"], content_types=ANY)(health)
    return blueprint


def health() -> Response:
    """Answer that the function is running."""
    return json_answer({"status": "ok"})
