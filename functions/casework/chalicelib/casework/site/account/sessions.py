"""The page of an officer's own sessions: where they are signed in, and the end of all others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Request, Response

from chalicelib.casework.access.sessions import Session
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import SessionRoutes
from shared.web.answers import see_other
from shared.web.rendering import link
from shared.web.requests import query_parameters


def routes(parts: Callable[[], Parts]) -> SessionRoutes:
    """Return the routes of this module."""
    pages = SessionRoutes(__name__, parts)
    pages.get("/sessions", show_sessions)
    pages.post("/sessions/end-others", end_others)
    return pages


def show_sessions(parts: Parts, request: Request, session: Session) -> Response:
    """Show the officer's sessions: device, network, since when, and when last used."""
    listed = [
        {
            "device": row.device,
            "network": row.network,
            "since": datetime.fromtimestamp(row.started_at, UTC),
            "used_at": datetime.fromtimestamp(row.used_at, UTC),
            "is_this": row.id == session.id,
        }
        for row in parts.sessions.of(session.officer.username)
    ]
    return render(
        parts,
        request,
        session.officer,
        "sessions.html",
        sessions=listed,
        done=bool(query_parameters(request).get("done")),
        idle=parts.settings.session_idle_minutes,
        hours=parts.settings.session_hours,
    )


def end_others(parts: Parts, request: Request, session: Session) -> Response:
    """End all sessions of the officer but this one."""
    parts.sessions.end_others(session.officer.username, session.id)
    return see_other(link("/desk/sessions?done=1", language_of_page(request)))
