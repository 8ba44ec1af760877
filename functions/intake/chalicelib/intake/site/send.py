"""Takes the whole form at once, as it was sent before there were steps and as programs send it.

People fill it in step by step (`steps`). What is wrong with the whole form, or is to be looked at before it goes, is
shown as one page; the receipt follows (`receipt`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.limits.proof_of_work import Challenges
from chalicelib.intake.petitions.receive_petition import answered_by, receive_petition
from chalicelib.intake.site.frame import (
    Kept,
    form_errors,
    form_fields,
    new_key,
    page,
    page_language,
    shown_errors,
    site_routes,
    usable_key,
)
from chalicelib.intake.site.receipt import answer_with_receipt
from shared.domain import errors
from shared.domain.identity.telephone import as_dialled_here
from shared.domain.petition.submission import PetitionInput
from shared.platform import clock
from shared.web.answers import try_again_after
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import KINDS, PETITIONER_TYPES, REPLY_BY
from shared.web.rendering import moment_in_sentence
from shared.web.requests import form_pairs, source_address, validated
from shared.web.routes import Routes

ALREADY_SENT = N_(
    "Bạn đã gửi một phản ánh, kiến nghị từ trang này. Muốn gửi thêm nội dung dưới đây, hãy bấm gửi lần nữa."
)

ENOUGH_FOR_NOW = N_(
    "Chưa gửi được, nhưng không mất gì: điều bạn viết vẫn còn dưới đây. Số điện thoại, email hoặc mạng bạn đang dùng "
    "đã gửi nhiều phản ánh, kiến nghị. Mời gửi lại từ %(at)s, nhắn tin đến 8088, hoặc gọi 1900 1547."
)


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.post("/gui", send)
    return site


def send(parts: Parts, request: Request) -> Response:
    """Take the form: show it for review if asked to; else show the receipt, or the form with its errors."""
    pairs = form_pairs(request)
    form = form_fields(pairs)
    reply_by = tuple(value for name, value in pairs if name == "reply_by")
    if form.get("step") == "edit":
        return _send_page(parts, request, form, reply_by, key=usable_key(form))
    try:
        petition = validated(PetitionInput, _petition_facts(form, reply_by, page_language(request)))
        if form.get("step") == "review":
            return _review_page(parts, request, petition, form, reply_by)
        received = receive_petition(
            parts.limited_reception, petition, form.get("key") or new_key(), _sender(parts, request, form)
        )
    except errors.InvalidInputError as error:
        return _send_page(parts, request, form, reply_by, key=usable_key(form), problems=error.problems)
    except errors.IdempotencyKeyReusedError:
        note = gettext(page_language(request))(ALREADY_SENT)
        return _send_page(parts, request, form, reply_by, key=new_key(), note=note, status=409)
    except errors.TooManyRequestsError as error:
        return _too_many_page(parts, request, form, reply_by, error)
    return answer_with_receipt(parts, request, received, petition)


def _sender(parts: Parts, request: Request, form: Mapping[str, str]) -> Sender:
    """Return the sender of a form; without JavaScript it brings no proof of work, and is accepted all the same."""
    return Sender(
        source_address(request), parts.challenges.is_met(form.get("proof", ""), form.get("key", ""))
    )


def _petition_facts(form: Mapping[str, str], reply_by: tuple[str, ...], language: Language) -> dict[str, Any]:
    return {
        "content": form.get("content", ""),
        "subject": form.get("subject"),
        "kind": form.get("kind") or None,
        "field": form.get("field"),
        "petitioner": {
            "type": form.get("type", "CITIZEN"),
            "name": form.get("name", ""),
            "address": form.get("address", ""),
            "phone": form.get("phone"),
            "email": form.get("email"),
            "organisation": form.get("organisation"),
        },
        "reply_by": reply_by,
        "may_publish": form.get("may_publish") == "1",
        "language": language,
    }


def _send_page(
    parts: Parts,
    request: Request,
    form: Mapping[str, str],
    reply_by: tuple[str, ...],
    *,
    key: str,
    problems: Iterable[tuple[str, str]] = (),
    note: str = "",
    status: int = 200,
) -> Response:
    listed = form_errors(problems, page_language(request))
    return page(
        parts,
        request,
        "send.html",
        422 if listed else status,
        **shown_errors(listed),
        form=form,
        reply_by=reply_by,
        note=note,
        kept=Kept("/gui", (*_fields_again(form, reply_by), ("key", key))) if form else None,
        fields=parts.public_record.fields(page_language(request)).fields,
        **_challenge(parts.challenges, form, key),
    )


def _fields_again(form: Mapping[str, str], reply_by: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the fields that somebody filled in, as hidden fields of another form."""
    fields = [(name, form[name]) for name in form if name not in {"key", "proof", "step", "reply_by"}]
    return [*fields, *(("reply_by", channel) for channel in reply_by)]


def _challenge(challenges: Challenges, form: Mapping[str, str], key: str) -> dict[str, Any]:
    """Return the form's key, and the proof that it brought or else a challenge to bring one."""
    proof = form.get("proof", "")
    if challenges.is_met(proof, key):
        return {"key": key, "proof": proof, "challenge": ""}
    return {"key": key, "proof": "", "challenge": challenges.make(key)}


def _review_page(
    parts: Parts,
    request: Request,
    petition: PetitionInput,
    form: Mapping[str, str],
    reply_by: tuple[str, ...],
) -> Response:
    """Show the petition as it would be sent, and published answers to similar ones."""
    language = page_language(request)
    _ = gettext(language)
    petitioner = petition.petitioner
    answer_by = answered_by(petition, parts.settings.opened_countries)
    fields = {field.code: field.name for field in parts.public_record.fields(language).fields}
    fields_again = _fields_again(form, reply_by)
    challenge = _challenge(parts.challenges, form, usable_key(form))
    rows = (
        (_("Tiêu đề"), petition.subject),
        (_("Loại"), _(KINDS[petition.kind]) if petition.kind else _("Nhờ Bộ xác định")),
        (_("Lĩnh vực"), fields.get(petition.field or "", _("Nhờ Bộ xác định"))),
        (_("Bạn gửi với tư cách"), _(PETITIONER_TYPES[petitioner.type])),
        (_("Họ và tên"), petitioner.name),
        (_("Tên doanh nghiệp hoặc tổ chức"), petitioner.organisation),
        (_("Địa chỉ"), petitioner.address),
        (_("Số điện thoại"), as_dialled_here(petitioner.phone or "")),
        (_("Ghi thêm về số điện thoại"), petitioner.phone_note),
        (_("Email"), petitioner.email),
        (_("Báo tin cho tôi bằng"), ", ".join(_(REPLY_BY[channel]) for channel in answer_by)),
        (_("Công khai"), _("Đồng ý") if petition.may_publish else _("Không")),
    )
    return page(
        parts,
        request,
        "review.html",
        content=petition.content,
        rows=[(label, value) for label, value in rows if value],
        hidden=fields_again,
        similar=parts.public_record.like(f"{petition.subject or ''} {petition.content}", language),
        kept=Kept("/gui", (*fields_again, *((name, challenge[name]) for name in ("key", "proof")))),
        **challenge,
    )


def _too_many_page(
    parts: Parts,
    request: Request,
    form: Mapping[str, str],
    reply_by: tuple[str, ...],
    error: errors.TooManyRequestsError,
) -> Response:
    _ = gettext(page_language(request))
    note = _(ENOUGH_FOR_NOW) % {
        "at": moment_in_sentence(clock.now() + timedelta(seconds=error.retry_after), page_language(request))
    }
    response = _send_page(parts, request, form, reply_by, key=usable_key(form), note=note, status=429)
    return try_again_after(response, error.retry_after)
