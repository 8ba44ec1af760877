"""`GET /health` of a function that answers HTTP requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from shared.web.answers import json_answer
from shared.web.requests import ANY

MISSING = "missing"
"""The key of the answer under which stands what the runtime lacks; the smoke test of a deployment refuses it."""


def routes(needs: Mapping[str, Callable[[], bool]] | None = None) -> Blueprint:
    """Return the route; it needs neither settings nor AWS, so it answers as soon as the function is loaded.

    Args:
        needs: what the runtime has to bring, by name, and whether it does.
    """
    blueprint = Blueprint(__name__)

    def health() -> Response:
        """Answer that the function is running, and what its runtime lacks."""
        return json_answer(_health(name for name, is_there in (needs or {}).items() if not is_there()))

    blueprint.route("/health", methods=["GET"], content_types=ANY)(health)
    return blueprint


def _health(missing: Iterable[str]) -> dict[str, Any]:
    names = list(missing)
    return {"status": "ok", **({MISSING: names} if names else {})}
