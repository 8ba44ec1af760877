"""The citizens' pages: plain HTML that works without JavaScript, over the same use cases as the JSON API.

Vietnamese unless the address says `?lang=en`: the reader's choice stays in every link. Citizens' forms carry no
cookie, so a foreign page can make a reader send nothing that the foreign page could not send itself: no CSRF token
is needed.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.site import figures, files, following, reading, sending, verifying
from chalicelib.intake.site.frame import error_page
from shared.domain import errors

PAGES: dict[str, Callable[..., Response]] = {
    view.__name__: view
    for view in (
        *(reading.home, reading.privacy, reading.not_found, reading.asset, reading.api_reference),
        *(reading.published, figures.statistics),
        *(sending.send_form, sending.send),
        *(following.track_form, following.track, following.supplement, following.withdraw),
        following.download_due_date,
        *(following.rate, following.reopen, following.unlock, following.add_contact),
        *(verifying.verification, verifying.download_record),
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
