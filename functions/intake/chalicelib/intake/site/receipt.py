"""The receipt: an address of its own under a pass, so that reloading, going back and the other language keep it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from chalice.app import Request, Response
from markupsafe import Markup

from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.addresses import (
    CALENDAR,
    DOCUMENT,
    PICTURE,
    RECEIPT,
    RECEIPT_HOLDS_FOR,
    page_address,
    receipt_address,
)
from chalicelib.intake.petitions.messages_sent import has_left
from chalicelib.intake.petitions.passes import Purpose
from chalicelib.intake.petitions.receive_petition import answered_by
from chalicelib.intake.petitions.track_petition import receipt
from chalicelib.intake.site.changes import calendar_answer
from chalicelib.intake.site.files import upload_words
from chalicelib.intake.site.frame import (
    at_address,
    follows_redirects,
    gone_page,
    page,
    page_language,
    sending_to,
    site_routes,
)
from chalicelib.intake.site.receipt_pdf import ReceiptTexts, receipt_pdf
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import NotFoundOrWrongPinError
from shared.domain.identity.access_codes import tail_of
from shared.domain.identity.reference import spaced
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import PetitionInput
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.deliveries import DeliveryChannel
from shared.platform import clock
from shared.tables.throttle.site.receipt_contacts import ShownContacts
from shared.use_cases.promises import derivation_of
from shared.use_cases.receive_submission import Received
from shared.web.answers import FileAnswer, see_other
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.labels import REPLY_BY
from shared.web.qr import qr_svg
from shared.web.rendering import day_in_sentence, moment_in_sentence, moment_with_weekday
from shared.web.requests import query_parameter
from shared.web.routes import Routes

PIN_SHOWN_FOR = timedelta(minutes=10)
"""Time within which a form sent again shows the PIN again: its answer was lost, or it was a double click."""

_DIGITS_SHOWN = 3

FIRST_FILE = "first-file"
"""Idempotency key of the file that the receipt offers to declare: a receipt shown twice declares one file."""


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get(RECEIPT, show_receipt)
    site.get(PICTURE, show_picture)
    site.get(DOCUMENT, download_pdf)
    site.get(CALENDAR, download_due_date)
    return site


_WORDS: dict[ReplyBy, tuple[str, str, str, str]] = {
    ReplyBy.SMS: (
        N_("Đã nhắn tin đến số …%(end)s"),
        N_("Bộ nhắn tin báo bạn qua số …%(end)s"),
        N_("Không đến được thì Bộ nhắn tin đến số …%(end)s"),
        "sms",
    ),
    ReplyBy.EMAIL: (
        N_("Đã gửi email đến %(end)s"),
        N_("Bộ báo bạn qua email %(end)s"),
        N_("Không đến được thì Bộ gửi email đến %(end)s"),
        "send",
    ),
    ReplyBy.PHONE: (
        N_("Đã gọi cho bạn theo số …%(end)s"),
        N_("Bộ gọi cho bạn theo số …%(end)s"),
        N_("Không đến được thì Bộ gọi cho bạn theo số …%(end)s"),
        "phone",
    ),
}
"""The words of each channel: its message went out, it will, it will if the one before does not arrive; its picture."""


class NoticeLine(NamedTuple):
    """One line of the receipt about where its notice goes."""

    text: str
    picture: str


def answer_with_receipt(parts: Parts, request: Request, received: Received, sent: PetitionInput) -> Response:
    """Answer whoever sent a petition: a browser is led to the receipt's own address, a program gets it at once.

    Args:
        parts: of intake.
        request: the form that sent it.
        received: the petition, safely stored.
        sent: what was sent, of which the receipt shows the end of the number and the domain of the address.
    """
    petition = received.petition
    contacts = _shown_contacts(sent, answered_by(sent, parts.settings.opened_countries))
    is_fresh = received.is_new or clock.now() - petition.received_at <= PIN_SHOWN_FOR
    if is_fresh and follows_redirects(request):
        parts.receipt_contacts.keep(petition.reference, contacts, petition.stored_at + RECEIPT_HOLDS_FOR)
        return see_other(receipt_address(parts.passes, petition, page_language(request)))
    status = 201 if received.is_new else 200
    return _receipt_page(parts, request, petition, contacts, is_fresh=is_fresh, status=status)


def answer_once_more(parts: Parts, request: Request, petition: Petition) -> Response:
    """Answer whoever sends again what was received before: with the receipt, with its PIN for a few minutes."""
    if clock.now() - petition.received_at <= PIN_SHOWN_FOR:
        return see_other(receipt_address(parts.passes, petition, page_language(request)))
    contacts = parts.receipt_contacts.of(petition.reference, clock.now())
    shown = contacts._replace(answer_by=contacts.answer_by or petition.petitioner.reply_by)
    return _receipt_page(parts, request, petition, shown, is_fresh=False)


def show_receipt(parts: Parts, request: Request) -> Response:
    """Show the receipt that a pass is for; once the pass has ended, say how to open the petition."""
    try:
        petition = _admitted(parts, request)
    except NotFoundOrWrongPinError:
        return _ended(parts, request)
    contacts = parts.receipt_contacts.of(petition.reference, clock.now())
    if not contacts.answer_by:
        contacts = contacts._replace(answer_by=petition.petitioner.reply_by)
    return _receipt_page(parts, request, petition, contacts, is_fresh=True)


def show_picture(parts: Parts, request: Request) -> Response:
    """Give the receipt as a picture to keep: SVG, which the receipt's script turns into PNG."""
    try:
        petition = _admitted(parts, request)
    except NotFoundOrWrongPinError:
        return _ended(parts, request)
    language = page_language(request)
    _ = gettext(language)
    pin = parts.finder.pin_of(petition)
    code = qr_svg(f"{parts.settings.public_url}/tra-cuu?ma={petition.reference}")
    placed = code.replace("<svg ", '<svg x="40" y="590" width="260" height="260" ', 1)
    body = parts.pages.render(
        "receipt.svg",
        language,
        ministry=_("Bộ Nội vụ"),
        title=_("Biên nhận phản ánh, kiến nghị"),
        promise=_("Bạn được trả lời chậm nhất"),
        labels=(_("Mã số hồ sơ"), _("Mã PIN")),
        warning=_("Đừng đưa mã PIN cho người khác."),
        ways=(_("Quét để mở, không có PIN"), _("Nhắn đến 8088:"), _("Gọi 1900 1547")),
        due=day_in_sentence(petition.due_on, language),
        digits=petition.reference,
        reference=spaced(petition.reference),
        pin=f"{pin[:4]} {pin[4:]}",
        received=moment_with_weekday(petition.received_at, language),
        qr=Markup(placed),  # noqa: S704 - our own address, drawn
    )
    headers: dict[str, str | list[str]] = {
        "Content-Type": "image/svg+xml",
        "Content-Disposition": f'attachment; filename="pakn-{petition.reference}.svg"',
    }
    return Response(body=body, status_code=200, headers=headers)


def download_pdf(parts: Parts, request: Request) -> Response:
    """Give the receipt as a PDF to keep or print; no cache keeps it."""
    try:
        petition = _admitted(parts, request)
    except NotFoundOrWrongPinError:
        return _ended(parts, request)
    language = page_language(request)
    _ = gettext(language)
    pin, digits = parts.finder.pin_of(petition), petition.reference
    address = f"{parts.settings.public_url}/tra-cuu?ma={digits}"
    texts = ReceiptTexts(
        language=language,
        ministry=_("Bộ Nội vụ"),
        title=_("Biên nhận phản ánh, kiến nghị"),
        promise=_("Bạn được trả lời chậm nhất"),
        due=day_in_sentence(petition.due_on, language),
        codes=((_("Mã số hồ sơ"), spaced(digits)), (_("Mã PIN"), f"{pin[:4]} {pin[4:]}")),
        warning=_("Đừng đưa mã PIN cho người khác."),
        follow=_("Xem lại hồ sơ"),
        channels=(
            _("Quét mã bên cạnh (không chứa PIN), hoặc mở %(address)s")
            % {"address": address.partition("://")[2].partition("?")[0]},
            _("Nhắn PAKN TC %(digits)s gửi 8088 từ số điện thoại đã dùng") % {"digits": digits},
            _("Gọi 1900 1547"),
        ),
        received=_("Bộ Nội vụ đã tiếp nhận lúc %(at)s")
        % {"at": moment_in_sentence(petition.received_at, language)},
        address=address,
    )
    headers: dict[str, str | list[str]] = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="pakn-{digits}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return FileAnswer(body=receipt_pdf(texts), status_code=200, headers=headers)


def download_due_date(parts: Parts, request: Request) -> Response:
    """Give the day of the answer as a file for a calendar."""
    try:
        return calendar_answer(parts, request, _admitted(parts, request))
    except NotFoundOrWrongPinError:
        return _ended(parts, request)


def _admitted(parts: Parts, request: Request) -> Petition:
    return parts.passes.admit(query_parameter(request, "p"), Purpose.RECEIPT).petition


def _shown_contacts(sent: PetitionInput, answer_by: tuple[ReplyBy, ...]) -> ShownContacts:
    phone, email = sent.petitioner.phone or "", sent.petitioner.email or ""
    return ShownContacts(answer_by, phone[-_DIGITS_SHOWN:], tail_of(email) if email else "")


def _receipt_page(
    parts: Parts,
    request: Request,
    petition: Petition,
    contacts: ShownContacts,
    *,
    is_fresh: bool,
    status: int = 200,
) -> Response:
    language = page_language(request)
    _ = gettext(language)
    pin = parts.finder.pin_of(petition)
    view = receipt(petition, pin, parts.settings.public_url, language, contacts.answer_by)
    unit = parts.directory.units(local_date(clock.now())).get(petition.unit or "")
    shown = page(
        parts,
        request,
        "receipt.html",
        status,
        **(at_address(request, partial(receipt_address, parts.passes, petition)) if is_fresh else {}),
        **upload_words(language),
        receipt=view,
        answer_by=", ".join(_(REPLY_BY[channel]) for channel in contacts.answer_by),
        notice_lines=_notice_lines(parts, petition, contacts, language),
        unit=in_language(language, unit.name, unit.name_en) if unit else "",
        pin=view.pin if is_fresh else "",
        opened=page_address(parts.passes, petition, language),
        saved_as=receipt_address(parts.passes, petition, language, PICTURE),
        saved_as_pdf=receipt_address(parts.passes, petition, language, DOCUMENT),
        calendar_file=receipt_address(parts.passes, petition, language, CALENDAR),
        derivation=derivation_of(petition, parts.directory),
        update_every=parts.directory.terms_of(petition).update_every_working_days,
        key=FIRST_FILE,
        limits=parts.settings.file_limits,
        qr=Markup(qr_svg(view.links.track)),  # noqa: S704 - our own address, drawn
    )
    return sending_to(parts.bucket.origin, shown) if is_fresh else shown


def _notice_lines(
    parts: Parts, petition: Petition, contacts: ShownContacts, language: Language
) -> list[NoticeLine]:
    """Say where the receipt's notice goes: over the first channel; over the next where it does not arrive."""
    _ = gettext(language)
    rows = parts.deliveries.of_petition(petition.reference)
    lines: list[NoticeLine] = []
    for channel in contacts.answer_by:
        sent, first, next_one, picture = _WORDS[channel]
        end = contacts.email if channel is ReplyBy.EMAIL else contacts.phone
        if not end:
            continue
        if has_left(rows, DeliveryChannel(channel)):
            text, picture = sent, "check"
        else:
            text = next_one if lines else first
        lines.append(NoticeLine(_(text) % {"end": end}, picture))
    return lines


def _ended(parts: Parts, request: Request) -> Response:
    return gone_page(
        parts,
        request,
        N_("Biên nhận này đã đóng lại"),
        N_(
            "Biên nhận chỉ mở được trong 30 phút, để người dùng máy sau bạn không thấy mã PIN. Bộ vẫn đang xử lý việc "
            "của bạn. Mở hồ sơ ở trang Tra cứu bằng mã số và mã PIN; mất mã PIN thì xin cấp lại ở đó."
        ),
    )
