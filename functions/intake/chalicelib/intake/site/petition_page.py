"""A petition's page, in the order of its reader's questions; its address carries a pass (`petitions.addresses`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.my_petitions import cookies
from chalicelib.intake.petitions.addresses import MINE, PAGE, page_address
from chalicelib.intake.petitions.messages_sent import in_words, words_sent
from chalicelib.intake.petitions.overview import overview_of
from chalicelib.intake.petitions.passes import Purpose
from chalicelib.intake.petitions.publication import publication_of
from chalicelib.intake.petitions.track_petition import petitioners_view
from chalicelib.intake.site.files import upload_words
from chalicelib.intake.site.frame import (
    Kept,
    at_address,
    follows_redirects,
    form_errors,
    gone_page,
    leading_to,
    new_key,
    page,
    page_language,
    sending_to,
    shown_errors,
    site_routes,
)
from chalicelib.intake.verification.record import record_of
from shared.domain.errors import NotFoundOrWrongPinError
from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.promises.chosen_channels import channels_on_file
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import CHANNELS, REPLY_BY
from shared.web.rendering import link
from shared.web.requests import query_parameter
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of this page."""
    site = site_routes(__name__, parts)
    site.get(PAGE, show_page)
    return site


DONE: dict[str, str] = {
    "bo-sung": N_("Đã nhận nội dung bổ sung."),
    "lien-he": N_("Đã thêm liên hệ. Từ nay thông báo được gửi đến đó."),
    "cach-nhan-tin": N_("Đã đổi. Từ nay Bộ báo tin cho bạn theo cách đã chọn."),
    "rut": N_("Đã rút phản ánh, kiến nghị."),
    "khong-rut": N_("Đã hủy yêu cầu rút. Việc được xử lý tiếp."),
    "thoi-cong-khai": N_("Bộ không công khai câu trả lời này nữa. Phần đã đăng (nếu có) đã được gỡ xuống."),
    "danh-gia": N_("Cảm ơn bạn đã đánh giá."),
    "xem-lai": N_("Đã nhận đề nghị. Cấp cao hơn sẽ xem xét lại và trả lời bạn."),
    "doi-ma": N_("Đã đổi. Mã PIN mới: %(pin)s. Mã PIN và đường dẫn cũ không còn mở được hồ sơ này."),
}
"""The changes that a petitioner can make, each by the end of its address, and what the page says after it."""


_NEW_PIN = "doi-ma"
"""The change after which the page shows the new PIN, once."""


class Outcome(NamedTuple):
    """The outcome of a change on the page: that it was made, or why it was refused."""

    done: str = ""
    refused: str = ""
    status: int = 200


OPENED = "mo"
"""The parameter that opens a folded form of the page: `contact`."""
_NOTHING_CHANGED = Outcome()

WRITTEN = ("content", "phone", "email", "reason", "score", "comment", "reopen")
"""The fields of the forms for changes: the switch of languages takes what is not sent yet along."""


def show_page(parts: Parts, request: Request) -> Response:
    """Show the petition that a pass is for; once the pass has ended, say how to open it again."""
    offered = query_parameter(request, "p")
    try:
        petition, purpose = parts.passes.admit(offered, Purpose.PAGE, Purpose.PAGE_BY_PIN, Purpose.NEW_PIN)
    except NotFoundOrWrongPinError:
        return _ended(parts, request)
    pin = parts.finder.pin_of(petition)
    secret = parts.finder.secret_for(petition, "") if purpose is Purpose.PAGE else pin
    return page_after(parts, request, petition, secret or pin, shows_pin=purpose is Purpose.NEW_PIN)


def page_after(
    parts: Parts, request: Request, petition: Petition, secret: str, *, shows_pin: bool
) -> Response:
    """Show a petition at an address that may name the change that was just made; the PIN only right after it is new."""
    done = query_parameter(request, "xong")
    if done == _NEW_PIN and not shows_pin:
        done = ""
    return petition_page(parts, request, petition, secret, outcome=_outcome(parts, request, petition, done))


def _outcome(parts: Parts, request: Request, petition: Petition, done: str) -> Outcome:
    text = gettext(page_language(request))(DONE[done]) if done in DONE else ""
    if done == _NEW_PIN:
        pin = parts.finder.pin_of(petition)
        text = text % {"pin": f"{pin[:4]} {pin[4:]}"}
    return Outcome(done=text)


def answer_with_page(
    parts: Parts, request: Request, petition: Petition, secret: str, done: str = ""
) -> Response:
    """Answer a form with a petition's page: a browser is led to the page's own address, a program gets it at once.

    Args:
        parts: of intake.
        request: the form.
        petition: as it is stored now.
        secret: its PIN, or the token of a link.
        done: the change that was just made, a name in `DONE`.
    """
    if follows_redirects(request):
        return see_other(_address(parts, request, petition, secret, page_language(request), done))
    return petition_page(parts, request, petition, secret, outcome=_outcome(parts, request, petition, done))


def petition_page(
    parts: Parts,
    request: Request,
    petition: Petition,
    secret: str,
    *,
    form: Mapping[str, str] | None = None,
    problems: Iterable[tuple[str, str]] = (),
    outcome: Outcome = _NOTHING_CHANGED,
) -> Response:
    """Show a petition to whoever may see it.

    Args:
        parts: of intake.
        request: what is answered.
        petition: as it is stored now.
        secret: the PIN or token that its forms go on with.
        form: what was written and not taken.
        problems: why it was not, by field.
        outcome: of a change.
    """
    language = page_language(request)
    listed = form_errors(problems, language)
    switch: dict[str, Any] = {}
    if request.method != "GET":
        switch = at_address(request, lambda other: _address(parts, request, petition, secret, other))
    if written := [(name, form[name]) for name in WRITTEN if form and form.get(name)]:
        offered = parts.finder.secret_for(petition, secret)
        proof = ("ma", petition.reference), ("pin", offered)
        switch["kept"] = Kept("/tra-cuu", (*proof, *written), step="")
    shown = page(
        parts,
        request,
        "status.html",
        422 if listed else outcome.status,
        **shown_errors(listed),
        **switch,
        **_of_petition(parts, request, petition, secret),
        key=new_key(),
        opened=query_parameter(request, OPENED),
        form=form or {},
        done=outcome.done,
        refused=outcome.refused,
        limits=parts.settings.file_limits,
        **upload_words(language),
    )
    outside = petition.as_known_outside(clock.now())
    if outside.state in MOVES[Action.SUPPLEMENT].sources:
        return sending_to(parts.bucket.origin, shown)
    has_files = outside.answer is not None and outside.answer.attachments
    return leading_to(parts.bucket.origin, shown) if has_files else shown


def _of_petition(parts: Parts, request: Request, petition: Petition, secret: str) -> dict[str, Any]:
    language, now = page_language(request), clock.now()
    _ = gettext(language)
    site, calendar = parts.settings.public_url, parts.directory.calendar()
    terms = parts.directory.terms_of(petition)
    evidence = parts.views.evidence(petition, secret, now)
    view = petitioners_view(petition, parts.directory, now, site, language, evidence)
    outside = petition.as_known_outside(now)
    words = words_sent(parts.deliveries.of_petition(petition.reference))
    record = record_of(petition, parts.roots, now, parts.directory.restorations())
    return {
        "view": view,
        "overview": overview_of(outside, terms, calendar, now, language, view.unit_label),
        "publication": publication_of(outside, terms, calendar),
        "words": {seq: in_words(sent, language) for seq, sent in words.items()},
        "actions": tuple(action.value for action in view.possible_actions),
        "channel_label": _(CHANNELS[petition.channel]),
        "channels": ", ".join(_(REPLY_BY[channel]) for channel in petition.petitioner.reply_by),
        "undo_within": terms.undo_withdrawal_within_working_days,
        "update_every": terms.update_every_working_days,
        "clock_pauses": terms.clock_pauses_while_awaiting,
        "poor_rating_at_most": terms.poor_rating_at_most,
        "may_look_again": outside.second_look is None and outside.last(Action.ERASE) is None,
        "offered_channels": channels_on_file(petition),
        "channel_labels": {channel: _(label) for channel, label in REPLY_BY.items()},
        "chosen_channels": petition.petitioner.reply_by,
        "may_add_contact": outside.state in MOVES[Action.ADD_CONTACT].sources,
        "is_unreachable": parts.add_contact.is_unreachable(petition),
        "is_waiting": outside.state is State.AWAITING_INFORMATION,
        "secret": parts.finder.secret_for(petition, secret),
        "record": record.as_json(),
    }


def _address(
    parts: Parts, request: Request, petition: Petition, secret: str, language: Language, done: str = ""
) -> str:
    """Return the address of a petition's page.

    To whoever came from their petitions it is one that their session opens and nothing else, so that it ends with the
    session; to everybody else one with a pass.
    """
    is_new_pin = done == _NEW_PIN
    if is_new_pin or not parts.finder.is_pin(petition, secret):
        browser = cookies.held(request, cookies.SESSION, parts.settings.public_url)
        session = parts.access_by_code.session(browser.secret)
        if session and parts.my_petitions.get(session, petition.reference):
            return link(f"{MINE}/{petition.reference}{f'?xong={done}' if done else ''}", language)
        purpose = Purpose.NEW_PIN if is_new_pin else Purpose.PAGE
        return page_address(parts.passes, petition, language, purpose, done)
    return page_address(parts.passes, petition, language, Purpose.PAGE_BY_PIN, done)


def _ended(parts: Parts, request: Request) -> Response:
    return gone_page(
        parts,
        request,
        N_("Trang này đã hết hạn"),
        N_(
            "Để người khác dùng cùng máy không đọc được, hồ sơ tự đóng sau 2 giờ. Hãy mở lại ở trang Tra cứu, hoặc "
            "bằng đường dẫn trong tin nhắn, email của Bộ."
        ),
    )
