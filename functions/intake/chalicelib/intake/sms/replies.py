"""The replies of the short code 8088: unaccented, GSM-7, one SMS each (at most 160 characters).

No reply repeats what somebody wrote, names a unit, or shows that somebody else's petition exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from chalicelib.intake.sms.commands import Topic
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.gsm7 import segments, unaccented
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.promises.restorations import Restoration
from shared.tables.throttle.held_texts import Meaning
from shared.web.labels import STATES

HOTLINE = "1900 1547"

HELP = (
    "Gui 8088: PAKN <noi dung>. Co ma so: PAKN TC <ma> tra cuu, PAKN BS <ma> <noi dung> bo sung, "
    "tuong tu DG <1-5> danh gia, XL xem lai, RUT rut. Ho tro 1900 1547"
)
_WRITTEN: dict[Topic, tuple[str, str]] = {
    Topic.TRACK: ("De tra cuu", "PAKN TC {}"),
    Topic.SUPPLEMENT: ("De bo sung", "PAKN BS {} <noi dung>"),
    Topic.RATE: ("De danh gia", "PAKN DG {} <diem 1 den 5>"),
    Topic.SECOND_LOOK: ("De nghi xem lai", "PAKN XL {} <ly do>"),
    Topic.WITHDRAW: ("De rut", "PAKN RUT {}"),
    Topic.UNDO_WITHDRAWAL: ("De huy yeu cau rut", "PAKN TIEP {}"),
}
"""Each command: what it is for, and how it is written with a reference."""
HELP_ABOUT: dict[Topic, str] = {
    topic: f"{purpose}, gui {written.format('<ma 11 so>')} den 8088. Ma co trong tin xac nhan. Ho tro: {HOTLINE}."
    for topic, (purpose, written) in _WRITTEN.items()
}
NOT_YOURS = (
    "Khong tim thay ma so nay trong cac PAKN gui tu so dien thoai cua ban. Vui long kiem tra lai ma so, "
    "hoac goi 1900 1547."
)
STOPPED = (
    "Da ghi nhan ban khong muon nhan them SMS. De nhan lai, gui MO den 8088. "
    "De tra cuu, gui PAKN TC <ma> hoac goi 1900 1547."
)
STARTED = (
    "Tu nay ban lai nhan SMS ve cac PAKN cua minh. Khong muon nhan nua, gui HUY den 8088. Ho tro: 1900 1547."
)

_NOT_POSSIBLE = {
    Action.SUPPLEMENT: "khong the bo sung",
    Action.WITHDRAW: "khong the rut",
    Action.UNDO_WITHDRAWAL: "khong huy duoc yeu cau rut",
    Action.RATE: "chua the danh gia",
}


def not_yours(restorations: Sequence[Restoration]) -> str:
    """Say that a reference is none of the sender's, or was lost in a restoration of the data: an SMS shows no PIN."""
    if not restorations:
        return NOT_YOURS
    restored = restorations[-1]
    begin, end = (f"{at.astimezone(VIETNAM):%H:%M %d/%m}" for at in (restored.to, restored.at))
    return (
        f"Khong tim thay ma so nay trong cac PAKN tu so cua ban. PAKN gui tu {begin} den {end} co the da mat "
        f"do su co: xin gui lai hoac goi {HOTLINE}."
    )


def full(petition: Petition) -> str:
    """Say that a text was not taken, because the petition holds as much as it can, and how the rest can come."""
    return (
        f"PAKN {petition.reference} da du noi dung, tin nay CHUA duoc ghi. Hay gui tep dinh kem (anh, PDF) "
        f"o trang Tra cuu bang ma va PIN, hoac goi {HOTLINE}."
    )


def help_about(topic: Topic, mine: Sequence[str]) -> str:
    """Show how a command is written: with the sender's reference, or with all that they have to choose from."""
    purpose, written = _WRITTEN[topic]
    if len(mine) == 1:
        return f"{purpose}, gui {written.format(mine[0])} den 8088. Ho tro: {HOTLINE}."
    return f"{purpose}, gui {written.format('<ma>')} den 8088. Ma cua ban: {', '.join(mine)}"


def help_with(petition: Petition) -> str:
    """Show what the sender of one open petition can write."""
    reference = petition.reference
    return (
        f"De bo sung, gui PAKN BS {reference} <noi dung>; tra cuu: PAKN TC {reference}; "
        f"phan anh viec khac: PAKN <noi dung>. Ho tro {HOTLINE}"
    )


def receipt(petition: Petition, pin: str) -> str:
    """Confirm a petition and ask, this once, for the name and address that the law wants (NĐ 20/2008 Đ.7)."""
    return (
        f"BNV da nhan PAKN ma {petition.reference}, PIN {pin}, tra loi cham nhat {_day(petition.due_on)}. "
        f"Xin bo sung ho ten, dia chi: gui PAKN BS {petition.reference} <ho ten, dia chi>"
    )


def status(petition: Petition, overdue_working_days: int) -> str:
    """Give the status of a petition and its petitioner's next step."""
    status_line = f"PAKN {petition.reference}: {_state(petition)}."
    if petition.answer is not None:
        return _joined(
            status_line,
            f"Xem tra loi tai trang tra cuu bang PIN, hoac goi {HOTLINE}.",
            f"Danh gia: PAKN DG {petition.reference} <1-5>",
        )
    if not petition.is_unanswered:
        return _joined(status_line, f"Chi tiet tai trang tra cuu bang PIN, hoac goi {HOTLINE}.")
    late = f"Da qua han {overdue_working_days} ngay lam viec." if overdue_working_days else ""
    return _joined(status_line, f"Han tra loi {_day(petition.due_on)}.", late, f"Ho tro: {HOTLINE}.")


def identity_added(petition: Petition) -> str:
    """Confirm the name and address."""
    return f"Da nhan ho ten, dia chi cua ban cho PAKN {petition.reference}. Tra cuu: PAKN TC {petition.reference}"


def identity_taken(petition: Petition) -> str:
    """Confirm the name and address that came without a command, and say what to send if it was none."""
    reference = petition.reference
    return (
        f"Da nhan ho ten, dia chi cua ban cho PAKN {reference}. "
        f"Neu tin vua roi la viec moi, gui PAKN VIEC MOI. Ho tro {HOTLINE}"
    )


def which(reference: str, otherwise: Meaning) -> str:
    """Ask, this once, whether a text is the name and address that we asked for."""
    other = "noi dung bo sung" if otherwise is Meaning.SUPPLEMENT else "viec moi"
    return (
        f"Tin vua nhan la ho ten, dia chi hay {other}? Gui PAKN 1 = ho ten, dia chi cho {reference}; "
        f"PAKN 2 = {other}. Ho tro {HOTLINE}"
    )


def supplemented(petition: Petition) -> str:
    """Confirm a supplement."""
    return f"Da nhan noi dung bo sung cho PAKN {petition.reference}. Han tra loi {_day(petition.due_on)}."


def rated(petition: Petition, score: int, *, may_ask_again: bool = False) -> str:
    """Confirm a rating; who is not satisfied may ask for a second look, once."""
    thanks = f"Da ghi nhan danh gia {score}/5 cho PAKN {petition.reference}. Cam on ban."
    if not may_ask_again:
        return thanks
    return f"{thanks} Neu muon cap cao hon xem lai, gui PAKN XL {petition.reference} <ly do>"


def no_second_look(petition: Petition, poor: int) -> str:
    """Say why nobody looks again: it was done, or the answer was not rated poorly (yet)."""
    reference = petition.reference
    if petition.second_look:
        return f"PAKN {reference} da duoc xem xet lai mot lan. Ho tro: {HOTLINE}."
    if petition.answer is None:
        return f"PAKN {reference} dang o trang thai {_state(petition)}: chua co ket qua de xem lai. Ho tro: {HOTLINE}."
    return (
        f"De duoc xem lai, truoc het danh gia 1 den {poor}: PAKN DG {reference} 1, "
        f"roi gui lai PAKN XL {reference} <ly do>. Ho tro {HOTLINE}"
    )


def withdrawn(petition: Petition, undo_until: date | None) -> str:
    """Confirm a withdrawal, and say until when it can be undone."""
    done = f"PAKN {petition.reference} da duoc rut theo yeu cau cua ban."
    if undo_until is None or petition.state is not State.WITHDRAWN:
        return f"{done} Ho tro: {HOTLINE}."
    undo = f"Neu khong phai ban rut, den het {_day(undo_until)} gui PAKN TIEP {petition.reference}."
    return f"{done} {undo} Ho tro: {HOTLINE}."


def resumed(petition: Petition) -> str:
    """Confirm that a withdrawal was undone."""
    due = f"Han tra loi {_day(petition.due_on)}." if petition.is_unanswered else ""
    return _joined(f"PAKN {petition.reference} khong rut nua, duoc xu ly tiep.", due, f"Ho tro: {HOTLINE}.")


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
    return max(0, -left.in_words)
