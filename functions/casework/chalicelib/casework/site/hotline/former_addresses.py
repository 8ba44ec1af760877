"""The addresses of the two pages that became the call screen: links lead to it, and forms that lay open are taken."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.hotline.call_screen import CHECK, CONFIRM, FIND, take_step_with
from chalicelib.casework.site.routes import PageRoutes
from shared.web.answers import see_other
from shared.web.requests import form_pairs, query_parameters


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/calls/new", lead_to_the_screen)
    pages.post("/calls", take_call)
    pages.get("/callers", lead_to_the_screen)
    pages.post("/callers", serve_caller)
    return pages


def lead_to_the_screen(_parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Redirect to the call screen, with the query."""
    permissions.require(officer, Ability.ENTER_PETITION)
    query = query_parameters(request)
    return see_other(f"/desk/call?{urlencode(query)}" if query else "/desk/call")


def take_call(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take the form of a call: its number was that of the petitioner, and each step but the last showed it again."""
    step = CONFIRM if dict(form_pairs(request)).get("step") == CONFIRM else CHECK
    pairs = [("contact_phone" if name == "phone" else name, value) for name, value in form_pairs(request)]
    return take_step_with(parts, request, officer, [*_without_step(pairs), ("step", step)])


def serve_caller(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take the form of a caller: what they wished for was a field of it, and is a button of the screen."""
    form = dict(form_pairs(request))
    step = FIND if form.get("step") == FIND else form.get("wish", "")
    return take_step_with(parts, request, officer, [*_without_step(form_pairs(request)), ("step", step)])


def _without_step(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if name not in {"step", "wish"}]
