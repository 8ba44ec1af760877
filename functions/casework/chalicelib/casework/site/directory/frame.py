"""What the pages of the directory share: a form as it was sent and is shown again, and the preview of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration.forms import KINDS, KindOfRows, Words
from chalicelib.casework.administration.recorded_rows import RecordedRow
from chalicelib.casework.form_fields import FormField
from chalicelib.casework.site.frame import FormProblem, language_of_page, render
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, UnknownRowError
from shared.platform import clock
from shared.web.http import RULES, form_pairs
from shared.web.i18n import Language, gettext

CONFIRM = "confirm"


def kind_of(kind: str) -> KindOfRows:
    """Return what a kind of rows is called and asks.

    Raises:
        UnknownRowError: these pages do not keep it.
    """
    if kind not in KINDS:
        raise UnknownRowError
    return KINDS[kind]


def sent_form(request: Request) -> dict[str, str]:
    """Return a form; of boxes with one name, all that were ticked, in one text."""
    pairs = form_pairs(request)
    ticked = " ".join(value for name, value in pairs if name == "roles")
    return {**dict(pairs), **({"roles": ticked} if ticked else {})}


def placed(error: InvalidInputError, told: KindOfRows) -> tuple[tuple[str, str], ...]:
    """Return problems with the form's own places: `roles.0` is the roles'; a made id is the name's."""
    places = ((place.split(".")[0], rule) for place, rule in error.problems)
    return tuple(("name" if place == "id" and not told.id_field else place, rule) for place, rule in places)


def shown(fields: Iterable[FormField], language: Language, prefix: str = "add") -> list[dict[str, Any]]:
    """Return fields as a page shows them."""
    _ = gettext(language)
    return [
        {
            **field._asdict(),
            "id": f"{prefix}-{field.name}",
            "label": _(field.label),
            "hint": _(field.hint) if field.hint else "",
        }
        for field in fields
    ]


def problems_of(
    problems: Iterable[tuple[str, str]],
    fields: tuple[FormField, ...],
    language: Language,
    prefix: str = "add",
) -> tuple[FormProblem, ...]:
    """Return what is wrong, one line for each field; what belongs to no field stands at the first."""
    _ = gettext(language)
    labels = {field.name: field.label for field in fields}
    found: dict[str, list[str]] = {}
    for place, rule in problems:
        name = place if place in labels else fields[0].name
        found.setdefault(name, []).append(_(RULES.get(rule, RULES["invalid"])))
    return tuple(
        FormProblem(f"{prefix}-{name}", _(labels[name]), " ".join(dict.fromkeys(said)))
        for name, said in found.items()
    )


def preview(
    request: Request,
    officer: DeskOfficer,
    kind: str,
    row: Mapping[str, Any],
    before: RecordedRow | None,
    action: str,
    carried: list[tuple[str, str]],
) -> Response:
    """Show what a row would say, beside what it says now."""
    language = language_of_page(request)
    _ = gettext(language)
    words = Words(composition.directory(), language)
    today = local_date(clock.now())
    was: Mapping[str, Any] = before.facts if before else {}
    names = [field.name for field in KINDS[kind].fields] + ["valid_from", "valid_to"]
    is_correction = before is not None and before.facts["valid_from"] == row["valid_from"]
    return render(
        request,
        officer,
        "directory_preview.html",
        kind=kind,
        kind_title=_(KINDS[kind].title),
        row_id=row["id"],
        title=row.get("name", ""),
        is_new=before is None,
        is_correction=is_correction,
        has_begun=is_correction and str(row["valid_from"]) < today.isoformat(),
        valid_from=date.fromisoformat(str(row["valid_from"])),
        facts=[
            (words.label(kind, name), words.read(name, was.get(name)), words.read(name, row.get(name)))
            for name in names
            if (was.get(name) or None) != (row.get(name) or None)
        ],
        action=action,
        carried=carried,
    )
