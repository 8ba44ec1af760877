"""The administrators' page for one unit, field, officer or answer template: its versions, change it, end it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.dependents import Dependent
from chalicelib.casework.administration.forms import KINDS, Words, day_in, fields_of, form_of, row_of
from chalicelib.casework.administration.recorded_rows import RecordedRow
from chalicelib.casework.api.doors import query
from chalicelib.casework.form_fields import FormField
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
from shared.domain.errors import InvalidInputError, StaleVersionError, UnknownRowError
from shared.platform import clock
from shared.web.http import PROBLEMS, RULES, see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.rendering import link

END = "end"
END_FIELDS = (
    FormField(
        "valid_to",
        N_("Ngày cuối có hiệu lực"),
        "date",
        is_optional=True,
        hint=N_("Để trống: không kết thúc nữa."),
    ),
    FormField("replaced_by", N_("Người tiếp nhận việc"), "choice", is_optional=True, source="colleagues"),
)
DEPENDENTS: dict[str, str] = {
    "needed-by-system": N_("Quy định của hệ thống"),
    "has-units": N_("Đơn vị trực thuộc"),
    "has-fields": N_("Lĩnh vực phụ trách"),
    "has-officers": N_("Cán bộ của đơn vị"),
    "has-petitions": N_("Hồ sơ đang mở"),
    "has-templates": N_("Mẫu trả lời của lĩnh vực"),
    "handles-petitions": N_("Hồ sơ đang xử lý"),
    "last-of-unit": N_("Hồ sơ của đơn vị không còn ai xử lý"),
    "last-of-role": N_("Vai trò không còn ai khác giữ"),
    "yourself": N_("Quyền quản trị của chính bạn"),
}
"""What depends on a row, by the rule that ending it would break."""


class Asked(NamedTuple):
    """A form as it was sent, and what is wrong with it."""

    what: str
    form: Mapping[str, str]
    problems: tuple[tuple[str, str], ...] = ()
    is_stale: bool = False


# --- one row ----------------------------------------------------------------------------------------


def directory_row(request: Request, officer: DeskOfficer, kind: str, row_id: str) -> Response:
    """Show a row with all its versions, what depends on it, and the forms to change or end it."""
    return _row_page(request, officer, kind, row_id, done=bool(query(request).get("done")))


def change_row(request: Request, officer: DeskOfficer, kind: str, row_id: str) -> Response:
    """Take a change or an end of a row: first what it would do, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    told, form = kind_of(kind), sent_form(request)
    administration = composition.administration()
    versions = _versions(officer, kind, row_id)
    what = END if form.get("what") == END else "change"
    try:
        _check_seen(form, versions)
        given, before = (_ended if what == END else _changed)(kind, form, versions)
        row = administration.checked(officer, kind, row_id, given)
        if form.get("step") != CONFIRM:
            names = {field.name for field in (*END_FIELDS, *fields_of(kind, is_new=False))}
            carried = [(name, value) for name, value in form.items() if name in names | {"what", "seen"}]
            return preview(request, officer, kind, row, before, f"/desk/directory/{kind}/{row_id}", carried)
        seen = next((one.revision for one in versions if one.facts["valid_from"] == row["valid_from"]), 0)
        administration.put(officer, kind, row_id, row, seen=seen)
    except InvalidInputError as error:
        refused = Asked(what, form, placed(error, told))
        return _row_page(request, officer, kind, row_id, refused=refused)
    except StaleVersionError:
        return _row_page(request, officer, kind, row_id, refused=Asked(what, form, is_stale=True))
    return see_other(link(f"/desk/directory/{kind}/{row_id}?done=1", language_of_page(request)))


def _changed(
    kind: str, form: Mapping[str, str], versions: tuple[RecordedRow, ...]
) -> tuple[dict[str, Any], RecordedRow]:
    """Return the row that a change says, and what it is compared with: the version it corrects, or the one before it.

    Raises:
        InvalidInputError: another version that would begin in the past, or before one that is planned.
    """
    day = day_in(form, "valid_from")
    same = next((one for one in versions if one.valid_from == day), None)
    if same is None and (day < local_date(clock.now()) or day < versions[-1].valid_from):
        raise InvalidInputError(("valid_from", "in-force"))
    before = same or versions[-1]
    row = row_of(kind, form, before.facts)
    if same is not None and same.facts.get("valid_to"):
        row["valid_to"] = same.facts["valid_to"]
    return row, before


def _ended(
    kind: str, form: Mapping[str, str], versions: tuple[RecordedRow, ...]
) -> tuple[dict[str, Any], RecordedRow]:
    """Return the latest version with its last day; none takes an end back."""
    latest = versions[-1]
    row = {name: value for name, value in latest.facts.items() if name not in ("valid_to", "replaced_by")}
    if form.get("valid_to", "").strip():
        row["valid_to"] = day_in(form, "valid_to").isoformat()
    elif not latest.facts.get("valid_to"):
        raise InvalidInputError(("valid_to", "missing"))
    if kind == "officer" and form.get("replaced_by", "").strip():
        row["replaced_by"] = form["replaced_by"].strip()
    return row, latest


def _row_page(
    request: Request,
    officer: DeskOfficer,
    kind: str,
    row_id: str,
    *,
    done: bool = False,
    refused: Asked | None = None,
) -> Response:
    permissions.require(officer, Ability.ADMINISTER)
    told, language = kind_of(kind), language_of_page(request)
    _ = gettext(language)
    versions = _versions(officer, kind, row_id)
    words = Words(composition.directory(), language)
    today = local_date(clock.now())
    latest = versions[-1]
    ends = tuple(one for one in END_FIELDS if one.name == "valid_to" or kind == "officer")
    forms = {
        "change": (
            fields_of(kind, is_new=False),
            form_of(kind, latest.facts) | {"valid_from": today.isoformat()},
        ),
        END: (ends, {"valid_to": str(latest.facts.get("valid_to") or "")}),
    }
    what = refused.what if refused else ""
    listed = problems_of(refused.problems, forms[what][0], language, what) if refused else ()
    dependents = composition.administration().dependents(officer, kind, row_id, today)
    return render(
        request,
        officer,
        "directory_row.html",
        409 if refused and refused.is_stale else 422 if listed else 200,
        kind=kind,
        row_id=row_id,
        title=latest.facts.get("name", row_id),
        kind_title=_(told.title),
        is_ended=bool(latest.facts.get("valid_to")),
        seen=_seen(versions),
        stale=_(PROBLEMS[StaleVersionError][2]) if refused and refused.is_stale else "",
        versions=[_shown_version(kind, one, words, today, versions) for one in reversed(versions)],
        dependents=_shown_dependents(dependents, words, language),
        forms={
            name: {
                "fields": shown(fields, language, name),
                "given": refused.form if refused and refused.what == name else given,
                "is_open": what == name,
            }
            for name, (fields, given) in forms.items()
        },
        options=words.choices() | {"colleagues": _colleagues(latest, row_id)},
        errors=listed,
        messages={one.id: one.message for one in listed},
        changes=changes_of(kind, versions, words, language),
        done=done,
    )


def _shown_version(
    kind: str, one: RecordedRow, words: Words, today: date, versions: tuple[RecordedRow, ...]
) -> dict[str, Any]:
    begun = [other for other in versions if other.valid_from <= today]
    until = one.facts.get("valid_to")
    is_over = bool(until) and str(until) < today.isoformat()
    return {
        "valid_from": one.valid_from,
        "until": date.fromisoformat(str(until)) if until else None,
        "is_in_force": bool(begun) and begun[-1] is one and not is_over,
        "is_planned": one.valid_from > today,
        "facts": [
            (words.label(kind, field.name), words.read(field.name, one.facts[field.name]))
            for field in KINDS[kind].fields
            if one.facts.get(field.name)
        ],
    }


def _colleagues(latest: RecordedRow, row_id: str) -> list[tuple[str, str]]:
    """Return who may take over: officers of the unit, and who took over already."""
    unit, named = latest.facts.get("unit"), latest.facts.get("replaced_by")
    officers = composition.directory().officers().values()
    return [
        (one.id, one.name) for one in officers if one.id != row_id and (one.unit == unit or one.id == named)
    ]


def _shown_dependents(
    dependents: Iterable[Dependent], words: Words, language: Language
) -> list[dict[str, Any]]:
    _ = gettext(language)
    return [
        {
            "label": _(DEPENDENTS[one.rule]),
            "number": one.number if one.rule not in ("needed-by-system", "yourself") else 0,
            "names": [words.roles.get(name, name) for name in one.names],
            "advice": _(RULES[one.rule]) if one.blocks else "",
        }
        for one in dependents
    ]


# --- pieces -----------------------------------------------------------------------------------------


def _versions(officer: DeskOfficer, kind: str, row_id: str) -> tuple[RecordedRow, ...]:
    found = composition.administration().rows(officer, kind, row_id) if row_id != "*" else ()
    if not found:
        raise UnknownRowError
    return found


def _seen(versions: Iterable[RecordedRow]) -> str:
    """Return what a form saw of a row: each version's day and revision."""
    return " ".join(f"{one.facts['valid_from']}:{one.revision}" for one in versions)


def _check_seen(form: Mapping[str, str], versions: tuple[RecordedRow, ...]) -> None:
    """Stop who looked at a row that was changed since.

    Raises:
        StaleVersionError: some version is there now that was not, or says something else.
    """
    if form.get("seen") != _seen(versions):
        raise StaleVersionError(versions[-1].revision)


PAGES: dict[str, Callable[..., Response]] = {view.__name__: view for view in (directory_row, change_row)}
"""What `app.py` may ask for."""
