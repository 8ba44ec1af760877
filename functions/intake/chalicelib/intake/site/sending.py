"""The pages for sending: the form, and the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.receive_petition import receive_petition
from chalicelib.intake.site.frame import (
    form_errors,
    kept,
    new_key,
    page,
    page_language,
    shown_errors,
    usable_key,
)
from chalicelib.intake.track_petition import receipt
from shared.domain import errors
from shared.domain.submission import PetitionInput
from shared.http import form_pairs, validated
from shared.web.i18n import N_, Language, gettext

ALREADY_SENT = N_(
    "Bạn đã gửi một phản ánh, kiến nghị từ trang này. Muốn gửi thêm nội dung dưới đây, hãy bấm gửi lần nữa."
)

ENOUGH_FOR_TODAY = N_(
    "Bạn đã gửi đủ số phản ánh, kiến nghị của một ngày. Nội dung chưa được gửi và vẫn còn dưới đây: "
    "mời gửi lại vào ngày mai, hoặc gọi tổng đài 1900 1547."
)


FIRST_FILE = "first-file"
"""Names the declaration that the receipt offers: the same receipt shown twice offers the same one."""


def send_form(request: Request) -> Response:
    """Show the empty form; its hidden key makes one petition of a double click."""
    return _send_page(request, {}, (), key=new_key())


def send(request: Request) -> Response:
    """Take the form: the receipt, with the PIN this once; or the form again, with what was written in it."""
    pairs = form_pairs(request)
    form = kept(pairs)
    reply_by = tuple(value for name, value in pairs if name == "reply_by")
    try:
        petition = validated(PetitionInput, _petition_facts(form, reply_by, page_language(request)))
        received = receive_petition(composition.limited_reception(), petition, form.get("key") or new_key())
    except errors.InvalidInputError as error:
        return _send_page(request, form, reply_by, key=usable_key(form), problems=error.problems)
    except errors.IdempotencyKeyReusedError:
        note = gettext(page_language(request))(ALREADY_SENT)
        return _send_page(request, form, reply_by, key=new_key(), note=note, status=409)
    except errors.TooManyRequestsError as error:
        note = gettext(page_language(request))(ENOUGH_FOR_TODAY)
        asked = _send_page(request, form, reply_by, key=usable_key(form), note=note, status=429)
        asked.headers["Retry-After"] = str(error.retry_after)
        return asked
    told = receipt(
        received.petition, received.pin, composition.configuration().public_url, page_language(request)
    )
    return page(
        request,
        "receipt.html",
        201 if received.is_new else 200,
        receipt=told,
        key=FIRST_FILE,
        limits=composition.configuration().file_limits,
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
        request,
        "send.html",
        422 if listed else status,
        **shown_errors(listed),
        form=form,
        reply_by=reply_by,
        key=key,
        note=note,
        fields=composition.public_record().fields(page_language(request)).fields,
    )
