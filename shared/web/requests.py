"""Parameters and origin of a request, as views read them."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request


def query_parameters(request: Request) -> dict[str, str]:
    """Return the parameters of the query; of one given several times the last counts."""
    query: Mapping[str, str] = request.query_params or {}
    return {str(name): str(query[name]) for name in query}
