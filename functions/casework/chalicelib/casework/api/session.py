"""JSON API: open, renew, list and end sessions. Opening needs none, so its routes are plain ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Request, Response
from pydantic import ConfigDict

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sessions import Visit
from chalicelib.casework.access.sign_in_input import Challenge, SignInInput, Tokens
from chalicelib.casework.api import machines
from chalicelib.casework.api.routes import bearer_token
from chalicelib.casework.composition import Parts
from shared.domain.base_model import BaseModel
from shared.domain.errors import UnauthenticatedError
from shared.web.answers import json_answer
from shared.web.requests import FORM, json_body, source_address
from shared.web.routes import Routes


class OwnSession(BaseModel):
    """A session of the officer who asks."""

    model_config = ConfigDict(frozen=True)

    device: str
    network: str
    since: datetime
    used_at: datetime
    is_this: bool


class OwnSessions(BaseModel):
    """The sessions of the officer who asks."""

    model_config = ConfigDict(frozen=True)

    sessions: tuple[OwnSession, ...]


class EndedSessions(BaseModel):
    """The number of sessions that were ended."""

    model_config = ConfigDict(frozen=True)

    ended: int


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of this module."""
    api = Routes(__name__, parts)
    api.post("/v1/session", sign_in)
    api.post("/v1/session/renewal", renew)
    api.post("/v1/session/end", end)
    api.get("/v1/sessions", list_sessions)
    api.post("/v1/sessions/end-others", end_others)
    api.post("/v1/token", machines.give_token, FORM)
    return api


def sign_in(parts: Parts, request: Request) -> Response:
    """Open a session: answer with tokens, or with the challenge to answer first."""
    visit = Visit(source_address(request), request.headers.get("user-agent", "")[:400])
    tokens = parts.sessions.sign_in(json_body(request, SignInInput), visit)
    if isinstance(tokens, Challenge):
        return json_answer(tokens)
    session_id, officer = parts.sessions.opened(tokens)
    refresh_token = parts.refresh_tokens.first(session_id)
    return _opened(tokens.model_copy(update={"refresh_token": refresh_token}), officer)


def renew(parts: Parts, request: Request) -> Response:
    """Answer with new tokens of the session, as long as it holds."""
    session = parts.sessions.checked(parts.sessions.session(bearer_token(request)))
    tokens = parts.sessions.renewed(session, is_asked_for=True)
    if tokens is None:
        raise UnauthenticatedError
    return _opened(tokens, session.officer)


def end(parts: Parts, request: Request) -> Response:
    """End the session: no token of it holds any more."""
    parts.sessions.end(bearer_token(request))
    return json_answer(EndedSessions(ended=1))


def list_sessions(parts: Parts, request: Request) -> Response:
    """List the officer's sessions, the latest first."""
    session = parts.sessions.session(bearer_token(request))
    views = (
        OwnSession(
            device=row.device,
            network=row.network,
            since=datetime.fromtimestamp(row.started_at, UTC),
            used_at=datetime.fromtimestamp(row.used_at, UTC),
            is_this=row.id == session.id,
        )
        for row in parts.sessions.of(session.officer.username)
    )
    return json_answer(OwnSessions(sessions=tuple(views)))


def end_others(parts: Parts, request: Request) -> Response:
    """End all sessions of the officer but this one."""
    session = parts.sessions.session(bearer_token(request))
    ended = parts.sessions.end_others(session.officer.username, session.id)
    return json_answer(EndedSessions(ended=ended))


def _opened(tokens: Tokens, officer: DeskOfficer) -> Response:
    view = {
        "username": officer.username,
        "name": officer.name,
        "unit": officer.unit,
        "roles": sorted(officer.roles),
    }
    return json_answer({**tokens.model_dump(), "officer": view})
