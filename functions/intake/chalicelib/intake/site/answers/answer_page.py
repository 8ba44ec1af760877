"""One published answer as a help page, with its own address; and what readers say of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

from chalice.app import Request, Response
from markupsafe import Markup

from chalicelib.intake.composition import Parts
from chalicelib.intake.published.answer_search import beginning_of
from chalicelib.intake.published.answers import PublishedItem
from chalicelib.intake.published.reactions import COOKIE, Taken
from chalicelib.intake.site.frame import page, page_language, public, site_routes
from shared.domain import errors
from shared.platform import clock
from shared.tables.answers.reactions import Reaction
from shared.use_cases.answer_addresses import id_of, read_address
from shared.web.answers import see_other
from shared.web.i18n import N_
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameter, source_address
from shared.web.routes import Routes

LONGEST_LEAD = 320
"""Characters of an answer's first paragraph that stand apart, before the rest."""
SAID = "y-kien"
"""The parameter that says what became of a reaction."""
_REPLIES: dict[str, str] = {
    Taken.NEW: N_("Cảm ơn bạn. Bộ đã ghi nhận."),
    Taken.AGAIN: N_("Hôm nay bạn đã cho biết điều này rồi."),
    Taken.ENOUGH: N_("Hôm nay đã có đủ ý kiến từ máy hoặc mạng của bạn. Mời bạn quay lại ngày mai."),
}


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of an answer's page."""
    site = site_routes(__name__, parts)
    site.get("/cong-khai/{address}", public(show_answer))
    site.post("/cong-khai/{address}", react)
    return site


def show_answer(parts: Parts, request: Request, address: str) -> Response:
    """Show an answer; an address whose slug is not that of its title leads on to the right one.

    Raises:
        UnknownAddressError: there is no such answer, or it is not public any more.
    """
    language = page_language(request)
    name, item = _item(parts, request, address)
    if address != item.url.rpartition("/")[2]:
        return Response(body="", status_code=301, headers={"Location": link(item.url, language)})
    site = parts.settings.public_url
    lead, rest = _paragraphs(item.answer)
    return page(
        parts,
        request,
        "answer.html",
        item=item,
        lead=lead,
        paragraphs=rest,
        canonical=f"{site}{item.url}",
        description=beginning_of(item.answer, 160),
        data=_data(item, site),
        counts=parts.reactions.of(id_of(item.url)),
        reply=_REPLIES.get(query_parameter(request, SAID), ""),
        related=parts.public_record.like(f"{item.subject}\n{item.content}", language, but=name),
    )


def react(parts: Parts, request: Request, address: str) -> Response:
    """Count a reaction, and show the answer again.

    Raises:
        UnknownAddressError: there is no such answer.
        InvalidInputError: no such reaction.
    """
    language = page_language(request)
    _name, item = _item(parts, request, address)
    word = form_body(request).get("reaction", "")
    if word not in set(Reaction):
        raise errors.InvalidInputError(("reaction", "unknown"))
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return see_other(link(item.url, language))
    reply = parts.reactions.take(
        id_of(item.url),
        Reaction(word),
        cookie=_cookie(request),
        address=source_address(request),
        now=clock.now(),
    )
    cookie = f"{COOKIE}={reply.cookie}; Max-Age={reply.holds_for}; Path=/cong-khai; HttpOnly; SameSite=Lax"
    if parts.settings.public_url.startswith("https:"):
        cookie += "; Secure"
    location = link(f"{item.url}?{SAID}={reply.taken}", language)
    return see_other(f"{location}#y-kien", {"Set-Cookie": cookie})


def _item(parts: Parts, request: Request, address: str) -> tuple[str, PublishedItem]:
    """Return the name of an answer, and the answer.

    Raises:
        UnknownAddressError: there is none, or it is not public any more.
    """
    wanted = read_address(address)
    item = parts.public_record.answer(wanted.name, page_language(request)) if wanted else None
    if wanted is None or item is None:
        raise errors.UnknownAddressError
    return wanted.name, item


def _cookie(request: Request) -> str:
    """Return the cookie in which this browser keeps its reactions of today."""
    cookies: SimpleCookie = SimpleCookie()
    cookies.load(str(request.headers.get("cookie", "")))
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _paragraphs(answer: str) -> tuple[str, list[str]]:
    """Return the first paragraph where it is short enough to stand apart, and the others."""
    paragraphs = [part.strip() for part in answer.split("\n\n") if part.strip()]
    if paragraphs and len(paragraphs[0]) <= LONGEST_LEAD:
        return paragraphs[0], paragraphs[1:]
    return "", paragraphs


def _data(item: PublishedItem, site: str) -> Markup:
    """Return the data block for search engines: a page of one question (https://schema.org/QAPage).

    A data block is no script: a strict policy lets it stand (HTML, 4.12.1.1, "prepare the script element", step 11).
    """
    address = f"{site}{item.url}"
    unit = item.unit_label or "Bộ Nội vụ"
    author = {"@type": "GovernmentOrganization", "name": unit}
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "inLanguage": "vi",
        "mainEntity": {
            "@type": "Question",
            "name": item.subject,
            "text": item.content,
            "answerCount": 1,
            "datePublished": item.received_on.isoformat(),
            "author": {"@type": "Person", "name": "Người gửi"},
            "acceptedAnswer": {
                "@type": "Answer",
                "text": item.answer,
                "url": address,
                "datePublished": item.answered_on.isoformat(),
                "author": author,
            },
        },
    }
    text = json.dumps(facts, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - JSON in which no tag can begin or end
