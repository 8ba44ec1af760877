"""The page to which the bucket redirects a browser after an upload.

Browsers send no SameSite=Strict cookie along such a redirect, so the page needs no session: it shows nothing but the
link back to the petition.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import render
from chalicelib.casework.site.routes import OpenRoutes
from shared.domain.errors import UnknownPetitionError
from shared.domain.identity.reference import normal_reference
from shared.web.requests import query_parameters


def routes(parts: Callable[[], Parts]) -> OpenRoutes:
    """Return the routes of this module."""
    pages = OpenRoutes(__name__, parts)
    pages.get("/file-sent", show_file_sent)
    return pages


def show_file_sent(parts: Parts, request: Request) -> Response:
    """Say that the file was uploaded, and lead back to the petition."""
    reference = normal_reference(query_parameters(request).get("reference", "")[:20])
    if reference is None:
        raise UnknownPetitionError
    return render(parts, request, None, "file_sent.html", reference=reference)
