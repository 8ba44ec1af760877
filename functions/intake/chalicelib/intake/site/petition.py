"""The pages for following a petition with its PIN, and for what its petitioner does later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api.petitions import PIN_IS_SENT, address_of, query
from chalicelib.intake.petitions.add_contact import ContactInput
from chalicelib.intake.petitions.follow_up import (
    RatingForm,
    ReopeningInput,
    SupplementInput,
    WithdrawalInput,
    cause_of,
)
from chalicelib.intake.petitions.receive_petition import checked_key
from chalicelib.intake.petitions.track_petition import petitioners_view
from chalicelib.intake.site.calendar_file import due_date_file
from chalicelib.intake.site.files import upload_words
from chalicelib.intake.site.frame import (
    FormError,
    form_errors,
    kept,
    leading_to,
    new_key,
    page,
    page_language,
    sending_to,
    shown_errors,
)
from chalicelib.intake.verification.record import record_of
from shared.domain import errors
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import spaced
from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.http import form_pairs, problem_of, validated
from shared.web.i18n import N_, gettext
from shared.web.labels import CHANNELS


def track_form(request: Request) -> Response:
    """Show the form; an e-mail's link, which carries a token, leads straight to the petition."""
    form = {"ma": query(request, "ma")}
    token = query(request, "t")
    if not token:
        return _track_page(request, form)
    try:
        petition = composition.finder().find(form["ma"], token, address_of(request))
    except errors.NotFoundOrWrongPinError as error:
        return _track_page(request, form, error)
    return _status_page(request, petition, token)


def track(request: Request) -> Response:
    """Show the petition of a reference and PIN."""
    form = kept(form_pairs(request))
    try:
        petition = _proven(request, form)
    except errors.NotFoundOrWrongPinError as error:
        return _track_page(request, form, error)
    return _status_page(request, petition, form["pin"])


def unlock(request: Request) -> Response:
    """Have the PIN sent to a contact on file; the page says the same to everybody."""
    form = kept(form_pairs(request))
    missing = [(name, "missing") for name in ("reference", "contact") if not form.get(name, "").strip()]
    listed = form_errors(missing, page_language(request))
    if listed:
        return page(request, "track.html", 422, **shown_errors(listed), form=form, done="")
    composition.pin_again().ask(form["reference"], form["contact"])
    done = gettext(page_language(request))(PIN_IS_SENT)
    return page(request, "track.html", **shown_errors(()), form={}, done=done)


def supplement(request: Request) -> Response:
    """Add to a petition."""

    def change(petition: Petition, form: Mapping[str, str], key: str | None) -> Petition:
        body = validated(SupplementInput, {"content": form.get("content", "")})
        cause = cause_of(key, "web", body, local_date(clock.now()))
        return composition.follow_up().supplement(petition, body.content, cause)

    return _follow_up(request, change, N_("Đã nhận nội dung bổ sung."))


def add_contact(request: Request) -> Response:
    """Take another contact."""

    def change(petition: Petition, form: Mapping[str, str], key: str | None) -> Petition:
        body = validated(ContactInput, {name: form.get(name) for name in ("phone", "email")})
        cause = cause_of(key, "web", body, local_date(clock.now()))
        return composition.contact_adding().add(petition, body, cause)

    return _follow_up(request, change, N_("Đã thêm liên hệ. Từ nay thông báo được gửi đến đó."))


def download_due_date(request: Request) -> Response:
    """Give the day of the answer as a file for a calendar."""
    form = kept(form_pairs(request))
    petition = composition.finder().find(form.get("ma", ""), form.get("pin", ""), address_of(request))
    _, site = gettext(page_language(request)), composition.configuration().public_url
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
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def withdraw(request: Request) -> Response:
    """Take a petition back, once its petitioner has ticked that they mean it."""

    def change(petition: Petition, form: Mapping[str, str], key: str | None) -> Petition:
        if form.get("confirm") != "1":
            raise errors.InvalidInputError(("confirm", "missing"))
        body = validated(WithdrawalInput, {"reason": form.get("reason")})
        cause = cause_of(key, "web", body, local_date(clock.now()))
        return composition.follow_up().withdraw(petition, body.reason, cause)

    return _follow_up(request, change, N_("Đã rút phản ánh, kiến nghị."))


def rate(request: Request) -> Response:
    """Rate the answer."""

    def change(petition: Petition, form: Mapping[str, str], key: str | None) -> Petition:
        facts = {"score": form["score"]} if form.get("score") else {}
        body = validated(RatingForm, {**facts, "comment": form.get("comment")})
        cause = cause_of(key, "web", body, local_date(clock.now()))
        return composition.follow_up().rate(petition, body.score, body.comment, cause)

    return _follow_up(request, change, N_("Cảm ơn bạn đã đánh giá."))


def reopen(request: Request) -> Response:
    """Ask for a second look."""

    def change(petition: Petition, form: Mapping[str, str], key: str | None) -> Petition:
        body = validated(ReopeningInput, {"reason": form.get("reason", "")})
        cause = cause_of(key, "web", body, local_date(clock.now()))
        return composition.follow_up().reopen(petition, body.reason, cause)

    return _follow_up(request, change, N_("Đã nhận đề nghị. Cấp cao hơn sẽ xem xét lại và trả lời bạn."))


STEPS: tuple[tuple[str, frozenset[State]], ...] = (
    (N_("Tiếp nhận"), frozenset({State.RECEIVED, State.AWAITING_INFORMATION})),
    (N_("Phân công"), frozenset({State.ASSIGNED})),
    (N_("Xử lý"), frozenset({State.IN_PROGRESS, State.AWAITING_APPROVAL, State.REOPENED})),
    (N_("Trả lời"), frozenset({State.ANSWERED, State.PUBLISHED, State.CLOSED})),
)
"""The ordinary way to the answer, as the page shows it; whoever went another way is told so by the state alone."""


def _steps(state: State, _: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return each step with how it stands: `past`, `now` or `ahead`; nothing for a state that is on none of them."""
    reached = next((n for n, (_label, states) in enumerate(STEPS) if state in states), None)
    if reached is None:
        return []
    standings = ["past"] * reached + ["now"] + ["ahead"] * (len(STEPS) - reached - 1)
    return [(_(label), standing) for (label, _states), standing in zip(STEPS, standings, strict=True)]


Changing = Callable[[Petition, Mapping[str, str], str | None], Petition]


def _follow_up(request: Request, change: Changing, done: str) -> Response:
    form = kept(form_pairs(request))
    try:
        petition = _proven(request, form)
    except errors.NotFoundOrWrongPinError as error:
        return _track_page(request, form, error)
    _ = gettext(page_language(request))
    secret = form["pin"]
    key = form.get("key")
    try:
        changed = change(petition, form, checked_key(key) if key else None)
    except errors.InvalidInputError as error:
        return _status_page(request, petition, secret, form=form, problems=error.problems)
    except (
        errors.ActionNotPossibleError,
        errors.IdempotencyKeyReusedError,
        errors.StaleVersionError,
    ) as error:
        status, problem = problem_of(error, page_language(request))
        current = composition.petitions().get(petition.reference) or petition
        return _status_page(request, current, secret, refused=problem["detail"], status=status)
    return _status_page(request, changed, secret, done=_(done))


def _proven(request: Request, form: Mapping[str, str]) -> Petition:
    return composition.finder().find(form.get("ma", ""), form.get("pin", ""), address_of(request))


def _track_page(
    request: Request, form: Mapping[str, str], error: errors.NotFoundOrWrongPinError | None = None
) -> Response:
    shown = {"ma": form.get("ma", "")[:20]}
    if error is None:
        return page(request, "track.html", **shown_errors(()), form=shown, done="")
    status, problem = problem_of(error, page_language(request))
    listed = (FormError("ma", problem["title"], problem["detail"]),)
    return page(request, "track.html", status, errors=listed, messages={}, form=shown, done="")


def _status_page(
    request: Request,
    petition: Petition,
    secret: str,
    *,
    form: Mapping[str, str] | None = None,
    problems: Iterable[tuple[str, str]] = (),
    done: str = "",
    refused: str = "",
    status: int = 200,
) -> Response:
    language = page_language(request)
    listed = form_errors(problems, language)
    view = petitioners_view(
        petition,
        composition.directory(),
        clock.now(),
        composition.configuration().public_url,
        language,
        composition.sightings().evidence(petition, secret, clock.now()),
    )
    shown = page(
        request,
        "status.html",
        422 if listed else status,
        **shown_errors(listed),
        view=view,
        actions=tuple(action.value for action in view.possible_actions),
        channel_label=gettext(language)(CHANNELS[petition.channel]),
        is_open=petition.is_unanswered,
        may_add_contact=petition.state in MOVES[Action.ADD_CONTACT].sources,
        is_unreachable=composition.contact_adding().is_unreachable(petition),
        steps=_steps(petition.state, gettext(language)),
        is_waiting=petition.state is State.AWAITING_INFORMATION,
        secret=secret,
        key=new_key(),
        form=form or {},
        done=done,
        refused=refused,
        limits=composition.configuration().file_limits,
        **upload_words(language),
        record=record_of(petition, composition.roots(), clock.now()).as_json(),
    )
    if Action.SUPPLEMENT in view.possible_actions:
        return sending_to(composition.bucket().origin, shown)
    has_files = view.answer is not None and view.answer.attachments
    return leading_to(composition.bucket().origin, shown) if has_files else shown
