"""The hotline operator's page for people who call again: their earlier petitions, and what they want done with one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.hotline.callers import CallerInput, EarlierPetition, Wish, WishInput, summary_of
from chalicelib.casework.site.frame import FormProblem, language_of_page, render
from chalicelib.casework.site.hotline.enter_petition import MAX_FIELD, new_call_id
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    NotFoundOrWrongPinError,
    PinSlowedError,
    TooManyRequestsError,
)
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import CHANNELS, STATES
from shared.web.problems import rule_message
from shared.web.requests import form_body, validated

LABELS: dict[str, str] = {
    "call_id": N_("Mã cuộc gọi"),
    "phone": N_("Số điện thoại đang gọi"),
    "reference": N_("Mã số"),
    "pin": N_("Mã PIN"),
    "wish": N_("Người gọi muốn"),
    "text": N_("Lời người gọi"),
    "score": N_("Điểm từ 1 đến 5"),
    "called_back": N_(
        "Rút không có mã PIN: đã gọi lại số đã đăng ký, người nghe xác nhận muốn rút (số hiện trên máy có thể bị giả)."
    ),
}
"""The fields of both forms, in their order."""
WISHES: dict[Wish, str] = {
    Wish.TRACK: N_("Nghe tình trạng xử lý"),
    Wish.SUPPLEMENT: N_("Bổ sung nội dung"),
    Wish.RATE: N_("Đánh giá câu trả lời"),
    Wish.SECOND_LOOK: N_("Đề nghị cấp cao hơn xem xét lại"),
    Wish.WITHDRAW: N_("Rút phản ánh, kiến nghị"),
    Wish.UNDO_WITHDRAWAL: N_("Hủy yêu cầu rút"),
}
NOT_THEIRS = N_(
    "Không tìm thấy mã số này, mã PIN không đúng, hoặc số điện thoại không phải số đã đăng ký. Hãy hỏi lại người gọi."
)
SLOWED = N_(
    "Đã có nhiều lần nhập sai. Đợi một lát rồi thử lại, hoặc hỏi người gọi số điện thoại đã dùng khi gửi; "
    "những gì bạn đã nhập vẫn còn."
)
LOOKED_UP_ENOUGH = N_(
    "Đã tra đủ số điện thoại trong giờ này. Hãy hỏi người gọi mã PIN, hoặc đợi sang giờ sau."
)
NOT_POSSIBLE = N_("Hồ sơ đang ở trạng thái không cho phép việc này.")


class Outcome(NamedTuple):
    """The contents of the page besides its forms."""

    problems: tuple[tuple[str, str], ...] = ()
    note: str = ""
    earlier: tuple[EarlierPetition, ...] | None = None
    """The caller's petitions; None where they were not searched for."""
    served: EarlierPetition | None = None
    """The petition with which the caller's wish was done."""
    wish: str = ""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/callers", show_forms)
    pages.post("/callers", serve_caller)
    return pages


def show_forms(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the empty forms; they carry the id of the call."""
    permissions.require(officer, Ability.ENTER_PETITION)
    return _page(parts, request, officer, {"call_id": new_call_id()}, Outcome())


def serve_caller(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a caller's petitions, or do what they want with one."""
    permissions.require(officer, Ability.ENTER_PETITION)
    sent = form_body(request)
    form = {name: sent.get(name, "")[:MAX_FIELD] for name in LABELS}
    try:
        if sent.get("step") == "find":
            caller = validated(CallerInput, {"call_id": form["call_id"], "phone": form["phone"]})
            earlier = parts.callers.earlier(officer, caller)
            return _page(parts, request, officer, form, Outcome(earlier=earlier))
        served = parts.callers.serve(officer, form["reference"], validated(WishInput, _wish_in(form)))
    except InvalidInputError as error:
        return _page(parts, request, officer, form, Outcome(error.problems), 422)
    except NotFoundOrWrongPinError:
        return _page(parts, request, officer, form, Outcome(note=NOT_THEIRS), 404)
    except PinSlowedError:
        return _page(parts, request, officer, form, Outcome(note=SLOWED), 429)
    except TooManyRequestsError:
        return _page(parts, request, officer, form, Outcome(note=LOOKED_UP_ENOUGH), 429)
    except ActionNotPossibleError:
        return _page(parts, request, officer, form, Outcome(note=NOT_POSSIBLE), 409)
    emptied = {name: form[name] for name in ("call_id", "phone", "reference")}
    outcome = Outcome(served=summary_of(served), wish=WISHES[Wish(form["wish"])])
    return _page(parts, request, officer, emptied, outcome)


def _wish_in(form: Mapping[str, str]) -> dict[str, object]:
    facts: dict[str, object] = {name: value for name, value in form.items() if name != "reference"}
    facts["called_back"] = form["called_back"] == "true"
    return facts | {"score": int(form["score"]) if form["score"].isdigit() else form["score"]}


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    outcome: Outcome,
    status: int = 200,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    errors = _form_problems(outcome.problems, language)
    return render(
        parts,
        request,
        officer,
        "caller.html",
        status,
        errors=errors,
        messages={error.id: error.message for error in errors},
        form=form,
        labels={name: _(label) for name, label in LABELS.items()},
        wishes=[(wish.value, _(label)) for wish, label in WISHES.items()],
        earlier=None
        if outcome.earlier is None
        else [_petition_view(petition, language) for petition in outcome.earlier],
        may_look_up=permissions.is_able(officer, Ability.LOOK_UP_CALLERS),
        served=_petition_view(outcome.served, language) if outcome.served else None,
        wish=_(outcome.wish) if outcome.wish else "",
        note=_(outcome.note) if outcome.note else "",
    )


def _form_problems(problems: Iterable[tuple[str, str]], language: Language) -> tuple[FormProblem, ...]:
    """Return one problem of each field, in the order of the form."""
    _ = gettext(language)
    rules = dict(problems)
    return tuple(
        FormProblem(name, _(label), rule_message(rules[name], language))
        for name, label in LABELS.items()
        if name in rules
    )


def _petition_view(petition: EarlierPetition, language: Language) -> dict[str, object]:
    _ = gettext(language)
    return {
        **petition._asdict(),
        "state_label": _(STATES[petition.state]),
        "channel_label": _(CHANNELS[petition.channel]),
    }
