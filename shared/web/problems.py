"""Errors as problem documents (RFC 9457) in the caller's language: each error, and each rule that an input may break.

Chalice answers an exception itself before any middleware sees it, so errors are mapped in a decorator around views.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from shared.domain import errors
from shared.domain.calendar.working_calendar import VIETNAM
from shared.web.answers import json_answer
from shared.web.i18n import N_, Language, gettext

PROBLEMS: dict[type[errors.PetitionError], tuple[int, str, str]] = {
    errors.InvalidInputError: (
        422,
        N_("Thông tin chưa hợp lệ"),
        N_("Vui lòng sửa các mục được nêu và gửi lại."),
    ),
    errors.PetitionFullError: (
        422,
        N_("Hồ sơ đã đủ nội dung"),
        N_(
            "Nội dung này chưa được ghi. Vui lòng gửi phần còn lại bằng tệp đính kèm (ảnh hoặc PDF) trên trang "
            "Tra cứu, hoặc gọi 1900 1547."
        ),
    ),
    errors.NotFoundOrWrongPinError: (
        404,
        N_("Không tìm thấy hoặc sai mã PIN"),
        N_(
            "Kiểm tra lại mã số và mã PIN trên biên nhận. Quên mã PIN: xin gửi lại ở trang Tra cứu, "
            "hoặc mở đường dẫn trong thư."
        ),
    ),
    errors.PetitionLostError: (
        404,
        N_("Hồ sơ này đã mất khi phục hồi dữ liệu"),
        N_(
            "Bộ Nội vụ đã nhận hồ sơ này, nhưng phải phục hồi dữ liệu về thời điểm trước đó nên không còn nội dung. "
            "Mong Ông/Bà thông cảm và gửi lại, hoặc gọi 1900 1547 để được ghi lại ngay."
        ),
    ),
    errors.PinSlowedError: (
        429,
        N_("Cần đợi một lát trước khi thử mã PIN"),
        N_(
            "Vừa có nhiều mã PIN sai. Đợi rồi gửi lại kèm phiếu chờ (ticket), hoặc giải bài toán kèm theo "
            "(challenge). Đường dẫn trong thư mở được ngay."
        ),
    ),
    errors.LinkExpiredError: (
        404,
        N_("Đường dẫn đã hết hạn"),
        N_(
            "Việc này đã kết thúc từ lâu nên đường dẫn trong thư không còn mở được. Nhập mã PIN, hoặc xin đường "
            "dẫn mới gửi đến số điện thoại hay email đã cho."
        ),
    ),
    errors.UnknownPetitionError: (
        404,
        N_("Không có phản ánh, kiến nghị này"),
        N_("Kiểm tra lại mã số, hoặc hỏi bộ phận tiếp nhận."),
    ),
    errors.UnknownAttachmentError: (
        404,
        N_("Không có tệp này"),
        N_("Tệp chưa được nhận, hoặc không còn. Hãy xem lại danh sách tệp."),
    ),
    errors.UnknownRowError: (
        404,
        N_("Danh mục không có dòng này"),
        N_("Hãy tìm lại trong danh sách."),
    ),
    errors.SecondPersonNeededError: (
        403,
        N_("Cần người thứ hai"),
        N_(
            "Người đề nghị không tự xác nhận được. Hãy nhờ quản trị viên khác, hoặc người phê duyệt được chỉ định."
        ),
    ),
    errors.ProposalClosedError: (
        409,
        N_("Đề nghị đã khép lại"),
        N_("Đề nghị đã được quyết định, đã rút hoặc đã hết hạn. Nếu vẫn cần, hãy đề nghị lại."),
    ),
    errors.StaleProposalError: (
        409,
        N_("Dòng đã được sửa sau khi đề nghị"),
        N_(
            "Có người đã sửa dòng này sau khi đề nghị được ghi. Hãy rút hoặc bác đề nghị, rồi xem lại và đề nghị lại."
        ),
    ),
    errors.UnauthenticatedError: (401, N_("Cần đăng nhập"), N_("Vui lòng đăng nhập rồi thử lại.")),
    errors.IdentityUnavailableError: (
        503,
        N_("Chưa kiểm tra được phiên đăng nhập"),
        N_("Dịch vụ đăng nhập tạm thời không trả lời. Phiên của bạn vẫn còn; hãy thử lại sau ít phút."),
    ),
    errors.SearchUnavailableError: (
        503,
        N_("Chưa tìm theo từ được"),
        N_("Mục lục tìm kiếm chưa được lập xong, mỗi giờ lập một lần. Mở hồ sơ bằng mã số vẫn được."),
    ),
    errors.NewerItemError: (
        503,
        N_("Hệ thống đang được nâng cấp"),
        N_(
            "Hồ sơ này vừa được ghi bằng phiên bản mới của hệ thống, nên tạm thời chưa mở được. Không có gì bị mất; "
            "vui lòng thử lại sau ít phút."
        ),
    ),
    errors.ClosedForRestorationError: (
        503,
        N_("Hệ thống đang phục hồi dữ liệu"),
        N_(
            "Trong lúc này chưa nhận và chưa tra cứu được. Điều vừa gửi chưa được ghi: hãy quay lại trang trước, "
            "giữ nguyên nội dung và gửi lại sau. Việc gấp xin gọi 1900 1547."
        ),
    ),
    errors.ApiKeyNeededError: (
        401,
        N_("Cần khóa API"),
        N_("Phần mềm gửi khóa trong tiêu đề X-Api-Key. Người dân gửi ngay trên trang web, không cần khóa."),
    ),
    errors.SecondFactorNeededError: (
        403,
        N_("Cần xác thực hai bước"),
        N_("Vai trò của bạn cần mã từ ứng dụng xác thực. Hãy mở trang Xác thực hai bước trên Bàn làm việc."),
    ),
    errors.ScopeNeededError: (
        403,
        N_("Tài khoản máy không có phạm vi này"),
        N_("Quản trị viên cấp phạm vi (scope) ở tài khoản máy; có những việc chỉ dành cho cán bộ."),
    ),
    errors.UnknownClientError: (
        401,
        N_("Sai tài khoản máy hoặc mã bí mật"),
        N_("Kiểm tra client_id và client_secret. Mã mới chỉ dùng được sau khi người thứ hai xác nhận."),
    ),
    errors.TokenRefusedError: (
        400,
        N_("Không cấp được mã truy cập"),
        N_("Sửa mục được nêu. Mã làm mới (refresh_token) đã hết hạn: hãy đăng nhập lại."),
    ),
    errors.MovedAwayError: (
        403,
        N_("Hồ sơ đã chuyển đi"),
        N_("Hồ sơ này đã chuyển sang đơn vị khác, nên không còn ở bàn làm việc của bạn."),
    ),
    errors.NotAllowedError: (403, N_("Không có quyền"), N_("Vai trò của bạn không được phép làm việc này.")),
    errors.ActionNotPossibleError: (
        409,
        N_("Chưa thể thực hiện"),
        N_("Trạng thái hiện tại của phản ánh, kiến nghị không cho phép việc này."),
    ),
    errors.StaleVersionError: (
        409,
        N_("Đã có thay đổi mới"),
        N_("Phản ánh, kiến nghị này vừa có thay đổi. Hãy đọc bản mới rồi làm tiếp; chưa có gì bị ghi đè."),
    ),
    errors.IdempotencyKeyReusedError: (
        422,
        N_("Khóa Idempotency-Key đã dùng cho nội dung khác"),
        N_("Hãy dùng khóa mới cho nội dung mới."),
    ),
    errors.UnknownAddressError: (
        404,
        N_("Không tìm thấy trang"),
        N_("Địa chỉ này không có. Hãy kiểm tra lại, hoặc đi tiếp từ một trong các mục dưới đây."),
    ),
    errors.MethodNotAllowedError: (
        405,
        N_("Không làm được việc này tại đây"),
        N_(
            "Địa chỉ này không nhận thao tác vừa rồi; chưa có gì được gửi. Hãy mở lại trang từ đầu rồi thử lại."
        ),
    ),
    errors.UnexpectedError: (
        500,
        N_("Hệ thống gặp sự cố"),
        N_(
            "Xin lỗi, có lỗi ở phía chúng tôi (mã sự cố %(incident)s, lúc %(at)s). Hãy đợi ít phút rồi thử lại: gửi "
            "lại cùng một biểu mẫu không tạo thêm hồ sơ. Vẫn không được, xin gọi 1900 1547 và đọc mã sự cố này."
        ),
    ),
    errors.TooManyRequestsError: (429, N_("Quá nhiều yêu cầu"), N_("Vui lòng đợi rồi thử lại.")),
    errors.RuleMissingError: (
        500,
        N_("Thiếu cấu hình"),
        N_("Hệ thống thiếu một danh mục. Vui lòng gọi tổng đài 1900 1547."),
    ),
}
"""Each error of ours: HTTP status, title, what to do next."""

RULES: dict[str, str] = {
    "not-possible-now": N_("Hồ sơ đang ở trạng thái không ghi được mục này."),
    "missing": N_("Mục này không được để trống."),
    "too-long": N_("Nội dung quá dài."),
    "petition-full": N_(
        "Hồ sơ đã nhận đủ nội dung, phần này chưa được ghi. Hãy viết ngắn hơn, hoặc gửi bằng tệp đính kèm (ảnh "
        "hoặc PDF)."
    ),
    "petition-full-for-officers": N_(
        "Hồ sơ gần đầy: phần còn lại dành cho câu trả lời. Hãy viết ngắn hơn, hoặc đưa phần dài vào tệp."
    ),
    "too-short": N_("Nội dung quá ngắn."),
    "too-large": N_("Nội dung gửi lên quá lớn."),
    "file-too-large": N_("Tệp quá lớn."),
    "file-type": N_("Chỉ nhận ảnh JPEG, PNG, WebP và tệp PDF."),
    "too-many-files": N_("Đã đủ số tệp. Hãy gộp nhiều trang vào một tệp PDF."),
    "contact-missing": N_("Cần ít nhất một cách liên hệ: số điện thoại hoặc email."),
    "phone": N_("Số điện thoại không đúng. Ví dụ: 0912 345 678."),
    "email": N_("Địa chỉ email không đúng. Ví dụ: ten@example.vn."),
    "unknown": N_("Giá trị không có trong danh mục."),
    "rule-unusable": N_("Bộ phân loại không dùng được quy tắc này. Xem lại loại, mã và trọng số."),
    "not-yet-tried": N_("Mô hình này chưa chạy thử đủ một tuần, hoặc kém hơn mô hình đang dùng."),
    "itself": N_("Không gộp một hồ sơ vào chính nó."),
    "extra_forbidden": N_("Mục này không tồn tại."),
    "json": N_("Dữ liệu gửi lên không phải JSON hợp lệ (UTF-8)."),
    "invalid": N_("Giá trị không hợp lệ."),
    "use-restrict": N_("Dùng thao tác “Chuyển sang quy trình riêng”."),
    "is-complained-of": N_("Không giao cho đơn vị đang bị phản ánh."),
    "conduct-of-unknown-unit": N_(
        "Phản ánh hành vi cán bộ mà chưa rõ đơn vị nào: hãy nêu đơn vị bị phản ánh (hoặc không phải đơn vị "
        "của Bộ), hay giao Thanh tra Bộ."
    ),
    "holds-it": N_("Đơn vị này đang giữ hồ sơ. Hãy phân công cho đơn vị khác trước."),
    "answered-it": N_("Đơn vị này đã trả lời. Hãy giao cho cấp cao hơn."),
    "ended": N_("Phản ánh, kiến nghị này đã kết thúc."),
    "call-not-covering": N_(
        "Mỗi cuộc gọi chỉ tra được số đang gọi, trong một giờ. Với cuộc gọi khác, hãy mở lại trang để có mã cuộc gọi "
        "mới."
    ),
    "no-root": N_("Ngày này không có dấu gốc."),
    "past": N_("Ngày này đã qua."),
    "personal-data": N_(
        "Còn số điện thoại, email hoặc số giấy tờ. Hãy che đi, hoặc xác nhận được công khai."
    ),
    "conduct": N_("Phản ánh về hành vi cán bộ chỉ được công khai khi người phê duyệt xác nhận rõ."),
    "link-missing": N_("Cần đường dẫn đến câu trả lời trước."),
    "in-force": N_(
        "Quy định đang có hiệu lực không được sửa; hãy thêm bản mới có hiệu lực từ hôm nay trở đi."
    ),
    "corrected-too-often": N_("Phiên bản này đã được sửa quá nhiều lần; hãy ghi phiên bản mới từ ngày khác."),
    "below-itself": N_("Đơn vị không thể trực thuộc chính nó hay đơn vị cấp dưới của nó."),
    "taken": N_("Mã này đã có. Hãy mở dòng đó để thay đổi, hoặc chọn mã khác."),
    "code": N_("Chỉ dùng chữ cái không dấu, chữ số, dấu chấm và gạch nối."),
    "needed-by-system": N_("Quy định luôn cần dòng này. Đổi tên hoặc giao việc bằng một phiên bản mới."),
    "has-units": N_("Còn đơn vị trực thuộc. Trước hết ghi cho các đơn vị ấy cấp trên khác."),
    "has-fields": N_("Còn lĩnh vực do đơn vị phụ trách. Trước hết giao lĩnh vực cho đơn vị khác."),
    "has-officers": N_("Còn cán bộ thuộc đơn vị. Trước hết chuyển họ sang đơn vị khác, hoặc kết thúc."),
    "has-petitions": N_("Còn hồ sơ đang mở tại đơn vị. Trước hết phân công hồ sơ cho đơn vị khác."),
    "handles-petitions": N_("Còn hồ sơ đang xử lý. Hãy chọn người tiếp nhận trong cùng đơn vị."),
    "last-of-unit": N_(
        "Đơn vị còn hồ sơ mà không còn ai xử lý. Trước hết thêm người khác, hoặc phân công lại hồ sơ."
    ),
    "last-of-role": N_("Không còn ai khác giữ vai trò này. Trước hết thêm một người khác."),
    "role-of-people": N_("Vai trò này cần xác thực hai bước, nên chỉ dành cho cán bộ."),
    "two-secrets": N_("Tài khoản máy đã có hai mã bí mật. Trước hết kết thúc một mã."),
    "yourself-second-factor": N_("Không tự đặt lại cho mình. Hãy nhờ quản trị viên khác."),
    "yourself": N_("Không tự bỏ quyền quản trị của mình. Hãy nhờ quản trị viên khác."),
    "differs-from-id": N_("Mục này khác với địa chỉ của dòng."),
    "ends-before-it-begins": N_("Ngày cuối phải bằng hoặc sau ngày đầu."),
    "yet-to-come": N_("Ngày này chưa đến."),
    "longer-than-a-year": N_("Báo cáo không dài quá một năm."),
    "control-characters": N_("Có ký tự bị lỗi (chỉ còn một nửa). Hãy xóa ký tự ấy rồi gõ lại."),
    "too-many-contacts": N_("Đã thêm đủ liên hệ. Cần đổi nữa, xin gọi 1900 1547."),
    "syntax": N_("Cú pháp mẫu không đúng, hãy xem dấu ngoặc {{ }} và {% %}."),
    "unknown-variable": N_("Có biến không tồn tại. Các biến dùng được ghi ở cuối trang."),
    "out-of-range": N_("Số này nằm ngoài khoảng cho phép."),
    "forbidden": N_(
        "Mẫu làm điều không được phép. Chỉ dùng biến, {% if … %} và bộ lọc: "
        "day, weekday, length, join, upper, lower, trim."
    ),
    "too-complex": N_("Mẫu quá dài hoặc quá nhiều điều kiện."),
    "output-too-long": N_("Với một số hồ sơ, thông báo quá dài. Hãy bớt biến lặp lại."),
    "fails": N_("Mẫu không điền được với một số hồ sơ."),
    "gap": N_("Với hồ sơ thiếu thông tin, mẫu hiện chữ None. Hãy đặt biến trong {% if … %}."),
    "no-reference": N_("Phải có mã hồ sơ: {{ reference }} hoặc {{ digits }}."),
    "foreign-link": N_("Chỉ được dẫn đến trang .gov.vn."),
    "over-budget": N_("Tin nhắn có thể dài hơn số tin cho phép (ký tự / số tin)."),
    "not-gsm7": N_("Có ký tự mà tin nhắn không dấu không gửi được."),
    "placeholder": N_("Còn chỗ chưa điền. Hãy điền vào, hoặc bỏ đi nếu không cần."),
    "number-missing": N_("Văn bản được viện dẫn chưa có số. Hãy ghi đủ số, ký hiệu."),
    "name-of-another": N_(
        "Tên này không phải của người gửi hồ sơ này. Hãy ghi đúng tên, hoặc chỉ gọi là Ông/Bà."
    ),
    "name-not-opened": N_(
        "Chưa đối chiếu được tên. Hãy gọi là Ông/Bà, hoặc xem người gửi là ai trước, nếu được phép."
    ),
    "name-of-one-of-many": N_(
        "Thư này gửi chung cho người gửi của các hồ sơ đã gộp. Đừng ghi tên ai, hãy gọi là Ông/Bà."
    ),
    "reply-by-without-contact": N_("Cách nhận trả lời đã chọn cần có thông tin liên hệ tương ứng."),
}
"""Each rule that an input may break, as its sender reads it."""


_TEXTS = frozenset({"content", "description", "summary"})
_REST_AS_FILE = N_("Hãy viết ngắn hơn, hoặc gửi phần còn lại bằng tệp đính kèm (ảnh, PDF).")
"""The next step of somebody whose petition is longer than one may be."""

_AT = "@"
_AT_POSITION = N_("Ký tự thứ %(position)s.")


def rule_at(rule: str, position: int) -> str:
    """Return a rule that is broken at one character of a text, counted from 1."""
    return f"{rule}{_AT}{position}"


def rule_message(rule: str, language: Language, field: str = "") -> str:
    """Return the words about a broken rule for its sender, and where it is broken if the rule says so.

    With the `field` it says of a petition that is too long how the rest can come.
    """
    _ = gettext(language)
    name, _at, position = rule.partition(_AT)
    message = _(RULES.get(name, RULES["invalid"]))
    if name == "too-long" and field in _TEXTS:
        message = f"{message} {_(_REST_AS_FILE)}"
    return f"{message} {_(_AT_POSITION) % {'position': position}}" if position else message


def _listed(field: str, rule: str, language: Language) -> dict[str, Any]:
    name, _at, position = rule.partition(_AT)
    listed: dict[str, Any] = {"field": field, "rule": name, "message": rule_message(rule, language, field)}
    return listed | ({"position": int(position)} if position else {})


def problem_of(error: errors.PetitionError, language: Language) -> tuple[int, dict[str, Any]]:
    """Return the status and the problem document of an error, in the caller's language."""
    _ = gettext(language)
    status, title, detail = next(
        (PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS),
        (400, N_("Yêu cầu không hợp lệ"), N_("Vui lòng kiểm tra lại.")),
    )
    document: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": _(title),
        "status": status,
        "detail": _(detail) % _incident_of(error) if isinstance(error, errors.UnexpectedError) else _(detail),
        "code": error.code,
    }
    if isinstance(error, errors.UnexpectedError):
        document |= {"incident": error.incident, "at": error.at.isoformat()}
    if isinstance(error, errors.InvalidInputError):
        document["errors"] = [_listed(field, rule, language) for field, rule in error.problems]
        if isinstance(error, errors.UnfinishedTextError):
            for problem, place in zip(document["errors"], error.places, strict=True):
                problem.update(start=place.start, end=place.end)
        if any(rule == "json" for _field, rule in error.problems):
            document["status"] = status = 400
    document |= _facts_of_access(error)
    if isinstance(error, errors.StaleVersionError):
        document["current_version"] = error.current_version
    if isinstance(error, errors.TooManyRequestsError | errors.UnavailableError):
        document["retry_after"] = error.retry_after
    if isinstance(error, errors.PinSlowedError):
        document |= {"ticket": error.ticket, "challenge": error.challenge}
    return status, document


def _facts_of_access(error: errors.PetitionError) -> dict[str, Any]:
    """Return the members of a refused token (RFC 6749, 5.2) or scope (RFC 6750, 3.1)."""
    if isinstance(error, errors.TokenRefusedError):
        return {"error": error.error}
    return {"scope": error.scope or None} if isinstance(error, errors.ScopeNeededError) else {}


def _incident_of(error: errors.UnexpectedError) -> dict[str, str]:
    return {"incident": error.incident, "at": f"{error.at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"}


def one_text_of(problem: Mapping[str, Any]) -> str:
    """Return a problem document as one text, for a page that has no form to show errors beside."""
    broken = (
        f"{error['field']}: {error['message']}" for error in problem.get("errors", ()) if "position" in error
    )
    return " ".join([problem["detail"], *broken])


def problem_answer(error: errors.PetitionError, language: Language) -> Response:
    """Answer an error as `application/problem+json`."""
    status, document = problem_of(error, language)
    headers = {"Content-Type": "application/problem+json; charset=utf-8"}
    if isinstance(error, errors.TooManyRequestsError | errors.UnavailableError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.UnknownClientError):
        headers["WWW-Authenticate"] = 'Basic realm="PAKN"'
    if isinstance(error, errors.UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.ApiKeyNeededError):
        headers["WWW-Authenticate"] = 'ApiKey realm="X-Api-Key"'
    return json_answer(document, status, headers)
