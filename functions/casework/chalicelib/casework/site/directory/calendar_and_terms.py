"""The administrators' pages: which days the ministry works, and the ministry's time limits; both with a preview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.calendar_preview import calendar_with, moved_by
from chalicelib.casework.api.doors import query
from chalicelib.casework.form_fields import FormField
from chalicelib.casework.site.frame import FormProblem, field_label, language_of_page, render, unit_label
from shared.domain.calendar.terms import Terms, terms_in_force
from shared.domain.calendar.working_calendar import Override, local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.web.http import RULES, form_body, see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import KINDS as LABELS_OF_KINDS
from shared.web.rendering import link

KINDS = {"OFF": N_("Ngày nghỉ"), "WORK": N_("Ngày làm việc")}
WITHDRAW = "withdraw"
CONFIRM = "confirm"
SHOWN_MOVES = 20
"""Petitions that the preview names; it counts all."""

CALENDAR_FIELDS = (
    FormField("on", N_("Ngày"), "date"),
    FormField("kind", N_("Là"), "choice", source="kinds"),
    FormField("document", N_("Văn bản quyết định"), "text", hint=N_("Ví dụ: 12729/VPCP-KGVX")),
    FormField("name", N_("Tên gọi"), "text", is_optional=True),
)
COUNTS: dict[str, str] = {
    "answer_within_days": N_("Trả lời trong (ngày)"),
    "update_every_working_days": N_("Khi quá hạn, thông báo mỗi (ngày làm việc)"),
    "publish_within_working_days": N_("Công khai trong (ngày làm việc)"),
    "forward_within_working_days": N_("Chuyển cơ quan khác trong (ngày làm việc)"),
    "warn_handler_days_before": N_("Nhắc người xử lý trước hạn (ngày)"),
    "warn_head_days_before": N_("Nhắc lãnh đạo đơn vị trước hạn (ngày)"),
    "route_within_minutes": N_("Phân công trong (phút)"),
    "accept_within_working_days": N_("Đơn vị nhận xử lý trong (ngày làm việc)"),
    "approve_within_working_days": N_("Phê duyệt trong (ngày làm việc)"),
    "return_at_most": N_("Số lần đơn vị được trả lại"),
    "remind_to_complete_after_days": N_("Nhắc bổ sung sau (ngày)"),
    "refuse_incomplete_after_days": N_("Từ chối nếu không bổ sung sau (ngày)"),
    "close_after_silent_days": N_("Kết thúc nếu người gửi im lặng (ngày)"),
    "erase_after_years": N_("Xóa dữ liệu cá nhân sau (năm)"),
    "poor_rating_at_most": N_("Được đề nghị xem xét lại nếu cho điểm từ 1 đến"),
}
TICKS = ("clock_pauses_while_awaiting", "tell_assignment")
TERMS_FIELDS = (
    FormField(
        "valid_from", N_("Có hiệu lực từ ngày"), "date", hint=N_("Áp dụng cho hồ sơ tiếp nhận từ ngày này.")
    ),
    FormField("field", N_("Chỉ cho lĩnh vực"), "choice", is_optional=True, source="fields"),
    FormField("kind", N_("Chỉ cho loại"), "choice", is_optional=True, source="kinds"),
    FormField("legal_basis", N_("Căn cứ pháp lý"), "area"),
    *(FormField(name, label, "number") for name, label in COUNTS.items()),
    FormField("notices_from", N_("Gửi thông báo từ (giờ trong ngày)"), "time"),
    FormField(
        "escalate_after_overdue_working_days",
        N_("Báo cáo cấp trên sau khi quá hạn (các mốc ngày làm việc)"),
        "text",
        hint=N_("Cách nhau bằng dấu phẩy. Ví dụ: 1, 7, 14"),
    ),
    FormField(
        "clock_pauses_while_awaiting",
        N_("Không tính những ngày chờ người gửi bổ sung."),
        "tick",
        is_optional=True,
    ),
    FormField(
        "tell_assignment",
        N_("Báo cho người gửi khi giao hồ sơ cho đơn vị; về hành vi và tố cáo thì không nêu tên đơn vị."),
        "tick",
        is_optional=True,
    ),
)


# --- the calendar -----------------------------------------------------------------------------------


def calendar(request: Request, officer: DeskOfficer) -> Response:
    """Show what was decided about single days, and the form for another decision."""
    permissions.require(officer, Ability.ADMINISTER)
    return _calendar_page(request, officer, {"kind": "OFF"}, done=bool(query(request).get("done")))


def change_calendar(request: Request, officer: DeskOfficer) -> Response:
    """Take a decision about a day: first what it would move, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    form = form_body(request)
    try:
        row = _override_row(form)
        if form.get("step") != CONFIRM:
            return _preview_page(request, officer, form, row)
        composition.administration().put(officer, "calendar", row["on"], row)
    except InvalidInputError as error:
        return _calendar_page(request, officer, form, problems=error.problems)
    return see_other(link("/desk/calendar?done=1", language_of_page(request)))


def _override_row(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the directory's row for a decision; it holds from today, or replaces a later one.

    Raises:
        InvalidInputError: no day, no such kind, no document, or nothing there to withdraw.
    """
    on = _date(form, "on")
    facts = {name: form.get(name, "").strip()[:200] for name in ("kind", "document", "name")}
    before = [row for row in composition.directory().rows("calendar") if row["on"] == on.isoformat()]
    if form.get("what") == WITHDRAW:
        if not any(one.on == on for one in composition.directory().calendar().overrides):
            raise InvalidInputError(("on", "unknown"))
        latest = max(before, key=lambda row: str(row["valid_from"]))
        facts |= {"kind": latest["kind"], "name": latest.get("name", "")}
    Override(on=on, kind=facts["kind"], document=facts["document"], name=facts["name"])  # type: ignore[arg-type]
    today = local_date(clock.now()).isoformat()
    valid_from = max([today, *(str(row["valid_from"]) for row in before)])
    row: dict[str, Any] = {"valid_from": valid_from, "on": on.isoformat(), **facts}
    return row | {"is_withdrawn": True} if form.get("what") == WITHDRAW else row


def _preview_page(
    request: Request, officer: DeskOfficer, form: Mapping[str, str], row: Mapping[str, Any]
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    on = date.fromisoformat(row["on"])
    directory = composition.directory()
    override = (
        None
        if row.get("is_withdrawn")
        else Override(on=on, kind=row["kind"], document=row["document"], name=row["name"])
    )
    units = dict.fromkeys(str(unit["id"]) for unit in directory.rows("unit"))
    moved = moved_by(
        calendar_with(directory.calendar(), on, override), composition.petitions(), directory, units
    )
    carried = ("what", "on", "kind", "document", "name")
    return render(
        request,
        officer,
        "calendar_preview.html",
        on=on,
        kind_label=_kind_label(row, language),
        document=row["document"],
        is_withdrawal=bool(row.get("is_withdrawn")),
        count=len(moved),
        moved=[
            (unit_label(one.unit, language), one.due_on, one.would_be_due_on) for one in moved[:SHOWN_MOVES]
        ],
        carried=[(name, form.get(name, "")) for name in carried],
    )


def _calendar_page(
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    *,
    problems: Iterable[tuple[str, str]] = (),
    done: bool = False,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    listed = _problems(problems, CALENDAR_FIELDS, language)
    rows = sorted(
        composition.directory().rows("calendar"), key=lambda row: (row["on"], str(row["valid_from"]))
    )
    in_force = {one.on for one in composition.directory().calendar().overrides}
    latest = {row["on"]: row for row in rows}
    return render(
        request,
        officer,
        "calendar.html",
        422 if listed else 200,
        errors=listed,
        messages={one.id: one.message for one in listed},
        form=form,
        fields_of_form=_shown(CALENDAR_FIELDS, language),
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
        done=done,
    )


# --- the time limits --------------------------------------------------------------------------------


def terms(request: Request, officer: DeskOfficer) -> Response:
    """Show every edition of the time limits, and the form for another, filled with those in force."""
    permissions.require(officer, Ability.ADMINISTER)
    form = _form_of(_in_force()) | {"valid_from": ""}
    return _terms_page(request, officer, form, done=bool(query(request).get("done")))


def change_terms(request: Request, officer: DeskOfficer) -> Response:
    """Take another edition: first what it changes, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    form = form_body(request)
    administration = composition.administration()
    try:
        row = _terms_row(form)
        planned = administration.checked_terms(officer, row)
        if form.get("step") != CONFIRM:
            return _terms_preview(request, officer, form, planned)
        administration.put(officer, "terms", row["id"], row)
    except InvalidInputError as error:
        return _terms_page(request, officer, form, problems=error.problems)
    return see_other(link("/desk/terms?done=1", language_of_page(request)))


def _in_force() -> Terms:
    return terms_in_force(composition.directory().all_terms(), local_date(clock.now()))


def _form_of(given: Terms) -> dict[str, str]:
    """Return time limits as a form holds them."""
    facts = {name: value for name, value in given.model_dump(mode="json").items() if value is not None}
    stages = ", ".join(str(days) for days in given.escalate_after_overdue_working_days)
    said = facts | {
        "notices_from": f"{given.notices_from:%H:%M}",
        "escalate_after_overdue_working_days": stages,
        **{name: "true" if getattr(given, name) else "" for name in TICKS},
    }
    return {field.name: str(said.get(field.name, "")) for field in TERMS_FIELDS}


def _terms_row(form: Mapping[str, str]) -> dict[str, Any]:
    stages = [part.strip() for part in form.get("escalate_after_overdue_working_days", "").split(",")]
    scope = {name: form[name] for name in ("field", "kind") if form.get(name)}
    return {
        "id": "-".join((_in_force().id, *scope.values())),
        **scope,
        "valid_from": _date(form, "valid_from").isoformat(),
        "legal_basis": form.get("legal_basis", "").strip()[:1000],
        **{name: form.get(name, "").strip() for name in COUNTS},
        "notices_from": form.get("notices_from", "").strip(),
        **{name: form.get(name) == "true" for name in TICKS},
        "escalate_after_overdue_working_days": [stage for stage in stages if stage],
    }


def _terms_preview(
    request: Request, officer: DeskOfficer, form: Mapping[str, str], planned: Terms
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    before, after = _read(_in_force(), language), _read(planned, language)
    labels = {field.name: _(field.label) for field in TERMS_FIELDS}
    return render(
        request,
        officer,
        "terms_preview.html",
        valid_from=planned.valid_from,
        changes=[
            (labels[name], before[name] or "–", after[name] or "–")
            for name in after
            if before[name] != after[name] and name != "valid_from"
        ],
        carried=[(field.name, form.get(field.name, "")) for field in TERMS_FIELDS],
    )


def _terms_page(
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    *,
    problems: Iterable[tuple[str, str]] = (),
    done: bool = False,
) -> Response:
    language = language_of_page(request)
    listed = _problems(problems, TERMS_FIELDS, language)
    editions = sorted(composition.directory().all_terms(), key=lambda one: one.valid_from, reverse=True)
    labels = {field.name: gettext(language)(field.label) for field in TERMS_FIELDS}
    current = _in_force()
    return render(
        request,
        officer,
        "terms.html",
        422 if listed else 200,
        errors=listed,
        messages={one.id: one.message for one in listed},
        form=form,
        fields_of_form=_shown(TERMS_FIELDS, language),
        options=_scopes(language),
        editions=[
            {
                "valid_from": one.valid_from,
                "is_in_force": one == current,
                "facts": [(labels[name], value) for name, value in _read(one, language).items() if value],
            }
            for one in editions
        ],
        done=done,
    )


def _read(given: Terms, language: Language) -> dict[str, str]:
    """Return time limits as they are read: names for codes, yes for a tick."""
    _ = gettext(language)
    said = _form_of(given)
    scopes = _scopes(language)
    for name, source in (("field", "fields"), ("kind", "kinds")):
        said[name] = dict(scopes[source]).get(said[name], said[name])
    said |= {name: _("Có") if getattr(given, name) else _("Không") for name in TICKS}
    said["valid_from"] = f"{given.valid_from:%d/%m/%Y}"
    return said


def _scopes(language: Language) -> dict[str, list[tuple[str, str]]]:
    _ = gettext(language)
    fields = composition.directory().fields(local_date(clock.now()))
    return {
        "fields": [(code, field_label(code, language)) for code in fields],
        "kinds": [(kind.value, _(label)) for kind, label in LABELS_OF_KINDS.items()],
    }


# --- pieces -----------------------------------------------------------------------------------------


def _date(form: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(form.get(name, "").strip())
    except ValueError:
        raise InvalidInputError((name, "invalid" if form.get(name) else "missing")) from None


def _kind_label(row: Mapping[str, Any], language: Language) -> str:
    label = KINDS[row["kind"]]
    return gettext(language)(label)


def _shown(fields: Iterable[FormField], language: Language) -> list[dict[str, Any]]:
    _ = gettext(language)
    return [
        {
            **field._asdict(),
            "id": field.name,
            "label": _(field.label),
            "hint": _(field.hint) if field.hint else "",
        }
        for field in fields
    ]


def _problems(
    problems: Iterable[tuple[str, str]], fields: tuple[FormField, ...], language: Language
) -> tuple[FormProblem, ...]:
    """Return what is wrong, one line for each field; what belongs to no field stands at the first."""
    _ = gettext(language)
    labels = {field.name: field.label for field in fields}
    found: dict[str, FormProblem] = {}
    for place, rule in problems:
        name = place if place in labels else fields[0].name
        found.setdefault(name, FormProblem(name, _(labels[name]), _(RULES.get(rule, RULES["invalid"]))))
    return tuple(found.values())


PAGES: dict[str, Callable[..., Response]] = {
    view.__name__: view for view in (calendar, change_calendar, terms, change_terms)
}
"""What `app.py` may ask for."""
