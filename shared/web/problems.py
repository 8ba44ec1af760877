"""Errors as problem documents (RFC 9457) in the caller's language: each error, its status and its words.

Chalice answers an exception itself before any middleware sees it, so errors are mapped in a decorator around views.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from shared.domain import errors
from shared.domain.calendar.working_calendar import VIETNAM
from shared.web.answers import json_answer, rate_limits
from shared.web.describe.rules import RULES
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
            "Mong bạn thông cảm và gửi lại, hoặc gọi 1900 1547 để được ghi lại ngay."
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
    errors.HandedOverError: (
        403,
        N_("Hồ sơ đã giao người khác"),
        N_("Hồ sơ này đã giao cho người khác xử lý."),
    ),
    errors.UnknownDraftError: (404, N_("Không có bản nháp"), N_("Chưa lưu, đã gửi đi, hoặc đã hết hạn giữ.")),
    errors.StaleDraftError: (412, N_("Có bản nháp mới hơn"), N_("Hãy đọc bản mới rồi lưu lại; chưa mất gì.")),
    errors.NotAllowedError: (403, N_("Không có quyền"), N_("Vai trò của bạn không được phép làm việc này.")),
    errors.ActionNotPossibleError: (
        409,
        N_("Chưa thể thực hiện"),
        N_("Trạng thái hiện tại của phản ánh, kiến nghị không cho phép việc này."),
    ),
    errors.WordHeldError: (
        409,
        N_("Còn trong thời gian hoàn tác"),
        N_("Việc vừa làm còn có thể hoàn tác, nên chưa báo cho ai. Hãy làm tiếp từ %(until)s."),
    ),
    errors.TooLateToTakeBackError: (
        409,
        N_("Hết thời gian hoàn tác"),
        N_("Việc này đã được báo đi, hoặc đang được báo. Nếu cần, người phê duyệt mở lại hồ sơ."),
    ),
    errors.ResultBeingSentError: (
        409,
        N_("Kết quả đang được gửi"),
        N_(
            "Bộ đang gửi kết quả đến bạn ngay lúc này, nên chưa nhận thêm được. Điều bạn vừa viết chưa được gửi; "
            "hãy giữ lại, đọc kết quả sau một phút rồi quyết định."
        ),
    ),
    errors.NotReachedError: (
        503,
        N_("Chưa làm đến"),
        N_("Hệ thống đang bận nên chưa làm đến hồ sơ này; hồ sơ chưa có gì thay đổi. Hãy gửi lại."),
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
    errors.UnsupportedMediaTypeError: (
        415,
        N_("Kiểu nội dung không đúng"),
        N_(
            "Nơi này chỉ nhận Content-Type: %(accepted)s, chữ UTF-8. Chưa có gì được ghi; hãy sửa rồi gửi lại."
        ),
    ),
    errors.UnexpectedError: (
        500,
        N_("Hệ thống gặp sự cố"),
        N_(
            "Xin lỗi, hệ thống của Bộ có lỗi (mã sự cố %(incident)s, lúc %(at)s). Hãy đợi ít phút rồi thử lại: gửi "
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
OTHER = (400, N_("Yêu cầu không hợp lệ"), N_("Vui lòng kiểm tra lại."))
"""The same of an error that has no row."""

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
        OTHER,
    )
    document: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": _(title),
        "status": status,
        "detail": _(detail) % _facts_of(error) if isinstance(error, _SAID) else _(detail),
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


_SAID = (errors.UnexpectedError, errors.UnsupportedMediaTypeError, errors.WordHeldError)
"""Errors whose words have facts in them."""


def _facts_of(
    error: errors.UnexpectedError | errors.UnsupportedMediaTypeError | errors.WordHeldError,
) -> dict[str, str]:
    if isinstance(error, errors.UnsupportedMediaTypeError):
        return {"accepted": error.accepted}
    if isinstance(error, errors.WordHeldError):
        return {"until": f"{error.until.astimezone(VIETNAM):%H:%M}"}
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
    if isinstance(error, errors.TooManyRequestsError):
        headers |= rate_limits(error.quotas)
    if isinstance(error, errors.UnknownClientError):
        headers["WWW-Authenticate"] = 'Basic realm="PAKN"'
    if isinstance(error, errors.UnsupportedMediaTypeError):
        headers["Accept"] = error.accepted
    if isinstance(error, errors.UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.ApiKeyNeededError):
        headers["WWW-Authenticate"] = 'ApiKey realm="X-Api-Key"'
    return json_answer(document, status, headers)
