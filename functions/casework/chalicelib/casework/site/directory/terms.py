"""The administrators' page of the ministry's time limits: every edition, and another one with a preview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.forms import day_in
from chalicelib.casework.administration.open_petitions import all_units, concerned_by_terms, count_by_unit
from chalicelib.casework.composition import Parts
from chalicelib.casework.form_fields import FormField
from chalicelib.casework.site.directory.form_fields import field_views, form_problems
from chalicelib.casework.site.directory.row_preview import CONFIRM, after_change
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.terms import Terms, terms_in_force
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import KINDS
from shared.web.requests import form_body, query_parameters

COUNTS: dict[str, str] = {
    "answer_within_days": N_("Trả lời trong (ngày)"),
    "update_every_working_days": N_("Khi quá hạn, thông báo mỗi (ngày làm việc)"),
    "publish_within_working_days": N_("Công khai, gửi kết quả trong (ngày làm việc)"),
    "forward_within_working_days": N_("Chuyển cơ quan khác trong (ngày làm việc)"),
    "warn_handler_days_before": N_("Nhắc người xử lý trước hạn (ngày)"),
    "warn_head_days_before": N_("Nhắc lãnh đạo đơn vị trước hạn (ngày)"),
    "route_within_minutes": N_("Chưa phân công tự động thì chuyển bộ phận tiếp nhận sau (phút)"),
    "accept_within_working_days": N_("Nhắc đơn vị chưa nhận xử lý sau (ngày làm việc)"),
    "approve_within_working_days": N_("Nhắc người phê duyệt sau (ngày làm việc)"),
    "return_at_most": N_("Số lần đơn vị được trả lại (quá số này Văn phòng Bộ quyết định)"),
    "remind_to_complete_after_days": N_("Nhắc người gửi bổ sung sau (ngày)"),
    "refuse_incomplete_after_days": N_("Báo người xử lý là người gửi chưa bổ sung sau (ngày)"),
    "close_after_silent_days": N_("Có kết quả mà không có gì mới: kết thúc sau (ngày)"),
    "erase_after_years": N_("Xóa dữ liệu cá nhân sau khi kết thúc (năm)"),
    "undo_withdrawal_within_working_days": N_("Được hủy yêu cầu rút trong (ngày làm việc)"),
    "poor_rating_at_most": N_("Được đề nghị xem xét lại nếu cho điểm từ 1 đến"),
}
ESCALATIONS = "escalate_after_overdue_working_days"
TICKS = ("clock_pauses_while_awaiting", "tell_assignment")
FIELDS = (
    FormField(
        "valid_from", N_("Có hiệu lực từ ngày"), "date", hint=N_("Áp dụng cho hồ sơ tiếp nhận từ ngày này.")
    ),
    FormField("field", N_("Chỉ cho lĩnh vực"), "choice", is_optional=True, source="fields"),
    FormField("kind", N_("Chỉ cho loại"), "choice", is_optional=True, source="kinds"),
    FormField("legal_basis", N_("Căn cứ pháp lý"), "area"),
    *(FormField(name, label, "number") for name, label in COUNTS.items()),
    FormField("notices_from", N_("Nhắc việc và thông báo theo thời hạn từ (giờ trong ngày)"), "time"),
    FormField(
        ESCALATIONS,
        N_("Báo cáo cấp trên sau khi quá hạn (các mốc ngày làm việc)"),
        "text",
        hint=N_("Cách nhau bằng dấu phẩy. Ví dụ: 1, 7, 14"),
    ),
    FormField(
        "clock_pauses_while_awaiting",
        N_(
            "Không tính vào thời hạn trả lời những ngày chờ người gửi bổ sung (chỉ khi có quy định cho phép)."
        ),
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

Scopes = dict[str, list[tuple[str, str]]]
"""The fields and kinds to which an edition may be limited: (code, name), by the `source` of their form field."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/terms", show_terms)
    pages.post("/terms", change_terms)
    return pages


def show_terms(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show every edition of the time limits, and the form for another, filled with the one in force."""
    permissions.require(officer, Ability.ADMINISTER)
    form = _form_of(_in_force(parts.directory)) | {"valid_from": ""}
    return _page(parts, request, officer, form, done=bool(query_parameters(request).get("done")))


def change_terms(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take another edition: first show what it changes, then, once confirmed, write it."""
    permissions.require(officer, Ability.ADMINISTER)
    form = form_body(request)
    try:
        row = _terms_row(parts.directory, form)
        edition = parts.administration.checked_terms(officer, row)
        if form.get("step") != CONFIRM:
            return _preview(parts, request, officer, form, edition)
        outcome = parts.changes.put(officer, "terms", row["id"], row)
    except InvalidInputError as error:
        return _page(parts, request, officer, form, problems=error.problems)
    return after_change(request, outcome, "/desk/terms")


def _in_force(directory: Directory) -> Terms:
    return terms_in_force(directory.all_terms(), local_date(clock.now()))


def _form_of(terms: Terms) -> dict[str, str]:
    """Return an edition as the form holds it."""
    facts = {name: value for name, value in terms.model_dump(mode="json").items() if value is not None}
    facts |= {
        "notices_from": f"{terms.notices_from:%H:%M}",
        ESCALATIONS: ", ".join(str(days) for days in terms.escalate_after_overdue_working_days),
        **{name: "true" if getattr(terms, name) else "" for name in TICKS},
    }
    return {field.name: str(facts.get(field.name, "")) for field in FIELDS}


def _terms_row(directory: Directory, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the directory's row for the form.

    Raises:
        InvalidInputError: no day from which it holds.
    """
    stages = [part.strip() for part in form.get(ESCALATIONS, "").split(",")]
    scope = {name: form[name] for name in ("field", "kind") if form.get(name)}
    return {
        "id": "-".join((_in_force(directory).id, *scope.values())),
        **scope,
        "valid_from": day_in(form, "valid_from").isoformat(),
        "legal_basis": form.get("legal_basis", "").strip()[:1000],
        **{name: form.get(name, "").strip() for name in COUNTS},
        "notices_from": form.get("notices_from", "").strip(),
        **{name: form.get(name) == "true" for name in TICKS},
        ESCALATIONS: [stage for stage in stages if stage],
    }


def _preview(
    parts: Parts, request: Request, officer: DeskOfficer, form: Mapping[str, str], edition: Terms
) -> Response:
    language = language_of_page(request)
    scopes = _scopes(parts, language)
    before = _in_words(_in_force(parts.directory), scopes, language)
    after = _in_words(edition, scopes, language)
    labels = {field.name: gettext(language)(field.label) for field in FIELDS}
    names, concerns = names_of(parts, language), concerned_by_terms(edition.field, edition.kind)
    by_unit = count_by_unit(officer, parts.petitions, all_units(parts.directory), concerns)
    return render(
        parts,
        request,
        officer,
        "terms_preview.html",
        valid_from=edition.valid_from,
        waits=parts.settings.changes_need_confirmation,
        changes=[
            (labels[name], before[name] or "–", after[name] or "–")
            for name in after
            if before[name] != after[name] and name != "valid_from"
        ],
        by_unit=[(names.unit(unit), number) for unit, number in by_unit],
        kept=sum(number for _unit, number in by_unit),
        carried=[(field.name, form.get(field.name, "")) for field in FIELDS],
    )


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
    errors = form_problems(problems, FIELDS, language)
    editions = sorted(parts.directory.all_terms(), key=lambda terms: terms.valid_from, reverse=True)
    labels = {field.name: gettext(language)(field.label) for field in FIELDS}
    current, scopes = _in_force(parts.directory), _scopes(parts, language)
    return render(
        parts,
        request,
        officer,
        "terms.html",
        422 if errors else 200,
        errors=errors,
        messages={error.id: error.message for error in errors},
        form=form,
        form_fields=field_views(FIELDS, language),
        options=scopes,
        editions=[
            {
                "valid_from": terms.valid_from,
                "is_in_force": terms == current,
                "facts": [
                    (labels[name], value)
                    for name, value in _in_words(terms, scopes, language).items()
                    if value
                ],
            }
            for terms in editions
        ],
        done=done,
    )


def _in_words(terms: Terms, scopes: Scopes, language: Language) -> dict[str, str]:
    """Return an edition as people read it: names for codes, yes and no for ticks."""
    _ = gettext(language)
    facts = _form_of(terms)
    for name, source in (("field", "fields"), ("kind", "kinds")):
        facts[name] = dict(scopes[source]).get(facts[name], facts[name])
    facts |= {name: _("Có") if getattr(terms, name) else _("Không") for name in TICKS}
    facts["valid_from"] = f"{terms.valid_from:%d/%m/%Y}"
    return facts


def _scopes(parts: Parts, language: Language) -> Scopes:
    _ = gettext(language)
    names = names_of(parts, language)
    return {
        "fields": [(code, names.field(code)) for code in parts.directory.fields(local_date(clock.now()))],
        "kinds": [(kind.value, _(label)) for kind, label in KINDS.items()],
    }
