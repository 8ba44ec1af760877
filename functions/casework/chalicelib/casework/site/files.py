"""The officers' pages for files: attach one to an answer, open one, and the way back from the bucket.

The session's cookie does not travel with a browser that the bucket sends back, so the way back needs none: it shows
nothing but where to go on.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.doors import query
from chalicelib.casework.site.frame import language_of_page, render
from shared.domain import errors
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.attachments import EXTENSIONS
from shared.platform.bucket import origin_of
from shared.use_cases.declare_file import AttachmentForm
from shared.web.http import form_body, forms_may_lead_to, see_other, validated
from shared.web.rendering import link


def attach(request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Declare a file for the answer and show the form that uploads it."""
    petition = composition.casework().find(officer, reference, Action.DRAFT_ANSWER)
    form = form_body(request)
    language = language_of_page(request)
    back = link(f"/desk/file-sent?reference={petition.reference}", language)
    expected = composition.files().expect(
        officer,
        petition,
        validated(AttachmentForm, {"filename": form.get("filename")}),
        form.get("key"),
        then=f"{composition.configuration().public_url}{back}",
    )
    shown = render(
        request,
        officer,
        "choose_file.html",
        form=expected.form,
        reference=petition.reference,
        types=",".join(EXTENSIONS),
        limits=composition.configuration().file_limits,
    )
    shown.headers.update(forms_may_lead_to(origin_of(expected.form.url)))
    return shown


def open_file(_request: Request, officer: DeskOfficer, reference: str, attachment_id: str) -> Response:
    """Lead to a file; that a petitioner's was opened is recorded."""
    petition = composition.casework().find(officer, reference)
    return see_other(composition.files().open(officer, petition, attachment_id).url)


def file_sent(request: Request) -> Response:
    """Say that the bucket has the file, and lead back to the petition."""
    reference = normal_reference(query(request).get("reference", "")[:20])
    if reference is None:
        raise errors.UnknownPetitionError
    return render(request, None, "file_sent.html", reference=reference)


PAGES: dict[str, Callable[..., Response]] = {"attach": attach, "open_file": open_file}
"""Pages for who has signed in."""
