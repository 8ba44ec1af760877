"""The types of problems (RFC 9457): what each means, for the page to which its `type` leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.domain.errors import PetitionError
from shared.web.describe.rules import RULES
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import OTHER, PROBLEMS

ADDRESS = "/problems/"
"""The beginning of every problem's `type`; the code follows."""

MEANINGS: dict[str, str] = {
    "invalid-input": N_(
        "Dữ liệu gửi lên phạm một quy tắc; 400 khi thân yêu cầu không phải JSON. errors nêu từng mục (field) và quy "
        "tắc (rule): một ký tự hỏng kèm position, tính từ 1; một chỗ trống trong thư kèm start và end, tính từ 0."
    ),
    "idempotency-key-reused": N_(
        "Khóa Idempotency-Key này đã đi cùng một thân yêu cầu khác; mọi mục đều được so. Gửi lại đúng nội dung cũ, "
        "hoặc dùng khóa mới."
    ),
    "petition-full": N_(
        "Hồ sơ không còn chỗ cho lời của người gửi. Gửi phần còn lại bằng tệp: POST …/attachments."
    ),
    "not-found-or-wrong-pin": N_(
        "Không có mã số này, hoặc sai mã PIN: một câu trả lời cho cả hai, có chủ ý."
    ),
    "pin-slowed": N_(
        "Vừa có nhiều mã PIN sai từ địa chỉ mạng này, hoặc cho mã số này. Đợi retry_after giây rồi gửi lại cùng "
        "X-Petition-Proof: <ticket>; hoặc giải challenge (ALTCHA) và gửi ngay."
    ),
    "link-expired": N_("Đường dẫn đúng, nhưng việc đã kết thúc từ lâu. Mã PIN vẫn dùng được."),
    "petition-lost": N_("Mã PIN đúng, nhưng hồ sơ đã mất khi phục hồi dữ liệu: hãy gửi lại."),
    "closed": N_("Đang phục hồi dữ liệu nên chưa nhận gì. Gửi lại đúng yêu cầu này sau Retry-After giây."),
    "newer-item": N_(
        "Phiên bản mới của hệ thống đã ghi mục này. Gửi lại đúng yêu cầu này sau Retry-After giây."
    ),
    "identity-unavailable": N_(
        "Bàn làm việc: chưa đọc được khóa của dịch vụ đăng nhập; mã truy cập có thể vẫn đúng. Thử lại sau "
        "Retry-After giây."
    ),
    "search-unavailable": N_("Bàn làm việc: chưa có mục lục tìm kiếm."),
    "unknown-petition": N_("Bàn làm việc: không có hồ sơ này, hoặc tài khoản này không được biết."),
    "unknown-attachment": N_("Hồ sơ không có tệp này, hoặc tệp không được đưa ra."),
    "unknown-row": N_("Danh mục không có dòng này."),
    "unknown-address": N_("Không có địa chỉ này. Trình duyệt nhận một trang, phần mềm nhận JSON."),
    "method-not-allowed": N_(
        "Địa chỉ đúng, nhưng không nhận phương thức này. Tiêu đề Allow nêu những phương thức được nhận."
    ),
    "unsupported-media-type": N_(
        "Thân yêu cầu khác kiểu mà nơi này nhận (tiêu đề Accept của câu trả lời nêu kiểu đó), hoặc không phải UTF-8."
    ),
    "unexpected": N_(
        "Lỗi không lường trước: incident là mã sự cố trong nhật ký, at là lúc xảy ra. Gửi lại với cùng "
        "Idempotency-Key được."
    ),
    "unauthenticated": N_("Bàn làm việc: không có mã truy cập, hoặc mã không còn dùng được."),
    "api-key-needed": N_("Phần mềm gửi phản ánh, kiến nghị mà không có khóa đã được cấp."),
    "not-allowed": N_("Bàn làm việc: vai trò hay đơn vị không được phép làm việc này."),
    "unknown-client": N_("Không có tài khoản máy nào có tên và mã bí mật này (error: invalid_client)."),
    "token-refused": N_("Không cấp mã truy cập cho những gì đã gửi; error theo RFC 6749, mục 5.2."),
    "scope-needed": N_("Mã truy cập của tài khoản máy thiếu phạm vi nêu ở scope; null: chỉ dành cho cán bộ."),
    "handed-over": N_("Bàn làm việc: một đồng nghiệp trong đơn vị đang giữ hồ sơ."),
    "unknown-draft": N_(
        "Bàn làm việc: biểu mẫu này không có bản nháp: chưa lưu, đã gửi, hoặc đã hết ngày giữ."
    ),
    "stale-draft": N_(
        "Bàn làm việc: bản nháp đã được lưu từ nơi khác sau phiên bản ở If-Match; chưa có gì bị ghi đè."
    ),
    "second-factor-needed": N_("Bàn làm việc: vai trò này cần xác thực hai bước, mà phiên chưa có."),
    "proposal-closed": N_("Đề nghị đã được xác nhận, bị bác, đã rút hoặc đã hết hạn."),
    "stale-proposal": N_("Dòng đã thay đổi sau khi đề nghị."),
    "second-person-needed": N_("Bàn làm việc: người đề nghị không tự xác nhận được."),
    "action-not-possible": N_(
        "Trạng thái hiện tại không cho phép. possible_actions của hồ sơ nêu những việc làm được."
    ),
    "word-held": N_(
        "Bàn làm việc: quyết định trước còn hoàn tác được, nên chưa được báo cho ai; detail nêu giờ có thể làm tiếp."
    ),
    "too-late-to-take-back": N_("Bàn làm việc: hết thời gian hoàn tác, người gửi đang được báo tin."),
    "result-being-sent": N_(
        "Kết quả đang được báo cho người gửi ngay lúc này: hãy tải lại hồ sơ rồi xem việc nào còn làm được."
    ),
    "not-reached": N_(
        "Bàn làm việc: yêu cầu cho nhiều hồ sơ hết thời gian trước khi đến hồ sơ này; nó chưa đổi. "
        "Gửi lại phần còn lại."
    ),
    "stale-version": N_(
        "Có người ghi trước: current_version là phiên bản hiện nay, changes ở Bàn làm việc cho biết ai đã làm "
        "gì. Đọc lại rồi gửi."
    ),
    "too-many-requests": N_(
        "Đã đến giới hạn. Đợi retry_after giây (cũng ở tiêu đề Retry-After) rồi gửi lại cùng Idempotency-Key: điều đã "
        "nhận không bị tính lần hai."
    ),
    "outside-calendar": N_("Ngày nằm ngoài lịch làm việc đã lập."),
    "rule-missing": N_(
        "Danh mục thiếu một dòng đang có hiệu lực: lỗi của bên quản trị, không phải của phần mềm gửi."
    ),
}
"""The meaning of each problem of ours, for whoever writes a program."""


class OfGateway(NamedTuple):
    """A problem that API Gateway says by itself, before any function is asked."""

    status: int
    title: str
    detail: str


_LATER = N_("Hãy đợi ít phút rồi thử lại. Vẫn không được, xin gọi 1900 1547.")
OF_GATEWAY: dict[str, OfGateway] = {
    "refused": OfGateway(
        400,
        N_("Yêu cầu không được chấp nhận"),
        N_("Hãy mở lại trang từ đầu rồi thử lại, hoặc gọi 1900 1547."),
    ),
    "unavailable": OfGateway(502, N_("Hệ thống đang gián đoạn"), _LATER),
    "timeout": OfGateway(504, N_("Hệ thống trả lời quá chậm"), _LATER),
    "too-large": OfGateway(
        413,
        N_("Nội dung gửi lên quá lớn"),
        N_("Hãy rút ngắn nội dung. Ảnh và giấy tờ được gửi riêng, sau khi có mã số."),
    ),
    "filtered": OfGateway(
        403,
        N_("Yêu cầu bị chặn"),
        N_("Mạng Internet đang dùng gửi quá nhiều yêu cầu. Hãy đợi ít phút rồi thử lại, hoặc gọi 1900 1547."),
    ),
}
"""Problems of API Gateway, worded as there (infra/gateway.py)."""
_MEANING_OF_GATEWAY = N_(
    "Cổng API trả lời trước khi yêu cầu đến hệ thống. Gửi lại với cùng Idempotency-Key không tạo thêm hồ sơ."
)

_EXAMPLE = {"accepted": "application/json", "incident": "4f2a9c", "at": "03/11/2026 09:00", "until": "09:10"}
"""Facts in the words of an example."""
_RETRIED = frozenset({429, 503})


class ProblemType(NamedTuple):
    """One type of problem, in the reader's language."""

    code: str
    status: int
    title: str
    detail: str
    meaning: str
    rules: Mapping[str, str]
    """The rules that `errors` may name, with their words; none where the problem lists no errors."""

    @property
    def example(self) -> dict[str, Any]:
        """An answer with the members that every problem has."""
        members: dict[str, Any] = {
            "type": f"{ADDRESS}{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        return members | ({"retry_after": 60} if self.status in _RETRIED else {})


def problem_types(language: Language) -> dict[str, ProblemType]:
    """Return every type of problem by its code, in the order of the documentation."""
    _ = gettext(language)
    ours: dict[str, type[PetitionError]] = {kind.code: kind for kind in PROBLEMS}
    types = {}
    for code, meaning in MEANINGS.items():
        status, title, detail = PROBLEMS[ours[code]] if code in ours else OTHER
        rules = {rule: _(text) for rule, text in RULES.items()} if code == "invalid-input" else {}
        types[code] = ProblemType(code, status, _(title), _(detail) % _EXAMPLE, _(meaning), rules)
    for code, (status, title, detail) in OF_GATEWAY.items():
        types[code] = ProblemType(code, status, _(title), _(detail), _(_MEANING_OF_GATEWAY), {})
    return types
