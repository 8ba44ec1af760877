"""The administrators' page of the working calendar: decisions about single days, each with a preview of its effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.calendar_preview import calendar_with, moved_due_dates
from chalicelib.casework.administration.forms import day_in
from chalicelib.casework.administration.open_petitions import all_units
from chalicelib.casework.composition import Parts
from chalicelib.casework.form_fields import FormField
from chalicelib.casework.site.directory.form_fields import field_views, form_problems
from chalicelib.casework.site.directory.row_preview import CONFIRM
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.public_holidays import DAYS_OFF, WORKED_WEEKENDS
from shared.domain.calendar.working_calendar import Override, local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters

KINDS = {"OFF": N_("Ngày nghỉ"), "WORK": N_("Ngày làm việc")}
WITHDRAW = "withdraw"
PREVIEWED_PETITIONS = 20
"""Petitions that the preview lists; it counts all."""
FIELDS = (
    FormField("on", N_("Ngày"), "date"),
    FormField("kind", N_("Là"), "choice", source="kinds"),
    FormField("document", N_("Văn bản quyết định"), "text", hint=N_("Ví dụ: 12729/VPCP-KGVX")),
    FormField("name", N_("Tên gọi"), "text", is_optional=True),
)


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/calendar", show_calendar)
    pages.post("/calendar", change_calendar)
    return pages


def show_calendar(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the decisions about single days, and the form for another."""
    permissions.require(officer, Ability.ADMINISTER)
    done = bool(query_parameters(request).get("done"))
    return _page(parts, request, officer, {"kind": "OFF"}, done=done)


def change_calendar(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take a decision about a day: first show which due dates it moves, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    form = form_body(request)
    try:
        row = _override_row(parts.directory, form)
        if form.get("step") != CONFIRM:
            return _preview(parts, request, officer, form, row)
        parts.changes.put(officer, "calendar", row["on"], row)
    except InvalidInputError as error:
        return _page(parts, request, officer, form, problems=error.problems)
    return see_other(link("/desk/calendar?done=1", language_of_page(request)))


def _override_row(directory: Directory, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the directory's row for a decision; it holds from today, or replaces a later one.

    Raises:
        InvalidInputError: no day, no such kind, no document, or no decision to withdraw.
    """
    on = day_in(form, "on")
    is_withdrawal = form.get("what") == WITHDRAW
    facts = {name: form.get(name, "").strip()[:200] for name in ("kind", "document", "name")}
    earlier = [row for row in directory.rows("calendar") if row["on"] == on.isoformat()]
    if is_withdrawal:
        if not any(override.on == on for override in directory.calendar().overrides):
            raise InvalidInputError(("on", "unknown"))
        latest = max(earlier, key=lambda row: str(row["valid_from"]))
        facts |= {"kind": latest["kind"], "name": latest.get("name", "")}
    Override(on=on, kind=facts["kind"], document=facts["document"], name=facts["name"])  # type: ignore[arg-type]
    today = local_date(clock.now()).isoformat()
    valid_from = max([today, *(str(row["valid_from"]) for row in earlier)])
    row: dict[str, Any] = {"valid_from": valid_from, "on": on.isoformat(), **facts}
    return row | {"is_withdrawn": True} if is_withdrawal else row


def _preview(
    parts: Parts, request: Request, officer: DeskOfficer, form: Mapping[str, str], row: Mapping[str, Any]
) -> Response:
    language = language_of_page(request)
    on, directory = date.fromisoformat(row["on"]), parts.directory
    override = (
        None
        if row.get("is_withdrawn")
        else Override(on=on, kind=row["kind"], document=row["document"], name=row["name"])
    )
    calendar = calendar_with(directory.calendar(), on, override)
    moved = moved_due_dates(calendar, parts.petitions, directory, all_units(directory))
    names = names_of(parts, language)
    return render(
        parts,
        request,
        officer,
        "calendar_preview.html",
        on=on,
        kind_label=_kind_label(row, language),
        document=row["document"],
        is_withdrawal=bool(row.get("is_withdrawn")),
        count=len(moved),
        by_unit=[
            (names.unit(unit), number)
            for unit, number in Counter(petition.unit for petition in moved).most_common()
        ],
        moved=[
            (names.unit(petition.unit), petition.due_on, petition.new_due_on)
            for petition in moved[:PREVIEWED_PETITIONS]
        ],
        carried=[(name, form.get(name, "")) for name in ("what", "on", "kind", "document", "name")],
    )


def _kind_label(row: Mapping[str, Any], language: Language) -> str:
    label = KINDS[row["kind"]]
    return gettext(language)(label)


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    *,
    problems: Iterable[tuple[str, str]] = (),
    done: bool = False,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    errors = form_problems(problems, FIELDS, language)
    rows = sorted(parts.directory.rows("calendar"), key=lambda row: (row["on"], str(row["valid_from"])))
    in_force = {override.on for override in parts.directory.calendar().overrides}
    latest = {row["on"]: row for row in rows}
    return render(
        parts,
        request,
        officer,
        "calendar.html",
        422 if errors else 200,
        errors=errors,
        messages={error.id: error.message for error in errors},
        form=form,
        form_fields=field_views(FIELDS, language),
        options={"kinds": [(kind, _(label)) for kind, label in KINDS.items()]},
        decisions=[
            {
                "on": date.fromisoformat(row["on"]),
                "kind": _kind_label(row, language),
                "document": row["document"],
                "name": row.get("name", ""),
                "is_in_force": date.fromisoformat(row["on"]) in in_force and latest[row["on"]] is row,
                "is_withdrawal": bool(row.get("is_withdrawn")),
            }
            for row in reversed(rows)
        ],
        holidays=_holidays(parts.directory),
        done=done,
    )


def _holidays(directory: Directory) -> list[tuple[int, list[tuple[date, str, bool]]]]:
    """Return this year's and the next year's days off and worked weekends: the day, its name, and whether it is worked.

    They are what the calendar rests on: the law's, made ahead (ADR 0008), with the decisions in force laid over them.
    """
    calendar, year = directory.calendar(), local_date(clock.now()).year
    decided = {override.on for override in calendar.overrides}
    return [
        (
            shown,
            [
                (day, calendar.name_of(day) or "", calendar.is_working_day(day))
                for day in sorted({*DAYS_OFF, *WORKED_WEEKENDS, *decided})
                if day.year == shown
            ],
        )
        for shown in (year, year + 1)
    ]
