"""The citizens' pages: plain HTML that works without JavaScript, over the same use cases as the JSON API.

Vietnamese unless the address says `?lang=en`: the reader's choice stays in every link. Citizens' forms carry no
cookie, so a foreign page can make a reader send nothing that the foreign page could not send itself: no CSRF token
is needed.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.site import files, petition, public_pages, send, statistics, verification
from chalicelib.intake.site.frame import error_page
from shared.domain import errors

PAGES: dict[str, Callable[..., Response]] = {
    view.__name__: view
    for view in (
        *(
            public_pages.home,
            public_pages.privacy,
            public_pages.not_found,
            public_pages.asset,
            public_pages.api_reference,
        ),
        *(public_pages.published, statistics.statistics),
        *(send.send_form, send.send),
        *(petition.track_form, petition.track, petition.supplement, petition.withdraw),
        petition.download_due_date,
        *(petition.rate, petition.reopen, petition.unlock, petition.add_contact),
        *(verification.verification, verification.download_record),
        *(files.files, files.attach, files.fetch_file, files.fetch_public_file),
    )
}
"""What `app.py` may ask for."""


def answer(name: str, request: Request, *arguments: str) -> Response:
    """Answer with a page of this module; an error that no form shows becomes a page in the site's own style."""
    try:
        return PAGES[name](request, *arguments)
    except errors.PetitionError as error:
        return error_page(error, request)
