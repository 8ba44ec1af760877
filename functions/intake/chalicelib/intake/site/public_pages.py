"""The pages that everybody may read: home, privacy, published answers, figures; and the site's own files."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.answers import PublishedList
from chalicelib.intake.site.frame import (
    LONGEST_FIELD,
    form_errors,
    page,
    page_language,
    shown_errors,
    site_routes,
    terms_today,
)
from shared.domain import errors
from shared.web.i18n import N_, Language, gettext
from shared.web.rendering import link
from shared.web.requests import query_parameter, query_text
from shared.web.routes import Routes
from shared.web.static import asset as asset_named


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/", home)
    site.get("/chinh-sach", privacy)
    site.get("/cong-khai", published)
    site.get("/assets/{name}", asset)
    return site


def home(parts: Parts, request: Request) -> Response:
    """Show the three doors, the other channels, and what the law promises."""
    return page(parts, request, "home.html", terms=terms_today(parts.directory))


def privacy(parts: Parts, request: Request) -> Response:
    """Say what personal data is used for."""
    return page(parts, request, "privacy.html", terms=terms_today(parts.directory))


def asset(_parts: Parts, request: Request, name: str) -> Response:
    """Serve a file of the site; an address that names its version may be kept for ever.

    Raises:
        UnknownAddressError: there is no such file.
    """
    file = asset_named(name)
    if file is None:
        raise errors.UnknownAddressError
    is_versioned = query_parameter(request, "v") == file.version
    headers: dict[str, str | list[str]] = {
        "Content-Type": file.content_type,
        "ETag": f'"{file.version}"',
        "Cache-Control": "public, max-age=31536000, immutable" if is_versioned else "public, no-cache",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(body="", status_code=304, headers=headers)
    return Response(body=file.text, status_code=200, headers=headers)


FROM_THE_NEWEST = N_("Đường dẫn đến các kết quả cũ hơn không còn đúng. Dưới đây là các kết quả từ mới nhất.")
_WRONG_CURSOR = ("cursor", "invalid")
READS_OF_NOTHING = 5
"""Times that the search reads on for the page while it has found nothing: enough for all months with few answers."""


def _answers_for(parts: Parts, form: dict[str, str], cursor: str, language: Language) -> PublishedList:
    """Return the answers to show; pages without any are passed over.

    Raises:
        InvalidInputError: a month, cursor or search that can be none.
    """
    for _ in range(READS_OF_NOTHING):
        answers = parts.public_record.published(
            field=form["field"], month=form["month"], search=form["q"], cursor=cursor, language=language
        )
        cursor = answers.next_cursor or ""
        if answers.items or not cursor:
            break
    return answers


def published(parts: Parts, request: Request) -> Response:
    """List and search published answers."""
    language = page_language(request)
    form = {name: query_parameter(request, name)[:LONGEST_FIELD] for name in ("month", "field")}
    form["q"] = query_text(request, "q")[:LONGEST_FIELD]
    answers: PublishedList | None = None
    problems: tuple[tuple[str, str], ...] = ()
    note = ""
    try:
        answers = _answers_for(parts, form, query_parameter(request, "cursor"), language)
    except errors.InvalidInputError as error:
        problems = error.problems
    if problems == (_WRONG_CURSOR,):
        note = gettext(language)(FROM_THE_NEWEST)
        answers = _answers_for(parts, form, "", language)
    listed = () if note else form_errors(problems, language)
    older = ""
    if answers and answers.next_cursor:
        query = {name: value for name, value in form.items() if value} | {"cursor": answers.next_cursor}
        older = link(f"/cong-khai?{urlencode(query)}", language)
    return page(
        parts,
        request,
        "published.html",
        422 if problems else 200,
        **shown_errors(listed),
        note=note,
        form=form,
        page=answers,
        older=older,
        fields=parts.public_record.fields(language).fields,
    )
