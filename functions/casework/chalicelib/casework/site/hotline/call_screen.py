"""The operator's one screen for a call: who calls, what they sent, what to read out, and the new matter beside it.

The whole screen is one form with a button for each step, so whatever was typed anywhere comes back with every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.hotline.call_screen import Heard
from chalicelib.casework.hotline.call_tasks import OutcomeInput
from chalicelib.casework.hotline.callers import CallerInput, Wish, WishInput
from chalicelib.casework.hotline.enter_petition import CallInput, enter_call
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.hotline import screen_view
from chalicelib.casework.site.hotline.new_matter import (
    MAX_FIELD,
    CallForm,
    new_call_id,
    without_forgotten_start,
)
from chalicelib.casework.site.hotline.screen_view import WISHES, Shown
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import (
    ActionNotPossibleError,
    IdempotencyKeyReusedError,
    InvalidInputError,
    NotFoundOrWrongPinError,
    PetitionError,
    PinSlowedError,
    SearchUnavailableError,
    TooManyRequestsError,
)
from shared.domain.petition.values.petitioner import PetitionerType, ReplyBy
from shared.domain.promises.deliveries import CallOutcome
from shared.platform import clock
from shared.tables.dynamo import stored_instant
from shared.web.answers import try_again_after
from shared.web.i18n import N_
from shared.web.requests import form_pairs, validated

FIND, HEAR, ADD, SETTLE, CHECK, CONFIRM = "find", "hear", "add", "settle", "check", "confirm"
"""The steps: the values of the form's buttons; a wish by its own name is another."""
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
_KEY_REUSED = N_("Việc này đã được ghi với nội dung khác trong cuộc gọi. Hãy kiểm tra rồi gửi lại.")
_NO_STEP = N_("Hãy bấm nút của việc mà người gọi muốn.")
_SETTLED = N_("Đã ghi: báo cho người gọi xong, không phải gọi lại.")
_ERRORS: dict[type[PetitionError], tuple[str, int]] = {
    NotFoundOrWrongPinError: (NOT_THEIRS, 404),
    PinSlowedError: (SLOWED, 429),
    TooManyRequestsError: (LOOKED_UP_ENOUGH, 429),
    ActionNotPossibleError: (NOT_POSSIBLE, 409),
    IdempotencyKeyReusedError: (_KEY_REUSED, 409),
}


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/call", show_screen)
    pages.post("/call", take_step)
    return pages


def show_screen(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the empty screen; it carries the id of the call and the time at which it began."""
    permissions.require(officer, Ability.ENTER_PETITION)
    fields = {"call_id": new_call_id(), "call_started_at": stored_instant(clock.now()), "matter": "0"}
    return _page(parts, request, officer, [*fields.items(), ("reply_by", ReplyBy.PHONE.value)], Shown())


def take_step(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Do what the pressed button asks for, and show the whole screen again with everything that was typed."""
    return take_step_with(parts, request, officer, form_pairs(request))


def take_step_with(
    parts: Parts, request: Request, officer: DeskOfficer, sent: Iterable[tuple[str, str]]
) -> Response:
    """Do what the fields that were sent ask for; `step` is the pressed button."""
    permissions.require(officer, Ability.ENTER_PETITION)
    pairs = [(name, value[:MAX_FIELD]) for name, value in sent]
    form, wait = dict(pairs), 0
    try:
        shown = _step(parts, officer, form, pairs)
    except InvalidInputError as error:
        shown = Shown(problems=error.problems, status=422)
    except tuple(_ERRORS) as error:
        note, status = _ERRORS[type(error)]
        shown = Shown(note=note, status=status)
        wait = error.retry_after if isinstance(error, TooManyRequestsError) else 0
    if shown.received is not None:
        fields = {name: form.get(name, "") for name in screen_view.OF_THE_CALLER}
        pairs = [*fields.items(), ("matter", str(_matter(form) + 1)), ("reply_by", ReplyBy.PHONE.value)]
        form = dict(pairs)
    if shown.done and shown.status < 400:  # noqa: PLR2004 - what was said is written down
        pairs = [(name, value) for name, value in pairs if name not in {"score", "text"}]
    answer = _page(parts, request, officer, pairs, _with_caller(parts, officer, form, shown))
    return try_again_after(answer, wait) if wait else answer


def _step(parts: Parts, officer: DeskOfficer, form: Mapping[str, str], pairs: list[tuple[str, str]]) -> Shown:
    step = form.get("step", "")
    if step in {CHECK, CONFIRM}:
        return _new_matter(parts, officer, form, pairs, is_confirmed=step == CONFIRM)
    if step == FIND:
        earlier = parts.call_screen.look_up(officer, _caller(form))
        return Shown(earlier=earlier)
    if step.startswith(SETTLE):
        return _settle(parts, officer, form, step)
    if step not in {HEAR, ADD, *Wish}:
        return Shown(note=_NO_STEP, status=422)
    wish = _wish_of(step, form)
    heard = parts.call_screen.hear(
        officer, screen_view.reference_in(form), validated(WishInput, _wish_in(form, wish))
    )
    return Shown(heard=heard, done="" if wish is Wish.TRACK else WISHES[wish])


def _wish_of(step: str, form: Mapping[str, str]) -> Wish:
    """Return the wish of a button: what was said is a rating where a score was given, else an addition."""
    if step == ADD:
        return Wish.RATE if form.get("score") else Wish.SUPPLEMENT
    return Wish.TRACK if step == HEAR else Wish(step)


def _wish_in(form: Mapping[str, str], wish: Wish) -> dict[str, object]:
    score = form.get("score", "")
    has_words = wish in {Wish.SUPPLEMENT, Wish.RATE, Wish.SECOND_LOOK, Wish.WITHDRAW}
    return {
        "call_id": form.get("call_id", ""),
        "pin": "".join(form.get("pin", "").split()),
        "phone": form.get("phone", ""),
        "wish": wish,
        "text": form.get("text", "") if has_words else "",
        "score": int(score) if wish is Wish.RATE and score.isascii() and score.isdecimal() else None,
        "called_back": form.get("called_back") == "true",
    }


def _caller(form: Mapping[str, str]) -> CallerInput:
    return validated(CallerInput, {"call_id": form.get("call_id", ""), "phone": form.get("phone", "")})


def _settle(parts: Parts, officer: DeskOfficer, form: Mapping[str, str], step: str) -> Shown:
    """Settle a call that we owe: the caller heard it now. Only after what they may hear was shown."""
    track = validated(WishInput, _wish_in(form, Wish.TRACK))
    heard = parts.call_screen.hear(officer, screen_view.reference_in(form), track)
    if heard.reading is None:
        return Shown(heard=heard, note=NOT_THEIRS, status=404)
    _name, attempt, notice = (*step.split(" ", 2), "", "")[:3]
    facts = {
        "notice": notice,
        "attempt": int(attempt) if attempt.isascii() and attempt.isdecimal() else -1,
        "outcome": CallOutcome.REACHED,
    }
    parts.call_tasks.record(officer, heard.petition.reference, validated(OutcomeInput, facts))
    return Shown(heard=heard, done=_SETTLED)


def _matter(form: Mapping[str, str]) -> int:
    """Return the number of matters that this call has brought so far."""
    matter = form.get("matter", "")
    return int(matter) if matter.isascii() and matter.isdecimal() and len(matter) <= 2 else 0  # noqa: PLR2004 - two digits


def _new_matter(
    parts: Parts,
    officer: DeskOfficer,
    form: Mapping[str, str],
    pairs: list[tuple[str, str]],
    *,
    is_confirmed: bool,
) -> Shown:
    """Show the new matter to be read back; once the caller confirmed it, receive it and show the receipt."""
    facts = CallForm.of(pairs).facts
    facts["petitioner"]["phone"] = form.get("contact_phone") or form.get("phone")
    facts["petitioner"]["type"] = form.get("type") or PetitionerType.CITIZEN
    if (matter := _matter(form)) > 0:
        facts["call_id"] = f"{facts['call_id'][:120]}~{matter}"
    call = without_forgotten_start(validated(CallInput, facts))
    if is_confirmed:
        received = enter_call(parts.reception, officer, call)
        return Shown(received=received, status=201 if received.is_new else 200)
    try:
        alike = parts.search.published_like_text(call.content, clock.now())
    except SearchUnavailableError:
        alike = ()
    return Shown(read_back=call, alike=alike)


def _with_caller(parts: Parts, officer: DeskOfficer, form: Mapping[str, str], shown: Shown) -> Shown:
    """Add the caller's petitions and the calls that we owe them, where the number was looked up before."""
    earlier = shown.earlier
    if earlier is None and form.get("looked_up") == "true":
        try:
            earlier = parts.call_screen.look_up(officer, _caller(form))
        except PetitionError:
            earlier = None
    if shown.heard is None and form.get("heard") == "true":
        shown = shown._replace(heard=_heard_again(parts, officer, form))
    petitions = (*(earlier or ()), *([shown.heard.petition] if shown.heard else ()))
    return shown._replace(earlier=earlier, tasks=parts.call_screen.tasks_of(officer, petitions))


def _heard_again(parts: Parts, officer: DeskOfficer, form: Mapping[str, str]) -> Heard | None:
    """Return the petition that is being talked about, so that another step does not take it off the screen."""
    try:
        track = validated(WishInput, _wish_in(form, Wish.TRACK))
        return parts.call_screen.hear(officer, screen_view.reference_in(form), track)
    except PetitionError:
        return None


def _page(
    parts: Parts, request: Request, officer: DeskOfficer, pairs: list[tuple[str, str]], shown: Shown
) -> Response:
    language = language_of_page(request)
    facts = screen_view.facts_of(parts, officer, pairs, shown, language)
    return render(parts, request, officer, "call_screen.html", shown.status, **facts)
