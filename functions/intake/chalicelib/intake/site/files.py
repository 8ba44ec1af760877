"""The pages for a petitioner's files, without JavaScript: declare a file, choose it, and the bucket leads back here.

The bucket leads back with a GET, which can carry no PIN: a pass in the address shows the files and nothing else of the
petition, for an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.receive_petition import checked_key
from chalicelib.intake.petitions.track_petition import PETITIONERS_FILES_IN, petitioners_files
from chalicelib.intake.site.frame import (
    at_address,
    follows_redirects,
    form_errors,
    form_fields,
    gone_page,
    leading_to,
    new_key,
    page,
    page_language,
    proof_in,
    shown_errors,
    site_routes,
)
from shared.domain import errors
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import EXTENSIONS, Attachment, AttachmentState, Rejection
from shared.platform import clock
from shared.platform.bucket import origin_of
from shared.use_cases.declare_file import AttachmentForm
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import REJECTIONS
from shared.web.rendering import link
from shared.web.requests import form_pairs, query_parameter, validated
from shared.web.routes import Routes

_TO_CHOOSE = "tep"
"""The parameter of the address that names the file whose upload it shows the form for."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/tra-cuu/tep", files)
    site.post("/tra-cuu/tep", attach)
    site.post("/tra-cuu/tai-tep", fetch_file)
    site.get("/cong-khai/tep", fetch_public_file)
    return site


def files(parts: Parts, request: Request) -> Response:
    """Show the states of a petitioner's files, after the bucket led back; or the form that uploads one of them."""
    try:
        petition = parts.files.admitted(query_parameter(request, "p"))
    except errors.NotFoundOrWrongPinError:
        return _expired(parts, request)
    chosen = parts.files.waiting(petition, query_parameter(request, _TO_CHOOSE))
    if chosen is not None:
        return _choose_page(parts, request, petition, chosen)
    return _files_page(parts, request, petition, just_sent=bool(query_parameter(request, "key")))


def attach(parts: Parts, request: Request) -> Response:
    """Declare a file and lead to the form that uploads it; or say why there is none."""
    form = form_fields(form_pairs(request))
    try:
        petition = _admitted(parts, request, form)
    except errors.NotFoundOrWrongPinError:
        if form.get("p"):
            return _expired(parts, request)
        raise
    try:
        petition, attachment = _declared(parts, petition, form)
    except errors.InvalidInputError as error:
        return _files_page(parts, request, petition, form=form, problems=error.problems)
    if attachment.state is AttachmentState.EXPECTED and not follows_redirects(request):
        return _choose_page(parts, request, petition, attachment)
    files_pass = parts.files.issue_pass(petition)
    return see_other(_address(files_pass, page_language(request), attachment.id))


def _address(files_pass: str, language: Language, to_choose: str = "") -> str:
    """Return the address of a petition's files, or of the form that uploads one of them."""
    return link(f"/tra-cuu/tep?p={files_pass}{f'&{_TO_CHOOSE}={to_choose}' if to_choose else ''}", language)


def _choose_page(parts: Parts, request: Request, petition: Petition, attachment: Attachment) -> Response:
    """Show the form that uploads a declared file; the bucket leads back to the petition's files."""
    files_pass = parts.files.issue_pass(petition)
    return_path = _address(files_pass, page_language(request))
    form = parts.files.upload_form(petition, attachment, then=f"{parts.settings.public_url}{return_path}")
    shown = page(
        parts,
        request,
        "choose_file.html",
        200,
        form=form,
        return_path=return_path,
        **at_address(request, lambda language: _address(files_pass, language, attachment.id)),
        types=",".join(EXTENSIONS),
        limits=parts.files.limits,
    )
    return leading_to(origin_of(form.url), shown)


def _declared(parts: Parts, petition: Petition, form: Mapping[str, str]) -> tuple[Petition, Attachment]:
    """Declare the file of a form; another file under the key of a form that was sent before is one more file."""
    declared = validated(AttachmentForm, {"filename": form.get("filename")})
    key = form.get("key")
    try:
        expected = parts.files.expect(petition, declared, checked_key(key) if key else None)
    except errors.IdempotencyKeyReusedError:
        expected = parts.files.expect(petition, declared, new_key())
    return expected.petition, expected.attachment


def upload_words(language: Language) -> dict[str, object]:
    """Return the texts for a script that uploads files in one step: file types, and reasons for refusing one."""
    _ = gettext(language)
    reasons = {
        "heic": Rejection.HEIC,
        "wrong_type": Rejection.WRONG_TYPE,
        "too_large": Rejection.TOO_LARGE,
        "empty": Rejection.EMPTY,
    }
    return {
        "types": ",".join(EXTENSIONS),
        "refusals": {name: _(REJECTIONS[why]) for name, why in reasons.items()},
    }


def fetch_file(parts: Parts, request: Request) -> Response:
    """Lead to a file that came with the answer."""
    form = form_fields(form_pairs(request))
    petition = parts.finder.find(form.get("ma", ""), proof_in(request, form))
    return see_other(parts.files.answers_file(petition, form.get("file", "")).url)


def fetch_public_file(parts: Parts, request: Request) -> Response:
    """Lead to a file of a published answer."""
    file = parts.public_record.public_file(query_parameter(request, "a"), query_parameter(request, "f"))
    return see_other(parts.bucket.download(file).url)


def _admitted(parts: Parts, request: Request, form: Mapping[str, str]) -> Petition:
    if form.get("p"):
        return parts.files.admitted(form["p"])
    return parts.finder.find(form.get("ma", ""), proof_in(request, form))


def _files_page(
    parts: Parts,
    request: Request,
    petition: Petition,
    *,
    form: Mapping[str, str] | None = None,
    problems: Iterable[tuple[str, str]] = (),
    just_sent: bool = False,
) -> Response:
    language = page_language(request)
    listed = form_errors(problems, language)
    file_pass = parts.files.issue_pass(petition)
    return page(
        parts,
        request,
        "files_sent.html",
        422 if listed else 200,
        **shown_errors(listed),
        reference=petition.reference,
        attachments=petitioners_files(petition, language),
        **at_address(request, lambda language: _address(file_pass, language)),
        may_attach=petition.as_known_outside(clock.now()).state in PETITIONERS_FILES_IN,
        just_sent=just_sent,
        look_again=_address(file_pass, language),
        file_pass=file_pass,
        key=new_key(),
        form=form or {},
        limits=parts.files.limits,
    )


def _expired(parts: Parts, request: Request) -> Response:
    return gone_page(
        parts,
        request,
        N_("Trang này đã hết hạn"),
        N_("Tệp đã gửi vẫn được nhận. Hãy xem ở trang Tra cứu bằng mã số và mã PIN."),
    )
