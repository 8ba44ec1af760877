"""The operator's page for people who call again: their earlier petitions, and what they want done with one."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.hotline.callers import CallerInput, EarlierPetition, Wish, WishInput, standing_of
from chalicelib.casework.site.frame import FormProblem, language_of_page, render
from shared.domain import errors
from shared.web.http import RULES, form_pairs, validated
from shared.web.i18n import N_, gettext
from shared.web.labels import CHANNELS, STATES

LABELS: dict[str, str] = {
    "phone": N_("Số điện thoại đang gọi"),
    "reference": N_("Mã số"),
    "pin": N_("Mã PIN"),
    "wish": N_("Người gọi muốn"),
    "text": N_("Lời người gọi"),
    "score": N_("Điểm từ 1 đến 5"),
}
"""The fields of both forms, in their order."""
WISHES: dict[Wish, str] = {
    Wish.TRACK: N_("Nghe tình trạng xử lý"),
    Wish.SUPPLEMENT: N_("Bổ sung nội dung"),
    Wish.RATE: N_("Đánh giá câu trả lời"),
    Wish.SECOND_LOOK: N_("Đề nghị cấp cao hơn xem xét lại"),
    Wish.WITHDRAW: N_("Rút phản ánh, kiến nghị"),
}
NOT_THEIRS = N_(
    "Không tìm thấy mã số này, mã PIN không đúng, hoặc số điện thoại không phải số đã đăng ký. Hãy hỏi lại người gọi; "
    "nếu đã nhập sai nhiều lần, đợi 15 phút."
)
NOT_POSSIBLE = N_("Hồ sơ đang ở trạng thái không cho phép việc này.")
_LONGEST_KEPT = 20_000


def caller(request: Request, officer: DeskOfficer) -> Response:
    """Show the empty page; the call gets its number."""
    permissions.require(officer, Ability.ENTER_PETITION)
    return _page(request, officer, {"call_id": f"desk-{randomness.token_hex(12)}"})


def serve_caller(request: Request, officer: DeskOfficer) -> Response:
    """Show a caller's petitions, or do what they want with one."""
    permissions.require(officer, Ability.ENTER_PETITION)
    pairs = dict(form_pairs(request))
    form = {name: pairs.get(name, "")[:_LONGEST_KEPT] for name in (*LABELS, "call_id")}
    try:
        if pairs.get("step") == "find":
            given = validated(CallerInput, {"phone": form["phone"]})
            return _page(request, officer, form, earlier=composition.callers().earlier(officer, given))
        served = composition.callers().serve(officer, form["reference"], validated(WishInput, _wish_in(form)))
    except errors.InvalidInputError as error:
        return _page(request, officer, form, problems=error.problems)
    except errors.NotFoundOrWrongPinError:
        return _page(request, officer, form, note=NOT_THEIRS, status=404)
    except errors.ActionNotPossibleError:
        return _page(request, officer, form, note=NOT_POSSIBLE, status=409)
    again = {"call_id": form["call_id"], "phone": form["phone"], "reference": form["reference"]}
    wish = gettext(language_of_page(request))(WISHES[Wish(form["wish"])])
    return _page(request, officer, again, served=standing_of(served), wish=wish)


def _wish_in(form: Mapping[str, str]) -> dict[str, object]:
    given: dict[str, object] = {name: value for name, value in form.items() if name != "reference"}
    return given | {"score": int(form["score"]) if form["score"].isdigit() else form["score"]}


def _page(
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    *,
    problems: Iterable[tuple[str, str]] = (),
    note: str = "",
    status: int = 200,
    **found: Any,
) -> Response:
    """Show both forms; `found` are a caller's `earlier` petitions, or the one that was `served`, with the `wish`."""
    _ = gettext(language_of_page(request))
    listed = _problems(problems, _)
    earlier, served = found.get("earlier"), found.get("served")
    return render(
        request,
        officer,
        "caller.html",
        422 if listed else status,
        errors=listed,
        messages={one.id: one.message for one in listed},
        form=form,
        labels={name: _(label) for name, label in LABELS.items()},
        wishes=[(one.value, _(label)) for one, label in WISHES.items()],
        earlier=None if earlier is None else [_shown(one, _) for one in earlier],
        served=_shown(served, _) if served else None,
        wish=found.get("wish", ""),
        note=_(note) if note else "",
    )


def _problems(
    problems: Iterable[tuple[str, str]], translated: Callable[[str], str]
) -> tuple[FormProblem, ...]:
    rules = dict(problems)
    return tuple(
        FormProblem(name, translated(label), translated(RULES.get(rules[name], RULES["invalid"])))
        for name, label in LABELS.items()
        if name in rules
    )


def _shown(one: EarlierPetition, translated: Callable[[str], str]) -> dict[str, object]:
    return {
        **one._asdict(),
        "state_label": translated(STATES[one.state]),
        "channel_label": translated(CHANNELS[one.channel]),
    }
