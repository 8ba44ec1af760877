"""Routes of the desk's JSON API: each view is given the officer whose access token the request bears."""

from __future__ import annotations

from chalice.app import Request, Response

from chalicelib.casework.access import refusals
from chalicelib.casework.access.machines import TOKEN_PREFIX
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from shared.domain.errors import UnauthenticatedError
from shared.web.answers import rate_limits
from shared.web.routes import Routes, View


class ApiRoutes(Routes[Parts]):
    """The routes of one module of the API; its views are called with parts, request, officer and path parameters."""

    def respond(self, view: View, request: Request, **path_parameters: str) -> Response:
        """Call a view for the officer who sends the request.

        Raises:
            UnauthenticatedError: no valid token.
        """
        parts = self._parts()
        with parts.petition_announced(request.path, path_parameters.get("reference", "")):
            officer = officer_of(parts, request, path_parameters.get("action", ""))
            with refusals.counted(officer):
                answer = view(parts, request, officer, **path_parameters)
        answer.headers |= rate_limits(officer.quotas)
        return answer


def officer_of(parts: Parts, request: Request, action: str = "") -> DeskOfficer:
    """Return the officer, or machine account, whose access token a request bears.

    Raises:
        UnauthenticatedError: no token, or an invalid one.
        ScopeNeededError: a machine account whose token has not the scope.
    """
    token = bearer_token(request)
    if token.startswith(TOKEN_PREFIX):
        return parts.machines.officer(token, request.method, request.path, action)
    return parts.sessions.officer(token)


def bearer_token(request: Request) -> str:
    """Return the access token in the `Authorization` header (RFC 6750).

    Raises:
        UnauthenticatedError: there is none.
    """
    scheme, _, token = str(request.headers.get("authorization", "")).partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError
    return token.strip()
