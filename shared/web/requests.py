"""Parameters and origin of a request, as views read them."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request


def query_parameters(request: Request) -> dict[str, str]:
    """Return the parameters of the query; of one given several times the last counts."""
    query: Mapping[str, str] = request.query_params or {}
    return {str(name): str(query[name]) for name in query}


def query_parameter(request: Request, name: str) -> str:
    """Return one parameter of the query without white space around it, "" where it is absent."""
    return query_parameters(request).get(name, "").strip()


def source_address(request: Request) -> str:
    """Return the caller's network address as API Gateway saw it, never a header that the caller wrote."""
    return str(request.context.get("identity", {}).get("sourceIp", ""))
