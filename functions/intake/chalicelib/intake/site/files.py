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
from shared.domain.petition.values.attachments import EXTENSIONS, AttachmentState, Rejection
from shared.platform import clock
from shared.platform.bucket import origin_of
from shared.use_cases.declare_file import AttachmentForm, Expected
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import REJECTIONS
from shared.web.rendering import link
from shared.web.requests import form_pairs, query_parameter, validated
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/tra-cuu/tep", files)
    site.post("/tra-cuu/tep", attach)
    site.post("/tra-cuu/tai-tep", fetch_file)
    site.get("/cong-khai/tep", fetch_public_file)
    return site


def files(parts: Parts, request: Request) -> Response:
    """Show the states of a petitioner's files, after the bucket led back."""
    try:
        petition = parts.files.admitted(query_parameter(request, "p"))
    except errors.NotFoundOrWrongPinError:
        return _expired(parts, request)
    return _files_page(parts, request, petition, just_sent=bool(query_parameter(request, "key")))


def attach(parts: Parts, request: Request) -> Response:
    """Declare a file and show the form that uploads it; or say why there is none."""
    form = form_fields(form_pairs(request))
    try:
        petition = _admitted(parts, request, form)
    except errors.NotFoundOrWrongPinError:
        if form.get("p"):
            return _expired(parts, request)
        raise
    language = page_language(request)
    return_path = link(f"/tra-cuu/tep?p={parts.files.issue_pass(petition)}", language)
    try:
        expected = _expected(parts, petition, form, f"{parts.settings.public_url}{return_path}")
    except errors.InvalidInputError as error:
        return _files_page(parts, request, petition, form=form, problems=error.problems)
    if expected.attachment.state is not AttachmentState.EXPECTED:
        return see_other(return_path)
    shown = page(
        parts,
        request,
        "choose_file.html",
        form=expected.form,
        return_path=return_path,
        other_language=link(return_path.removesuffix("&lang=en"), "vi" if language == "en" else "en"),
        types=",".join(EXTENSIONS),
        limits=parts.files.limits,
    )
    return leading_to(origin_of(expected.form.url), shown)


def _expected(parts: Parts, petition: Petition, form: Mapping[str, str], then: str) -> Expected:
    """Declare the file of a form; another file under the key of a form that was sent before is one more file."""
    declared = validated(AttachmentForm, {"filename": form.get("filename")})
    key = form.get("key")
    try:
        return parts.files.expect(petition, declared, checked_key(key) if key else None, then=then)
    except errors.IdempotencyKeyReusedError:
        return parts.files.expect(petition, declared, new_key(), then=then)


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
        other_language=link(f"/tra-cuu/tep?p={file_pass}", "vi" if language == "en" else "en"),
        may_attach=petition.as_known_outside(clock.now()).state in PETITIONERS_FILES_IN,
        just_sent=just_sent,
        look_again=link(f"/tra-cuu/tep?p={file_pass}", language),
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
