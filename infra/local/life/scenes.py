"""The demonstration's script: a petition's whole life of 62 days, scene by scene, as people play it at their doors.

An SMS cannot allow that a matter is published (the law wants the petitioner's word for it), so a second person asks the
same on the site and allows it; both are answered alike, and that one's answer is published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from infra.seed.petitions import Sample, Step
from shared.domain.calendar.working_calendar import VIETNAM, WorkingCalendar, at_local, local_date
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Channel
from shared.domain.promises.wake_ups import WakeUp

DAYS: Final = 62
UPDATES: Final = 3
"""Updates to the petitioner that are waited for after the due date has passed: one each 7 working days."""
ANSWERED_ON, APPROVED_ON, PUBLISHED_ON = 56, 58, 60
"""Days, counted from the receipt, from which the officers at last act."""
HANDLER, APPROVER = "minh.ccvc", "binh.vanphong"
SENDER, NEIGHBOUR = "sender", "neighbour"
_SOON = timedelta(minutes=1)


@dataclass(frozen=True)
class Situation:
    """The state of a life, which a scene asks before it sets its time."""

    began_at: datetime
    now: datetime
    calendar: WorkingCalendar
    petition: Petition | None
    """The petition that came by SMS; None before it has come."""
    due: tuple[WakeUp, ...] = ()
    """The wake-ups of that petition, soonest first."""


@dataclass(frozen=True)
class Scene:
    """One thing that happens: when, who does it, and what."""

    name: str
    function: str
    """The function at whose door, or by which, it happens."""
    by: str
    """An officer's user name, `sender`, `neighbour` or `timer`."""
    title: Mapping[str, str]
    """By language."""
    when: Callable[[Situation], datetime]
    steps: tuple[tuple[str, Step | None], ...] = ()
    """By whose petition (`sender` or `neighbour`), what is done; None: it is sent. Empty: the clock alone does it."""


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return at_local(day, time(hour, minute))


def _after(situation: Situation, at: datetime) -> datetime:
    return max(at, situation.now + _SOON)


def _on_working_day(after_days: int, hour: int) -> Callable[[Situation], datetime]:
    """Return a time on the first working day so many days after the present."""

    def when(situation: Situation) -> datetime:
        day = local_date(situation.now) + timedelta(days=after_days)
        return _after(situation, _at(situation.calendar.next_working_day(day), hour))

    return when


def _from_day(number: int, hour: int, *, is_work: bool = True) -> Callable[[Situation], datetime]:
    """Return a time on a day counted from the receipt, or on the first working day after it."""

    def when(situation: Situation) -> datetime:
        day = local_date(situation.began_at) + timedelta(days=number)
        return _after(situation, _at(situation.calendar.next_working_day(day) if is_work else day, hour))

    return when


def _when_late(situation: Situation) -> datetime:
    """Return the morning after the due date."""
    if situation.petition is None:
        return situation.now
    return _after(situation, _at(situation.petition.due_on + timedelta(days=1), 8))


def _at_next_update(situation: Situation) -> datetime:
    """Return just after the next update to the petitioner."""
    at = next((each.at for each in situation.due if each.action is Action.UPDATE_PETITIONER), situation.now)
    return _after(situation, at + _SOON)


def _step(by: str, action: str, **body: Any) -> Step:
    return Step(after_days=0, by=by, action=action, body=body)


ANSWER = (
    "Thời gian đóng bảo hiểm xã hội bắt buộc theo hợp đồng lao động, nếu không đứt quãng và chưa hưởng trợ cấp "
    "một lần, được tính vào thời gian xét nâng bậc lương lần đầu khi tuyển dụng vào viên chức. Đề nghị Ông/Bà "
    "nộp bản sao hợp đồng và sổ bảo hiểm xã hội cho đơn vị đang công tác để được xem xét."
)
_DRAFT, _APPROVE = _step(HANDLER, "draft-answer", text=ANSWER), _step(APPROVER, "approve")
_PUBLISH = _step(
    APPROVER,
    "publish",
    subject="Thời gian hợp đồng có được tính để nâng bậc lương không?",
    content="Giáo viên hợp đồng nay là viên chức hỏi thời gian hợp đồng có được tính để nâng bậc lương.",
    answer=ANSWER,
)


def _update(number: int) -> Scene:
    return Scene(
        f"update-{number}",
        "sla_timer",
        "timer",
        {
            "vi": f"Báo tiến độ lần {number}: sau mỗi 7 ngày làm việc quá hạn",
            "en": f"Update {number}: after every 7 working days past the date",
        },
        _at_next_update,
    )


SCENES: Final = (
    Scene(
        "sms",
        "intake",
        SENDER,
        {"vi": "Người dân nhắn tin đến 8088", "en": "A citizen sends an SMS to 8088"},
        lambda situation: situation.now,
        ((SENDER, None),),
    ),
    Scene(
        "accept",
        "casework",
        HANDLER,
        {"vi": "Vụ nhận hồ sơ để xử lý", "en": "The department takes it on"},
        _on_working_day(1, 9),
        ((SENDER, _step(HANDLER, "accept")),),
    ),
    Scene(
        "ask",
        "casework",
        HANDLER,
        {"vi": "Cán bộ hỏi thêm", "en": "The officer asks for more"},
        _on_working_day(1, 10),
        (
            (
                SENDER,
                _step(
                    HANDLER,
                    "request-information",
                    question="Vui long cho biet ten truong, xa va thoi gian lam hop dong.",
                ),
            ),
        ),
    ),
    Scene(
        "reply",
        "intake",
        SENDER,
        {"vi": "Người dân nhắn tin trả lời", "en": "The citizen answers by SMS"},
        lambda situation: _after(situation, _at(local_date(situation.now) + timedelta(days=3), 19, 30)),
        ((SENDER, _step(SENDER, "supplement", text="Truong Muong Lan, xa Sop Cop, tu 9/2019 den 8/2024")),),
    ),
    Scene(
        "neighbour",
        "intake",
        NEIGHBOUR,
        {
            "vi": "Một người khác hỏi cùng việc trên trang web, đồng ý công khai",
            "en": "Somebody else asks the same on the site, and allows publication",
        },
        lambda situation: _after(situation, _at(local_date(situation.now) + timedelta(days=5), 20)),
        ((NEIGHBOUR, None),),
    ),
    Scene(
        "late",
        "sla_timer",
        "timer",
        {"vi": "Hết hạn trả lời: hồ sơ quá hạn", "en": "The date passes: the petition is late"},
        _when_late,
    ),
    *(_update(number) for number in range(1, UPDATES + 1)),
    Scene(
        "draft",
        "casework",
        HANDLER,
        {"vi": "Cán bộ trình dự thảo trả lời", "en": "The officer submits a draft answer"},
        _from_day(ANSWERED_ON, 9),
        ((SENDER, _DRAFT), (NEIGHBOUR, _step(HANDLER, "accept")), (NEIGHBOUR, _DRAFT)),
    ),
    Scene(
        "approve",
        "casework",
        APPROVER,
        {
            "vi": "Lãnh đạo phê duyệt: người dân nhận trả lời",
            "en": "It is approved: the citizen has the answer",
        },
        _from_day(APPROVED_ON, 14),
        ((SENDER, _APPROVE), (NEIGHBOUR, _APPROVE)),
    ),
    Scene(
        "publish",
        "casework",
        APPROVER,
        {"vi": "Công khai câu trả lời cho người đã đồng ý", "en": "The answer is published, where allowed"},
        _from_day(PUBLISHED_ON, 10),
        ((NEIGHBOUR, _PUBLISH),),
    ),
    Scene(
        "rate",
        "intake",
        SENDER,
        {"vi": "Người dân chấm điểm qua SMS", "en": "The citizen rates it by SMS"},
        _from_day(DAYS, 19, is_work=False),
        ((SENDER, _step(SENDER, "rating", score=5)),),
    ),
)
"""The life, in order."""


def people(number: int, at: datetime) -> dict[str, Sample]:
    """Return the two petitioners of one run.

    Args:
        number: of the run; each has its own telephone numbers, so that one run is nothing to the next.
        at: the beginning.
    """
    common: dict[str, Any] = {"days_ago": 0, "at": at.astimezone(VIETNAM).time(), "ends": State.CLOSED}
    return {
        SENDER: Sample(
            name=f"life-{number}-{SENDER}",
            channel=Channel.SMS,
            sender=telephone(number, 0).removeprefix("+"),
            content=(
                "PAKN Toi la giao vien hop dong 5 nam, nay trung tuyen vien chuc. "
                "Thoi gian hop dong co duoc tinh de nang bac luong khong?"
            ),
            **common,
        ),
        NEIGHBOUR: Sample(
            name=f"life-{number}-{NEIGHBOUR}",
            channel=Channel.WEB,
            petition={
                "content": (
                    "Tôi dạy hợp đồng bốn năm rồi mới trúng tuyển viên chức. Thời gian hợp đồng có được tính "
                    "để nâng bậc lương viên chức hay không, cần giấy tờ gì?"
                ),
                "petitioner": {
                    "type": "CITIZEN",
                    "name": "Cà Thị Mai",
                    "address": "bản Nà Lo, xã Mường Tranh, tỉnh Sơn La",
                    "phone": telephone(number, 1),
                },
                "reply_by": ["SMS"],
                "may_publish": True,
            },
            **common,
        ),
    }


def telephone(number: int, of: int) -> str:
    """Return the telephone number, in E.164, of a petitioner of one run."""
    return f"+8497{(number * 2 + of) % 10_000_000:07}"
