"""Leaving before it is sent: erase everything, or go on later and on another device.

The link is shown and never sent by us: an SMS or a mail to a number that nobody has proved would be a nuisance that the
ministry pays for. Whoever wants it elsewhere copies it, scans it, or sends it to themselves.
"""

from __future__ import annotations

from urllib.parse import quote

from chalice.app import Request, Response
from markupsafe import Markup

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import gone_page, page, page_language
from chalicelib.intake.site.steps import files
from chalicelib.intake.site.steps.frame import asked_whose, led_elsewhere
from chalicelib.intake.site.steps.passes import Holder, forget, holder_of, is_from_here, offered_pass
from chalicelib.intake.unsent.unsent_petitions import KEPT_FOR
from shared.domain.calendar.working_calendar import local_date
from shared.web.answers import see_other
from shared.web.i18n import N_, gettext
from shared.web.qr import qr_svg
from shared.web.rendering import link, moment
from shared.web.requests import form_pairs


def show_link(parts: Parts, request: Request) -> Response:
    """Show the link under which one can go on, and until when."""
    if elsewhere := led_elsewhere(parts, request):
        return elsewhere
    language = page_language(request)
    holder = holder_of(request, parts.settings.public_url)
    unsent = parts.unsent.get(holder.unsent_pass) if holder else None
    if holder is None or unsent is None or unsent.saved_at is None:
        return see_other(link("/gui", language))
    if asks := asked_whose(holder, unsent, language):
        return asks
    address = f"{parts.settings.public_url}{link(f'/gui/tiep?p={holder.unsent_pass}', language)}"
    return page(
        parts,
        request,
        "steps/link.html",
        here="/gui",
        address=address,
        quoted=quote(address, safe=""),
        qr=Markup(qr_svg(address)),  # noqa: S704 - our own address, drawn
        until=local_date(unsent.saved_at + KEPT_FOR),
        back=holder.address("/gui", language),
        erase=holder.address("/gui/xoa", language),
    )


def show_continuation(parts: Parts, request: Request) -> Response:
    """Ask whose it is, of whoever followed a link or comes back after a while; nothing of what is kept is shown yet."""
    language = page_language(request)
    offered, own = offered_pass(request), holder_of(request, parts.settings.public_url)
    kept_under = offered or (own.unsent_pass if own else "")
    unsent = parts.unsent.get(kept_under) if kept_under else None
    if unsent is None or unsent.saved_at is None:
        return _nothing_kept(parts, request)
    return page(
        parts,
        request,
        "steps/continue.html",
        here="/gui",
        unsent_pass=offered,
        saved_at=moment(unsent.saved_at),
        action=link("/gui/tiep", language),
        disown="" if offered else link("/gui/khong-phai", language),
    )


def go_on(parts: Parts, request: Request) -> Response:
    """Give this browser the pass and lead to the first step."""
    form = dict(form_pairs(request))
    offered, own = offered_pass(request, form), holder_of(request, parts.settings.public_url, form)
    if not offered and own is None:
        return _nothing_kept(parts, request)
    if offered and not is_from_here(request):
        return see_other(link(f"/gui/tiep?p={offered}", page_language(request)))
    holder = Holder(offered, in_cookie=False) if offered or own is None else own
    parts.unsent.renew(holder.unsent_pass)
    answer = see_other(holder.address("/gui", page_language(request)))
    return holder.keep(answer, parts.settings.public_url)


def disown(parts: Parts, request: Request) -> Response:
    """Let the browser forget what somebody else wrote on it; its link still opens it."""
    answer = see_other(link("/gui", page_language(request)))
    return forget(answer, parts.settings.public_url) if is_from_here(request) else answer


def erase(parts: Parts, request: Request) -> Response:
    """Delete what is kept and let the browser forget it."""
    holder = holder_of(request, parts.settings.public_url, dict(form_pairs(request)))
    if holder is not None:
        files.forget(parts, holder, parts.unsent.get(holder.unsent_pass))
    return forget(see_other(link("/gui/da-xoa", page_language(request))), parts.settings.public_url)


def show_erased(parts: Parts, request: Request) -> Response:
    """Say that nothing is kept any more."""
    _ = gettext(page_language(request))
    return page(
        parts,
        request,
        "message.html",
        title=_("Đã xóa, không còn gì trên máy này"),
        detail=_("Điều bạn viết đã được xóa khỏi máy này và khỏi hệ thống. Chưa có gì được gửi đi."),
    )


def show_answered(parts: Parts, request: Request) -> Response:
    """Say that nothing was sent, to whoever found their answer; what they wrote is theirs to erase or to send."""
    if elsewhere := led_elsewhere(parts, request):
        return elsewhere
    language = page_language(request)
    holder = holder_of(request, parts.settings.public_url)
    if holder is None:
        return see_other(link("/gui", language))
    return page(
        parts,
        request,
        "steps/answered.html",
        here="/gui",
        back=holder.address("/gui/tra-loi", language),
        erase=holder.address("/gui/xoa", language),
        next=holder.address("/gui/nguoi-gui", language),
    )


def _nothing_kept(parts: Parts, request: Request) -> Response:
    return gone_page(
        parts,
        request,
        N_("Không còn bản đang viết dở này"),
        N_("Bản ấy đã được gửi, đã bị xóa, hoặc đã quá 7 ngày. Bạn có thể viết lại từ đầu."),
    )
