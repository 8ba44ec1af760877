"""One action on the petitions ticked in a queue: asks for what it needs, and says what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.catalogue import ROWS
from chalicelib.casework.bulk.act_on_many import AT_MOST, BulkAction, BulkInput, Outcome, take
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queue_place import address_of, carried
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, NotReachedError, PetitionError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.i18n import gettext, in_language
from shared.web.problems import one_text_of, problem_of
from shared.web.rendering import link
from shared.web.requests import form_pairs, validated

NEEDED = {BulkAction.ASSIGN: "unit", BulkAction.NOTE: "note", BulkAction.MERGE: "parent"}
"""The field without which an action cannot be taken, so that a page asks for it first."""
MOST_DIGITS = 4
"""Digits of a count of petitions."""
_FIELDS = ("unit", "note", "parent", "text", "handler", "field")


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.post("/bulk", act_on_many)
    return pages


def act_on_many(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take an action on the ticked petitions, or ask for what it needs; nothing ticked leads back to the queue."""
    pairs = form_pairs(request)
    form = dict(pairs)
    ticked = _ticked(pairs)
    place = carried({"from": form.get("place", "")}, str(request.headers.get("referer", "")))
    language = language_of_page(request)
    if not ticked:
        return see_other(link(address_of(place, {"done": "nothing"}), language))
    action = next((name for name in BulkAction if name == form.get("action")), None)
    if action is None:
        raise InvalidInputError(("action", "unknown"))
    needed = NEEDED.get(action, "")
    if needed and not form.get(needed, "").strip():
        return _question(parts, request, officer, action, ticked, place, is_missing=needed in form)
    petitions = [
        {"reference": reference, "version": int(version) if version.isdecimal() else 0}
        for reference, _dot, version in (token.partition(".") for token in ticked)
    ]
    values = {name: form[name] for name in _FIELDS if form.get(name, "").strip()}
    outcomes = take(
        parts.actions, officer, validated(BulkInput, {"action": action, "petitions": petitions, **values})
    )
    left = [outcome.reference for outcome in outcomes if isinstance(outcome.error, NotReachedError)]
    refused = [o for o in outcomes if o.error is not None and not isinstance(o.error, NotReachedError)]
    done = len(outcomes) - len(refused) - len(left) + _done_before(form)
    if not refused and not left:
        query = {"done": action.value, "count": str(done)}
        return see_other(link(address_of(place, query), language))
    return render(
        parts,
        request,
        officer,
        "bulk_report.html",
        label=gettext(language)(ROWS[Action(action)].button_text),
        done=done,
        left=[token for token in ticked if token.partition(".")[0] in left],
        fields={"action": action.value, "all": "true", "done": str(done), **values},
        place=place,
        refused=[(outcome.reference, _why(request, outcome)) for outcome in refused],
        back=link(address_of(place), language),
    )


def _done_before(form: Mapping[str, str]) -> int:
    """Return how many petitions earlier requests of the same click did, as the page that goes on with the rest says."""
    count = form.get("done", "")
    return int(count) if count.isascii() and count.isdecimal() and len(count) <= MOST_DIGITS else 0


def _ticked(pairs: list[tuple[str, str]]) -> list[str]:
    """Return the ticked petitions as `reference.version`: all that the page showed, where that box is ticked."""
    form = dict(pairs)
    chosen = form.get("shown", "").split() if form.get("all") else [v for name, v in pairs if name == "pick"]
    return list(dict.fromkeys(chosen))[:AT_MOST]


def _why(request: Request, outcome: Outcome) -> str:
    error: PetitionError = outcome.error or InvalidInputError(("body", "invalid"))
    return one_text_of(problem_of(error, language_of_page(request))[1])


def _question(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    action: BulkAction,
    ticked: list[str],
    place: str,
    *,
    is_missing: bool,
) -> Response:
    """Ask for the unit, the note, or the petition that stays; the ticked petitions travel as hidden fields."""
    language = language_of_page(request)
    units = parts.directory.units(local_date(clock.now())).values() if action is BulkAction.ASSIGN else ()
    petitions = _petitions(parts, officer, ticked) if action is BulkAction.MERGE else []
    return render(
        parts,
        request,
        officer,
        "bulk.html",
        422 if is_missing else 200,
        action=action.value,
        label=gettext(language)(ROWS[Action(action)].button_text),
        count=len(ticked),
        shown=" ".join(ticked),
        place=place,
        is_missing=is_missing,
        units=[(unit.id, in_language(language, unit.name, unit.name_en)) for unit in units],
        petitions=[_facts(petition) for petition in petitions],
        back=link(address_of(place), language),
    )


def _petitions(parts: Parts, officer: DeskOfficer, ticked: list[str]) -> list[Petition]:
    """Return those of the ticked petitions that the officer may merge, the oldest first."""
    petitions = []
    for token in ticked:
        try:
            petitions.append(parts.actions.find(officer, token.partition(".")[0], Action.MERGE))
        except PetitionError:
            continue
    return sorted(petitions, key=lambda petition: petition.received_at)


def _facts(petition: Petition) -> Mapping[str, Any]:
    return {
        "reference": petition.reference,
        "subject": petition.subject,
        "received_on": local_date(petition.received_at),
    }
