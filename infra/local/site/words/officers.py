"""The texts of the officers' page."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "vi": {
        "officers_intro": "Một nút là vào bàn làm việc của cán bộ đó; phiên trước trên trình duyệt này kết thúc.",
        "sign_in": "Vào vai",
        "not_signed_in": "Chưa vào được bằng tài khoản mẫu; có lẽ mật khẩu đã đổi. Hãy đăng nhập ở /desk/:",
        "username": "Tên đăng nhập",
        "password": "Mật khẩu",
        "role-intake-officer": "Tiếp nhận, phân công",
        "role-handler": "Người xử lý",
        "role-unit-head": "Lãnh đạo đơn vị",
        "role-approver": "Người phê duyệt",
        "role-hotline-operator": "Điện thoại viên",
        "role-inspector": "Tổ công tác kiểm tra",
        "role-committee": "Ban Chỉ đạo cải cách hành chính",
        "role-administrator": "Quản trị danh mục",
        "role-auditor": "Kiểm toán",
    },
    "en": {
        "officers_intro": "One button opens that officer's desk; the former session in this browser ends.",
        "sign_in": "Sign in",
        "not_signed_in": "The sample account was not let in; its password may have changed. Sign in at /desk/:",
        "username": "User name",
        "password": "Password",
        "role-intake-officer": "Intake",
        "role-handler": "Handler",
        "role-unit-head": "Head of unit",
        "role-approver": "Approver",
        "role-hotline-operator": "Hotline operator",
        "role-inspector": "Task Force",
        "role-committee": "Steering Committee",
        "role-administrator": "Administrator",
        "role-auditor": "Auditor",
    },
}
