"""JSON API: open a session. It needs none, so its routes are plain ones."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.sessions import Challenge, SignInInput
from chalicelib.casework.composition import Parts
from shared.web.answers import json_answer
from shared.web.requests import json_body
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of this module."""
    api = Routes(__name__, parts)
    api.post("/v1/session", sign_in)
    return api


def sign_in(parts: Parts, request: Request) -> Response:
    """Open a session: answer with tokens, or with the challenge to answer first."""
    session = parts.sessions.sign_in(json_body(request, SignInInput))
    if isinstance(session, Challenge):
        return json_answer(session)
    officer = parts.sessions.officer(session.access_token)
    view = {
        "username": officer.username,
        "name": officer.name,
        "unit": officer.unit,
        "roles": sorted(officer.roles),
    }
    return json_answer({**session.model_dump(), "officer": view})
