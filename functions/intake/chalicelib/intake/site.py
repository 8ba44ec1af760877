"""The citizens' pages: plain HTML that works without JavaScript, over the same use cases as the JSON API.

Vietnamese unless the address says `?lang=en`: the reader's choice stays in every link. Citizens' forms carry no
cookie, so a foreign page can make a reader send nothing that the foreign page could not send itself: no CSRF token
is needed.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api import address_of, query
from chalicelib.intake.follow_up import RatingForm, ReopeningInput, SupplementInput, WithdrawalInput, cause_of
from chalicelib.intake.public_record import MonthFigures, PublishedList
from chalicelib.intake.receive_petition import checked_key, receive_petition
from chalicelib.intake.track_petition import petitioners_view, receipt
from shared import clock
from shared.domain import errors
from shared.domain.lifecycle import State
from shared.domain.petition import Channel, Petition
from shared.domain.submission import PetitionInput
from shared.domain.working_calendar import local_date
from shared.http import RULES, form_pairs, html_answer, problem_of, validated
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import CHANNELS
from shared.web.rendering import link
from shared.web.static import asset as stored_asset

LABELS: dict[str, str] = {
    "content": N_("Nội dung"),
    "subject": N_("Tiêu đề"),
    "kind": N_("Loại"),
    "field": N_("Lĩnh vực"),
    "type": N_("Bạn gửi với tư cách"),
    "name": N_("Họ và tên"),
    "organisation": N_("Tên doanh nghiệp hoặc tổ chức"),
    "address": N_("Địa chỉ"),
    "phone": N_("Số điện thoại"),
    "email": N_("Thư điện tử"),
    "reply_by": N_("Báo tin cho tôi bằng"),
    "ma": N_("Mã số"),
    "pin": N_("Mã PIN"),
    "score": N_("Điểm"),
    "comment": N_("Ý kiến"),
    "reason": N_("Lý do"),
    "confirm": N_("Xác nhận rút"),
    "q": N_("Từ khóa"),
    "month": N_("Tháng"),
}
"""The fields of all forms, in the order in which their errors are listed."""

ALREADY_SENT = N_(
    "Bạn đã gửi một phản ánh, kiến nghị từ trang này. Muốn gửi thêm nội dung dưới đây, hãy bấm gửi lần nữa."
)

ENOUGH_FOR_TODAY = N_(
    "Bạn đã gửi đủ số phản ánh, kiến nghị của một ngày. Nội dung chưa được gửi và vẫn còn dưới đây: "
    "mời gửi lại vào ngày mai, hoặc gọi tổng đài 1900 1547."
)

_PLACES = {"contact-missing": "phone", "reply-by-without-contact": "reply_by"}
"""Where a rule about several fields is shown."""

_FORM_FIELDS = frozenset({*LABELS, "key", "may_publish"})

LONGEST_KEPT = 20_000
"""Characters of a wrong field that are given back to be mended."""


class FormError(NamedTuple):
    """One line of the error summary: leads to the field with this id."""

    id: str
    label: str
    message: str


def page_language(request: Request) -> Language:
    """Return the language that the address asks for."""
    return "en" if query(request, "lang") == "en" else "vi"


def answer(name: str, request: Request, *arguments: str) -> Response:
    """Answer with a page of this module; an error that no form shows becomes a page in the site's own style."""
    try:
        return PAGES[name](request, *arguments)
    except errors.PetitionError as error:
        return _error_page(error, request)


# --- pages that only show ---------------------------------------------------------------------------


def home(request: Request) -> Response:
    """Show the three doors, the other channels, and what the law promises."""
    return _page(request, "home.html", terms=_terms_today())


def privacy(request: Request) -> Response:
    """Say what personal data is used for."""
    return _page(request, "privacy.html", terms=_terms_today())


def not_found(request: Request) -> Response:
    """Say that there is no such page."""
    _ = gettext(page_language(request))
    return _page(
        request,
        "message.html",
        404,
        title=_("Không tìm thấy trang"),
        detail=_("Địa chỉ này không có trên trang của chúng tôi."),
    )


def asset(request: Request, name: str) -> Response:
    """Serve a file of the site; an address that names its version may be kept for ever."""
    found = stored_asset(name)
    if found is None:
        return not_found(request)
    is_versioned = query(request, "v") == found.version
    headers: dict[str, str | list[str]] = {
        "Content-Type": found.content_type,
        "ETag": f'"{found.version}"',
        "Cache-Control": "public, max-age=31536000, immutable" if is_versioned else "public, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(body="", status_code=304, headers=headers)
    return Response(body=found.text, status_code=200, headers=headers)


# --- sending ----------------------------------------------------------------------------------------


def send_form(request: Request) -> Response:
    """Show the empty form; its hidden key makes one petition of a double click."""
    return _send_page(request, {}, (), key=_new_key())


def send(request: Request) -> Response:
    """Take the form: the receipt, with the PIN this once; or the form again, with what was written in it."""
    pairs = form_pairs(request)
    form = _kept(pairs)
    reply_by = tuple(value for name, value in pairs if name == "reply_by")
    try:
        petition = validated(PetitionInput, _petition_facts(form, reply_by, page_language(request)))
        received = receive_petition(composition.limited_reception(), petition, form.get("key") or _new_key())
    except errors.InvalidInputError as error:
        return _send_page(request, form, reply_by, key=_usable_key(form), problems=error.problems)
    except errors.IdempotencyKeyReusedError:
        note = gettext(page_language(request))(ALREADY_SENT)
        return _send_page(request, form, reply_by, key=_new_key(), note=note, status=409)
    except errors.TooManyRequestsError as error:
        note = gettext(page_language(request))(ENOUGH_FOR_TODAY)
        asked = _send_page(request, form, reply_by, key=_usable_key(form), note=note, status=429)
        asked.headers["Retry-After"] = str(error.retry_after)
        return asked
    told = receipt(
        received.petition, received.pin, composition.configuration().public_url, page_language(request)
    )
    return _page(request, "receipt.html", 201 if received.is_new else 200, receipt=told)


def _petition_facts(form: Mapping[str, str], reply_by: tuple[str, ...], language: Language) -> dict[str, Any]:
    return {
        "content": form.get("content", ""),
        "subject": form.get("subject"),
        "kind": form.get("kind") or None,
        "field": form.get("field"),
        "petitioner": {
            "type": form.get("type", "CITIZEN"),
            "name": form.get("name", ""),
            "address": form.get("address", ""),
            "phone": form.get("phone"),
            "email": form.get("email"),
            "organisation": form.get("organisation"),
        },
        "reply_by": reply_by,
        "may_publish": form.get("may_publish") == "1",
        "language": language,
    }


def _send_page(
    request: Request,
    form: Mapping[str, str],
    reply_by: tuple[str, ...],
    *,
    key: str,
    problems: Iterable[tuple[str, str]] = (),
    note: str = "",
    status: int = 200,
) -> Response:
    listed = _form_errors(problems, page_language(request))
    return _page(
        request,
        "send.html",
        422 if listed else status,
        **_shown_errors(listed),
        form=form,
        reply_by=reply_by,
        key=key,
        note=note,
        fields=composition.public_record().fields(page_language(request)).fields,
    )


# --- following --------------------------------------------------------------------------------------


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
    form = _kept(form_pairs(request))
    try:
        petition = _proven(request, form)
    except errors.NotFoundOrWrongPinError as error:
        return _track_page(request, form, error)
    return _status_page(request, petition, form["pin"])


def supplement(request: Request) -> Response:
    """Add to a petition."""

    def change(petition: Petition, form: Mapping[str, str], key: str | None) -> Petition:
        body = validated(SupplementInput, {"content": form.get("content", "")})
        cause = cause_of(key, "web", body, local_date(clock.now()))
        return composition.follow_up().supplement(petition, body.content, cause)

    return _follow_up(request, change, N_("Đã nhận nội dung bổ sung."))


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


Changing = Callable[[Petition, Mapping[str, str], str | None], Petition]


def _follow_up(request: Request, change: Changing, done: str) -> Response:
    form = _kept(form_pairs(request))
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
        return _page(request, "track.html", **_shown_errors(()), form=shown)
    status, problem = problem_of(error, page_language(request))
    listed = (FormError("ma", problem["title"], problem["detail"]),)
    return _page(request, "track.html", status, errors=listed, messages={}, form=shown)


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
    listed = _form_errors(problems, language)
    view = petitioners_view(
        petition, composition.directory(), clock.now(), composition.configuration().public_url, language
    )
    return _page(
        request,
        "status.html",
        422 if listed else status,
        **_shown_errors(listed),
        view=view,
        actions=tuple(action.value for action in view.possible_actions),
        channel_label=gettext(language)(CHANNELS[petition.channel]),
        is_open=petition.is_unanswered,
        is_waiting=petition.state is State.AWAITING_INFORMATION,
        secret=secret,
        key=_new_key(),
        form=form or {},
        done=done,
        refused=refused,
    )


# --- what everybody may read ------------------------------------------------------------------------


def published(request: Request) -> Response:
    """List and search published answers."""
    language = page_language(request)
    form = {name: query(request, name)[:LONGEST_KEPT] for name in ("q", "month", "field")}
    page: PublishedList | None = None
    problems: tuple[tuple[str, str], ...] = ()
    try:
        page = composition.public_record().published(
            field=form["field"],
            month=form["month"],
            search=form["q"],
            cursor=query(request, "cursor"),
            language=language,
        )
    except errors.InvalidInputError as error:
        problems = error.problems
    listed = _form_errors(problems, language)
    older = ""
    if page and page.next_cursor:
        kept = {name: value for name, value in form.items() if value}
        older = link(f"/cong-khai?{urlencode({**kept, 'cursor': page.next_cursor})}", language)
    return _page(
        request,
        "published.html",
        422 if listed else 200,
        **_shown_errors(listed),
        form=form,
        page=page,
        older=older,
        fields=composition.public_record().fields(language).fields,
    )


def statistics(request: Request) -> Response:
    """Show the figures of one month."""
    language = page_language(request)
    month = query(request, "month")
    figures: MonthFigures | None = None
    problems: tuple[tuple[str, str], ...] = ()
    try:
        figures = composition.public_record().figures(month)
    except errors.InvalidInputError as error:
        problems = error.problems
    listed = _form_errors(problems, language)
    return _page(
        request,
        "statistics.html",
        422 if listed else 200,
        **_shown_errors(listed),
        form={"month": figures.month if figures else month[:20]},
        figures=figures,
        **_tables(figures, language),
    )


def _tables(figures: MonthFigures | None, language: Language) -> dict[str, list[tuple[str, object]]]:
    if figures is None:
        return {"rows": [], "channels": [], "by_field": []}
    _ = gettext(language)
    names = {field.code: field.name for field in composition.public_record().fields(language).fields}
    percent = "–" if figures.on_time_percent is None else f"{figures.on_time_percent:g} %"
    rating = "–" if figures.average_rating is None else f"{figures.average_rating:g} / 5"
    rows: list[tuple[str, object]] = [
        (_("Đã tiếp nhận"), figures.received),
        (_("Đã trả lời"), figures.answered),
        (_("Trả lời đúng hạn"), figures.answered_on_time),
        (_("Trả lời quá hạn"), figures.answered_late),
        (_("Đang xử lý"), figures.open),
        (_("Đang xử lý, đã quá hạn"), figures.open_overdue),
        (_("Kết thúc cách khác (chuyển, hướng dẫn, gộp, rút, từ chối)"), figures.ended_otherwise),
        (_("Tỷ lệ đúng hạn"), percent),
        (_("Đã công khai"), figures.published),
        (_("Điểm hài lòng trung bình"), rating),
    ]
    return {
        "rows": rows,
        "channels": [(_(CHANNELS[Channel(name)]), number) for name, number in figures.by_channel.items()],
        "by_field": [(names.get(code, code), number) for code, number in figures.by_field.items()],
    }


# --- pieces -----------------------------------------------------------------------------------------


def _page(request: Request, template: str, status: int = 200, **facts: Any) -> Response:
    return html_answer(composition.pages().render(template, page_language(request), **facts), status)


def _error_page(error: errors.PetitionError, request: Request) -> Response:
    status, problem = problem_of(error, page_language(request))
    return _page(request, "message.html", status, title=problem["title"], detail=problem["detail"])


def _terms_today() -> Any:
    return composition.directory().terms_on(local_date(clock.now()))


def _kept(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a form's fields, cut to what is worth giving back."""
    return {name: value[:LONGEST_KEPT] for name, value in pairs if name in _FORM_FIELDS}


def _new_key() -> str:
    return f"page-{randomness.token_hex(16)}"


def _usable_key(form: Mapping[str, str]) -> str:
    """Keep the form's key, unless it was the mistake."""
    try:
        return checked_key(form.get("key", ""))
    except errors.InvalidInputError:
        return _new_key()


def _form_errors(problems: Iterable[tuple[str, str]], language: Language) -> tuple[FormError, ...]:
    """Return what is wrong, one line for each field, in the order of the form."""
    _ = gettext(language)
    first: dict[str, str] = {}
    for place, rule in problems:
        name = _PLACES.get(rule) or place.removeprefix("petitioner.").split(".")[0]
        first.setdefault(name if name in LABELS else "content", rule)
    return tuple(
        FormError(name, _(label), _(RULES.get(first[name], RULES["invalid"])))
        for name, label in LABELS.items()
        if name in first
    )


def _shown_errors(listed: tuple[FormError, ...]) -> dict[str, Any]:
    return {"errors": listed, "messages": {error.id: error.message for error in listed}}


PAGES: dict[str, Callable[..., Response]] = {
    view.__name__: view
    for view in (
        *(home, privacy, not_found, asset),
        *(send_form, send, track_form, track, supplement, withdraw, rate, reopen),
        *(published, statistics),
    )
}
"""What `app.py` may ask for."""
