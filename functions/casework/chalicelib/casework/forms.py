"""The forms of the actions: which fields each has, and what officers read beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from chalicelib.casework.actions import REFUSALS, Refusal
from chalicelib.casework.officers import DeskOfficer, Role
from shared.directory import Directory
from shared.domain.lifecycle import Action
from shared.domain.petition import Kind, Lane, Petition
from shared.domain.working_calendar import local_date
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import KINDS, LANES


class FormField(NamedTuple):
    """One field of a form. `kind` is area, text, date, choice or tick; `source` names the list of a choice."""

    name: str
    label: str
    kind: str = "area"
    is_optional: bool = False
    source: str = ""
    hint: str = ""


FOR_PETITIONER = N_("Người gửi đọc được nội dung này.")
FOR_OFFICERS = N_("Chỉ cán bộ đọc được.")

FIELDS: dict[Action, tuple[FormField, ...]] = {
    Action.ACCEPT: (FormField("handler", N_("Người xử lý"), "choice", is_optional=True, source="handlers"),),
    Action.DRAFT_ANSWER: (FormField("text", N_("Dự thảo trả lời"), hint=FOR_PETITIONER),),
    Action.APPROVE: (),
    Action.RETURN_DRAFT: (FormField("reason", N_("Vì sao trả lại"), hint=FOR_OFFICERS),),
    Action.PUBLISH: (
        FormField("subject", N_("Tiêu đề công khai"), "text"),
        FormField("content", N_("Nội dung công khai"), hint=N_("Bỏ mọi thông tin cá nhân.")),
        FormField("answer", N_("Trả lời công khai"), hint=N_("Bỏ mọi thông tin cá nhân.")),
    ),
    Action.ASSIGN: (
        FormField("unit", N_("Đơn vị"), "choice", is_optional=True, source="units"),
        FormField("field", N_("Lĩnh vực"), "choice", is_optional=True, source="fields"),
        FormField("note", N_("Ghi chú"), is_optional=True, hint=FOR_OFFICERS),
    ),
    Action.CLASSIFY: (
        FormField("field", N_("Lĩnh vực"), "choice", is_optional=True, source="fields"),
        FormField("kind", N_("Loại"), "choice", is_optional=True, source="kinds"),
        FormField("lane", N_("Cách xử lý"), "choice", is_optional=True, source="lanes"),
        FormField(
            "complained_unit",
            N_("Đơn vị bị phản ánh"),
            "choice",
            is_optional=True,
            source="units",
            hint=N_("Đơn vị này sẽ không thấy hồ sơ và không được giao xử lý."),
        ),
    ),
    Action.REQUEST_INFORMATION: (FormField("question", N_("Cần bổ sung gì"), hint=FOR_PETITIONER),),
    Action.NOTE: (
        FormField("note", N_("Ghi chú nội bộ"), is_optional=True, hint=FOR_OFFICERS),
        FormField("progress", N_("Tình hình xử lý"), is_optional=True, hint=FOR_PETITIONER),
        FormField("expected_on", N_("Dự kiến có kết quả"), "date", is_optional=True),
    ),
    Action.RETURN_TO_INTAKE: (FormField("reason", N_("Vì sao không thuộc đơn vị"), hint=FOR_OFFICERS),),
    Action.FORWARD: (
        FormField("body", N_("Cơ quan có thẩm quyền"), "text"),
        FormField("text", N_("Thông báo cho người gửi"), is_optional=True, hint=FOR_PETITIONER),
    ),
    Action.GUIDE: (FormField("text", N_("Hướng dẫn"), hint=FOR_PETITIONER),),
    Action.MERGE: (
        FormField("parent", N_("Mã số của phản ánh, kiến nghị trùng"), "text"),
        FormField("text", N_("Thông báo cho người gửi"), is_optional=True, hint=FOR_PETITIONER),
    ),
    Action.REFUSE: (
        FormField("reason", N_("Lý do"), "choice", source="refusals"),
        FormField("text", N_("Nói thêm với người gửi"), is_optional=True, hint=FOR_PETITIONER),
        FormField("link", N_("Đường dẫn đến câu trả lời trước"), "text", is_optional=True),
    ),
    Action.RESTRICT: (),
    Action.REOPEN: (
        FormField("reason", N_("Vì sao xem lại"), hint=FOR_PETITIONER),
        FormField("unit", N_("Đơn vị"), "choice", is_optional=True, source="units"),
    ),
    Action.CLOSE: (),
    Action.OPEN_SEAL: (FormField("reason", N_("Vì sao cần biết người gửi là ai"), hint=FOR_OFFICERS),),
}

ALTHOUGH_CONDUCT = FormField(
    "although_conduct", N_("Tôi xác nhận công khai dù đây là phản ánh về hành vi cán bộ."), "tick"
)

WARNINGS: dict[Action, str] = {
    Action.RESTRICT: N_("Hồ sơ sẽ rời hàng đợi thông thường; chỉ người được chỉ định mới mở được."),
    Action.OPEN_SEAL: N_("Việc mở được ghi vào lịch sử cùng tên bạn và lý do."),
    Action.APPROVE: N_("Câu trả lời được gửi ngay đến người gửi."),
    Action.CLOSE: N_("Kết thúc hồ sơ."),
}


def fields_of(action: Action, petition: Petition) -> tuple[FormField, ...]:
    """Return the fields of an action's form for a petition."""
    if action is Action.PUBLISH and petition.kind is Kind.CONDUCT:
        return (*FIELDS[action], ALTHOUGH_CONDUCT)
    return FIELDS[action]


def given_at_first(action: Action, petition: Petition) -> Mapping[str, str]:
    """Return what a form holds before anybody wrote in it."""
    if action is Action.PUBLISH:
        answer = petition.answer.text if petition.answer else ""
        return {"subject": petition.subject, "content": petition.content, "answer": answer}
    if action is Action.CLASSIFY:
        return {
            "field": petition.field or "",
            "kind": petition.kind or "",
            "lane": petition.lane,
            "complained_unit": petition.complained_unit or "",
        }
    if action is Action.DRAFT_ANSWER:
        return {"text": petition.draft.text if petition.draft else ""}
    if action is Action.FORWARD:
        return {"body": (petition.proposal.body or "") if petition.proposal else ""}
    return {}


def choices(
    petition: Petition, officer: DeskOfficer, directory: Directory, today: date, language: Language
) -> dict[str, list[tuple[str, str]]]:
    """Return the lists that forms choose from: (value, what is read), by source."""
    _ = gettext(language)
    received_on = local_date(petition.received_at)
    units = directory.units(today)
    colleagues = [
        (one.id, one.name)
        for one in directory.officers().values()
        if one.unit == petition.unit and (one.id == officer.username or officer.has(Role.UNIT_HEAD))
    ]
    return {
        "units": [(one.id, _named(one.name, one.name_en, language)) for one in units.values()],
        "fields": [
            (one.id, _named(one.name, one.name_en, language))
            for one in directory.fields(received_on).values()
        ],
        "kinds": [(kind.value, _(KINDS[kind])) for kind in Kind],
        "lanes": [(lane.value, _(LANES[lane])) for lane in Lane if lane is not Lane.RESTRICTED],
        "refusals": [(reason.value, _(REFUSALS[reason])) for reason in Refusal],
        "handlers": colleagues,
    }


def _named(vietnamese: str, english: str, language: Language) -> str:
    return english if language == "en" and english else vietnamese
