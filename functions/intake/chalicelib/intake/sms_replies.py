"""What the short code 8088 answers: unaccented, GSM-7, one SMS each (at most 160 characters).

No reply repeats what somebody wrote, names a unit, or tells whether a petition of somebody else exists.
"""

from __future__ import annotations

from datetime import date

from chalicelib.intake.sms.commands import Topic
from shared.domain import deadlines
from shared.domain.gsm7 import segments, unaccented
from shared.domain.lifecycle import Action
from shared.domain.petition import Petition
from shared.web.labels import STATES

HOTLINE = "1900 1547"

HELP = (
    "Gui 8088: PAKN <noi dung> de phan anh; PAKN TC <ma> tra cuu; PAKN BS <ma> <noi dung> bo sung; "
    "PAKN DG <ma> 1-5 danh gia; PAKN RUT <ma> rut. Ho tro 1900 1547"
)
HELP_ABOUT: dict[Topic, str] = {
    Topic.TRACK: "De tra cuu, gui PAKN TC <ma 11 so> den 8088. Vi du: PAKN TC 26483190275. Ho tro: 1900 1547.",
    Topic.SUPPLEMENT: (
        "De bo sung, gui PAKN BS <ma 11 so> <noi dung> den 8088. Vi du: PAKN BS 26483190275 ho ten, dia chi. "
        "Ho tro: 1900 1547."
    ),
    Topic.RATE: (
        "De danh gia, gui PAKN DG <ma 11 so> <diem 1 den 5> den 8088. Vi du: PAKN DG 26483190275 5. "
        "Ho tro: 1900 1547."
    ),
    Topic.WITHDRAW: "De rut, gui PAKN RUT <ma 11 so> den 8088. Vi du: PAKN RUT 26483190275. Ho tro: 1900 1547.",
}
NOT_YOURS = (
    "Khong tim thay ma so nay trong cac PAKN gui tu so dien thoai cua ban. Vui long kiem tra lai ma so, "
    "hoac goi 1900 1547."
)
STOPPED = (
    "Da ghi nhan ban khong muon nhan them SMS. De tra cuu, gui PAKN TC <ma> den 8088 hoac goi 1900 1547."
)

_NOT_POSSIBLE = {
    Action.SUPPLEMENT: "khong the bo sung",
    Action.WITHDRAW: "khong the rut",
    Action.RATE: "chua the danh gia",
}


def receipt(petition: Petition, pin: str) -> str:
    """Confirm a petition and ask, this once, for the name and address that the law wants (NĐ 20/2008 Đ.7)."""
    return (
        f"BNV da nhan PAKN ma {petition.reference}, PIN {pin}, tra loi cham nhat {_day(petition.due_on)}. "
        f"Xin bo sung ho ten, dia chi: gui PAKN BS {petition.reference} <ho ten, dia chi>"
    )


def status(petition: Petition, overdue_working_days: int) -> str:
    """Tell how a petition stands, and what its petitioner can do next."""
    stands = f"PAKN {petition.reference}: {_state(petition)}."
    if petition.answer is not None:
        return _joined(
            stands,
            f"Xem tra loi tai trang tra cuu bang PIN, hoac goi {HOTLINE}.",
            f"Danh gia: PAKN DG {petition.reference} <1-5>",
        )
    if not petition.is_unanswered:
        return _joined(stands, f"Chi tiet tai trang tra cuu bang PIN, hoac goi {HOTLINE}.")
    late = f"Da qua han {overdue_working_days} ngay lam viec." if overdue_working_days else ""
    return _joined(stands, f"Han tra loi {_day(petition.due_on)}.", late, f"Ho tro: {HOTLINE}.")


def identity_added(petition: Petition) -> str:
    """Confirm the name and address."""
    return f"Da nhan ho ten, dia chi cua ban cho PAKN {petition.reference}. Tra cuu: PAKN TC {petition.reference}"


def supplemented(petition: Petition) -> str:
    """Confirm a supplement."""
    return f"Da nhan noi dung bo sung cho PAKN {petition.reference}. Han tra loi {_day(petition.due_on)}."


def rated(petition: Petition, score: int) -> str:
    """Confirm a rating."""
    return f"Da ghi nhan danh gia {score}/5 cho PAKN {petition.reference}. Cam on ban."


def withdrawn(petition: Petition) -> str:
    """Confirm a withdrawal."""
    return f"PAKN {petition.reference} da duoc rut theo yeu cau cua ban. Ho tro: {HOTLINE}."


def not_possible(petition: Petition, action: Action) -> str:
    """Say that the petition's state does not allow this."""
    why = f"dang o trang thai {_state(petition)}: {_NOT_POSSIBLE[action]}"
    return f"PAKN {petition.reference} {why}. Ho tro: {HOTLINE}."


def _state(petition: Petition) -> str:
    return unaccented(STATES[petition.state])


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _joined(*sentences: str) -> str:
    """Put sentences together, as many as one SMS holds, the first ones first."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if sentence and segments(longer) <= 1:
            text = longer
    return text


def overdue_working_days(left: deadlines.DaysLeft) -> int:
    """Return how many working days a due date is past; 0 while it is not."""
    return max(0, -left.working_days) if left.calendar_days < 0 else 0
