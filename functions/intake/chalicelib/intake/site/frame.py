"""Shared by all of the citizens' pages: the reader's language, forms and their errors, the frame around a page."""

from __future__ import annotations

import functools
import secrets as randomness
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.find_petition import Proof
from chalicelib.intake.petitions.receive_petition import checked_key
from chalicelib.intake.site.headings import with_whole_words
from shared.domain import errors
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.answers import PUBLIC_PAGE, forms_may_lead_to, html_answer, scripts_may_send_to, see_other
from shared.web.app import address_of
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import one_text_of, problem_of, rule_message
from shared.web.rendering import link
from shared.web.requests import form_pairs, query_parameter, query_parameters, source_address
from shared.web.routes import Routes

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
    "email": N_("Email"),
    "reply_by": N_("Báo tin cho tôi bằng"),
    "ma": N_("Mã số"),
    "pin": N_("Mã PIN"),
    "score": N_("Điểm"),
    "comment": N_("Ý kiến"),
    "reason": N_("Lý do"),
    "reference": N_("Mã số"),
    "contact": N_("Số điện thoại hoặc email"),
    "code": N_("Mã một lần"),
    "filename": N_("Tên tệp"),
    "confirm": N_("Xác nhận rút"),
    "q": N_("Từ khóa"),
    "month": N_("Tháng"),
}
"""The fields of all forms, in the order in which their errors are listed."""

_DONE = "xong"
"""The name in an address of what was just done."""
_FIELD_OF_RULE = {"contact-missing": "phone", "reply-by-without-contact": "reply_by"}
"""The field beside which a rule about several fields is shown."""

MISSING: dict[str, str] = {
    "content": N_("Hãy viết nội dung bạn muốn gửi."),
    "name": N_("Hãy ghi họ và tên của bạn."),
    "address": N_("Hãy ghi địa chỉ: số nhà, đường hoặc thôn, xã/phường, tỉnh/thành phố."),
    "ma": N_("Hãy nhập mã số gồm 11 chữ số trên biên nhận."),
    "pin": N_("Hãy nhập mã PIN gồm 8 chữ số trên biên nhận."),
    "score": N_("Hãy chọn một điểm từ 1 đến 5."),
    "comment": N_("Hãy viết rõ câu trả lời còn thiếu hoặc chưa đúng điều gì."),
    "reason": N_("Hãy viết rõ câu trả lời còn thiếu hoặc chưa đúng điều gì."),
    "reference": N_("Hãy nhập mã số gồm 11 chữ số trên biên nhận."),
    "contact": N_("Hãy nhập số điện thoại hoặc email bạn đã dùng khi gửi."),
    "code": N_("Hãy nhập sáu chữ số của mã vừa được gửi đến bạn."),
    "confirm": N_("Hãy đánh dấu vào ô xác nhận nếu bạn muốn rút."),
    "subject": N_("Hãy ghi một dòng tóm tắt việc của bạn."),
    "kind": N_("Hãy chọn loại việc; chưa rõ thì chọn loại gần nhất."),
    "field": N_("Hãy chọn một lĩnh vực trong danh sách."),
    "type": N_("Hãy chọn bạn gửi với tư cách cá nhân, doanh nghiệp hay tổ chức."),
    "organisation": N_("Hãy ghi tên doanh nghiệp hoặc tổ chức."),
    "phone": N_("Hãy ghi số điện thoại, hoặc ghi email ở dưới."),
    "email": N_("Hãy ghi email, hoặc ghi số điện thoại ở trên."),
    "reply_by": N_("Hãy chọn ít nhất một cách Bộ báo tin cho bạn."),
    "filename": N_("Hãy chọn tệp, hoặc ghi tên tệp."),
    "q": N_("Hãy gõ vài chữ cần tìm."),
    "month": N_("Hãy chọn một tháng."),
}
"""The message of each field that must not be empty: it says what to write there."""

_SAYS_WHAT_TO_WRITE = frozenset({"missing", "invalid", "unknown"})
"""Rules that say nothing of what is wrong: the message of an empty field says more."""

_FORM_FIELDS = frozenset({*LABELS, "key", "may_publish", "step", "proof", "ticket", "p", "file", "reopen"})

_TEXTS = frozenset({"content", "reason", "comment"})
"""The fields that are shown again where a form could not be taken just now."""

LONGEST_FIELD = 20_000
"""Characters of a wrong field that are shown again to be corrected."""


class Kept(NamedTuple):
    """A form that is not taken yet: the switches of language and theme send it along, so that nothing typed is lost."""

    path: str
    """The address that shows the form again."""
    fields: tuple[tuple[str, str], ...]
    step: str = "edit"
    """Says at that address that the form is shown again and not taken; "" where it shows it anyway."""


class FormError(NamedTuple):
    """One line of the error summary: leads to the field with this id."""

    id: str
    label: str
    message: str


THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def site_routes(import_name: str, parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return routes on which an error that no form shows becomes a page in the site's own style."""
    return Routes(import_name, parts, error_page)


def page_language(request: Request) -> Language:
    """Return the language that the address asks for."""
    return "en" if query_parameter(request, "lang") == "en" else "vi"


def page(parts: Parts, request: Request, template: str, status: int = 200, **facts: Any) -> Response:
    """Answer with a page in the reader's language."""
    language = page_language(request)
    html = parts.pages.render(template, language, **{**frame_facts(request, language), **facts})
    return html_answer(with_whole_words(html), status)


def public(view: Callable[..., Response]) -> Callable[..., Response]:
    """Return a view of a page that is the same for everybody: caches may keep it for a minute."""

    @functools.wraps(view)
    def shown(parts: Parts, request: Request, **path: str) -> Response:
        answer = view(parts, request, **path)
        if answer.status_code == HTTPStatus.OK:
            answer.headers |= PUBLIC_PAGE
        return answer

    return shown


def frame_facts(request: Request, language: Language) -> dict[str, str]:
    """Return the facts of the frame around a page: where one is, the other language, light or dark."""
    return {
        "here": here(request),
        "other_language": other_language(request, language),
        "theme": theme_of(request),
        "same_page": same_page(request),
    }


def theme_of(request: Request) -> str:
    """Return `light` or `dark` where the reader chose one, else "": the system's preference decides."""
    try:
        chosen = SimpleCookie(str(request.headers.get("cookie", ""))).get(THEME_COOKIE)
    except CookieError:
        return ""
    return chosen.value if chosen and chosen.value in THEMES else ""


def same_page(request: Request) -> str:
    """Return the page's own address; the answer to a form has none, so that of the page that the form began on."""
    if request.method != "GET":
        return link(_began_on(request), page_language(request))
    query = urlencode(query_parameters(request))
    return address_of(request.to_original_event()) + (f"?{query}" if query else "")


def follows_redirects(request: Request) -> bool:
    """Return whether a form's answer is for a browser, which follows to the page's own address.

    A program that posts a form, and does not name HTML among what it accepts, gets the page at once (ADR 0073).
    """
    return "text/html" in str(request.headers.get("accept", "")).lower()


def here(request: Request) -> str:
    """Return the address of the page, for the menu."""
    return str(request.context.get("resourcePath", ""))


def other_language(request: Request, language: Language) -> str:
    """Return the address of the same page in the other language: what was searched for stays in it.

    A form's answer has no address of its own; its link leads to the page that the form began on, unless the page shows
    another switch.
    """
    address = ""
    query = {name: value for name, value in query_parameters(request).items() if name != "lang"}
    if request.method != "GET":
        address, query = _began_on(request), {}
    return f"{address}?{urlencode({**query, 'lang': 'vi' if language == 'en' else 'en'})}"


def _began_on(request: Request) -> str:
    return f"/{here(request).strip('/').partition('/')[0]}"


def at_address(request: Request, address_in: Callable[[Language], str]) -> dict[str, str]:
    """Return the facts of a page that has an address besides: its switches of language and theme lead there."""
    language = page_language(request)
    other: Language = "vi" if language == "en" else "en"
    return {"same_page": address_in(language), "other_language": address_in(other)}


def done_words(request: Request, words: Mapping[str, str]) -> str:
    """Return the words for what was just done, which the address names (`lead_to`); "" for what is not among them."""
    return gettext(page_language(request))(words.get(query_parameter(request, _DONE), ""))


def lead_to(request: Request, address: str, done: str, headers: Mapping[str, Any] | None = None) -> Response:
    """Lead a form's sender to a page that says what was done."""
    return see_other(link(f"{address}?{_DONE}={done}", page_language(request)), headers)


def leading_to(origin: str, shown: Response) -> Response:
    """Let the forms of a page lead to one more origin: that of the bucket."""
    shown.headers.update(forms_may_lead_to(origin))
    return shown


def sending_to(origin: str, shown: Response) -> Response:
    """Let the scripts and forms of a page send files to one more origin: that of the bucket."""
    shown.headers.update(scripts_may_send_to(origin))
    return shown


def gone_page(parts: Parts, request: Request, title: str, detail: str) -> Response:
    """Say that what an address led to has ended, and what to do; both texts are put into the reader's language."""
    _ = gettext(page_language(request))
    return page(parts, request, "message.html", 404, title=_(title), detail=_(detail))


def error_page(parts: Parts, request: Request, error: errors.PetitionError) -> Response:
    """Show an error that no form shows; a form that cannot be taken just now is kept, to be sent again."""
    status, problem = problem_of(error, page_language(request))
    unsent: list[tuple[str, str]] = []
    if isinstance(error, errors.UnavailableError) and request.method == "POST":
        unsent = [pair for pair in form_pairs(request) if pair[0] in _FORM_FIELDS]
    return page(
        parts,
        request,
        "message.html",
        status,
        **({"same_page": ""} if unsent else {}),
        title=problem["title"],
        detail=one_text_of(problem),
        unsent=unsent,
        unsent_to=here(request),
        written=[value for name, value in unsent if name in _TEXTS],
    )


def terms_today(directory: Directory) -> Terms:
    """Return the time limits for what is received today."""
    return directory.terms_on(local_date(clock.now()))


def form_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the fields of a site's form by name, each cut to the length that is shown again."""
    return {name: value[:LONGEST_FIELD] for name, value in pairs if name in _FORM_FIELDS}


def proof_in(request: Request, form: Mapping[str, str]) -> Proof:
    """Return the PIN or link token of a form, and the ticket or work that a slowed PIN needs."""
    offered = form.get("proof", "") or form.get("ticket", "")
    return Proof(form.get("pin", ""), source_address(request), offered)


def new_key() -> str:
    """Return a key for a form that is shown for the first time."""
    return f"page-{randomness.token_hex(16)}"


def usable_key(form: Mapping[str, str]) -> str:
    """Return the form's key, or a new one where that was invalid."""
    try:
        return checked_key(form.get("key", ""))
    except errors.InvalidInputError:
        return new_key()


def form_errors(problems: Iterable[tuple[str, str]], language: Language) -> tuple[FormError, ...]:
    """Return the errors of a form, one line for each field, in the order of the form."""
    _ = gettext(language)
    first: dict[str, str] = {}
    for path, rule in problems:
        name = _FIELD_OF_RULE.get(rule) or path.removeprefix("petitioner.").split(".")[0]
        first.setdefault(name if name in LABELS else "content", rule)
    return tuple(
        FormError(name, _(label), _message(name, first[name], language))
        for name, label in LABELS.items()
        if name in first
    )


def _message(name: str, rule: str, language: Language) -> str:
    if rule in _SAYS_WHAT_TO_WRITE and name in MISSING:
        return gettext(language)(MISSING[name])
    return rule_message(rule, language, name)


def shown_errors(listed: tuple[FormError, ...]) -> dict[str, Any]:
    """Return errors for the templates: as a list, and by field."""
    return {"errors": listed, "messages": {error.id: error.message for error in listed}}
