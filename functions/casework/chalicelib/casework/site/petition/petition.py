"""The page of one petition, and the actions taken from its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.actions.disclosure import OpenSeal
from chalicelib.casework.actions.forms import action_named
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_place import address_of, carried, with_place
from chalicelib.casework.site.frame import language_of_page
from chalicelib.casework.site.petition.action_forms import RefusedAction
from chalicelib.casework.site.petition.confirmation import confirmation_page
from chalicelib.casework.site.petition.page import petition_page
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    NotAllowedError,
    StaleVersionError,
    UnfinishedTextError,
    UnknownPetitionError,
)
from shared.domain.petition.change import is_petitioner
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.web.answers import see_other
from shared.web.i18n import N_, gettext
from shared.web.problems import problem_of
from shared.web.rendering import link
from shared.web.requests import form_pairs, query_parameters, validated


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/petitions/{reference}", show_petition)
    pages.post("/petitions/{reference}/{action}", take_action)
    return pages


def show_petition(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show a petition, with a form for each action that this officer may take now."""
    petition = parts.actions.find(officer, reference)
    query = query_parameters(request)
    return petition_page(
        parts, request, officer, petition, done=query.get("done", ""), template=query.get("template", "")
    )


def take_action(
    parts: Parts, request: Request, officer: DeskOfficer, reference: str, action: str
) -> Response:
    """Take an action from its form; when it cannot be taken, show why and keep what was written."""
    name = action_named(action)
    if name is None:
        raise UnknownPetitionError
    form = _action_form(request)
    try:
        petition = parts.actions.find(officer, reference, name)
    except (NotAllowedError, UnknownPetitionError):
        done = parts.actions.just_done(
            officer, reference, name, lambda: validated(INPUTS[name], INPUTS[name].values_of(form))
        )
        if done is None:
            raise
        return see_other(link(_next_address(request, officer, done, name), language_of_page(request)))
    if ROWS[name].question and form.get("confirmed") != "true":
        return confirmation_page(parts, request, officer, petition, name, form)
    try:
        action_input = validated(INPUTS[name], INPUTS[name].values_of(form))
        if isinstance(action_input, OpenSeal):
            opened, identity = parts.actions.open_seal(officer, petition, action_input)
            return petition_page(parts, request, officer, opened, identity=identity)
        changed = parts.actions.act(officer, petition, name, action_input)
    except UnfinishedTextError as error:
        letter = validated(INPUTS[name], INPUTS[name].values_of(form)).letter(petition)
        refused = RefusedAction(name, form, 422, error.problems, letter=letter, places=error.places)
        return petition_page(parts, request, officer, petition, refused=refused)
    except InvalidInputError as error:
        refused = RefusedAction(name, form, 422, error.problems)
        return petition_page(parts, request, officer, petition, refused=refused)
    except (StaleVersionError, ActionNotPossibleError) as error:
        current = parts.actions.find(officer, reference)
        refused = _conflict(request, current, name, form, error)
        return petition_page(parts, request, officer, current, refused=refused)
    return see_other(link(_next_address(request, officer, changed, name), language_of_page(request)))


def _action_form(request: Request) -> dict[str, str]:
    """Return an action's form; the values of all ticked `attachments` boxes are joined by spaces."""
    pairs = form_pairs(request)
    ticked = " ".join(value for name, value in pairs if name == "attachments")
    return {**dict(pairs), **({"attachments": ticked} if ticked else {})}


def _conflict(
    request: Request,
    current: Petition,
    action: Action,
    form: Mapping[str, str],
    error: StaleVersionError | ActionNotPossibleError,
) -> RefusedAction:
    """Return an action that somebody else's change prevented, with the version that the officer saw."""
    status, problem = problem_of(error, language_of_page(request))
    seen = form.get("version", "")
    seen_version = int(seen) if seen.isdecimal() else current.version
    detail = problem["detail"]
    if isinstance(error, StaleVersionError):
        detail = gettext(language_of_page(request))(_what_changed(current, seen_version))
    return RefusedAction(action, form, status, detail=detail, seen_version=seen_version)


def _what_changed(current: Petition, seen_version: int) -> str:
    """Return the sentence about the changes since the page was opened; the page that shows it is current."""
    writers = {entry.by for entry in current.history[seen_version:]}
    if writers and writers <= {"timer", "router"}:
        return N_(
            "Hệ thống vừa ghi thêm vào hồ sơ; trang này đã có phần mới. Việc của bạn chưa được thực hiện."
        )
    if writers and all(is_petitioner(writer) for writer in writers):
        return N_("Người gửi vừa bổ sung; trang này đã có phần mới. Việc của bạn chưa được thực hiện.")
    return N_("Người khác vừa cập nhật hồ sơ; trang này đã có phần mới. Chưa có gì bị ghi đè.")


def _next_address(request: Request, officer: DeskOfficer, changed: Petition, action: Action) -> str:
    """Return the petition's page, or the queue where the action put the petition out of the officer's sight."""
    place = carried(query_parameters(request))
    if permissions.may_see(officer, changed):
        return with_place(f"/desk/petitions/{changed.reference}?done={action}", place)
    return address_of(place, {"done": action.value, "reference": changed.reference})
