"""The preview of a directory row before it is written, and the forms that lead to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration.administer import Written
from chalicelib.casework.administration.forms import KINDS, TICKED_LISTS, RowKind
from chalicelib.casework.administration.open_petitions import all_units, concerned_by_row, count_by_unit
from chalicelib.casework.administration.row_labels import RowLabels
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, UnknownRowError
from shared.platform import clock
from shared.tables.proposals import Proposal
from shared.tables.recorded_rows import RecordedRow
from shared.web.answers import see_other
from shared.web.i18n import gettext
from shared.web.rendering import link
from shared.web.requests import form_pairs

CONFIRM = "confirm"
"""The form's `step` once the preview was confirmed; any other shows the preview."""


class PreviewedRow(NamedTuple):
    """A row as it would be written, and the form that writes it."""

    kind: str
    row: Mapping[str, Any]
    before: RecordedRow | None
    """The version that it is compared with; None for a new row."""
    action: str
    """The address of the form."""
    carried: list[tuple[str, str]]
    """The form's fields, which the preview carries to the next step."""


def row_kind(kind: str) -> RowKind:
    """Return the definition of a kind of rows.

    Raises:
        UnknownRowError: it has no pages.
    """
    if kind not in KINDS:
        raise UnknownRowError
    return KINDS[kind]


def row_form(request: Request) -> dict[str, str]:
    """Return the form of a row; the values of all ticked boxes of one name are joined by spaces."""
    pairs = form_pairs(request)
    ticked = {
        name: " ".join(value for of, value in pairs if of == name)
        for name, _value in pairs
        if name in TICKED_LISTS
    }
    return {**dict(pairs), **ticked}


def problems_by_field(error: InvalidInputError, definition: RowKind) -> tuple[tuple[str, str], ...]:
    """Return problems by field of the form: `roles.0` is `roles`; that of an id made of the name is `name`."""
    places = ((place.split(".")[0], rule) for place, rule in error.problems)
    return tuple(
        ("name" if place == "id" and not definition.id_field else place, rule) for place, rule in places
    )


def after_change(request: Request, outcome: Written | Proposal, address: str) -> Response:
    """Lead to the page of a row that was written, or to the proposal that waits for a second person."""
    page = f"/desk/proposals/{outcome.id}" if isinstance(outcome, Proposal) else address
    return see_other(link(f"{page}?done=1", language_of_page(request)))


def _by_unit(
    parts: Parts, officer: DeskOfficer, previewed: PreviewedRow, names: Names
) -> list[tuple[str, int]] | None:
    """Return how many open petitions of each unit a changed row concerns; None where the kind or a new row has none."""
    concerns = concerned_by_row(previewed.kind, previewed.row)
    if concerns is None or previewed.before is None:
        return None
    numbers = count_by_unit(officer, parts.petitions, all_units(parts.directory), concerns)
    return [(names.unit(unit), number) for unit, number in numbers]


def preview_page(parts: Parts, request: Request, officer: DeskOfficer, previewed: PreviewedRow) -> Response:
    """Show the facts of a row that would change, each with its present value."""
    language = language_of_page(request)
    labels = RowLabels(parts.directory, language)
    kind, row, before = previewed.kind, previewed.row, previewed.before
    facts_before: Mapping[str, Any] = before.facts if before else {}
    names = [field.name for field in KINDS[kind].fields] + ["valid_from", "valid_to"]
    is_correction = before is not None and before.facts["valid_from"] == row["valid_from"]
    has_begun = str(row["valid_from"]) < local_date(clock.now()).isoformat()
    return render(
        parts,
        request,
        officer,
        "directory_preview.html",
        kind=kind,
        kind_title=gettext(language)(KINDS[kind].title),
        row_id=row["id"],
        title=row.get("name", ""),
        is_new=before is None,
        is_correction=is_correction,
        has_begun=is_correction and has_begun,
        valid_from=date.fromisoformat(str(row["valid_from"])),
        changes=[
            (
                labels.label(kind, name),
                labels.text(name, facts_before.get(name)),
                labels.text(name, row.get(name)),
            )
            for name in names
            if (facts_before.get(name) or None) != (row.get(name) or None)
        ],
        by_unit=_by_unit(parts, officer, previewed, names_of(parts, language)),
        waits=parts.changes.needs_second_person(kind, row),
        action=previewed.action,
        carried=previewed.carried,
    )
