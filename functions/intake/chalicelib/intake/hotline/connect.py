"""Amazon Connect: the hotline's flow asks for the status of a petition by keypad; a Lambda function of its own.

Source: docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html (the event; a flat map of strings
as the answer, within 8 seconds). The caller keys in the reference, and the PIN; without a PIN the number they call
from must be one that was given with the petition. A number can be forged, so the answer has the status and the
due date, and nothing of what was written or by whom. Wrong, unknown and locked get one answer, and are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.intake.petitions.find_petition import PetitionFinder, Proof
from chalicelib.intake.sms.webhook import sender_number
from shared.domain.calendar import deadlines
from shared.domain.errors import (
    NotFoundOrWrongPinError,
    PetitionLostError,
    PinSlowedError,
    UnavailableError,
)
from shared.domain.petition.lifecycle import RESULT_KNOWN
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, counted, gettext
from shared.web.labels import STATES

FOUND, NOT_FOUND, AGAIN, LATER = "FOUND", "NOT_FOUND", "AGAIN", "LATER"
"""Outcomes that a flow branches on: the status; no such petition for this caller; no reference; not just now."""

STANDS = N_("Phản ánh, kiến nghị mã số %(digits)s: %(state)s.")
DUE = N_("Hạn trả lời: ngày %(day)s tháng %(month)s năm %(year)s.")
ANSWERED = N_("Xin giữ máy để nghe kết quả từ tổng đài viên.")
UNKNOWN = N_(
    "Không tìm thấy mã số này, hoặc mã PIN không đúng. Xin kiểm tra lại, hoặc giữ máy để gặp tổng đài viên."
)
LOST = N_("Hồ sơ này đã mất khi Bộ Nội vụ phục hồi dữ liệu. Xin giữ máy để gặp tổng đài viên.")
NOT_NOW = N_("Lúc này chưa tra cứu được. Xin gọi lại sau ít phút, hoặc giữ máy để gặp tổng đài viên.")
INCOMPLETE = N_("Mã số có mười một chữ số. Xin bấm lại mã số, sau đó bấm phím thăng.")


@dataclass(frozen=True, slots=True)
class ConnectCall:
    """The inputs from the flow; other members of the event are ignored, and `repr` shows none of them."""

    caller: str = field(default="", repr=False)
    reference: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    language: Language = "vi"


def call_in(event: Mapping[str, object]) -> ConnectCall:
    """Read an event; what is missing or of another shape is empty."""
    details = _part(event, "Details")
    keyed = _part(details, "Parameters")
    endpoint = _part(_part(details, "ContactData"), "CustomerEndpoint")
    return ConnectCall(
        caller=str(endpoint.get("Address") or ""),
        reference=_digits(keyed.get("reference")),
        pin=_digits(keyed.get("pin")),
        language="en" if keyed.get("language") == "en" else "vi",
    )


def _part(facts: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = facts.get(name)
    return part if isinstance(part, Mapping) else {}


def _digits(value: object) -> str:
    """Return the digits that were keyed in: flows pass the star, the hash and spaces on as well."""
    return "".join(c for c in str(value or "") if c.isascii() and c.isdigit())[:40]


def answer_call(
    event: Mapping[str, object], finder: PetitionFinder, directory: Directory, now: datetime
) -> dict[str, str]:
    """Return the sentences that the flow speaks, and the same facts one by one for flows that play recordings."""
    call = call_in(event)
    language = call.language
    if directory.closed() is not None:
        return _answer(LATER, gettext(language)(NOT_NOW))
    number = sender_number(call.caller)
    try:
        proof = Proof(call.pin, f"tel:{number or 'withheld'}")
        petition = finder.find_by_phone(call.reference, number, proof)
    except ValueError:
        return _answer(AGAIN, gettext(language)(INCOMPLETE))
    except PetitionLostError:  # a kind of the next one
        return _answer(NOT_FOUND, gettext(language)(LOST))
    except (NotFoundOrWrongPinError, PinSlowedError):
        return _answer(NOT_FOUND, gettext(language)(UNKNOWN))
    except UnavailableError:
        return _answer(LATER, gettext(language)(NOT_NOW))
    return _status(petition, directory, language, now)


def _status(petition: Petition, directory: Directory, language: Language, now: datetime) -> dict[str, str]:
    _, _n = gettext(language), counted(language)
    petition = petition.as_known_outside(now)
    digits = " ".join(petition.reference)
    sentences = [_(STANDS) % {"digits": digits, "state": _(STATES[petition.state])}]
    late = 0
    if petition.is_unanswered:
        due = petition.due_on
        sentences.append(_(DUE) % {"day": due.day, "month": due.month, "year": due.year})
        left = deadlines.days_left(due, now, directory.calendar())
        late = max(-left.in_words, 0)
        if late:
            sentences.append(_n("Đã quá hạn %(count)s ngày làm việc.", late) % {"count": late})
    if petition.state in RESULT_KNOWN:
        sentences.append(_(ANSWERED))
    return _answer(FOUND, " ".join(sentences)) | {
        "state": petition.state.value,
        "due_on": petition.due_on.isoformat(),
        "due_day": str(petition.due_on.day),
        "due_month": str(petition.due_on.month),
        "due_year": str(petition.due_on.year),
        "working_days_late": str(late),
    }


def _answer(outcome: str, speech: str) -> dict[str, str]:
    return {"outcome": outcome, "speech": speech}
