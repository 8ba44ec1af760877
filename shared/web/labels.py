"""The words that people read for states, kinds and channels; English comes from the catalogue."""

from __future__ import annotations

from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.values.attachments import AttachmentState, Rejection
from shared.domain.petition.values.classification import Channel, Kind, Lane
from shared.domain.petition.values.petitioner import PetitionerType, ReplyBy
from shared.domain.promises.duties import DutyKind, DutyStatus
from shared.domain.promises.events import EventType
from shared.domain.promises.evidence import Proof
from shared.domain.promises.notices import Audience, NoticeKind
from shared.web.i18n import N_

STATES: dict[State, str] = {
    State.RECEIVED: N_("Mới tiếp nhận"),
    State.AWAITING_INFORMATION: N_("Chờ bổ sung"),
    State.ASSIGNED: N_("Đã phân công"),
    State.IN_PROGRESS: N_("Đang xử lý"),
    State.AWAITING_APPROVAL: N_("Chờ phê duyệt"),
    State.ANSWERED: N_("Đã có kết quả"),
    State.PUBLISHED: N_("Đã công khai"),
    State.CLOSED: N_("Đã kết thúc"),
    State.REOPENED: N_("Mở lại"),
    State.REFUSED: N_("Từ chối tiếp nhận"),
    State.FORWARDED: N_("Đã chuyển cơ quan khác"),
    State.GUIDED: N_("Đã hướng dẫn"),
    State.RESTRICTED: N_("Xử lý theo quy trình riêng"),
    State.MERGED: N_("Đã gộp"),
    State.WITHDRAWN: N_("Đã rút"),
}

KINDS: dict[Kind, str] = {
    Kind.REGULATION: N_("Cơ chế, chính sách, thủ tục hành chính"),
    Kind.CONDUCT: N_("Hành vi của cán bộ, công chức, viên chức"),
    Kind.INITIATIVE: N_("Sáng kiến, đề xuất cải cách"),
}

CHANNELS: dict[Channel, str] = {
    Channel.WEB: N_("Trang web"),
    Channel.SMS: N_("Tin nhắn 8088"),
    Channel.HOTLINE: N_("Tổng đài 1900 1547"),
}

REPLY_BY: dict[ReplyBy, str] = {
    ReplyBy.EMAIL: N_("Email"),
    ReplyBy.SMS: N_("Tin nhắn SMS"),
    ReplyBy.PHONE: N_("Điện thoại"),
}

PETITIONER_TYPES: dict[PetitionerType, str] = {
    PetitionerType.CITIZEN: N_("Cá nhân"),
    PetitionerType.FOREIGNER: N_("Người nước ngoài"),
    PetitionerType.BUSINESS: N_("Doanh nghiệp"),
    PetitionerType.ORGANISATION: N_("Tổ chức, cơ quan"),
}

LANES: dict[Lane, str] = {
    Lane.ORDINARY: N_("Phản ánh, kiến nghị"),
    Lane.GUIDANCE: N_("Khiếu nại: hướng dẫn"),
    Lane.RESTRICTED: N_("Tố cáo: quy trình riêng"),
    Lane.FORWARDING: N_("Thuộc cơ quan khác"),
    Lane.SPAM: N_("Tin rác"),
    Lane.FOREIGN: N_("Không phải tiếng Việt"),
}

ACTIONS: dict[Action, str] = {action: move.label for action, move in MOVES.items()}

ATTACHMENT_STATES: dict[AttachmentState, str] = {
    AttachmentState.EXPECTED: N_("Đang chờ hoặc đang kiểm tra"),
    AttachmentState.CLEAN: N_("Đã nhận tệp"),
    AttachmentState.REJECTED: N_("Không nhận tệp"),
}

REJECTIONS: dict[Rejection, str] = {
    Rejection.INFECTED: N_("Tệp có mã độc và đã bị xóa. Hãy quét thiết bị, rồi gửi một bản khác."),
    Rejection.EMPTY: N_("Tệp trống. Hãy chọn lại tệp."),
    Rejection.TOO_LARGE: N_("Tệp quá lớn. Hãy gửi ảnh nhỏ hơn, hoặc chia tệp PDF thành nhiều phần."),
    Rejection.TOO_MANY_PIXELS: N_("Ảnh có quá nhiều điểm ảnh. Hãy giảm kích thước ảnh rồi gửi lại."),
    Rejection.WRONG_TYPE: N_(
        "Chỉ nhận ảnh JPEG, PNG, WebP và tệp PDF. Hãy chụp ảnh hoặc lưu thành PDF rồi gửi lại."
    ),
    Rejection.HEIC: N_(
        "Chưa nhận được ảnh HEIC của iPhone. Hãy chọn ảnh từ thư viện ảnh ngay trên iPhone (máy tự đổi sang JPEG), "
        "hoặc vào Cài đặt, Camera, Định dạng, chọn Tương thích nhất rồi chụp lại."
    ),
    Rejection.DAMAGED: N_(
        "Tệp bị hỏng hoặc chưa gửi hết. Hãy gửi lại, hoặc in ra một tệp PDF mới hay chụp ảnh rồi gửi."
    ),
    Rejection.ENCRYPTED: N_("Tệp PDF có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."),
    Rejection.ACTIVE_CONTENT: N_(
        "Một phần nội dung của tệp PDF chỉ hiện ra nhờ mã lệnh, biểu mẫu hoặc tệp nhúng bên trong. Hãy in ra một tệp "
        "PDF mới, hoặc chụp ảnh, rồi gửi lại."
    ),
}
"""Why a file was not kept, and what to do next."""

DUTY_KINDS: dict[DutyKind, str] = {
    DutyKind.ANSWER: N_("Trả lời"),
    DutyKind.SECOND_ANSWER: N_("Trả lời sau khi mở lại"),
    DutyKind.FORWARDING: N_("Chuyển cơ quan có thẩm quyền"),
    DutyKind.UPDATE: N_("Thông báo tình hình lần"),
    DutyKind.PUBLICATION: N_("Công khai kết quả"),
}

DUTY_STATUSES: dict[DutyStatus, str] = {
    DutyStatus.OPEN: N_("Còn thời hạn"),
    DutyStatus.KEPT: N_("Đúng hạn"),
    DutyStatus.LATE: N_("Muộn"),
    DutyStatus.UNMET: N_("Chưa thực hiện"),
    DutyStatus.AWAITING_PROOF: N_("Đã thực hiện, chờ xác nhận người gửi đã nhận"),
    DutyStatus.UNREACHED: N_("Đã thực hiện, không liên hệ được"),
}

PROOFS: dict[Proof, str] = {
    Proof.RECEIPT: N_("Đã báo, có xác nhận đã nhận"),
    Proof.CALL: N_("Đã báo qua điện thoại"),
    Proof.LETTER: N_("Đã gửi thư"),
    Proof.SEEN: N_("Đã xem trên trang tra cứu"),
    Proof.ACCEPTED: N_("Đã gửi tin"),
    Proof.OVERTAKEN: N_("Đã có thông báo mới hơn"),
}

NOTICES: dict[NoticeKind, str] = {
    NoticeKind.RECEIPT: N_("Đã tiếp nhận"),
    NoticeKind.INFORMATION_NEEDED: N_("Cần bổ sung thông tin"),
    NoticeKind.REMINDER_TO_COMPLETE: N_("Nhắc bổ sung thông tin"),
    NoticeKind.FORWARDED: N_("Đã chuyển cơ quan có thẩm quyền"),
    NoticeKind.GUIDED: N_("Hướng dẫn thủ tục khiếu nại"),
    NoticeKind.REFUSED: N_("Không tiếp nhận, kèm lý do"),
    NoticeKind.MERGED: N_("Đã gộp với phản ánh khác"),
    NoticeKind.SPLIT: N_("Được tách ra xử lý riêng"),
    NoticeKind.OVERDUE_UPDATE: N_("Quá hạn: tình hình xử lý"),
    NoticeKind.DUE_DATE_MOVED: N_("Đổi hạn trả lời"),
    NoticeKind.ANSWERED: N_("Đã có kết quả"),
    NoticeKind.PUBLISHED: N_("Đã công khai kết quả"),
    NoticeKind.REOPENED: N_("Được xem xét lại"),
    NoticeKind.WITHDRAWN: N_("Đã rút, báo mọi liên hệ"),
    NoticeKind.RESUMED: N_("Không rút nữa, xử lý tiếp"),
    NoticeKind.CLOSED: N_("Đã kết thúc"),
    NoticeKind.PIN_AGAIN: N_("Gửi lại mã PIN"),
    NoticeKind.SECRETS_RENEWED: N_("Mã PIN và đường dẫn đã đổi"),
    NoticeKind.CONTACT_ADDED: N_("Có thêm liên hệ, báo cho liên hệ cũ"),
    NoticeKind.ASSIGNED: N_("Đơn vị được phân công"),
    NoticeKind.SUPPLEMENTED: N_("Người gửi đã bổ sung"),
    NoticeKind.DRAFT_WAITING: N_("Dự thảo chờ phê duyệt"),
    NoticeKind.DRAFT_RETURNED: N_("Dự thảo được trả lại"),
    NoticeKind.WARNING: N_("Sắp đến hạn trả lời"),
    NoticeKind.ESCALATION: N_("Báo cáo quá hạn"),
    NoticeKind.ACCEPTANCE_DUE: N_("Chưa nhận xử lý"),
    NoticeKind.APPROVAL_DUE: N_("Chờ phê duyệt quá thời gian"),
    NoticeKind.FORWARDING_DUE: N_("Sắp hết thời hạn chuyển"),
    NoticeKind.PUBLICATION_DUE: N_("Đến hạn công khai"),
    NoticeKind.HANDED_TO_INTAKE: N_("Cần bộ phận tiếp nhận phân loại"),
    NoticeKind.INCOMPLETE: N_("Người gửi chưa bổ sung"),
    NoticeKind.RESTRICTED: N_("Hồ sơ theo quy trình riêng"),
    NoticeKind.ADDRESS_CHANGED: N_("Đổi thư công vụ"),
    NoticeKind.DIGEST: N_("Việc trong ngày"),
    NoticeKind.ACCOUNT: N_("Tài khoản cán bộ: thiết bị mới, đặt lại xác thực"),
    NoticeKind.EVENT: N_("Sự kiện gửi phần mềm"),
}

EVENTS: dict[EventType, str] = {
    EventType.RECEIVED: N_("đã tiếp nhận"),
    EventType.STATE_CHANGED: N_("đổi trạng thái"),
    EventType.APPROVED: N_("đã duyệt câu trả lời"),
    EventType.PUBLISHED: N_("đã công khai câu trả lời"),
}

AUDIENCES: dict[Audience, str] = {
    Audience.PETITIONER: N_("Người gửi"),
    Audience.HANDLER: N_("Người xử lý"),
    Audience.UNIT_HEAD: N_("Lãnh đạo đơn vị"),
    Audience.APPROVER: N_("Người phê duyệt"),
    Audience.INTAKE: N_("Bộ phận tiếp nhận"),
    Audience.TASK_FORCE: N_("Tổ công tác"),
    Audience.OFFICER: N_("Từng cán bộ"),
    Audience.PROGRAM: N_("Phần mềm đã đăng ký"),
}

HOLIDAYS: tuple[str, ...] = (
    N_("Tết Dương lịch"),
    N_("29 Tết"),
    N_("Giao thừa Tết Nguyên Đán"),
    N_("Tết Nguyên Đán"),
    N_("Mùng hai Tết Nguyên Đán"),
    N_("Mùng ba Tết Nguyên Đán"),
    N_("Mùng bốn Tết Nguyên Đán"),
    N_("Mùng năm Tết Nguyên Đán"),
    N_("Ngày Giỗ Tổ Hùng Vương"),
    N_("Ngày Chiến thắng"),
    N_("Ngày Quốc tế Lao động"),
    N_("Quốc khánh"),
    N_("Ngày Văn hóa Việt Nam"),
)
"""The names of days off in the table of public holidays."""
DAYS_INSTEAD: tuple[str, ...] = (
    N_("%(day)s (nghỉ bù)"),
    N_("Ngày nghỉ (thay cho ngày %(day)s)"),
    N_("Làm bù cho ngày %(day)s"),
)
"""The names of days that stand for another one; what is named, or its date, stands in the place of `%(day)s`."""
