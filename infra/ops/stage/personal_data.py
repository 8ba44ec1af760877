"""The copy of a person's data as a text that the person reads, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.casework.desk.deliveries import CHANNELS as SENT_OVER
from chalicelib.casework.desk.deliveries import STATES as DELIVERIES
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.provinces import BY_CODE
from shared.domain.identity.reference import spaced
from shared.use_cases.personal_data import PersonalData
from shared.web.labels import ACTIONS, CHANNELS, NOTICES, PETITIONER_TYPES, REPLY_BY, STATES

_IDENTITY = {
    "name": "Họ và tên",
    "address": "Địa chỉ",
    "phone": "Điện thoại",
    "phone_note": "Ghi chú về điện thoại",
    "email": "Thư điện tử",
    "organisation": "Tổ chức",
    "text": "Lời nhắn về tên và địa chỉ",
    "recording": "Bản ghi âm cuộc gọi",
}


def as_text(data: PersonalData) -> str:
    """Return the copy as a text."""
    return "\n".join([*_heading(data), *_person(data), *_petition(data), *_lists(data)]) + "\n"


def _heading(data: PersonalData) -> Iterator[str]:
    yield "BẢN SAO DỮ LIỆU CÁ NHÂN"
    yield f"Phản ánh, kiến nghị số {spaced(data.reference)}"
    yield f"Cung cấp theo quyết định {data.decision}, lập lúc {_time(data.written_at)}"
    yield "Căn cứ: Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15"


def _person(data: PersonalData) -> Iterator[str]:
    yield from _title("Bạn đã cho biết về mình")
    yield f"Đối tượng: {PETITIONER_TYPES[data.type]}"
    for part in data.identities:
        yield f"Ghi nhận lúc {_time(part.at)}:"
        facts = part.identity.model_dump(exclude_none=True)
        yield from (f"  {_IDENTITY[name]}: {value}" for name, value in facts.items())
    yield f"Cách nhận trả lời: {', '.join(REPLY_BY[each] for each in data.reply_by) or 'không chọn'}"
    if data.province:
        yield f"Tỉnh, thành phố suy ra từ địa chỉ: {BY_CODE[data.province].name}"
    yield f"Đồng ý công khai: {'có' if data.may_publish else 'không'}"


def _petition(data: PersonalData) -> Iterator[str]:
    yield from _title("Phản ánh, kiến nghị")
    yield f"Nhận lúc {_time(data.received_at)} qua {CHANNELS[data.channel]}; hạn trả lời {data.due_on:%d/%m/%Y}"
    yield f"Trạng thái: {STATES[data.state]}"
    if data.call_started_at:
        yield f"Cuộc gọi lúc {_time(data.call_started_at)}"
    for name, text in (
        ("Tiêu đề", data.subject),
        ("Nội dung", data.content),
        ("Trả lời", data.answer),
        ("Bản đã công khai", data.published),
        ("Mức hài lòng bạn chấm", f"{data.score}/5" if data.score else None),
        ("Lời nhận xét của bạn", data.comment),
    ):
        if text:
            yield f"{name}:"
            yield from (f"  {line}" for line in text.splitlines())


def _lists(data: PersonalData) -> Iterator[str]:
    yield from _title("Diễn biến mà bạn xem được")
    for entry in data.entries:
        yield f"{_time(entry.at)}  {ACTIONS[entry.action]}{' (do bạn)' if entry.is_own else ''}"
        yield from (f"    {line}" for line in (entry.text or "").splitlines())
    yield from _title("Tệp")
    yield from (
        f"{_time(file.declared_at)}  {file.filename}{' (do bạn gửi)' if file.is_own else ''}"
        for file in data.files
    )
    yield from _title("Thông báo đã gửi cho bạn")
    yield from (
        f"{_time(each.at)}  {NOTICES[each.kind]}, qua {SENT_OVER[each.channel]}, {DELIVERIES[each.state]}"
        for each in data.notices
    )
    yield from _title("Những lần bạn xem")
    yield from (_time(at) for at in data.looked_at)
    yield from _title("Những lần cán bộ mở thông tin hoặc tệp của bạn")
    yield from (_time(at) for at in data.opened_at)


def _title(text: str) -> list[str]:
    return ["", text, "-" * len(text)]


def _time(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
