"""The page for following a petition with its reference and PIN, and for having the PIN sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.pin_again import PIN_IS_SENT
from chalicelib.intake.site.frame import (
    FormError,
    Kept,
    done_words,
    follows_redirects,
    form_errors,
    form_fields,
    page,
    page_language,
    proof_in,
    shown_errors,
    site_routes,
)
from chalicelib.intake.site.petition_page import WRITTEN, answer_with_page, petition_page
from shared.domain import errors
from shared.domain.identity.reference import in_short_link
from shared.domain.petition.petition import Petition
from shared.web.answers import see_other, try_again_after
from shared.web.i18n import N_, gettext
from shared.web.problems import problem_of
from shared.web.rendering import link
from shared.web.requests import form_pairs, query_parameter
from shared.web.routes import Routes

CODES = N_("Mã số và mã PIN")
NOT_TOGETHER = N_(
    "Hai mã này không đi với nhau. Xin xem lại cả hai trên biên nhận. Mất mã PIN thì xin gửi lại, ở cuối trang này."
)


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/tra-cuu", track_form)
    site.post("/tra-cuu", track)
    site.get("/h/{code}", open_short_link)
    site.post("/tra-cuu/cap-lai", unlock)
    return site


def track_form(parts: Parts, request: Request) -> Response:
    """Show the form; an e-mail's link, which carries a token, leads straight to the petition, in its language."""
    form = {"ma": query_parameter(request, "ma")}
    token = query_parameter(request, "t")
    if not token:
        return track_page(parts, request, form, done=done_words(request, _DONE))
    try:
        petition = parts.finder.find(form["ma"], proof_in(request, {"pin": token}))
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return track_page(parts, request, form, error)
    if petition.language == "en" and not query_parameter(request, "lang"):
        return see_other(link(f"/tra-cuu?{urlencode({'ma': form['ma'], 't': token})}", "en"))
    return petition_page(parts, request, petition, token)


def open_short_link(parts: Parts, request: Request, code: str) -> Response:
    """Lead the short link of an SMS straight to the petition, in the language that it was sent in."""
    named = in_short_link(code)
    if named is None:
        return track_page(parts, request, {}, errors.NotFoundOrWrongPinError())
    reference, token = named
    try:
        petition = parts.finder.find(reference, proof_in(request, {"pin": token}))
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return track_page(parts, request, {"ma": reference}, error)
    if petition.language == "en" and not query_parameter(request, "lang"):
        return see_other(link(f"/h/{code}", "en"))
    return petition_page(parts, request, petition, token)


def track(parts: Parts, request: Request) -> Response:
    """Show the petition of a reference and PIN."""
    form = form_fields(form_pairs(request))
    if form.get("step") == "edit":
        return track_page(parts, request, form)
    missing = _missing(form, "ma", "pin")
    if missing:
        return track_page(parts, request, form, problems=missing)
    try:
        petition = _proven(parts, request, form)
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return track_page(parts, request, form, error, is_typed=True)
    if any(form.get(name) for name in WRITTEN):
        return petition_page(parts, request, petition, form["pin"], form=form)
    return answer_with_page(parts, request, petition, form["pin"])


def unlock(parts: Parts, request: Request) -> Response:
    """Have the PIN sent to a contact on file; the answer is the same for everybody."""
    form = form_fields(form_pairs(request))
    missing = _missing(form, "reference", "contact")
    if missing:
        return track_page(parts, request, form, problems=missing, is_pin_again=True)
    parts.pin_again.ask(form["reference"], form["contact"])
    reference = form["reference"][: _LENGTHS["reference"]]
    if follows_redirects(request):
        query = urlencode({"ma": reference, "xong": _SENT_AGAIN})
        return see_other(link(f"/tra-cuu?{query}", page_language(request)))
    done = gettext(page_language(request))(PIN_IS_SENT)
    return track_page(parts, request, {"ma": reference, "reference": reference}, done=done)


def _missing(form: Mapping[str, str], *names: str) -> list[tuple[str, str]]:
    return [(name, "missing") for name in names if not form.get(name, "").strip()]


def _proven(parts: Parts, request: Request, form: Mapping[str, str]) -> Petition:
    return parts.finder.find(form.get("ma", ""), proof_in(request, form))


def track_page(
    parts: Parts,
    request: Request,
    form: Mapping[str, str],
    error: errors.PetitionError | None = None,
    *,
    problems: Iterable[tuple[str, str]] = (),
    is_pin_again: bool = False,
    is_typed: bool = False,
    done: str = "",
) -> Response:
    """Show the form for the PIN with what was written; how long to wait where a PIN is slowed.

    With JavaScript the browser works and sends the form at once, without it a button does later. Who typed a
    reference and PIN (`is_typed`), instead of following a link, reads that the two do not go together.
    """
    facts = shown_errors(form_errors(problems, page_language(request)))
    status = 422 if facts["errors"] else 200
    slowed = error if isinstance(error, errors.PinSlowedError) else None
    shown = {name: form[name][:most] for name, most in _LENGTHS.items() if form.get(name)}
    if slowed:
        status, shown = 429, {"ma": "", "pin": "", **shown}
    elif form.get("step") != "edit":
        shown.pop("pin", None)
    if error and not slowed:
        status, problem = problem_of(error, page_language(request))
        title, detail = problem["title"], problem["detail"]
        if is_typed and type(error) is errors.NotFoundOrWrongPinError:
            title, detail = map(gettext(page_language(request)), (CODES, NOT_TOGETHER))
        facts = {"errors": (FormError("ma", title, detail),), "messages": {}}
    response = page(
        parts,
        request,
        "track.html",
        status,
        **facts,
        form={"reference": shown.get("ma", ""), **shown},
        kept=Kept("/tra-cuu", tuple(shown.items())) if shown and request.method == "POST" else None,
        is_pin_again=is_pin_again,
        done=done,
        slowed=slowed,
    )
    return try_again_after(response, slowed.retry_after) if slowed else response


_SENT_AGAIN = "cap-lai"
_DONE = {_SENT_AGAIN: PIN_IS_SENT}
_LENGTHS = {"ma": 20, "pin": 40, "reference": 20, "contact": 254}
"""The fields of the page for the PIN, and how much of each is shown again."""
