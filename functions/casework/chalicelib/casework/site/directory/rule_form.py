"""The form of a routing rule: phrases that speak for a field or a kind, how strongly, and from which day.

Rules of other types (lanes, signals, limits, models) are rows that engineers write by the API (docs/routing.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.casework.administration.forms import day_in
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.values.classification import Kind
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.labels import KINDS

DECIDES = "decides"
STRENGTHS: dict[str, str] = {
    "3": N_("Nói nhiều"),
    "2": N_("Nói vừa"),
    "1": N_("Nói ít"),
    DECIDES: N_("Quyết định ngay, không xét gì khác (chỉ cho lĩnh vực)"),
}
NAMES = ("target", "strength", "phrases", "valid_from")
MOST_PHRASES = 200


def form_facts(directory: Directory, form: Mapping[str, str], language: Language) -> dict[str, Any]:
    """Return the choices of the form, and what was typed into it."""
    _ = gettext(language)
    today = local_date(clock.now())
    return {
        "targets": [
            *(
                (f"field:{code}", in_language(language, field.name, field.name_en))
                for code, field in directory.fields(today).items()
            ),
            *((f"kind:{kind}", _(label)) for kind, label in KINDS.items()),
        ],
        "strengths": [(code, _(label)) for code, label in STRENGTHS.items()],
        "typed": {"valid_from": today.isoformat(), "strength": "3"}
        | {name: form[name] for name in NAMES if name in form},
    }


def row_of(form: Mapping[str, str], directory: Directory) -> dict[str, Any]:
    """Return the row of a form.

    Raises:
        InvalidInputError: no phrase, no such field, kind or strength, or no day.
    """
    what, _colon, code = form.get("target", "").partition(":")
    strength, day = form.get("strength", ""), day_in(form, "valid_from")
    phrases = list(
        dict.fromkeys(filter(None, (line.strip() for line in form.get("phrases", "").splitlines())))
    )
    codes = directory.fields(day) if what == "field" else set(Kind) if what == "kind" else set()
    problems = [
        (name, rule)
        for is_wrong, name, rule in (
            (code not in codes, "target", "unknown"),
            (strength not in STRENGTHS or (strength == DECIDES and what != "field"), "strength", "unknown"),
            (not phrases, "phrases", "missing"),
            (len(phrases) > MOST_PHRASES, "phrases", "too-long"),
        )
        if is_wrong
    ]
    if problems:
        raise InvalidInputError(*problems)
    rule = DECIDES if strength == DECIDES else what
    return {
        "id": f"{rule}-{code}-{strength}-{day}".lower(),
        "valid_from": day.isoformat(),
        "type": rule,
        "field" if what == "field" else "petition_kind": code,
        "terms": phrases if strength == DECIDES else {strength: phrases},
    }
