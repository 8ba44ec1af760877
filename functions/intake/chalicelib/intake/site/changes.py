"""The changes that a petitioner makes on a petition's page: a form each, and after it the page again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.add_contact import ContactInput
from chalicelib.intake.petitions.calendar_file import due_date_file
from chalicelib.intake.petitions.follow_up import (
    ChannelsInput,
    RatingForm,
    ReopeningInput,
    SupplementInput,
    WithdrawalInput,
    undoing_on_the_web,
    web_cause,
)
from chalicelib.intake.petitions.receive_petition import checked_key
from chalicelib.intake.site.frame import form_fields, page_language, proof_in, site_routes
from chalicelib.intake.site.petition_page import Outcome, answer_with_page, petition_page
from chalicelib.intake.site.track import track_page
from shared.domain import errors
from shared.domain.base_model import BaseModel
from shared.domain.identity.reference import spaced
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.answers import try_again_after
from shared.web.i18n import N_, gettext
from shared.web.problems import problem_of
from shared.web.requests import form_pairs, validated
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these forms."""
    site = site_routes(__name__, parts)
    site.post("/tra-cuu/bo-sung", supplement)
    site.post("/tra-cuu/lien-he", add_contact)
    site.post("/tra-cuu/cach-nhan-tin", choose_channels)
    site.post("/tra-cuu/rut", withdraw)
    site.post("/tra-cuu/khong-rut", undo_withdrawal)
    site.post("/tra-cuu/thoi-cong-khai", withdraw_consent)
    site.post("/tra-cuu/danh-gia", rate)
    site.post("/tra-cuu/xem-lai", reopen)
    site.post("/tra-cuu/doi-ma", renew)
    site.post("/tra-cuu/lich", download_due_date)
    return site


def renew(parts: Parts, request: Request) -> Response:
    """Give the petition another PIN and link, and show them once."""
    form = form_fields(form_pairs(request))
    try:
        petition = _proven(parts, request, form)
        renewed = parts.renewal.renew(petition)
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return track_page(parts, request, form, error)
    except errors.TooManyRequestsError as error:
        status, problem = problem_of(error, page_language(request))
        refused = Outcome(refused=problem["detail"], status=status)
        shown = petition_page(parts, request, petition, form["pin"], outcome=refused)
        return try_again_after(shown, error.retry_after)
    return answer_with_page(parts, request, renewed.petition, renewed.pin, "doi-ma")


def download_due_date(parts: Parts, request: Request) -> Response:
    """Give the day of the answer as a file for a calendar."""
    form = form_fields(form_pairs(request))
    return calendar_answer(parts, request, _proven(parts, request, form))


def calendar_answer(parts: Parts, request: Request, petition: Petition) -> Response:
    """Answer with the day of a petition's answer as a file for a calendar."""
    _, site = gettext(page_language(request)), parts.settings.public_url
    body = due_date_file(
        petition.reference,
        petition.due_on,
        summary=_("Hạn trả lời phản ánh, kiến nghị %(reference)s")
        % {"reference": spaced(petition.reference)},
        description=_("Xem tình hình trên trang Tra cứu bằng mã số và mã PIN, hoặc gọi 1900 1547."),
        url=f"{site}/tra-cuu?ma={petition.reference}",
        host=site.partition("://")[2].partition(":")[0],
        sequence=sum(entry.action is Action.MOVE_DUE_DATE for entry in petition.history),
        made_at=clock.now(),
    )
    return Response(
        body=body,
        status_code=200,
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": f'attachment; filename="pakn-{petition.reference}.ics"',
        },
    )


def supplement(parts: Parts, request: Request) -> Response:
    """Add to a petition."""
    return _follow_up(parts, request, _supplement, "bo-sung")


def _supplement(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    body = validated(SupplementInput, {"content": form.get("content", "")})
    return parts.follow_up.supplement(petition, body.content, _cause(form, body))


def add_contact(parts: Parts, request: Request) -> Response:
    """Take another contact."""
    return _follow_up(parts, request, _add_contact, "lien-he")


def _add_contact(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    body = validated(ContactInput, {name: form.get(name) for name in ("phone", "email")})
    return parts.add_contact.add(petition, body, _cause(form, body))


def choose_channels(parts: Parts, request: Request) -> Response:
    """Notify the petitioner over other channels."""
    chosen = [value for name, value in form_pairs(request) if name == "reply_by"]

    def change(parts: Parts, petition: Petition, _form: Mapping[str, str]) -> Petition:
        body = validated(ChannelsInput, {"reply_by": chosen})
        return parts.follow_up.choose_channels(petition, body.reply_by)

    return _follow_up(parts, request, change, "cach-nhan-tin")


def withdraw(parts: Parts, request: Request) -> Response:
    """Take a petition back, once its petitioner has ticked that they mean it."""
    return _follow_up(parts, request, _withdraw, "rut")


def _withdraw(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    if form.get("confirm") != "1":
        raise errors.InvalidInputError(("confirm", "missing"))
    body = validated(WithdrawalInput, {"reason": form.get("reason")})
    return parts.follow_up.withdraw(petition, body.reason, _cause(form, body))


def undo_withdrawal(parts: Parts, request: Request) -> Response:
    """Take a withdrawal back: the link of its notice leads to the form."""
    return _follow_up(parts, request, _undo_withdrawal, "khong-rut")


def _undo_withdrawal(parts: Parts, petition: Petition, _form: Mapping[str, str]) -> Petition:
    return parts.follow_up.undo_withdrawal(petition, undoing_on_the_web(petition))


def withdraw_consent(parts: Parts, request: Request) -> Response:
    """Allow publication no more, and take down what is public."""
    return _follow_up(parts, request, _withdraw_consent, "thoi-cong-khai")


def _withdraw_consent(parts: Parts, petition: Petition, _form: Mapping[str, str]) -> Petition:
    return parts.follow_up.withdraw_consent(petition)


def rate(parts: Parts, request: Request) -> Response:
    """Rate the answer; with a poor score, ask for a second look in the same form."""
    return _follow_up(parts, request, _rate, "danh-gia")


def _rate(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    facts = {"score": form["score"]} if form.get("score") else {}
    body = validated(RatingForm, {**facts, "comment": form.get("comment")})
    is_poor = body.score <= parts.directory.terms_of(petition).poor_rating_at_most
    if not (is_poor and form.get("reopen") == "1"):
        return parts.follow_up.rate(petition, body.score, body.comment, _cause(form, body))
    if not (body.comment or "").strip():
        raise errors.InvalidInputError(("comment", "missing"))
    again = validated(ReopeningInput, {"reason": body.comment})
    rated = parts.follow_up.rate(petition, body.score, body.comment, _cause(form, body))
    return parts.follow_up.reopen(rated, again.reason, _cause(form, again))


def reopen(parts: Parts, request: Request) -> Response:
    """Ask for a second look."""
    return _follow_up(parts, request, _reopen, "xem-lai")


def _reopen(parts: Parts, petition: Petition, form: Mapping[str, str]) -> Petition:
    body = validated(ReopeningInput, {"reason": form.get("reason", "")})
    return parts.follow_up.reopen(petition, body.reason, _cause(form, body))


def _cause(form: Mapping[str, str], body: BaseModel) -> str:
    """Name a change by the hidden key of its form; the key was checked before."""
    return web_cause(form.get("key") or None, body, clock.now())


ALREADY_SENT = N_(
    "Từ biểu mẫu này đã gửi một nội dung khác. Nội dung mới chưa được gửi và vẫn còn bên dưới: muốn gửi, hãy bấm gửi "
    "lần nữa."
)

ChangePetition = Callable[[Parts, Petition, Mapping[str, str]], Petition]
"""Makes the change that a form asks for."""


def _follow_up(parts: Parts, request: Request, change: ChangePetition, done: str) -> Response:
    form = form_fields(form_pairs(request))
    try:
        petition = _proven(parts, request, form)
    except (errors.NotFoundOrWrongPinError, errors.PinSlowedError) as error:
        return track_page(parts, request, form, error)
    _ = gettext(page_language(request))
    secret = form["pin"]
    try:
        if form.get("key"):
            checked_key(form["key"])
        changed = change(parts, petition, form)
    except errors.InvalidInputError as error:
        return petition_page(parts, request, petition, secret, form=form, problems=error.problems)
    except (
        errors.ActionNotPossibleError,
        errors.IdempotencyKeyReusedError,
        errors.StaleVersionError,
    ) as error:
        status, problem = problem_of(error, page_language(request))
        detail, current = problem["detail"], parts.petitions.get(petition.reference) or petition
        if isinstance(error, errors.IdempotencyKeyReusedError):
            status, detail = 409, _(ALREADY_SENT)
        refused = Outcome(refused=detail, status=status)
        return petition_page(parts, request, current, secret, form=form, outcome=refused)
    if done == "danh-gia" and form.get("reopen") == "1" and changed.state is State.REOPENED:
        done = "xem-lai"
    return answer_with_page(parts, request, changed, secret, done)


def _proven(parts: Parts, request: Request, form: Mapping[str, str]) -> Petition:
    return parts.finder.find(form.get("ma", ""), proof_in(request, form))
