"""The page that shows what the router gets wrong: a month's corrections, counted by what was proposed and decided."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from chalice.app import Request, Response

from chalicelib.casework import composition, permissions
from chalicelib.casework.api import query
from chalicelib.casework.frame import field_label, language_of_page, render
from chalicelib.casework.officers import DeskOfficer
from chalicelib.casework.permissions import Ability
from shared import clock
from shared.corrections import SILENT, SUSPECTED, Correction
from shared.domain.errors import InvalidInputError
from shared.domain.petition import Lane
from shared.domain.working_calendar import local_date
from shared.petitions import BATCH
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import LANES

_MONTH = re.compile(r"20[12]\d-(0[1-9]|1[0-2])")
LINKED = 5
"""Petitions of each pair that are linked to, the latest."""
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
    )


def _pairs(found: Iterable[Correction], officer: DeskOfficer, language: Language) -> list[Pair]:
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found:
        grouped[one.proposed, one.decided].append(one.reference)
    latest = [reference for references in grouped.values() for reference in references[:LINKED]]
    may_open = {
        one.reference
        for one in composition.petitions().get_all(latest[:BATCH])
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


PAGES: dict[str, Callable[..., Response]] = {"corrections": corrections}
"""What `app.py` may ask for."""
