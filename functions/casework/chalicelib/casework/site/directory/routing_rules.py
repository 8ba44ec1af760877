"""The page of the router's corrections: what officers decided otherwise than it proposed; and the trial of a rule."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.rule_trial import RuleTrial, try_rule
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.directory import routing_models
from chalicelib.casework.site.directory.outcome_labels import outcome_label
from chalicelib.casework.site.directory.row_preview import CONFIRM, after_change
from chalicelib.casework.site.directory.rule_form import form_facts, row_of
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.tables.corrections import Correction
from shared.tables.petitions import Petitions
from shared.web.i18n import Language
from shared.web.problems import rule_message
from shared.web.requests import cleaned, form_body, query_parameters

_MONTH = re.compile(r"20[12]\d-(0[1-9]|1[0-2])")
MAX_ROW = 200_000
"""Characters of a row; the longest seeded one, what was learned, has half as many."""
LINKED = 5
"""Petitions of each pair that are linked to, the latest."""
LINKED_IN_ALL = 100
"""Petitions of all pairs together that are linked to: one read."""


class Pair(NamedTuple):
    """One kind of mistake of the router: what it proposed, what was decided, how often, and examples."""

    proposed: str
    decided: str
    times: int
    references: tuple[str, ...]
    """Those of the latest that this officer may open."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/routing", show_corrections)
    pages.post("/routing", try_or_write_rule)
    pages.get("/routing/models", routing_models.show_models)
    pages.post("/routing/models", routing_models.try_or_use)
    return pages


def show_corrections(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a month's corrections of the router."""
    permissions.require(officer, Ability.READ_CORRECTIONS)
    query = query_parameters(request)
    month = query.get("month", "") or f"{local_date(clock.now()):%Y-%m}"
    if not _MONTH.fullmatch(month):
        raise InvalidInputError(("month", "invalid"))
    language = language_of_page(request)
    corrections = list(parts.corrections.of_month(month))
    return render(
        parts,
        request,
        officer,
        "corrections.html",
        month=month,
        total=len(corrections),
        pairs=_pairs(corrections, officer, parts.petitions, names_of(parts, language), language),
        done=bool(query.get("done")),
        row="",
        rule_form=form_facts(parts.directory, {}, language),
    )


def try_or_write_rule(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take one row of the rules: first show what it would change for the latest petitions; once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    form = form_body(request)
    language = language_of_page(request)
    try:
        row = _row_of(form["row"]) if "row" in form else row_of(form, parts.directory)
        parts.administration.checked(officer, "routing-rule", str(row["id"]), row)
        if form.get("step") == CONFIRM:
            outcome = parts.changes.put(officer, "routing-rule", str(row["id"]), row)
            return after_change(request, outcome, "/desk/routing")
    except InvalidInputError as error:
        problem = rule_message(error.problems[0][1], language)
        return _rule_page(parts, request, officer, form, problem=problem)
    trial = try_rule(row, parts.petitions, parts.directory)
    return _rule_page(parts, request, officer, form, row, trial=trial)


def _rule_page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    row: Mapping[str, Any] | None = None,
    *,
    problem: str = "",
    trial: RuleTrial | None = None,
) -> Response:
    language = language_of_page(request)
    names = names_of(parts, language)
    return render(
        parts,
        request,
        officer,
        "routing_rule.html",
        422 if problem else 200,
        row=json.dumps(row, ensure_ascii=False) if row else "",
        rule_form=form_facts(parts.directory, form, language),
        problem=problem,
        tried=trial.tried if trial else None,
        by_unit=[(names.unit(unit), more, fewer) for unit, more, fewer in (trial.by_unit if trial else ())],
        homographs=trial.homographs if trial else (),
        waits=bool(trial) and parts.changes.needs_second_person("routing-rule", dict(row or {})),
        changes=[
            (outcome_label(now, names, language), outcome_label(then, names, language), times)
            for (now, then), times in (trial.changes.most_common() if trial else ())
        ],
    )


def _row_of(text: str) -> dict[str, Any]:
    """Return the row in a form's JSON.

    Raises:
        InvalidInputError: no JSON object, or one without `id`.
    """
    try:
        row = cleaned(json.loads(text[:MAX_ROW]))
    except ValueError:
        raise InvalidInputError(("row", "json")) from None
    if not isinstance(row, dict) or not row.get("id"):
        raise InvalidInputError(("row", "missing"))
    return row


def _pairs(
    corrections: Iterable[Correction],
    officer: DeskOfficer,
    petitions: Petitions,
    names: Names,
    language: Language,
) -> list[Pair]:
    """Return the corrections by proposal and decision, the most frequent first."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for correction in corrections:
        grouped[correction.proposed, correction.decided].append(correction.reference)
    latest = [reference for references in grouped.values() for reference in references[:LINKED]]
    may_open = {
        petition.reference
        for petition in petitions.get_all(latest[:LINKED_IN_ALL])
        if permissions.may_see(officer, petition)
    }
    ranked = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        Pair(
            outcome_label(proposed, names, language),
            outcome_label(decided, names, language),
            len(references),
            tuple(reference for reference in references[:LINKED] if reference in may_open),
        )
        for (proposed, decided), references in ranked
    ]
