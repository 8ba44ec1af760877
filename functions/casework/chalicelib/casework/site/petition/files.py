"""The officers' pages for files: attach one to an answer, open one."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.petition.drafts import keep_if_possible, sent_form
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.attachments import EXTENSIONS
from shared.platform.bucket import origin_of
from shared.use_cases.declare_file import AttachmentForm
from shared.web.answers import forms_may_lead_to, see_other
from shared.web.rendering import link
from shared.web.requests import validated


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.post("/petitions/{reference}/attachments", attach_file)
    pages.post("/petitions/{reference}/attachments/{attachment_id}", open_file)
    return pages


def attach_file(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Declare a file for the answer and show the form that uploads it to the bucket."""
    petition = parts.actions.find(officer, reference, Action.DRAFT_ANSWER)
    form = sent_form(request)
    keep_if_possible(parts, officer, petition, Action.DRAFT_ANSWER, form)
    back = link(f"/desk/file-sent?reference={petition.reference}", language_of_page(request))
    expected = parts.files.expect(
        officer,
        petition,
        validated(AttachmentForm, {"filename": form.get("filename")}),
        form.get("key"),
        then=f"{parts.settings.public_url}{back}",
    )
    answer = render(
        parts,
        request,
        officer,
        "choose_file.html",
        form=expected.form,
        reference=petition.reference,
        types=",".join(EXTENSIONS),
        limits=parts.settings.file_limits,
    )
    answer.headers.update(forms_may_lead_to(origin_of(expected.form.url)))
    return answer


def open_file(
    parts: Parts, _request: Request, officer: DeskOfficer, reference: str, attachment_id: str
) -> Response:
    """Redirect to a file; the opening of a petitioner's file is recorded."""
    petition = parts.actions.find(officer, reference)
    return see_other(parts.files.open(officer, petition, attachment_id).url)
