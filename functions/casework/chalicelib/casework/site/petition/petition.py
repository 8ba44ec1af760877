"""The page of one petition, and the actions taken from its forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.actions.disclosure import OpenSeal
from chalicelib.casework.actions.forms import action_named
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.drafts import FORMS
from chalicelib.casework.desk.queue_place import address_of, carried, undo_facts, version_to_undo, with_place
from chalicelib.casework.desk.queues import queues_of
from chalicelib.casework.site.frame import Names, language_of_page, names_of
from chalicelib.casework.site.petition.action_forms import RefusedAction
from chalicelib.casework.site.petition.confirmation import confirmation_page
from chalicelib.casework.site.petition.drafts import forget, keep_if_possible, sent_form
from chalicelib.casework.site.petition.page import JustDone, petition_page
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import (
    ActionNotPossibleError,
    HandedOverError,
    InvalidInputError,
    MovedAwayError,
    NotAllowedError,
    StaleVersionError,
    UnfinishedTextError,
    UnknownPetitionError,
)
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.procedures import conflicts
from shared.web.answers import see_other
from shared.web.i18n import Language, gettext
from shared.web.labels import ACTIONS
from shared.web.problems import problem_of
from shared.web.rendering import link
from shared.web.requests import query_parameters, validated

_DONE_WITH = frozenset(
    {
        Action.ASSIGN,
        Action.REASSIGN,
        Action.RETURN_TO_INTAKE,
        Action.REQUEST_INFORMATION,
        Action.DRAFT_ANSWER,
        Action.SIGN_DRAFT,
        Action.RETURN_DRAFT,
        Action.APPROVE,
        Action.PUBLISH,
        Action.REFUSE,
        Action.FORWARD,
        Action.GUIDE,
        Action.RESTRICT,
        Action.MERGE,
        Action.CLOSE,
    }
)
"""Actions after which somebody else is to act, or nobody: their officer goes on with the next petition."""


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
        parts,
        request,
        officer,
        petition,
        done=JustDone(
            query.get("done", ""), normal_reference(query.get("of", "")) or "", version_to_undo(query, "of")
        ),
        template=query.get("template", ""),
    )


def take_action(
    parts: Parts, request: Request, officer: DeskOfficer, reference: str, action: str
) -> Response:
    """Take an action from its form; when it cannot be taken, show why and keep what was written."""
    name = action_named(action)
    if name is None:
        raise UnknownPetitionError
    form = sent_form(request)
    try:
        petition = parts.actions.find(officer, reference, name)
    except (NotAllowedError, UnknownPetitionError) as error:
        return _just_done(parts, request, officer, reference, name, form, error)
    if name is Action.DRAFT_ANSWER and form.get("check") == "true":
        keep_if_possible(parts, officer, petition, name, form)
        return petition_page(parts, request, officer, petition, refused=RefusedAction(name, form, 200))
    if ROWS[name].question and form.get("confirmed") != "true":
        keep_if_possible(parts, officer, petition, name, form)
        return confirmation_page(parts, request, officer, petition, name, form)
    try:
        return _taken(parts, request, officer, petition, name, form)
    except InvalidInputError as error:
        keep_if_possible(parts, officer, petition, name, form)
        refused = _unfinished(petition, name, form, error)
        return petition_page(parts, request, officer, petition, refused=refused)
    except (StaleVersionError, ActionNotPossibleError) as error:
        if name is Action.TAKE_BACK and not permissions.may_see(officer, petition):
            raise
        keep_if_possible(parts, officer, parts.actions.find_written_on(officer, reference), name, form)
        current = parts.actions.find(officer, reference)
        refused = _conflict(parts, request, officer, current, name, form, error)
        return petition_page(parts, request, officer, current, refused=refused)


def _taken(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    petition: Petition,
    name: Action,
    form: Mapping[str, str],
) -> Response:
    action_input = validated(INPUTS[name], INPUTS[name].values_of(form))
    if isinstance(action_input, OpenSeal):
        opened, identity = parts.actions.open_seal(officer, petition, action_input)
        return petition_page(parts, request, officer, opened, identity=identity)
    changed = parts.actions.act(officer, petition, name, action_input)
    if name in FORMS:
        forget(parts, officer, changed, name)
    return see_other(link(_next_address(parts, request, officer, changed, name), language_of_page(request)))


def _just_done(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    reference: str,
    name: Action,
    form: Mapping[str, str],
    error: NotAllowedError | UnknownPetitionError,
) -> Response:
    """Answer an action repeated because its answer was lost; else keep what was written for a petition that left."""
    done = parts.actions.just_done(
        officer, reference, name, lambda: validated(INPUTS[name], INPUTS[name].values_of(form))
    )
    if done is not None:
        return see_other(link(_next_address(parts, request, officer, done, name), language_of_page(request)))
    if isinstance(error, MovedAwayError | HandedOverError):
        keep_if_possible(parts, officer, parts.actions.find_written_on(officer, reference), name, form)
    raise error


def _unfinished(
    petition: Petition, name: Action, form: Mapping[str, str], error: InvalidInputError
) -> RefusedAction:
    if not isinstance(error, UnfinishedTextError):
        return RefusedAction(name, form, 422, error.problems)
    letter = validated(INPUTS[name], INPUTS[name].values_of(form)).letter(petition)
    return RefusedAction(name, form, 422, error.problems, letter=letter, places=error.places)


def _conflict(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    current: Petition,
    action: Action,
    form: Mapping[str, str],
    error: StaleVersionError | ActionNotPossibleError,
) -> RefusedAction:
    """Return an action that somebody else's change prevented, with the version that the officer saw."""
    status, problem = problem_of(error, language_of_page(request))
    seen = form.get("version", "")
    seen_version = int(seen) if seen.isdecimal() else current.version
    names = names_of(parts, language_of_page(request))
    detail = problem["detail"]
    if isinstance(error, StaleVersionError):
        entries = conflicts.obstacles(current, seen_version, action, officer.actor)
        detail = _what_changed(entries, names, language_of_page(request))
    return RefusedAction(action, form, status, detail=detail, seen_version=seen_version)


def _what_changed(entries: Iterable[Entry], names: Names, language: Language) -> str:
    """Return the changes that stopped an action, each with its author and values; the page that shows it is current."""
    _ = gettext(language)
    changes = "; ".join(
        f"{names.actor(entry.by)}: {_(ACTIONS[entry.action])}{_values(entry, names, language)}"
        for entry in entries
    )
    since = _("Từ khi bạn mở hồ sơ: %s.") % changes if changes else ""
    undone = _("Trang này đã có phần mới. Việc của bạn chưa được thực hiện.")
    return f"{since} {undone}".strip()


def _values(entry: Entry, names: Names, language: Language) -> str:
    """Return in brackets what an entry set, in words; nothing where it set none of these."""
    _ = gettext(language)
    facts = entry.facts
    values = (
        (_("Lĩnh vực"), names.field(facts.field)),
        (_("Đơn vị"), names.unit(facts.unit)),
        (_("Người xử lý"), names.officer(facts.handler) if facts.handler else ""),
    )
    text = "; ".join(f"{label}: {value}" for label, value in values if value)
    return f" ({text})" if text else ""


def _next_address(
    parts: Parts, request: Request, officer: DeskOfficer, changed: Petition, action: Action
) -> str:
    """Return the address that an action leads to.

    The petition's page; the queue where the action put the petition out of the officer's sight; the next petition of
    the queue where the officer chose to go on and is done with this one.
    """
    place = carried(query_parameters(request))
    goes_on = action in _DONE_WITH and parts.desk_preferences.of(officer.username).goes_on
    undo = undo_facts(officer, changed)
    if goes_on and queues_of(officer):
        facts = {"after": changed.reference, "done": action.value, **undo}
        return with_place(f"/desk/next?{urlencode(facts)}", place)
    if permissions.may_see(officer, changed):
        return with_place(f"/desk/petitions/{changed.reference}?done={action}", place)
    return address_of(place, {"done": action.value, "reference": changed.reference, **undo})
