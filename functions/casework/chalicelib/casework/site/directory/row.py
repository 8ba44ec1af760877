"""The administrators' page for one unit, field, officer or answer template: its versions, change it, end it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.dependents import Dependent
from chalicelib.casework.administration.forms import KINDS, day_in, fields_of, form_of, row_of
from chalicelib.casework.administration.row_labels import RowLabels
from chalicelib.casework.composition import Parts
from chalicelib.casework.form_fields import FormField
from chalicelib.casework.site.directory import accounts
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
from shared.domain.errors import InvalidInputError, StaleVersionError, UnknownRowError
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.recorded_rows import RecordedRow
from shared.web.describe.rules import RULES
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import PROBLEMS
from shared.web.requests import query_parameters

CHANGE, END = "change", "end"
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
"""Labels of the dependents of a row, by the rule that ending it would break."""
_UNCOUNTED = ("needed-by-system", "yourself")


class RefusedForm(NamedTuple):
    """A form that was refused, and why."""

    what: str
    """`change` or `end`."""
    form: Mapping[str, str]
    problems: tuple[tuple[str, str], ...] = ()
    is_stale: bool = False
    """Somebody changed the row after the officer had opened the page."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/directory/{kind}/{row_id}", show_row)
    pages.post("/directory/{kind}/{row_id}", change_row)
    pages.post("/accounts/{username}", accounts.change_account)
    return pages


def show_row(parts: Parts, request: Request, officer: DeskOfficer, kind: str, row_id: str) -> Response:
    """Show a row with all its versions, what depends on it, and the forms to change or end it."""
    done = bool(query_parameters(request).get("done"))
    return _page(parts, request, officer, kind, row_id, done=done)


def change_row(parts: Parts, request: Request, officer: DeskOfficer, kind: str, row_id: str) -> Response:
    """Take a change or the end of a row: first show the preview, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    definition, form = row_kind(kind), row_form(request)
    versions = _versions(parts, officer, kind, row_id)
    what = END if form.get("what") == END else CHANGE
    try:
        _check_seen(form, versions)
        facts, before = (_ended if what == END else _changed)(kind, form, versions)
        row = parts.administration.checked(officer, kind, row_id, facts)
        if form.get("step") != CONFIRM:
            names = {field.name for field in (*END_FIELDS, *fields_of(kind, is_new=False))} | {"what", "seen"}
            carried = [(name, value) for name, value in form.items() if name in names]
            previewed = PreviewedRow(kind, row, before, f"/desk/directory/{kind}/{row_id}", carried)
            return preview_page(parts, request, officer, previewed)
        seen = next(
            (version.revision for version in versions if version.facts["valid_from"] == row["valid_from"]), 0
        )
        outcome = parts.changes.put(officer, kind, row_id, row, seen=seen)
    except InvalidInputError as error:
        refused = RefusedForm(what, form, problems_by_field(error, definition))
        return _page(parts, request, officer, kind, row_id, refused=refused)
    except StaleVersionError:
        refused = RefusedForm(what, form, is_stale=True)
        return _page(parts, request, officer, kind, row_id, refused=refused)
    return after_change(request, outcome, f"/desk/directory/{kind}/{row_id}")


def _changed(
    kind: str, form: Mapping[str, str], versions: tuple[RecordedRow, ...]
) -> tuple[dict[str, Any], RecordedRow]:
    """Return the row of a changed form, and the version to compare it with: the one it corrects, or the one before it.

    Raises:
        InvalidInputError: another version that would begin in the past, or before one that is planned.
    """
    day = day_in(form, "valid_from")
    corrected = next((version for version in versions if version.valid_from == day), None)
    if corrected is None and (day < local_date(clock.now()) or day < versions[-1].valid_from):
        raise InvalidInputError(("valid_from", "in-force"))
    before = corrected or versions[-1]
    row = row_of(kind, form, before.facts)
    if corrected is not None and corrected.facts.get("valid_to"):
        row["valid_to"] = corrected.facts["valid_to"]
    return row, before


def _ended(
    kind: str, form: Mapping[str, str], versions: tuple[RecordedRow, ...]
) -> tuple[dict[str, Any], RecordedRow]:
    """Return the latest version with its last day; an empty day takes an end back."""
    latest = versions[-1]
    row = {name: value for name, value in latest.facts.items() if name not in ("valid_to", "replaced_by")}
    if form.get("valid_to", "").strip():
        row["valid_to"] = day_in(form, "valid_to").isoformat()
    elif not latest.facts.get("valid_to"):
        raise InvalidInputError(("valid_to", "missing"))
    if kind == "officer" and form.get("replaced_by", "").strip():
        row["replaced_by"] = form["replaced_by"].strip()
    return row, latest


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    kind: str,
    row_id: str,
    *,
    done: bool = False,
    refused: RefusedForm | None = None,
) -> Response:
    permissions.require(officer, Ability.ADMINISTER)
    definition, language = row_kind(kind), language_of_page(request)
    _ = gettext(language)
    versions = _versions(parts, officer, kind, row_id)
    labels = RowLabels(parts.directory, language)
    today, latest = local_date(clock.now()), versions[-1]
    fields = _fields(kind)
    errors = (
        form_problems(refused.problems, fields[refused.what], language, f"{refused.what}-") if refused else ()
    )
    dependents = parts.administration.dependents(officer, kind, row_id, today)
    return render(
        parts,
        request,
        officer,
        "directory_row.html",
        409 if refused and refused.is_stale else 422 if errors else 200,
        kind=kind,
        row_id=row_id,
        title=latest.facts.get("name", row_id),
        kind_title=_(definition.title),
        is_ended=bool(latest.facts.get("valid_to")),
        seen=_seen(versions),
        stale=_(PROBLEMS[StaleVersionError][2]) if refused and refused.is_stale else "",
        versions=[_version_view(kind, version, labels, today, versions) for version in reversed(versions)],
        dependents=_dependent_views(dependents, labels, language),
        forms=_forms(kind, latest, fields, refused, language),
        options=labels.choices() | {"colleagues": _colleagues(parts.directory, latest, row_id)},
        errors=errors,
        messages={error.id: error.message for error in errors},
        changes=changes_of(kind, versions, labels, names_of(parts, language)),
        done=done,
        account=accounts.account_of(parts, officer, row_id, language) if kind == "officer" else None,
    )


def _fields(kind: str) -> dict[str, tuple[FormField, ...]]:
    """Return the fields of both forms; only officers are replaced."""
    end = tuple(field for field in END_FIELDS if field.name == "valid_to" or kind == "officer")
    return {CHANGE: fields_of(kind, is_new=False), END: end}


def _forms(
    kind: str,
    latest: RecordedRow,
    fields: Mapping[str, tuple[FormField, ...]],
    refused: RefusedForm | None,
    language: Language,
) -> dict[str, dict[str, Any]]:
    """Return both forms, filled with the latest version or with what was refused."""
    today = local_date(clock.now())
    contents: dict[str, Mapping[str, str]] = {
        CHANGE: form_of(kind, latest.facts) | {"valid_from": today.isoformat()},
        END: {"valid_to": str(latest.facts.get("valid_to") or "")},
    }
    if refused:
        contents[refused.what] = refused.form
    return {
        what: {
            "fields": field_views(of_form, language, f"{what}-"),
            "contents": contents[what],
            "is_open": refused is not None and refused.what == what,
        }
        for what, of_form in fields.items()
    }


def _version_view(
    kind: str, version: RecordedRow, labels: RowLabels, today: date, versions: tuple[RecordedRow, ...]
) -> dict[str, Any]:
    begun = [other for other in versions if other.valid_from <= today]
    until = version.facts.get("valid_to")
    is_over = bool(until) and str(until) < today.isoformat()
    return {
        "valid_from": version.valid_from,
        "until": date.fromisoformat(str(until)) if until else None,
        "is_in_force": bool(begun) and begun[-1] is version and not is_over,
        "is_planned": version.valid_from > today,
        "facts": [
            (labels.label(kind, field.name), labels.text(field.name, version.facts[field.name]))
            for field in KINDS[kind].fields
            if version.facts.get(field.name)
        ],
    }


def _colleagues(directory: Directory, latest: RecordedRow, row_id: str) -> list[tuple[str, str]]:
    """Return the officers who may take over an officer's petitions, as (user name, name)."""
    unit, successor = latest.facts.get("unit"), latest.facts.get("replaced_by")
    return [
        (officer.id, officer.name)
        for officer in directory.officers().values()
        if officer.id != row_id and (officer.unit == unit or officer.id == successor)
    ]


def _dependent_views(
    dependents: Iterable[Dependent], labels: RowLabels, language: Language
) -> list[dict[str, Any]]:
    _ = gettext(language)
    return [
        {
            "label": _(DEPENDENTS[dependent.rule]),
            "number": dependent.number if dependent.rule not in _UNCOUNTED else 0,
            "names": [labels.roles.get(name, name) for name in dependent.names],
            "advice": _(RULES[dependent.rule]) if dependent.blocks else "",
        }
        for dependent in dependents
    ]


def _versions(parts: Parts, officer: DeskOfficer, kind: str, row_id: str) -> tuple[RecordedRow, ...]:
    versions = parts.administration.rows(officer, kind, row_id) if row_id != "*" else ()
    if not versions:
        raise UnknownRowError
    return versions


def _seen(versions: Iterable[RecordedRow]) -> str:
    """Return the state of a row that a form was made from: each version's day and revision."""
    return " ".join(f"{version.facts['valid_from']}:{version.revision}" for version in versions)


def _check_seen(form: Mapping[str, str], versions: tuple[RecordedRow, ...]) -> None:
    """Refuse the form of somebody who opened the page before the row was changed.

    Raises:
        StaleVersionError: a version was added or corrected since.
    """
    if form.get("seen") != _seen(versions):
        raise StaleVersionError(versions[-1].revision)
