"""Uploads of the first step: by its script with progress, or with a plain form that the bucket leads back from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.site.frame import leading_to, page, page_language, site_routes
from chalicelib.intake.site.steps import check, files
from chalicelib.intake.site.steps.frame import ENOUGH_BEGUN, TO_MEND, fields_in, led_elsewhere
from chalicelib.intake.site.steps.passes import Holder, holder_of, new_holder
from chalicelib.intake.unsent.files import (
    UnsentFile,
    UnsentFileState,
    described_file,
    file_to_choose,
    files_in,
    same_file,
    with_files,
)
from chalicelib.intake.unsent.steps import Step
from chalicelib.intake.unsent.unsent_petitions import UnsentPetition
from shared.domain.errors import InvalidInputError, TooManyRequestsError
from shared.domain.petition.values.attachments import EXTENSIONS
from shared.platform import clock
from shared.platform.bucket import origin_of
from shared.use_cases.declare_file import AttachmentInput
from shared.web.answers import json_answer, see_other
from shared.web.i18n import gettext
from shared.web.problems import rule_message
from shared.web.rendering import link, moment
from shared.web.requests import form_pairs, query_parameter, source_address, validated
from shared.web.routes import Routes

Change = Callable[[tuple[UnsentFile, ...]], Iterable[UnsentFile]]
"""Makes another list of files."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.post("/gui/tep", declare)
    site.get("/gui/tep", choose)
    site.post("/gui/tep/chon", begin)
    site.post("/gui/tep/bo", take_away)
    site.get("/gui/tep/tinh-trang", tell_states)
    return site


# --- with a script ----------------------------------------------------------------------------------------


def declare(parts: Parts, request: Request) -> Response:
    """List a file that the script has shrunk and is about to upload; the same file again is the same one."""
    form, language = dict(form_pairs(request)), page_language(request)
    _ = gettext(language)
    holder = holder_of(request, parts.settings.public_url, form) or new_holder()
    if not holder.is_new and check.is_sent(parts, holder):
        return json_answer({"message": _("Việc này đã được gửi. Gửi thêm tệp ở trang hồ sơ.")}, 409)
    try:
        file = _listed(parts, request, holder, form)
    except InvalidInputError as error:
        rules = [rule_message(rule, language, name) for name, rule in error.problems]
        return json_answer({"message": " ".join(rules)}, 422)
    except TooManyRequestsError as error:
        note = _(ENOUGH_BEGUN) % {"at": moment(clock.now() + timedelta(seconds=error.retry_after))}
        return json_answer({"message": note}, 429)
    upload = parts.unsent_files.form(file)
    arrived = parts.unsent_files.arrived((file,))[0]
    body = {
        "id": file.id,
        "filename": file.filename,
        "is_there": arrived.state in (UnsentFileState.READY, UnsentFileState.CHECKING),
        "upload": {"url": upload.url, "fields": upload.fields},
    }
    return holder.keep(json_answer(body), parts.settings.public_url)


def _listed(parts: Parts, request: Request, holder: Holder, form: Mapping[str, str]) -> UnsentFile:
    """List a declared file and return it as it is listed."""
    size = form.get("size", "")
    declared = validated(
        AttachmentInput,
        {
            "filename": form.get("filename", ""),
            "content_type": form.get("content_type", ""),
            "size": int(size) if size.isascii() and size.isdigit() else 0,
        },
    )
    wanted = described_file(declared, form.get("mark", ""))
    counting = _names_that_count(parts, holder)

    def listed(before: tuple[UnsentFile, ...]) -> tuple[UnsentFile, ...]:
        if same_file(before, wanted):
            return before
        parts.unsent_files.check(
            (file for file in before if file.is_described or file.id in counting), wanted
        )
        return (*before, wanted)

    unsent = _change(parts, request, holder, listed)
    return same_file(files_in(unsent.fields), wanted) or wanted


def tell_states(parts: Parts, request: Request) -> Response:
    """Tell the script what has arrived."""
    holder = holder_of(request, parts.settings.public_url)
    unsent = parts.unsent.get(holder.unsent_pass) if holder else UnsentPetition({})
    rows = [files.row_of(each, page_language(request)) for each in files.arrived(parts, unsent)]
    return json_answer({"files": [{"id": row.id, "state": row.state, "text": row.text} for row in rows]})


# --- without one ------------------------------------------------------------------------------------------


def begin(parts: Parts, request: Request) -> Response:
    """Keep what was typed and lead to the page where a file is chosen; one that was never chosen is chosen now."""
    pairs, language = form_pairs(request), page_language(request)
    holder = holder_of(request, parts.settings.public_url, dict(pairs)) or new_holder()
    if not holder.is_new and check.is_sent(parts, holder):
        holder = new_holder()
    holder = Holder(holder.unsent_pass, in_cookie=holder.in_cookie)
    counting = _names_that_count(parts, holder)

    def listed(before: tuple[UnsentFile, ...]) -> tuple[UnsentFile, ...]:
        if any(not file.is_described and file.id not in counting for file in before):
            return before
        wanted = file_to_choose(len(before) + 1)
        parts.unsent_files.check(before, wanted)
        return (*before, wanted)

    try:
        unsent = _change(parts, request, holder, listed, fields_in(pairs, Step.MATTER))
    except InvalidInputError:
        return holder.keep(see_other(holder.step(Step.MATTER, language)), parts.settings.public_url)
    chosen = next(
        file for file in files_in(unsent.fields) if not file.is_described and file.id not in counting
    )
    return holder.keep(
        see_other(holder.address("/gui/tep", language, t=chosen.id)), parts.settings.public_url
    )


def choose(parts: Parts, request: Request) -> Response:
    """Show the form that uploads a file; the bucket leads back to the first step."""
    if elsewhere := led_elsewhere(parts, request):
        return elsewhere
    language = page_language(request)
    holder = holder_of(request, parts.settings.public_url)
    unsent = parts.unsent.get(holder.unsent_pass) if holder else UnsentPetition({})
    named = query_parameter(request, "t")
    file = next((each for each in files_in(unsent.fields) if each.id == named), None)
    if holder is None or file is None:
        return see_other(link("/gui", language))
    back = holder.step(Step.MATTER, language)
    form = parts.unsent_files.form(file, then=f"{parts.settings.public_url}{back}")
    shown = page(
        parts,
        request,
        "choose_file.html",
        here="/gui",
        form=form,
        return_path=back,
        types=",".join(EXTENSIONS),
        limits=parts.unsent_files.limits,
    )
    return leading_to(origin_of(form.url), shown)


def take_away(parts: Parts, request: Request) -> Response:
    """Take a file off the list and out of the bucket; what was typed is kept."""
    pairs, language = form_pairs(request), page_language(request)
    form = dict(pairs)
    holder = holder_of(request, parts.settings.public_url, form)
    if holder is None:
        return see_other(link("/gui", language))
    named = form.get("remove", "")
    gone = [file for file in files_in(parts.unsent.get(holder.unsent_pass).fields) if file.id == named]
    if gone:
        fields = fields_in(pairs, Step.MATTER)
        _change(parts, request, holder, lambda before: (each for each in before if each.id != named), fields)
        parts.unsent_files.remove(gone)
    if "text/html" not in str(request.headers.get("accept", "")):
        return json_answer({"id": named})
    to_mend = {TO_MEND: "1"} if form.get(TO_MEND) == "1" else {}
    return holder.keep(see_other(holder.step(Step.MATTER, language, **to_mend)), parts.settings.public_url)


# --- both -------------------------------------------------------------------------------------------------


def _names_that_count(parts: Parts, holder: Holder) -> set[str]:
    """Return the names of the files that count: a plain form that nothing was sent with is none."""
    if holder.is_new:
        return set()
    return {each.file.id for each in files.arrived(parts, parts.unsent.get(holder.unsent_pass))}


def _change(
    parts: Parts,
    request: Request,
    holder: Holder,
    change: Change,
    fields: Mapping[str, str] | None = None,
) -> UnsentPetition:
    """Keep another list of files, and the fields that came with it."""

    def changed(unsent: UnsentPetition) -> UnsentPetition:
        listed = change(files_in(unsent.fields))
        return replace(unsent, fields=with_files({**unsent.fields, **(fields or {})}, listed))

    return parts.unsent.save(holder.unsent_pass, changed, Sender(source_address(request)))
