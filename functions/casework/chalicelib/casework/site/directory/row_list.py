"""The administrators' lists of units, fields, officers and answer templates: search, and add another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.forms import KINDS, fields_of, id_of, row_of
from chalicelib.casework.administration.row_labels import RowLabels
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.directory.form_fields import field_views, form_problems
from chalicelib.casework.site.directory.history import changes_of
from chalicelib.casework.site.directory.row_preview import (
    CONFIRM,
    PreviewedRow,
    after_change,
    preview_page,
    problems_by_field,
    row_form,
    row_kind,
)
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, StaleVersionError
from shared.domain.identity.gsm7 import unaccented
from shared.platform import clock
from shared.tables.recorded_rows import RecordedRow
from shared.web.answers import see_other
from shared.web.i18n import gettext
from shared.web.rendering import link
from shared.web.requests import query_parameters, query_text

LATEST_CHANGES = 15
MAX_SEARCH = 60
"""Characters of what is searched for."""
_PREFIX = "add-"


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/directory", show_directory)
    pages.get("/directory/{kind}", list_rows)
    pages.post("/directory/{kind}", add_row)
    return pages


def show_directory(_parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Redirect to the first list."""
    permissions.require(officer, Ability.ADMINISTER)
    return see_other(link("/desk/directory/unit", language_of_page(request)))


def list_rows(parts: Parts, request: Request, officer: DeskOfficer, kind: str) -> Response:
    """Show the rows of a kind that a search finds, or the form for another one."""
    form = {"valid_from": local_date(clock.now()).isoformat()}
    adds = bool(query_parameters(request).get("add"))
    return _page(parts, request, officer, kind, form, adds=adds)


def add_row(parts: Parts, request: Request, officer: DeskOfficer, kind: str) -> Response:
    """Take a new row: first show the preview, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    definition, form = row_kind(kind), row_form(request)
    rows = parts.administration.rows(officer, kind)
    try:
        row_id = id_of(kind, form, {row.id for row in rows})
        row = parts.administration.checked(officer, kind, row_id, row_of(kind, form))
        if form.get("step") != CONFIRM:
            carried = [(field.name, form.get(field.name, "")) for field in fields_of(kind, is_new=True)]
            previewed = PreviewedRow(kind, row, None, f"/desk/directory/{kind}", carried)
            return preview_page(parts, request, officer, previewed)
        outcome = parts.changes.put(officer, kind, row_id, row, seen=0)
    except InvalidInputError as error:
        problems = problems_by_field(error, definition)
        return _page(parts, request, officer, kind, form, adds=True, problems=problems)
    except StaleVersionError:
        taken = (("id" if definition.id_field else "name", "taken"),)
        return _page(parts, request, officer, kind, form, adds=True, problems=taken)
    return after_change(request, outcome, f"/desk/directory/{kind}/{row_id}")


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    kind: str,
    form: Mapping[str, str],
    *,
    adds: bool,
    problems: Iterable[tuple[str, str]] = (),
) -> Response:
    permissions.require(officer, Ability.ADMINISTER)
    definition, language = row_kind(kind), language_of_page(request)
    _ = gettext(language)
    search = query_text(request, "q")
    with_ended = query_parameters(request).get("ended") == "true"
    rows = parts.administration.rows(officer, kind)
    labels = RowLabels(parts.directory, language)
    fields = fields_of(kind, is_new=True)
    errors = form_problems(problems, fields, language, _PREFIX)
    return render(
        parts,
        request,
        officer,
        "directory.html",
        422 if errors else 200,
        kind=kind,
        title=_(definition.title),
        add_label=_(definition.add_label),
        tabs=[(code, _(tab.title)) for code, tab in KINDS.items()],
        columns=[labels.label(kind, name) for name in definition.columns],
        rows=_lines(kind, rows, labels, search, with_ended=with_ended),
        q=search[:MAX_SEARCH],
        ended=with_ended,
        adds=adds,
        form=form,
        form_fields=field_views(fields, language, _PREFIX),
        options=labels.choices(),
        errors=errors,
        messages={error.id: error.message for error in errors},
        changes=changes_of(kind, rows, labels, names_of(parts, language))[:LATEST_CHANGES],
    )


def _lines(
    kind: str, rows: Iterable[RecordedRow], labels: RowLabels, search: str, *, with_ended: bool
) -> list[dict[str, Any]]:
    """Return one line for each row that has all words of the search, by name, ended rows last or left out."""
    today = local_date(clock.now())
    versions: dict[str, list[RecordedRow]] = {}
    for row in rows:
        versions.setdefault(row.id, []).append(row)
    words = unaccented(search[:MAX_SEARCH]).casefold().split()
    lines = [_line(kind, row_id, of_row, labels, today) for row_id, of_row in versions.items()]
    matching = [
        line for line in lines if (with_ended or line["status"] != "ended") and _has_words(line, words)
    ]
    return sorted(matching, key=lambda line: (line["status"] == "ended", unaccented(line["name"]).casefold()))


def _has_words(line: Mapping[str, Any], words: Iterable[str]) -> bool:
    text = unaccented(f"{line['id']} {line['name']} {line['facts']}").casefold()
    return all(word in text for word in words)


def _line(
    kind: str, row_id: str, versions: list[RecordedRow], labels: RowLabels, today: date
) -> dict[str, Any]:
    """Return a row as of today; one that begins later as it will be."""
    begun = [version for version in versions if version.valid_from <= today]
    current = begun[-1] if begun else versions[0]
    until = current.facts.get("valid_to")
    return {
        "id": row_id,
        "name": current.facts.get("name", ""),
        "facts": [labels.text(name, current.facts.get(name)) for name in KINDS[kind].columns],
        "status": "planned"
        if not begun
        else "ended"
        if until is not None and str(until) < today.isoformat()
        else "in-force",
        "valid_from": current.valid_from,
        "until": date.fromisoformat(str(until)) if until else None,
        "next": next(
            (version.valid_from for version in versions if version.valid_from > today and begun), None
        ),
    }
