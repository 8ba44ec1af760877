"""The pages for following a petition with its PIN, and for what its petitioner does later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.add_contact import ContactInput
from chalicelib.intake.petitions.follow_up import (
    RatingForm,
    ReopeningInput,
    SupplementInput,
    WithdrawalInput,
    undoing_on_the_web,
    web_cause,
)
from chalicelib.intake.petitions.pin_again import PIN_IS_SENT
from chalicelib.intake.petitions.receive_petition import checked_key
from chalicelib.intake.petitions.track_petition import petitioners_view
from chalicelib.intake.site.calendar_file import due_date_file
from chalicelib.intake.site.files import upload_words
from chalicelib.intake.site.frame import (
    FormError,
    form_errors,
    form_fields,
    leading_to,
    new_key,
    page,
    page_language,
    proof_in,
    sending_to,
    shown_errors,
    site_routes,
)
from chalicelib.intake.verification.record import record_of
from shared.domain import errors
from shared.domain.base_model import BaseModel
from shared.domain.identity.reference import spaced
from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.i18n import N_, gettext
from shared.web.labels import CHANNELS
from shared.web.problems import problem_of
from shared.web.requests import form_pairs, query_parameter, validated
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/tra-cuu", track_form)
    site.post("/tra-cuu", track)
    site.post("/tra-cuu/bo-sung", supplement)
    site.post("/tra-cuu/lien-he", add_contact)
    site.post("/tra-cuu/rut", withdraw)
    site.post("/tra-cuu/khong-rut", undo_withdrawal)
    site.post("/tra-cuu/danh-gia", rate)
    site.post("/tra-cuu/xem-lai", reopen)
    site.post("/tra-cuu/cap-lai", unlock)
    site.post("/tra-cuu/doi-ma", renew)
    site.post("/tra-cuu/lich", download_due_date)
    return site


def track_form(parts: Parts, request: Request) -> Response:
    """Show the form; an e-mail's link, which carries a token, leads straight to the petition."""
    form = {"ma": query_parameter(request, "ma")}
    token = query_parameter(request, "t")
    if not token:
        return _track_page(parts, request, form)
    try:
        petition = parts.finder.find(form["ma"], proof_in(request, {"pin": token}))
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return _track_page(parts, request, form, error)
    return _status_page(parts, request, petition, token)


def renew(parts: Parts, request: Request) -> Response:
    """Give the petition another PIN and link, and show them once."""
    form = form_fields(form_pairs(request))
    try:
        petition = _proven(parts, request, form)
        renewed = parts.renewal.renew(petition)
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return _track_page(parts, request, form, error)
    except errors.TooManyRequestsError as error:
        _status, problem = problem_of(error, page_language(request))
        refused = Outcome(refused=problem["detail"], status=_status)
        return _status_page(parts, request, petition, form["pin"], outcome=refused)
    _ = gettext(page_language(request))
    done = _("Đã đổi. Mã PIN mới: %(pin)s. Mã PIN và đường dẫn cũ không còn mở được hồ sơ này.")
    outcome = Outcome(done=done % {"pin": f"{renewed.pin[:4]} {renewed.pin[4:]}"})
    return _status_page(parts, request, renewed.petition, renewed.pin, outcome=outcome)


def track(parts: Parts, request: Request) -> Response:
    """Show the petition of a reference and PIN."""
    form = form_fields(form_pairs(request))
    if form.get("step") == "edit":
        return _track_page(parts, request, form)
    missing = _missing(form, "ma", "pin")
    if missing:
        return _track_page(parts, request, form, problems=missing)
    try:
        petition = _proven(parts, request, form)
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return _track_page(parts, request, form, error)
    return _status_page(parts, request, petition, form["pin"], form=form)


def unlock(parts: Parts, request: Request) -> Response:
    """Have the PIN sent to a contact on file; the page is the same for everybody."""
    form = form_fields(form_pairs(request))
    missing = _missing(form, "reference", "contact")
    if missing:
        return _track_page(parts, request, form, problems=missing, is_pin_again=True)
    parts.pin_again.ask(form["reference"], form["contact"])
    reference = form["reference"]
    done = gettext(page_language(request))(PIN_IS_SENT)
    return _track_page(parts, request, {"ma": reference, "reference": reference}, done=done)


def _missing(form: Mapping[str, str], *names: str) -> list[tuple[str, str]]:
    return [(name, "missing") for name in names if not form.get(name, "").strip()]


def download_due_date(parts: Parts, request: Request) -> Response:
    """Give the day of the answer as a file for a calendar."""
    form = form_fields(form_pairs(request))
    petition = parts.finder.find(form.get("ma", ""), proof_in(request, form))
    _, site = gettext(page_language(request)), parts.settings.public_url
    body = due_date_file(
        petition.reference,
        petition.due_on,
        summary=_("Hạn trả lời phản ánh, kiến nghị %(reference)s")
        % {"reference": spaced(petition.reference)},
        description=_("Xem tình hình trên trang Tra cứu bằng mã số và mã PIN, hoặc gọi 1900 1547."),
        url=f"{site}/tra-cuu?ma={petition.reference}",
        host=site.partition("://")[2].partition(":")[0],
        sequence=sum(entry.action is Action.MOVE_DUE_DATE for entry in petition.history),
        made_at=clock.now(),
    )
    return Response(
        body=body,
        status_code=200,
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": f'attachment; filename="pakn-{petition.reference}.ics"',
        },
    )


# --- changes ------------------------------------------------------------------------------------------


def supplement(parts: Parts, request: Request) -> Response:
    """Add to a petition."""
    return _follow_up(parts, request, _supplement, N_("Đã nhận nội dung bổ sung."))


def _supplement(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    body = validated(SupplementInput, {"content": form.get("content", "")})
    return parts.follow_up.supplement(petition, body.content, _cause(form, body))


def add_contact(parts: Parts, request: Request) -> Response:
    """Take another contact."""
    done = N_("Đã thêm liên hệ. Từ nay thông báo được gửi đến đó.")
    return _follow_up(parts, request, _add_contact, done)


def _add_contact(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    body = validated(ContactInput, {name: form.get(name) for name in ("phone", "email")})
    return parts.add_contact.add(petition, body, _cause(form, body))


def withdraw(parts: Parts, request: Request) -> Response:
    """Take a petition back, once its petitioner has ticked that they mean it."""
    return _follow_up(parts, request, _withdraw, N_("Đã rút phản ánh, kiến nghị."))


def _withdraw(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    if form.get("confirm") != "1":
        raise errors.InvalidInputError(("confirm", "missing"))
    body = validated(WithdrawalInput, {"reason": form.get("reason")})
    return parts.follow_up.withdraw(petition, body.reason, _cause(form, body))


def undo_withdrawal(parts: Parts, request: Request) -> Response:
    """Take a withdrawal back: the link of its notice leads to the form."""
    return _follow_up(parts, request, _undo_withdrawal, N_("Đã hủy yêu cầu rút. Việc được xử lý tiếp."))


def _undo_withdrawal(parts: Parts, petition: Petition, _form: Mapping[str, str]) -> Petition:
    return parts.follow_up.undo_withdrawal(petition, undoing_on_the_web(petition))


def rate(parts: Parts, request: Request) -> Response:
    """Rate the answer."""
    return _follow_up(parts, request, _rate, N_("Cảm ơn bạn đã đánh giá."))


def _rate(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    facts = {"score": form["score"]} if form.get("score") else {}
    body = validated(RatingForm, {**facts, "comment": form.get("comment")})
    return parts.follow_up.rate(petition, body.score, body.comment, _cause(form, body))


def reopen(parts: Parts, request: Request) -> Response:
    """Ask for a second look."""
    done = N_("Đã nhận đề nghị. Cấp cao hơn sẽ xem xét lại và trả lời bạn.")
    return _follow_up(parts, request, _reopen, done)


def _reopen(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    body = validated(ReopeningInput, {"reason": form.get("reason", "")})
    return parts.follow_up.reopen(petition, body.reason, _cause(form, body))


def _cause(form: Mapping[str, str], body: BaseModel) -> str:
    """Name a change by the hidden key of its form; the key was checked before."""
    return web_cause(form.get("key") or None, body, clock.now())


ALREADY_SENT = N_(
    "Từ biểu mẫu này đã gửi một nội dung khác. Nội dung mới chưa được gửi và vẫn còn bên dưới: muốn gửi, hãy bấm gửi "
    "lần nữa."
)


class Outcome(NamedTuple):
    """The outcome of a change on the page: that it was made, or why it was refused."""

    done: str = ""
    refused: str = ""
    status: int = 200


_NOTHING_CHANGED = Outcome()

_WRITTEN = ("content", "phone", "email", "reason", "score", "comment")
"""The fields of the forms for changes: the switch of languages takes what is not sent yet along."""

ChangePetition = Callable[[Parts, Petition, Mapping[str, str]], Petition]
"""Makes the change that a form asks for."""


def _follow_up(parts: Parts, request: Request, change: ChangePetition, done: str) -> Response:
    form = form_fields(form_pairs(request))
    try:
        petition = _proven(parts, request, form)
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return _track_page(parts, request, form, error)
    _ = gettext(page_language(request))
    secret = form["pin"]
    try:
        if form.get("key"):
            checked_key(form["key"])
        changed = change(parts, petition, form)
    except errors.InvalidInputError as error:
        return _status_page(parts, request, petition, secret, form=form, problems=error.problems)
    except (
        errors.ActionNotPossibleError,
        errors.IdempotencyKeyReusedError,
        errors.StaleVersionError,
    ) as error:
        status, problem = problem_of(error, page_language(request))
        detail, current = problem["detail"], parts.petitions.get(petition.reference) or petition
        if isinstance(error, errors.IdempotencyKeyReusedError):
            status, detail = 409, _(ALREADY_SENT)
        refused = Outcome(refused=detail, status=status)
        return _status_page(parts, request, current, secret, form=form, outcome=refused)
    return _status_page(parts, request, changed, secret, outcome=Outcome(done=_(done)))


# --- pages --------------------------------------------------------------------------------------------


STEPS: tuple[tuple[str, frozenset[State]], ...] = (
    (N_("Tiếp nhận"), frozenset({State.RECEIVED, State.AWAITING_INFORMATION})),
    (N_("Phân công"), frozenset({State.ASSIGNED})),
    (N_("Xử lý"), frozenset({State.IN_PROGRESS, State.AWAITING_APPROVAL, State.REOPENED})),
    (N_("Trả lời"), frozenset({State.ANSWERED, State.PUBLISHED, State.CLOSED})),
)
"""The ordinary steps to the answer, as the page shows them; of any other course only the state is shown."""


def _steps(state: State, _: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return each step and whether it is `past`, `now` or `ahead`; nothing for a state that is on none of them."""
    current = next((n for n, (_label, states) in enumerate(STEPS) if state in states), None)
    if current is None:
        return []
    progress = ["past"] * current + ["now"] + ["ahead"] * (len(STEPS) - current - 1)
    return [(_(label), status) for (label, _states), status in zip(STEPS, progress, strict=True)]


def _proven(parts: Parts, request: Request, form: Mapping[str, str]) -> Petition:
    return parts.finder.find(form.get("ma", ""), proof_in(request, form))


def _track_page(
    parts: Parts,
    request: Request,
    form: Mapping[str, str],
    error: errors.PetitionError | None = None,
    *,
    problems: Iterable[tuple[str, str]] = (),
    is_pin_again: bool = False,
    done: str = "",
) -> Response:
    """Show the form for the PIN with what was written; how long to wait where a PIN is slowed.

    With JavaScript the browser works and sends the form at once, without it a button does later.
    """
    facts = shown_errors(form_errors(problems, page_language(request)))
    status = 422 if facts["errors"] else 200
    slowed = error if isinstance(error, errors.PinSlowedError) else None
    shown = {name: form[name][:most] for name, most in _LENGTHS.items() if form.get(name)}
    if slowed:
        status, shown = 429, {"ma": "", "pin": "", **shown}
    elif form.get("step") != "edit":
        shown.pop("pin", None)
    if error and not slowed:
        status, problem = problem_of(error, page_language(request))
        facts = {"errors": (FormError("ma", problem["title"], problem["detail"]),), "messages": {}}
    response = page(
        parts,
        request,
        "track.html",
        status,
        **facts,
        form={"reference": shown.get("ma", ""), **shown},
        sent_again=list(shown.items()) if request.method == "POST" else [],
        is_pin_again=is_pin_again,
        done=done,
        slowed=slowed,
    )
    if slowed:
        response.headers["Retry-After"] = str(slowed.retry_after)
    return response


_LENGTHS = {"ma": 20, "pin": 40, "reference": 20, "contact": 254}
"""The fields of the page for the PIN, and how much of each is shown again."""


def _status_page(
    parts: Parts,
    request: Request,
    petition: Petition,
    secret: str,
    *,
    form: Mapping[str, str] | None = None,
    problems: Iterable[tuple[str, str]] = (),
    outcome: Outcome = _NOTHING_CHANGED,
) -> Response:
    language = page_language(request)
    listed = form_errors(problems, language)
    view = petitioners_view(
        petition,
        parts.directory,
        clock.now(),
        parts.settings.public_url,
        language,
        parts.views.evidence(petition, secret, clock.now()),
    )
    shown = page(
        parts,
        request,
        "status.html",
        422 if listed else outcome.status,
        **shown_errors(listed),
        view=view,
        actions=tuple(action.value for action in view.possible_actions),
        channel_label=gettext(language)(CHANNELS[petition.channel]),
        undo_within=parts.directory.terms_of(petition).undo_withdrawal_within_working_days,
        is_open=petition.is_unanswered,
        may_add_contact=petition.state in MOVES[Action.ADD_CONTACT].sources,
        is_unreachable=parts.add_contact.is_unreachable(petition),
        steps=_steps(petition.state, gettext(language)),
        is_waiting=petition.state is State.AWAITING_INFORMATION,
        secret=parts.finder.secret_for(petition, secret),
        key=new_key(),
        form=form or {},
        written=[(name, form[name]) for name in _WRITTEN if form and form.get(name)],
        done=outcome.done,
        refused=outcome.refused,
        limits=parts.settings.file_limits,
        **upload_words(language),
        record=record_of(petition, parts.roots, clock.now(), parts.directory.restorations()).as_json(),
    )
    if Action.SUPPLEMENT in view.possible_actions:
        return sending_to(parts.bucket.origin, shown)
    has_files = view.answer is not None and view.answer.attachments
    return leading_to(parts.bucket.origin, shown) if has_files else shown
