"""Keeps what an officer is writing on a petition: by a button without JavaScript, or while typing by `drafts.js`.

One address takes both: a page's form is answered with the petition's page, the module (`Accept: application/json`) with
the draft's new version, and errors as problem documents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.drafts import FORMS, Draft, is_kept, texts_in
from chalicelib.casework.desk.queue_place import carried, with_place
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.kept_form import joined, keep
from chalicelib.casework.site.petition.action_forms import RefusedAction, with_template, with_text
from chalicelib.casework.site.petition.page import petition_page
from chalicelib.casework.site.routes import PageRoutes, wants_json
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, StaleDraftError, UnknownPetitionError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.answers import json_answer, see_other
from shared.web.i18n import gettext
from shared.web.labels import ACTIONS
from shared.web.problems import problem_of
from shared.web.rendering import link, moment
from shared.web.requests import form_pairs, query_parameters

INSERT = "insert "
"""The value of a button that inserts a published answer begins so; its name follows."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/petitions/{reference}/drafts/{form}", show_draft)
    pages.post("/petitions/{reference}/drafts/{form}", save_draft)
    return pages


def show_draft(parts: Parts, request: Request, officer: DeskOfficer, reference: str, form: str) -> Response:
    """Show an officer's own draft to be copied, also where the petition went to another unit."""
    name = form_named(form)
    petition = parts.actions.find_written_on(officer, reference)
    draft = parts.drafts.get(officer, petition, name)
    return render(
        parts,
        request,
        officer,
        "draft.html",
        draft=draft,
        label=gettext(language_of_page(request))(ACTIONS[name]),
        texts=texts_of(draft, petition),
    )


def save_draft(parts: Parts, request: Request, officer: DeskOfficer, reference: str, form: str) -> Response:
    """Keep a form as it is written so far; its button may also insert an answer template, or discard the draft."""
    name, sent = form_named(form), sent_form(request)
    petition = parts.actions.find_written_on(officer, reference)
    seen = sent.get("draft_version", "")
    then = sent.get("then", "")
    if then == "template" and name is Action.DRAFT_ANSWER:
        sent = with_template(
            sent, sent.get("template", ""), petition, parts.directory, local_date(clock.now())
        )
    if then.startswith(INSERT) and name is Action.DRAFT_ANSWER:
        sent = with_text(sent, _published(parts, then.removeprefix(INSERT)))
    try:
        if then == "discard":
            parts.drafts.discard(officer, petition, name)
        else:
            draft = keep(parts, officer, petition, name, sent, int(seen) if seen.isdecimal() else None)
            if wants_json(request):
                return json_answer(state_of(draft))
    except StaleDraftError as error:
        if wants_json(request):
            return _stale_answer(parts, request, officer, petition, name, error)
        _status, problem = problem_of(error, language_of_page(request))
        refused = RefusedAction(name, sent, 412, detail=f"{problem['title']}. {problem['detail']}")
        return petition_page(parts, request, officer, petition, refused=refused)
    query = "" if then == "discard" else f"?draft={name}"
    page = with_place(f"/desk/petitions/{petition.reference}{query}", carried(query_parameters(request)))
    return see_other(f"{link(page, language_of_page(request))}#do-{name}")


def _published(parts: Parts, name: str) -> str:
    """Return the text of a published answer by its name; "" where it is not public any more."""
    try:
        answer = parts.petitions.published_answer(name)
    except ValueError:  # no instant stands in it: no page of ours made it
        return ""
    return answer.answer if answer else ""


def form_named(name: str) -> Action:
    """Return the action whose form a draft is of.

    Raises:
        UnknownPetitionError: no form with a text to write has this name.
    """
    form = next((action for action in FORMS if action == name), None)
    if form is None:
        raise UnknownPetitionError
    return form


def sent_form(request: Request) -> dict[str, str]:
    """Return an action's form; the values of all ticked `attachments` boxes are joined by spaces."""
    return joined(form_pairs(request))


def keep_if_possible(
    parts: Parts, officer: DeskOfficer, petition: Petition, form: Action, sent: Mapping[str, str]
) -> None:
    """Keep what a form brought that was not carried out; what is too long for a draft stays on the page alone."""
    if form not in FORMS or not any(sent[name] for name in sent if is_kept(name, form, petition)):
        return
    try:
        keep(parts, officer, petition, form, sent)
    except (InvalidInputError, StaleDraftError):
        return


def forget(parts: Parts, officer: DeskOfficer, petition: Petition, form: Action) -> None:
    """Discard a draft whose action was taken; one that was saved that very moment is spent all the same."""
    with suppress(StaleDraftError):
        parts.drafts.discard(officer, petition, form)


def state_of(draft: Draft) -> dict[str, Any]:
    """Return the state of a draft that was just saved, for the page to show."""
    return {
        "version": draft.version,
        "saved_at": moment(draft.saved_at),
        "words": draft.words,
        "shared": draft.is_shared,
        "ends_at": draft.ends_at.isoformat(),
    }


def texts_of(draft: Draft, petition: Petition) -> list[str]:
    """Return the texts of a draft in the order of its form."""
    return texts_in(draft.fields, draft.form, petition)


def _stale_answer(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    petition: Petition,
    form: Action,
    error: StaleDraftError,
) -> Response:
    """Answer the module with the version that is stored, and its texts, where there are some."""
    status, document = problem_of(error, language_of_page(request))
    own = parts.drafts.of(officer, petition)[0].get(form)
    document |= {"version": error.version, "texts": texts_of(own, petition) if own else []}
    return json_answer(document, status, {"Content-Type": "application/problem+json; charset=utf-8"})
