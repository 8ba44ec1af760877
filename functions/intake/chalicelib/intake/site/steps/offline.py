"""Without a network: the service worker of the steps, and the public page that it shows in place of an answer.

Its scope is these pages alone (ADR 0076). The list of what it keeps is part of it, with the version of each file, so a
browser gets a new worker whenever one of them changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import page, page_language, public, site_routes
from shared.web.answers import PUBLIC_FOR_A_MINUTE
from shared.web.i18n import Language
from shared.web.rendering import link
from shared.web.routes import Routes
from shared.web.static import asset, asset_url

WORKER = "/gui/sw.js"
OFFLINE = "/gui/ngoai-tuyen"
SCOPE = "/gui"
FILES = ("site.css", "offline.js", "site-icons.svg", "be-vietnam-pro-400.woff2", "be-vietnam-pro-600.woff2")
SHOWN = ("content", "organisation", "name", "address", "phone", "email", "subject")
"""The fields whose texts are shown while they wait."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these files."""
    site = site_routes(__name__, parts)
    site.get(WORKER, worker)
    site.get(OFFLINE, public(without_network))
    return site


def worker(parts: Parts, request: Request) -> Response:
    """Give the service worker with the addresses and the version of what it keeps."""
    pages: dict[Language, str] = {"vi": link(OFFLINE, "vi"), "en": link(OFFLINE, "en")}
    addresses = [*map(asset_url, FILES), *pages.values()]
    code = asset("worker.js")
    assert code is not None  # noqa: S101 - it is a file of ours
    shown = [without_network(parts, request).body, code.content.decode(), json.dumps(addresses)]
    version = hashlib.sha256("".join(map(str, shown)).encode()).hexdigest()[:12]
    facts = {"VERSION": version, "KEPT": addresses, "OFFLINE": pages, "SHOWN": SHOWN}
    named = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in facts.items())
    headers: dict[str, str | list[str]] = {
        **PUBLIC_FOR_A_MINUTE,
        "Content-Type": "text/javascript; charset=utf-8",
        "Service-Worker-Allowed": SCOPE,
    }
    return Response(body=named + code.content.decode(), status_code=200, headers=headers)


def without_network(parts: Parts, request: Request) -> Response:
    """Say that there is no network; the service worker puts into it what was about to be sent."""
    language = page_language(request)
    other = link(SCOPE, "vi" if language == "en" else "en")
    return page(
        parts, request, "steps/offline.html", here="/gui", other_language=other, same_page="", theme=""
    )
