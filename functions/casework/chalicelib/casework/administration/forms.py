"""The forms of the directory's rows: the fields of each kind, and the labels and values that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from chalicelib.casework import bodies
from chalicelib.casework.access.machines import ACCOUNTS, Scope
from chalicelib.casework.desk import answer_templates
from chalicelib.casework.form_fields import FormField
from shared.domain.access.roles import Role
from shared.domain.errors import InvalidInputError
from shared.domain.identity.gsm7 import unaccented
from shared.domain.promises.events import EventType
from shared.use_cases.subscriptions import KIND as SUBSCRIPTIONS
from shared.web.i18n import N_

ROLES: dict[Role, str] = {
    Role.INTAKE_OFFICER: N_("Tiếp nhận, phân công"),
    Role.HANDLER: N_("Người xử lý"),
    Role.UNIT_HEAD: N_("Lãnh đạo đơn vị"),
    Role.APPROVER: N_("Người phê duyệt"),
    Role.HOTLINE_OPERATOR: N_("Điện thoại viên"),
    Role.INSPECTOR: N_("Tổ công tác kiểm tra"),
    Role.COMMITTEE: N_("Ban Chỉ đạo cải cách hành chính"),
    Role.ADMINISTRATOR: N_("Quản trị danh mục"),
    Role.AUDITOR: N_("Kiểm toán"),
}
SCOPE_LABELS: dict[Scope, str] = {
    Scope.READ_PETITIONS: N_("Đọc danh sách và hồ sơ"),
    Scope.ACT: N_("Xử lý hồ sơ, gửi tệp trả lời"),
    Scope.ENTER: N_("Ghi phản ánh, kiến nghị của người gọi"),
    Scope.OPEN_IDENTITIES: N_("Xem người gửi là ai, mở tệp của người gửi (có ghi lại)"),
    Scope.CALLS: N_("Tra cứu người gọi, gọi lại"),
    Scope.READ_REPORTS: N_("Đọc báo cáo"),
}
EVENT_LABELS: dict[EventType, str] = {
    EventType.RECEIVED: N_("Đã tiếp nhận hồ sơ"),
    EventType.STATE_CHANGED: N_("Hồ sơ đổi trạng thái"),
    EventType.APPROVED: N_("Câu trả lời được phê duyệt"),
    EventType.PUBLISHED: N_("Câu trả lời được công khai"),
}
CODE_HINT = N_("Không đổi được về sau. Ví dụ: VCCVC")
VALID_FROM = FormField(
    "valid_from",
    N_("Có hiệu lực từ ngày"),
    "date",
    hint=N_("Ngày khác: thêm phiên bản mới. Đúng ngày của một phiên bản đã có: sửa phiên bản đó."),
)


_NAME = FormField("name", N_("Tên"), "text")
_NAME_EN = FormField("name_en", N_("Tên tiếng Anh"), "text", is_optional=True)
_NAME_OF_PROGRAM = FormField("name", N_("Tên phần mềm"), "text")
_UNIT = FormField("unit", N_("Đơn vị"), "choice", source="units")
_FIELD = FormField("field", N_("Lĩnh vực"), "choice", is_optional=True, source="fields")
_RESPONSIBLE = FormField("contact", N_("Thư của người chịu trách nhiệm"), "email")
_CODE = FormField("id", N_("Mã"), "text", hint=CODE_HINT)


class RowKind(NamedTuple):
    """A kind of directory rows: its title, the fields of its form, and the columns of its list."""

    title: str
    add_label: str
    """The button that adds a row."""
    fields: tuple[FormField, ...]
    columns: tuple[str, ...]
    """Facts that the list shows beside the name."""
    id_field: FormField | None = None
    """The field of the id, which an administrator chooses once; None where the id is made of the name."""
    id_pattern: re.Pattern[str] = re.compile(r"[A-Z][A-Z0-9]{1,15}")


KINDS: dict[str, RowKind] = {
    "unit": RowKind(
        N_("Các đơn vị"),
        N_("Thêm đơn vị"),
        (
            _NAME,
            _NAME_EN,
            FormField(
                "short_name",
                N_("Tên ngắn"),
                "text",
                is_optional=True,
                hint=N_("Không dấu, nhiều nhất 20 ký tự; dùng trong tin nhắn."),
            ),
            FormField("parent", N_("Trực thuộc"), "choice", is_optional=True, source="units"),
            FormField(
                "rung",
                N_("Bậc xem xét lại"),
                "number",
                is_optional=True,
                hint=N_("Để trống nếu đơn vị không bao giờ xem xét lại câu trả lời của đơn vị khác."),
            ),
        ),
        ("short_name", "parent"),
        _CODE,
    ),
    "field": RowKind(
        N_("Các lĩnh vực"),
        N_("Thêm lĩnh vực"),
        (
            _NAME,
            _NAME_EN,
            FormField(
                "unit",
                N_("Đơn vị phụ trách"),
                "choice",
                is_optional=True,
                source="units",
                hint=N_("Chọn đơn vị, hoặc ghi cơ quan khác ở dưới."),
            ),
            FormField("forward_to", N_("Cơ quan khác"), "text", is_optional=True),
            FormField(
                "example",
                N_("Ví dụ cho người gửi"),
                "text",
                is_optional=True,
                hint=N_("Hiện cạnh tên khi người gửi chọn lĩnh vực."),
            ),
        ),
        ("unit",),
        _CODE,
    ),
    bodies.KIND: RowKind(
        N_("Cơ quan ngoài Bộ"),
        N_("Thêm cơ quan"),
        (
            FormField("name", N_("Tên"), "text", hint=N_("Như ghi ở chỗ “Kính gửi” của văn bản chuyển.")),
            FormField("address", N_("Địa chỉ"), "text", is_optional=True),
            FormField("email", N_("Email"), "email", is_optional=True),
            _FIELD._replace(
                hint=N_("Cơ quan của lĩnh vực được gợi ý trước. Để trống: gợi ý sau, cho mọi lĩnh vực.")
            ),
        ),
        ("address", "email", "field"),
    ),
    "officer": RowKind(
        N_("Các cán bộ"),
        N_("Thêm cán bộ"),
        (
            FormField("name", N_("Họ và tên"), "text"),
            FormField("email", N_("Thư công vụ"), "email"),
            _UNIT,
            FormField(
                "roles",
                N_("Vai trò"),
                "ticks",
                is_optional=True,
                source="roles",
                hint=N_(
                    "Bỏ vai trò có hiệu lực ngay. Thêm vai trò: tài khoản đăng nhập cũng phải thuộc nhóm tương ứng."
                ),
            ),
            FormField(
                "reads_restricted",
                N_("Là người phê duyệt được chỉ định đọc tố cáo."),
                "tick",
                is_optional=True,
            ),
            FormField(
                "confirms_changes",
                N_("Là người phê duyệt được chỉ định xác nhận thay đổi danh mục."),
                "tick",
                is_optional=True,
            ),
            FormField(
                "replaced_by",
                N_("Người tiếp nhận việc"),
                "choice",
                is_optional=True,
                source="colleagues",
                hint=N_("Khi chuyển đơn vị: ai trong đơn vị cũ xử lý tiếp những hồ sơ đang làm."),
            ),
        ),
        ("unit", "roles"),
        FormField("id", N_("Tên đăng nhập"), "text", hint=N_("Không đổi được về sau. Ví dụ: minh.ccvc")),
        re.compile(r"[a-z0-9][a-z0-9._-]{1,63}"),
    ),
    ACCOUNTS: RowKind(
        N_("Tài khoản máy"),
        N_("Thêm tài khoản máy"),
        (
            _NAME_OF_PROGRAM,
            _RESPONSIBLE,
            _UNIT,
            FormField(
                "roles",
                N_("Vai trò"),
                "ticks",
                source="machine_roles",
                hint=N_("Không có vai trò nào cần xác thực hai bước."),
            ),
            FormField(
                "scopes",
                N_("Phạm vi"),
                "ticks",
                source="scopes",
                hint=N_("Mã bí mật được cấp ở trang của tài khoản và chỉ hiện một lần."),
            ),
            FormField(
                "is_ended",
                N_("Đã chấm dứt: trong một phút, không mã nào của tài khoản này còn dùng được."),
                "tick",
                is_optional=True,
            ),
        ),
        ("unit", "roles"),
        FormField("id", N_("Tên tài khoản"), "text", hint=N_("Không đổi được về sau. Ví dụ: quy-trinh-bnv")),
        re.compile(r"[a-z0-9][a-z0-9-]{1,39}"),
    ),
    SUBSCRIPTIONS: RowKind(
        N_("Phần mềm nhận sự kiện"),
        N_("Thêm phần mềm nhận sự kiện"),
        (
            _NAME_OF_PROGRAM,
            FormField(
                "address", N_("Địa chỉ nhận (https)"), "text", hint=N_("Ví dụ: https://vi-du.gov.vn/su-kien")
            ),
            FormField("events", N_("Sự kiện"), "ticks", source="events"),
            FormField("unit", N_("Chỉ hồ sơ của đơn vị"), "choice", source="units", is_optional=True),
            _RESPONSIBLE,
            FormField(
                "key_number",
                N_("Khóa ký số mấy"),
                "text",
                is_optional=True,
                hint=N_("Tăng 1 để đổi khóa; khóa trước còn dùng đến lần đổi sau."),
            ),
            FormField("is_ended", N_("Đã chấm dứt: không gửi sự kiện nào nữa."), "tick", is_optional=True),
        ),
        ("address",),
        FormField("id", N_("Tên đăng ký"), "text", hint=N_("Không đổi được về sau. Ví dụ: quy-trinh-bnv")),
        re.compile(r"[a-z0-9][a-z0-9-]{1,39}"),
    ),
    answer_templates.KIND: RowKind(
        N_("Các mẫu trả lời"),
        N_("Thêm mẫu trả lời"),
        (
            _NAME,
            _FIELD._replace(hint=N_("Để trống: mẫu dùng cho mọi lĩnh vực.")),
            FormField(
                "text",
                N_("Nội dung mẫu"),
                "area",
                hint=N_(
                    "Tự điền: [Mã số], [Ngày tiếp nhận], [Tiêu đề], [Lĩnh vực], [Đơn vị]. "
                    "Chỗ khác trong ngoặc vuông do cán bộ điền."
                ),
            ),
        ),
        ("field",),
    ),
}
"""The kinds of rows that have these pages, in the order of the tabs."""

TICKED_LISTS = frozenset({"roles", "scopes", "events"})
"""Fields of which several boxes may be ticked."""
_OF_THE_PRESENT = frozenset({"replaced_by", "is_ended"})
"""Fields that a new row has not yet."""
_NUMBERS, _LISTS, _TICKS = (
    frozenset({"rung", "key_number"}),
    TICKED_LISTS,
    frozenset({"reads_restricted", "confirms_changes", "is_ended"}),
)


_DIGITS = {"rung": 1, "key_number": 3}


def fields_of(kind: str, *, is_new: bool) -> tuple[FormField, ...]:
    """Return the fields of a kind's form; only that of a new row has the id."""
    definition = KINDS[kind]
    if not is_new:
        return (*definition.fields, VALID_FROM)
    id_field = (definition.id_field,) if definition.id_field else ()
    fields = tuple(field for field in definition.fields if field.name not in _OF_THE_PRESENT)
    return (*id_field, *fields, VALID_FROM._replace(hint=""))


def form_of(kind: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return a row's facts as its form holds them."""
    form = {field.name: facts.get(field.name) for field in KINDS[kind].fields}
    form["rung"] = form.get("rung") or None
    return {
        name: " ".join(value) if isinstance(value, list) else "true" if value is True else str(value or "")
        for name, value in form.items()
    }


def row_of(kind: str, form: Mapping[str, str], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the row of a form; facts of the version before that the form has no field for are kept.

    Raises:
        InvalidInputError: an invalid number or day.
    """
    row: dict[str, Any] = {
        name: value for name, value in (before or {}).items() if name not in ("valid_to", "replaced_by")
    }
    for field in KINDS[kind].fields:
        value = _value(field.name, form.get(field.name, ""))
        row.pop(field.name, None)
        if value not in ("", None, False):
            row[field.name] = value
    if "roles" in {field.name for field in KINDS[kind].fields}:
        row.setdefault("roles", [])
    return row | {"valid_from": day_in(form, "valid_from").isoformat()}


def _value(name: str, text: str) -> Any:
    text = text.replace("\r\n", "\n").strip()[:10_000]
    if name in _LISTS:
        return text.split()
    if name in _TICKS:
        return text == "true"
    if name in _NUMBERS and text:
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS[name]):
            raise InvalidInputError((name, "out-of-range"))
        return int(text)
    return text


def id_of(kind: str, form: Mapping[str, str], taken: Iterable[str]) -> str:
    """Return the id of a new row: the chosen one, or one made of its name.

    Args:
        kind: of rows.
        form: the row's form.
        taken: the ids of the rows that there are.

    Raises:
        InvalidInputError: no id, one with other characters than the kind's, or a taken one.
    """
    definition, taken = KINDS[kind], set(taken)
    if definition.id_field is None:
        slug = "-".join(re.findall(r"[a-z0-9]+", unaccented(form.get("name", "")).casefold()))[:40]
        numbered = (f"{slug}-{number}" if number > 1 else slug for number in range(1, len(taken) + 2))
        return next(row_id for row_id in numbered if row_id not in taken) if slug else "-"
    chosen = form.get("id", "").strip()
    if not chosen:
        raise InvalidInputError(("id", "missing"))
    if not definition.id_pattern.fullmatch(chosen):
        raise InvalidInputError(("id", "code"))
    if chosen in taken:
        raise InvalidInputError(("id", "taken"))
    return chosen


def day_in(form: Mapping[str, str], name: str) -> date:
    """Return a day from a form.

    Raises:
        InvalidInputError: no day, or an invalid one.
    """
    try:
        return date.fromisoformat(form.get(name, "").strip())
    except ValueError:
        raise InvalidInputError((name, "invalid" if form.get(name) else "missing")) from None
