"""The forms of the actions: which fields each has, and what officers read beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from chalicelib.casework.access.officers import DeskOfficer, Role
from chalicelib.casework.actions.answers import REFUSALS, Refusal
from chalicelib.casework.actions.catalogue import INPUTS
from chalicelib.casework.actions.redaction import masked
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition import file_verbs
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.labels import ACTIONS, KINDS, LANES


class FormField(NamedTuple):
    """One field of a form. `kind` is area, text, date, choice, tick or ticks; `source` names the list of a choice."""

    name: str
    label: str
    kind: str = "area"
    is_optional: bool = False
    source: str = ""
    hint: str = ""
    row: str = ""
    """Fields of one row stand beside each other."""


FOR_PETITIONER = N_("Người gửi đọc được nội dung này.")
FOR_OFFICERS = N_("Chỉ cán bộ đọc được.")

COVERED = N_("Chỗ nghi là thông tin cá nhân đã được che sẵn; hãy đọc lại và che nốt phần còn sót.")
CITED_AT_ONCE = 3
"""Rows for citations that the form offers; the JSON API takes more."""

FIELDS: dict[Action, tuple[FormField, ...]] = {
    Action.ACCEPT: (FormField("handler", N_("Người xử lý"), "choice", is_optional=True, source="handlers"),),
    Action.DRAFT_ANSWER: (
        FormField("text", N_("Dự thảo trả lời"), hint=FOR_PETITIONER),
        *(
            field
            for n in range(1, CITED_AT_ONCE + 1)
            for field in (
                FormField(
                    f"citation_{n}_number",
                    N_("Văn bản căn cứ"),
                    "text",
                    is_optional=True,
                    row=f"citation_{n}",
                ),
                FormField(
                    f"citation_{n}_article", N_("Điều, khoản"), "text", is_optional=True, row=f"citation_{n}"
                ),
                FormField(
                    f"citation_{n}_link", N_("Đường dẫn"), "url", is_optional=True, row=f"citation_{n}"
                ),
            )
        ),
    ),
    Action.APPROVE: (),
    Action.RETURN_DRAFT: (FormField("reason", N_("Vì sao trả lại"), hint=FOR_OFFICERS),),
    Action.PUBLISH: (
        FormField("subject", N_("Tiêu đề công khai"), "text"),
        FormField("content", N_("Nội dung công khai"), hint=COVERED),
        FormField("answer", N_("Trả lời công khai"), hint=COVERED),
    ),
    Action.UNPUBLISH: (FormField("reason", N_("Vì sao gỡ"), hint=FOR_OFFICERS),),
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
            source="complained",
            hint=N_(
                "Đơn vị này, cấp trên và cấp dưới của đơn vị sẽ không thấy hồ sơ và không được giao xử lý."
            ),
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
    Action.SPLIT: (FormField("reason", N_("Vì sao tách ra"), hint=FOR_OFFICERS),),
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

ALTHOUGH_PERSONAL = FormField(
    "although_personal",
    N_("Tôi xác nhận số điện thoại, địa chỉ thư hoặc số giấy tờ còn lại được phép công khai."),
    "tick",
)
ALTHOUGH_CONDUCT = FormField(
    "although_conduct", N_("Tôi xác nhận công khai dù đây là phản ánh về hành vi cán bộ."), "tick"
)

FILES: dict[Action, FormField] = {
    Action.DRAFT_ANSWER: FormField(
        "attachments",
        N_("Tệp kèm theo câu trả lời"),
        "ticks",
        is_optional=True,
        source="answer_files",
        hint=FOR_PETITIONER,
    ),
    Action.PUBLISH: FormField(
        "attachments",
        N_("Tệp được công khai"),
        "ticks",
        is_optional=True,
        source="public_files",
        hint=N_("Chỉ chọn tệp không có thông tin cá nhân."),
    ),
}

OFFERS: dict[Action, str] = {
    Action.ACCEPT: N_("Nhận xử lý"),
    Action.DRAFT_ANSWER: N_("Soạn dự thảo trả lời"),
    Action.APPROVE: N_("Phê duyệt và gửi trả lời"),
    Action.RETURN_DRAFT: N_("Trả lại để sửa"),
    Action.PUBLISH: N_("Công khai câu hỏi và trả lời"),
    Action.UNPUBLISH: N_("Gỡ khỏi trang công khai"),
    Action.ASSIGN: N_("Phân công cho đơn vị"),
    Action.CLASSIFY: N_("Phân loại lại"),
    Action.REQUEST_INFORMATION: N_("Hỏi thêm người gửi"),
    Action.NOTE: N_("Ghi chú, báo tiến độ"),
    Action.RETURN_TO_INTAKE: N_("Trả lại: không thuộc đơn vị"),
    Action.FORWARD: N_("Chuyển đến cơ quan có thẩm quyền"),
    Action.GUIDE: N_("Hướng dẫn đúng thủ tục"),
    Action.MERGE: N_("Gộp vào hồ sơ trùng"),
    Action.SPLIT: N_("Tách khỏi hồ sơ gộp"),
    Action.REFUSE: N_("Từ chối, nêu lý do"),
    Action.RESTRICT: N_("Chuyển sang quy trình riêng"),
    Action.REOPEN: N_("Mở lại để xem xét"),
    Action.CLOSE: N_("Kết thúc hồ sơ"),
    Action.OPEN_SEAL: N_("Xem người gửi là ai"),
}
"""What the forms offer: the history says what was done, a button what will be."""

WARNINGS: dict[Action, str] = {
    Action.RESTRICT: N_("Hồ sơ sẽ rời hàng đợi thông thường; chỉ người được chỉ định mới mở được."),
    Action.OPEN_SEAL: N_("Việc mở được ghi vào lịch sử cùng tên bạn và lý do."),
    Action.APPROVE: N_("Câu trả lời được gửi ngay đến người gửi."),
    Action.CLOSE: N_("Kết thúc hồ sơ."),
    Action.UNPUBLISH: N_("Trang công khai và dữ liệu mở bỏ nội dung này ngay (bản lưu đệm: trong 60 giây)."),
}


def fields_of(action: Action, petition: Petition) -> tuple[FormField, ...]:
    """Return the fields of an action's form for a petition; files are asked for where there are any."""
    files = {
        Action.DRAFT_ANSWER: file_verbs.files_for_answer(petition),
        Action.PUBLISH: file_verbs.files_of_answer(petition),
    }
    fields = FIELDS[action]
    if action is Action.PUBLISH:
        conduct = (ALTHOUGH_CONDUCT,) if petition.kind is Kind.CONDUCT else ()
        fields = (*fields, ALTHOUGH_PERSONAL, *conduct)
    return (*fields, FILES[action]) if files.get(action) else fields


def rows_of(action: Action, petition: Petition) -> tuple[tuple[FormField, ...], ...]:
    """Return the fields of an action's form by row."""
    fields = fields_of(action, petition)
    return tuple(tuple(row) for _key, row in groupby(fields, key=lambda field: field.row or field.name))


def facts_of(action: Action, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says in the words of the action's input."""
    facts: dict[str, Any] = {
        name: value for name, value in form.items() if name in INPUTS[action].model_fields
    }
    if action is Action.DRAFT_ANSWER:
        parts = ("number", "article", "link")
        told = [
            {part: form.get(f"citation_{n}_{part}", "").strip() for part in parts}
            for n in range(1, CITED_AT_ONCE + 1)
        ]
        facts["citations"] = [one for one in told if any(one.values())]
    return facts


def place_of(place: str) -> str:
    """Return the form's field for a place in an action's input: `citations.0.link` is the first row's third."""
    found = re.fullmatch(r"citations\.(\d+)\.(\w+)", place)
    return f"citation_{int(found[1]) + 1}_{found[2]}" if found else place


def done_label(name: str, language: Language) -> str:
    """Return what was done, for the page that says so; nothing for what is no action."""
    action = next((action for action in INPUTS if action == name), None)
    return gettext(language)(ACTIONS[action]) if action else ""


def given_at_first(action: Action, petition: Petition) -> Mapping[str, str]:
    """Return what a form holds before anybody wrote in it."""
    if action is Action.PUBLISH:
        answer = petition.answer.text if petition.answer else ""
        return {
            "subject": masked(petition.subject),
            "content": masked(petition.content),
            "answer": masked(answer),
        }
    if action is Action.CLASSIFY:
        return {
            "field": petition.field or "",
            "kind": petition.kind or "",
            "lane": petition.lane,
            "complained_unit": petition.complained_unit or "",
        }
    if action is Action.DRAFT_ANSWER:
        return _given_draft(petition)
    if action is Action.FORWARD:
        return {"body": (petition.proposal.body or "") if petition.proposal else ""}
    return {}


def _given_draft(petition: Petition) -> dict[str, str]:
    if petition.draft is None:
        return {"attachments": " ".join(one.id for one in file_verbs.files_for_answer(petition))}
    cited = {
        f"citation_{n}_{part}": getattr(one, part) or ""
        for n, one in enumerate(petition.draft.citations, start=1)
        for part in ("number", "article", "link")
    }
    return {"text": petition.draft.text, "attachments": " ".join(petition.draft.attachments), **cited}


def choices(
    petition: Petition, officer: DeskOfficer, directory: Directory, today: date, language: Language
) -> dict[str, list[tuple[str, str]]]:
    """Return the lists that forms choose from: (value, what is read), by source."""
    _ = gettext(language)
    received_on = local_date(petition.received_at)
    units = directory.units(today)
    named_units = [(one.id, in_language(language, one.name, one.name_en)) for one in units.values()]
    colleagues = [
        (one.id, one.name)
        for one in directory.officers().values()
        if one.unit == petition.unit and (one.id == officer.username or officer.has(Role.UNIT_HEAD))
    ]
    return {
        "units": named_units,
        "complained": [(NO_UNIT_OF_OURS, _("Không phải đơn vị của Bộ")), *named_units],
        "fields": [
            (one.id, in_language(language, one.name, one.name_en))
            for one in directory.fields(received_on).values()
        ],
        "kinds": [(kind.value, _(KINDS[kind])) for kind in Kind],
        "lanes": [(lane.value, _(LANES[lane])) for lane in Lane if lane is not Lane.RESTRICTED],
        "refusals": [(reason.value, _(REFUSALS[reason])) for reason in Refusal],
        "handlers": colleagues,
        "answer_files": [(one.id, one.filename) for one in file_verbs.files_for_answer(petition)],
        "public_files": [(one.id, one.filename) for one in file_verbs.files_of_answer(petition)],
    }
