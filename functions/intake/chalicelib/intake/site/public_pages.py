"""The pages that everybody may read: home, privacy, published answers, figures; and the site's own files."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api.petitions import query
from chalicelib.intake.published.answers import PublishedList
from chalicelib.intake.site.frame import (
    LONGEST_KEPT,
    form_errors,
    page,
    page_language,
    shown_errors,
    terms_today,
)
from shared.domain import errors
from shared.web.i18n import gettext
from shared.web.rendering import link
from shared.web.static import asset as stored_asset


def home(request: Request) -> Response:
    """Show the three doors, the other channels, and what the law promises."""
    return page(request, "home.html", terms=terms_today())


def privacy(request: Request) -> Response:
    """Say what personal data is used for."""
    return page(request, "privacy.html", terms=terms_today())


def api_reference(request: Request) -> Response:
    """Show the API's document to people."""
    from chalicelib.intake.site import api_reference as reference  # noqa: PLC0415 - no other page needs the schemas

    return reference.api_reference(request)


def not_found(request: Request) -> Response:
    """Say that there is no such page."""
    _ = gettext(page_language(request))
    return page(
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


def published(request: Request) -> Response:
    """List and search published answers."""
    language = page_language(request)
    form = {name: query(request, name)[:LONGEST_KEPT] for name in ("q", "month", "field")}
    found: PublishedList | None = None
    problems: tuple[tuple[str, str], ...] = ()
    try:
        found = composition.public_record().published(
            field=form["field"],
            month=form["month"],
            search=form["q"],
            cursor=query(request, "cursor"),
            language=language,
        )
    except errors.InvalidInputError as error:
        problems = error.problems
    listed = form_errors(problems, language)
    older = ""
    if found and found.next_cursor:
        kept = {name: value for name, value in form.items() if value}
        older = link(f"/cong-khai?{urlencode({**kept, 'cursor': found.next_cursor})}", language)
    return page(
        request,
        "published.html",
        422 if listed else 200,
        **shown_errors(listed),
        form=form,
        page=found,
        older=older,
        fields=composition.public_record().fields(language).fields,
    )
