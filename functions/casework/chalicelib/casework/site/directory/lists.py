"""The administrators' lists of units, fields, officers and answer templates: search, and add another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.forms import KINDS, Words, fields_of, id_of, row_of
from chalicelib.casework.administration.recorded_rows import RecordedRow
from chalicelib.casework.api.doors import query
from chalicelib.casework.site.directory.frame import (
    CONFIRM,
    kind_of,
    placed,
    preview,
    problems_of,
    sent_form,
    shown,
)
from chalicelib.casework.site.directory.history import changes_of
from chalicelib.casework.site.frame import language_of_page, render
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, StaleVersionError
from shared.domain.identity.gsm7 import unaccented
from shared.platform import clock
from shared.web.http import see_other
from shared.web.i18n import Language, gettext
from shared.web.rendering import link

LATEST_CHANGES = 15


def directory(request: Request, officer: DeskOfficer) -> Response:
    """Lead to the first list."""
    permissions.require(officer, Ability.ADMINISTER)
    return see_other(link("/desk/directory/unit", language_of_page(request)))


def directory_list(request: Request, officer: DeskOfficer, kind: str) -> Response:
    """Show the rows of a kind, narrowed by words, with the form for another one."""
    asked = query(request)
    form = {"valid_from": local_date(clock.now()).isoformat()}
    return _list_page(request, officer, kind, form, adds=bool(asked.get("add")))


def add_row(request: Request, officer: DeskOfficer, kind: str) -> Response:
    """Take a new row: first what it would be, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    told, form = kind_of(kind), sent_form(request)
    administration, rows = composition.administration(), composition.administration().rows(officer, kind)
    try:
        row_id = id_of(kind, form, {one.id for one in rows})
        row = administration.checked(officer, kind, row_id, row_of(kind, form))
        if form.get("step") != CONFIRM:
            carried = [(field.name, form.get(field.name, "")) for field in fields_of(kind, is_new=True)]
            return preview(request, officer, kind, row, None, f"/desk/directory/{kind}", carried)
        administration.put(officer, kind, row_id, row, seen=0)
    except InvalidInputError as error:
        return _list_page(request, officer, kind, form, adds=True, problems=placed(error, told))
    except StaleVersionError:
        taken = (("id" if told.id_field else "name", "taken"),)
        return _list_page(request, officer, kind, form, adds=True, problems=taken)
    return see_other(link(f"/desk/directory/{kind}/{row_id}?done=1", language_of_page(request)))


def _list_page(
    request: Request,
    officer: DeskOfficer,
    kind: str,
    form: Mapping[str, str],
    *,
    adds: bool,
    problems: Iterable[tuple[str, str]] = (),
) -> Response:
    permissions.require(officer, Ability.ADMINISTER)
    told, language = kind_of(kind), language_of_page(request)
    _ = gettext(language)
    asked = query(request)
    rows = composition.administration().rows(officer, kind)
    words = Words(composition.directory(), language)
    fields = fields_of(kind, is_new=True)
    listed = problems_of(problems, fields, language)
    return render(
        request,
        officer,
        "directory.html",
        422 if listed else 200,
        kind=kind,
        title=_(told.title),
        add_label=_(told.one),
        tabs=_tabs(language),
        columns=[words.label(kind, name) for name in told.columns],
        rows=_lines(kind, rows, words, asked.get("q", ""), ended=asked.get("ended") == "true"),
        q=asked.get("q", "")[:60],
        ended=asked.get("ended") == "true",
        adds=adds,
        form=form,
        fields_of_form=shown(fields, language),
        options=words.choices(),
        errors=listed,
        messages={one.id: one.message for one in listed},
        changes=changes_of(kind, rows, words, language)[:LATEST_CHANGES],
    )


def _lines(
    kind: str, rows: Iterable[RecordedRow], words: Words, sought: str, *, ended: bool
) -> list[dict[str, Any]]:
    """Return one line for each row, as it stands today or as it will first be; ended ones where they are wanted."""
    today = local_date(clock.now())
    versions: dict[str, list[RecordedRow]] = {}
    for one in rows:
        versions.setdefault(one.id, []).append(one)
    lines = [_line(kind, row_id, found, words, today) for row_id, found in versions.items()]
    wanted = unaccented(sought[:60]).casefold().split()
    kept = [
        line
        for line in lines
        if (ended or line["standing"] != "ended")
        and all(
            word in unaccented(f"{line['id']} {line['name']} {line['facts']}").casefold() for word in wanted
        )
    ]
    return sorted(kept, key=lambda line: (line["standing"] == "ended", unaccented(line["name"]).casefold()))


def _line(kind: str, row_id: str, versions: list[RecordedRow], words: Words, today: date) -> dict[str, Any]:
    begun = [one for one in versions if one.valid_from <= today]
    shown = begun[-1] if begun else versions[0]
    until = shown.facts.get("valid_to")
    return {
        "id": row_id,
        "name": shown.facts.get("name", ""),
        "facts": [words.read(name, shown.facts.get(name)) for name in KINDS[kind].columns],
        "standing": "planned"
        if not begun
        else "ended"
        if until is not None and str(until) < today.isoformat()
        else "in-force",
        "valid_from": shown.valid_from,
        "until": date.fromisoformat(str(until)) if until else None,
        "next": next((one.valid_from for one in versions if one.valid_from > today and begun), None),
    }


def _tabs(language: Language) -> list[tuple[str, str]]:
    return [(kind, gettext(language)(told.title)) for kind, told in KINDS.items()]


PAGES: dict[str, Callable[..., Response]] = {
    view.__name__: view for view in (directory, directory_list, add_row)
}
"""What `app.py` may ask for."""
