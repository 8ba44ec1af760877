"""The page that shows what the router gets wrong: a month's corrections, counted by what was proposed and decided."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.rule_trial import trial
from chalicelib.casework.api.doors import query
from chalicelib.casework.site.frame import field_label, language_of_page, render
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.values.classification import Lane
from shared.platform import clock
from shared.tables.corrections import SILENT, SUSPECTED, Correction
from shared.web.http import RULES, form_body, see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import LANES
from shared.web.rendering import link

_MONTH = re.compile(r"20[12]\d-(0[1-9]|1[0-2])")
CONFIRM = "confirm"
LONGEST_ROW = 200_000
"""Characters of a row; the longest seeded one, what was learned, has half as many."""
LINKED = 5
"""Petitions of each pair that are linked to, the latest."""
LINKED_AT_MOST = 100
"""Petitions of all pairs together: one read."""
OUTCOMES = {SILENT: N_("Không đủ chắc chắn"), SUSPECTED: N_("Có thể là tố cáo")}


class Pair(NamedTuple):
    """One kind of mistake: what was proposed, what was decided, how often, and examples."""

    proposed: str
    decided: str
    times: int
    references: tuple[str, ...]
    """Those of the latest that this officer may open."""


def corrections(request: Request, officer: DeskOfficer) -> Response:
    """Show a month's corrections of the router."""
    permissions.require(officer, Ability.READ_CORRECTIONS)
    month = query(request).get("month", "") or f"{local_date(clock.now()):%Y-%m}"
    if not _MONTH.fullmatch(month):
        raise InvalidInputError(("month", "invalid"))
    language = language_of_page(request)
    found = list(composition.corrections().of_month(month))
    return render(
        request,
        officer,
        "corrections.html",
        month=month,
        total=len(found),
        pairs=_pairs(found, officer, language),
        done=bool(query(request).get("done")),
        row="",
    )


def try_rule(request: Request, officer: DeskOfficer) -> Response:
    """Take one row of the rules: first what it would change on the latest petitions, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    form = form_body(request)
    language = language_of_page(request)
    administration = composition.administration()
    try:
        row = _row_of(form.get("row", ""))
        administration.checked(officer, "routing-rule", str(row["id"]), row)
        if form.get("step") == CONFIRM:
            administration.put(officer, "routing-rule", str(row["id"]), row)
            return see_other(link("/desk/routing?done=1", language))
    except InvalidInputError as error:
        problem = gettext(language)(RULES.get(error.problems[0][1], RULES["invalid"]))
        return _rule_page(request, officer, form.get("row", ""), status=422, problem=problem)
    tried, changes = trial(row, composition.petitions(), composition.directory())
    shown = [
        (_named(now, language), _named(then, language), times) for (now, then), times in changes.most_common()
    ]
    return _rule_page(request, officer, form.get("row", ""), tried=tried, changes=shown)


def _rule_page(
    request: Request,
    officer: DeskOfficer,
    row: str,
    *,
    status: int = 200,
    problem: str = "",
    tried: int | None = None,
    changes: Iterable[tuple[str, str, int]] = (),
) -> Response:
    return render(
        request,
        officer,
        "routing_rule.html",
        status,
        row=row,
        problem=problem,
        tried=tried,
        changes=tuple(changes),
    )


def _row_of(text: str) -> dict[str, Any]:
    try:
        row = json.loads(text[:LONGEST_ROW])
    except ValueError:
        raise InvalidInputError(("row", "json")) from None
    if not isinstance(row, dict) or not row.get("id"):
        raise InvalidInputError(("row", "missing"))
    return row


def _pairs(found: Iterable[Correction], officer: DeskOfficer, language: Language) -> list[Pair]:
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found:
        grouped[one.proposed, one.decided].append(one.reference)
    latest = [reference for references in grouped.values() for reference in references[:LINKED]]
    may_open = {
        one.reference
        for one in composition.petitions().get_all(latest[:LINKED_AT_MOST])
        if permissions.may_see(officer, one)
    }
    ranked = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        Pair(
            _named(proposed, language),
            _named(decided, language),
            len(references),
            tuple(reference for reference in references[:LINKED] if reference in may_open),
        )
        for (proposed, decided), references in ranked
    ]


def _named(outcome: str, language: Language) -> str:
    _ = gettext(language)
    if outcome in OUTCOMES:
        return _(OUTCOMES[outcome])
    return _(LANES[Lane(outcome)]) if outcome in set(Lane) else field_label(outcome, language)


PAGES: dict[str, Callable[..., Response]] = {"corrections": corrections, "try_rule": try_rule}
"""What `app.py` may ask for."""
