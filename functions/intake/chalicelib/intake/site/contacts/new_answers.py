"""The pages of the weekly e-mail about new answers: subscribe, confirm, end (docs/adr/0074).

A link in a mail is opened by machines too, so opening one changes nothing: a button does. The address that ends a
subscription also takes the POST of a mail program (RFC 8058), which shows no page and has no cookie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import (
    MISSING,
    FormError,
    Kept,
    done_words,
    form_errors,
    form_fields,
    lead_to,
    page,
    page_language,
    shown_errors,
    site_routes,
)
from shared.domain.errors import InvalidInputError, TooManyRequestsError
from shared.web.answers import try_again_after
from shared.web.i18n import N_, Language, counted, gettext
from shared.web.requests import form_pairs, query_parameter, source_address
from shared.web.routes import Routes

HOME = "/cau-tra-loi-moi"
_NO_EMAIL = N_("Hãy ghi email để nhận thư.")
_DONE = {
    "gui": N_(
        "Đã gửi một thư đến địa chỉ đó. Hãy mở đường dẫn trong thư trong 48 giờ: chưa xác nhận thì không có thư nào "
        "khác."
    ),
    "nhan": N_(
        "Đã xác nhận. Tuần nào có câu trả lời mới, bạn nhận một thư vào sáng ngày làm việc đầu tuần sau."
    ),
    "thoi": N_("Đã dừng. Bạn không nhận thư này nữa, và địa chỉ của bạn đã được xóa."),
    "het-han": N_("Đường dẫn này không còn dùng được. Muốn nhận thư, hãy đăng ký lại."),
}


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get(HOME, show)
    site.post(HOME, subscribe)
    site.get(f"{HOME}/xac-nhan/{{name}}/{{token}}", show_confirmation)
    site.post(f"{HOME}/xac-nhan/{{name}}/{{token}}", confirm)
    site.get(f"{HOME}/{{name}}/{{token}}", show_end)
    site.post(f"{HOME}/{{name}}/{{token}}", end)
    return site


def show(parts: Parts, request: Request) -> Response:
    """Show the form; what was just done stands above it."""
    return _form_page(parts, request, {"field": query_parameter(request, "field")})


def subscribe(parts: Parts, request: Request) -> Response:
    """Have the link sent that confirms a subscription; the answer is the same for everybody."""
    form, language = form_fields(form_pairs(request)), page_language(request)
    if form.get("step") == "edit":
        return _form_page(parts, request, form)
    field = form.get("field", "")
    if field and field not in _fields(parts, language):
        return _form_page(parts, request, form, problems=[("field", "unknown")])
    try:
        parts.subscriptions.subscribe(form.get("email", ""), field, source_address(request), language)
    except InvalidInputError as error:
        return _form_page(parts, request, form, problems=error.problems)
    except TooManyRequestsError as error:
        hours = -(-error.retry_after // 3600)
        text = counted(language)(
            "Đã có nhiều yêu cầu cho địa chỉ này hoặc từ mạng bạn đang dùng. Hãy thử lại sau %(count)s giờ.",
            hours,
        )
        shown = _form_page(parts, request, form, note=text % {"count": hours}, status=429)
        return try_again_after(shown, error.retry_after)
    return lead_to(request, HOME, "gui")


def show_confirmation(parts: Parts, request: Request, name: str, token: str) -> Response:
    """Ask whether to begin: whoever opens the link may be a machine."""
    row = parts.subscriptions.find(name, token)
    if row is None:
        return lead_to(request, HOME, "het-han")
    field = _fields(parts, page_language(request)).get(row.field, "")
    return page(parts, request, "new_answers_asked.html", is_end=False, field=field)


def confirm(parts: Parts, request: Request, name: str, token: str) -> Response:
    """Begin to send the weekly e-mail."""
    row = parts.subscriptions.find(name, token)
    holds = row is not None and parts.subscriptions.confirm(row)
    return lead_to(request, HOME, "nhan" if holds else "het-han")


def show_end(parts: Parts, request: Request, name: str, token: str) -> Response:
    """Ask whether to end."""
    if not parts.subscriptions.may_end(name, token):
        return lead_to(request, HOME, "het-han")
    return page(parts, request, "new_answers_asked.html", is_end=True, field="")


def end(parts: Parts, request: Request, name: str, token: str) -> Response:
    """End a subscription, also for a mail program that asks in its reader's name; done again it is done."""
    if not parts.subscriptions.may_end(name, token):
        return lead_to(request, HOME, "het-han")
    parts.subscriptions.end(name)
    return lead_to(request, HOME, "thoi")


def _fields(parts: Parts, language: Language) -> dict[str, str]:
    """Return the names of the fields in force by their codes."""
    return {field.code: field.name for field in parts.public_record.fields(language).fields}


def _form_page(
    parts: Parts,
    request: Request,
    form: dict[str, str],
    *,
    problems: Iterable[tuple[str, str]] = (),
    note: str = "",
    status: int = 200,
) -> Response:
    language = page_language(request)
    _ = gettext(language)
    facts = shown_errors(tuple(_about_email(error, language) for error in form_errors(problems, language)))
    shown = {name: form[name][:254] for name in ("email", "field") if form.get(name)}
    return page(
        parts,
        request,
        "new_answers.html",
        422 if facts["errors"] else status,
        **facts,
        form=shown,
        fields=[("", _("Mọi lĩnh vực")), *_fields(parts, language).items()],
        kept=Kept(HOME, tuple(shown.items())) if shown and request.method == "POST" else None,
        note=note,
        done=done_words(request, _DONE),
        is_refused=query_parameter(request, "xong") == "het-han",
    )


def _about_email(error: FormError, language: Language) -> FormError:
    """Return an error of this form: without a telephone's field, it says nothing of a telephone."""
    _, in_other_forms = gettext(language), MISSING["email"]
    return error._replace(message=_(_NO_EMAIL)) if error.message == _(in_other_forms) else error
