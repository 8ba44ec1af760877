"""The page of absences: who of the unit is away, who stands in, and the forms that record and end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.actions.answers import WORKERS
from chalicelib.casework.board.absences import AbsenceEnd, AbsenceInput
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import FormProblem, language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.i18n import N_, gettext
from shared.web.problems import rule_message
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters, validated

LABELS: dict[str, str] = {
    "officer": N_("Người vắng mặt"),
    "valid_from": N_("Từ ngày"),
    "valid_to": N_("Đến hết ngày"),
    "stand_in": N_("Người làm thay"),
    "reason": N_("Lý do"),
}
"""The fields of the form, in its order."""
PAGE = "/desk/board/absences"


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/board/absences", show_absences)
    pages.post("/board/absences", put_absence)
    pages.post("/board/absences/{username}", end_absence)
    return pages


def show_absences(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the absences that last or come, and the empty form."""
    today = local_date(clock.now()).isoformat()
    return _page(parts, request, officer, {"valid_from": today})


def put_absence(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Record an absence; what is wrong is said, and what was typed stays."""
    permissions.require(officer, Ability.LEAD_UNIT)
    form = form_body(request)
    facts = {name: form.get(name, "") for name in LABELS if name != "officer"}
    if not form.get("officer"):
        return _page(parts, request, officer, form, (("officer", "missing"),), 422)
    try:
        parts.absences.put(officer, form["officer"], validated(AbsenceInput, facts))
    except InvalidInputError as error:
        return _page(parts, request, officer, form, error.problems, 422)
    return see_other(link(f"{PAGE}?done=1", language_of_page(request)))


def end_absence(parts: Parts, request: Request, officer: DeskOfficer, username: str) -> Response:
    """End an absence now."""
    form = form_body(request)
    end = validated(AbsenceEnd, {"valid_from": form.get("valid_from", "")})
    parts.absences.end(officer, username, end.valid_from)
    return see_other(link(f"{PAGE}?done=1", language_of_page(request)))


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    problems: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Response:
    if not permissions.is_able(officer, Ability.READ_BOARD):
        raise NotAllowedError
    language = language_of_page(request)
    _ = gettext(language)
    names, rules = names_of(parts, language), dict(problems)
    today: date = local_date(clock.now())
    colleagues = [
        (row.id, row.name)
        for row in parts.directory.officers().values()
        if row.unit == officer.unit and not WORKERS.isdisjoint(row.roles)
    ]
    errors = tuple(
        FormProblem(name, _(label), rule_message(rules[name], language))
        for name, label in LABELS.items()
        if name in rules
    )
    return render(
        parts,
        request,
        officer,
        "absences.html",
        status,
        absences=[
            {
                **row.model_dump(),
                "name": names.officer(row.id),
                "stand_in_name": names.officer(row.stand_in),
                "lasts": row.valid_from <= today,
            }
            for row in parts.absences.of_unit(officer)
        ],
        may_lead=permissions.is_able(officer, Ability.LEAD_UNIT),
        colleagues=colleagues,
        errors=errors,
        messages={error.id: error.message for error in errors},
        labels={name: _(label) for name, label in LABELS.items()},
        form=form,
        done=bool(query_parameters(request).get("done")),
    )
