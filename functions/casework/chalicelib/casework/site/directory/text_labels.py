"""Names of notice texts, fields of their form and meanings of their variables, for the administrators' pages."""

from __future__ import annotations

from chalicelib.casework.form_fields import FormField
from shared.domain.petition.notice_kinds import NoticeKind
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import NOTICES
from shared.wording.sources import BATCH

READERS = {"petitioner": N_("Người gửi"), "officer": N_("Cán bộ")}
_BATCH = N_("Nhiều thông báo trong một tin")

FIELDS = (
    FormField("subject", N_("Tiêu đề"), "text", source="EMAIL"),
    FormField("text", N_("Nội dung")),
    FormField(
        "max_segments",
        N_("Nhiều nhất bao nhiêu tin"),
        "number",
        source="SMS",
        hint=N_("Mỗi tin 160 ký tự không dấu, hoặc 70 ký tự có dấu. Từ 1 đến 3."),
    ),
    FormField("is_unicode", N_("Gửi có dấu (đắt hơn)."), "tick", is_optional=True, source="SMS"),
    FormField(
        "valid_from",
        N_("Dùng từ ngày"),
        "date",
        hint=N_("Từ hôm nay trở đi. Các thông báo đã gửi giữ nguyên."),
    ),
)
"""The form's fields; `source` is the channel that a field is for, if it is for one only."""

VARIABLES: dict[str, str] = {
    "reference": N_("mã hồ sơ để đọc: 26 4831 9027 5"),
    "digits": N_("mã hồ sơ để soạn tin: 26483190275"),
    "received_on": N_("ngày tiếp nhận; viết {{ received_on | day }}"),
    "due_on": N_("hạn trả lời; viết {{ due_on | day }} hoặc {{ due_on | weekday }}"),
    "link": N_("đường dẫn đến hồ sơ, thay cho mã PIN"),
    "pin": N_("mã PIN, chỉ trong thông báo gửi lại mã PIN"),
    "desk_link": N_("đường dẫn đến hồ sơ dành cho cán bộ"),
    "site": N_("tên miền của hệ thống"),
    "is_second_look": N_("được mở lại sau khi đã trả lời"),
    "undo_until": N_(
        "ngày cuối được hủy yêu cầu rút; viết {{ undo_until | day }} hoặc {{ undo_until | weekday }}"
    ),
    "undo_within": N_("được hủy yêu cầu rút trong bao nhiêu ngày làm việc"),
    "hotline": N_("số tổng đài"),
    "short_code": N_("đầu số tin nhắn"),
    "text": N_("nội dung cán bộ viết cho người gửi; trống nếu phản ánh về hành vi"),
    "body": N_("cơ quan được chuyển đến; trống nếu phản ánh về hành vi"),
    "unit": N_("đơn vị được giao; trống nếu phản ánh về hành vi"),
    "unit_short": N_("tên ngắn không dấu của đơn vị, cho tin nhắn; trống nếu phản ánh về hành vi"),
    "subject": N_("tóm tắt của phản ánh, kiến nghị; trống nếu phản ánh về hành vi"),
    "answer": N_("câu trả lời đã duyệt; trống nếu phản ánh về hành vi"),
    "is_conduct": N_("có phải phản ánh về hành vi hoặc tố cáo không"),
    "state": N_("trạng thái, ví dụ IN_PROGRESS"),
    "is_escalated": N_("đã báo cáo cấp trên chưa"),
    "may_publish": N_("người gửi có đồng ý công khai không"),
    "is_named": N_("người gửi đã cho biết họ tên chưa"),
    "missing_parts": N_("những phần tin nhắn dài chưa nhận được"),
    "publish_within_working_days": N_("số ngày làm việc để công khai"),
    "forward_within_working_days": N_("số ngày làm việc để chuyển"),
    "moved_from": N_("hạn trả lời trước khi đổi"),
    "is_paused": N_("hạn đổi vì chờ người gửi bổ sung"),
    "n": N_("thông báo quá hạn lần thứ mấy"),
    "every": N_("số ngày làm việc giữa hai lần thông báo quá hạn"),
    "is_overdue": N_("đã quá hạn chưa"),
    "days_left": N_("còn bao nhiêu ngày"),
    "working_days_late": N_("quá hạn bao nhiêu ngày làm việc"),
    "next_update_on": N_("ngày thông báo tiếp theo"),
    "progress": N_("tình hình do người xử lý ghi"),
    "expected_on": N_("ngày dự kiến trả lời, nếu chưa qua"),
    "count": N_("có bao nhiêu thông báo, hoặc hồ sơ trong thư nhắc việc"),
    "references": N_("danh sách mã hồ sơ"),
    "cases": N_("danh sách mã hồ sơ"),
    "headlines": N_("tên ngắn của các thông báo đầu"),
    "unnamed": N_("còn bao nhiêu thông báo chưa nêu tên"),
    "first_references": N_("hai mã hồ sơ đầu"),
    "more_references": N_("còn bao nhiêu mã hồ sơ khác"),
    "contents": N_("nội dung từng thông báo, đã đánh số"),
    "account": N_("tên đăng nhập của cán bộ"),
    "officer_name": N_("họ và tên của cán bộ"),
    "changed_from": N_("ngày địa chỉ mới có hiệu lực"),
    "changed_by": N_("người đề nghị thay đổi"),
    "confirmed_by": N_("người xác nhận thay đổi; trống nếu không cần"),
    "today": N_("ngày của thư nhắc việc"),
    "happened_at": N_("lúc đăng nhập, hoặc lúc đặt lại xác thực hai bước"),
    "is_reset": N_("có phải thư về việc đặt lại xác thực hai bước không"),
    "device": N_("thiết bị đã đăng nhập, nếu biết"),
    "program": N_("tên phần mềm không nhận sự kiện nữa; trống ở thư khác"),
    "network": N_("đoạn đầu địa chỉ mạng, nếu biết"),
    "desk": N_("đường dẫn đến bàn làm việc"),
    "unsubscribe_link": N_("đường dẫn để thôi nhận thư nhắc việc"),
}
"""The meaning of every variable that a text may use."""


def text_label(kind: str, language: Language) -> str:
    """Return the name of a text."""
    label = NOTICES[NoticeKind(kind)] if kind != BATCH else _BATCH
    return gettext(language)(label)
