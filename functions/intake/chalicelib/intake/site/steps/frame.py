"""Shared by the pages of the steps: what is kept, what is still wrong with it, and the page of a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.site.frame import (
    LABELS,
    LONGEST_FIELD,
    MISSING,
    FormError,
    at_address,
    here,
    page,
    page_language,
)
from chalicelib.intake.site.steps.passes import Holder, holder_of, is_from_here, offered_pass
from chalicelib.intake.unsent import steps
from chalicelib.intake.unsent.steps import Problem, Step
from chalicelib.intake.unsent.unsent_petitions import UnsentPetition
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.errors import InvalidInputError
from shared.domain.petition.submission import PetitionInput
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import rule_message
from shared.web.rendering import link
from shared.web.requests import query_parameter, query_parameters, source_address, validated

TO_MEND = "sua"
"""The parameter of the address of a step that shows what is wrong with it."""
RETURN = "ve"
"""The parameter of the address of a step that was opened from the last one, and leads back there."""

ASKS_AFTER = timedelta(hours=1)
"""Time since the last save after which a page asks first: on a machine that others use, the next one reads nothing."""

ENOUGH_BEGUN = N_(
    "Chưa lưu được, nội dung vẫn còn dưới đây. Từ mạng Internet bạn dùng đã có quá nhiều người bắt đầu viết. Mời bấm "
    "tiếp tục lại từ %(at)s, hoặc nhắn tin đến 8088, hoặc gọi tổng đài 1900 1547."
)

MESSAGES: Mapping[Problem, str] = {
    ("content", "missing"): N_("Ghi việc gì đã xảy ra, ở đâu, từ khi nào"),
    ("name", "missing"): N_("Ghi họ và tên của bạn"),
    ("address", "missing"): N_("Ghi địa chỉ để Bộ biết xã, tỉnh nào phải giải quyết"),
    ("organisation", "missing"): N_("Ghi tên doanh nghiệp hoặc tổ chức mà bạn đại diện"),
    ("phone", "contact-missing"): N_("Ghi số điện thoại hoặc email để Bộ trả lời được cho bạn"),
    ("email", "email"): N_("Email chưa đúng: phải có dấu @ và tên miền. Ví dụ ten@example.vn"),
    ("reply_by", "reply-by-without-contact"): N_("Chọn cách báo tin mà bạn đã ghi liên hệ"),
    ("files", "missing"): N_("Có tệp chưa tải lên hết: chọn lại tệp đó, hoặc bấm “Bỏ”"),
    ("files", "refused"): N_("Có tệp không nhận được: bấm “Bỏ”, rồi chọn tệp khác nếu cần"),
    ("consent", "missing"): N_("Đánh dấu vào ô đồng ý để Bộ được dùng thông tin của bạn khi xử lý việc này"),
}
"""Messages about problems: each says what to do."""
_SHORT_MOBILE = N_("Số di động có 10 chữ số, bạn mới ghi %(count)s. Ví dụ 0912 345 678")
_LONG_MOBILE = N_("Số di động có 10 chữ số, bạn ghi %(count)s. Ví dụ 0912 345 678")
_DIGITS_OF_MOBILE = 10


def led_elsewhere(parts: Parts, request: Request) -> Response | None:
    """Return where an address with a pass in it leads: to itself without the pass, once the cookie has it.

    From elsewhere it leads to the page that asks first.
    """
    offered, language = offered_pass(request), page_language(request)
    holder = holder_of(request, parts.settings.public_url)
    if offered and holder is not None and holder.in_cookie and holder.unsent_pass == offered:
        query = {name: value for name, value in query_parameters(request).items() if name != "p"}
        return see_other(f"{here(request)}?{urlencode(query)}" if query else here(request))
    if offered and not is_from_here(request):
        return see_other(link(f"/gui/tiep?p={offered}", language))
    return None


def asked_whose(holder: Holder, unsent: UnsentPetition, language: Language) -> Response | None:
    """Return the way to the page that asks whose it is, where nobody wrote on for a while; nothing of it shows."""
    if unsent.saved_at is None or clock.now() - unsent.saved_at < ASKS_AFTER:
        return None
    return see_other(holder.address("/gui/tiep", language))


def problems_of(unsent: UnsentPetition, language: Language) -> dict[Step, list[Problem]]:
    """Return the problems that are left in a petition, by step."""
    problems = steps.besides(unsent.fields)
    try:
        validated(PetitionInput, steps.facts_of(unsent.fields, language))
    except InvalidInputError as error:
        problems += error.problems
    return steps.by_step(problems)


def fields_in(pairs: Iterable[tuple[str, str]], step: Step) -> dict[str, str]:
    """Return the fields of a step that its form holds; of boxes those that are ticked, as one text."""
    pairs = list(pairs)
    named = dict(pairs)
    fields = {name: named[name][:LONGEST_FIELD] for name in steps.FIELDS[step] if name in named}
    for name in steps.BOXES.intersection(steps.FIELDS[step]):
        fields[name] = " ".join(value for each, value in pairs if each == name)[:LONGEST_FIELD]
    return fields


def save(
    parts: Parts, request: Request, holder: Holder, fields: Mapping[str, str], proof: str = ""
) -> UnsentPetition:
    """Keep the fields of a step, and whether a proof of work came with them."""
    key = parts.unsent.submission_key(holder.unsent_pass)
    is_proven = parts.challenges.is_met(proof, key)

    def changed(unsent: UnsentPetition) -> UnsentPetition:
        return replace(unsent, fields={**unsent.fields, **fields}, is_proven=unsent.is_proven or is_proven)

    return parts.unsent.save(holder.unsent_pass, changed, Sender(source_address(request)))


def step_page(
    parts: Parts,
    request: Request,
    step: Step,
    holder: Holder,
    unsent: UnsentPetition,
    *,
    status: int = 200,
    problems: Iterable[Problem] | None = None,
    note: str = "",
    **facts: Any,
) -> Response:
    """Show a step with what is kept of it; with its errors where the address asks for them."""
    language = page_language(request)
    if problems is None:
        is_to_mend = query_parameter(request, TO_MEND) == "1"
        problems = problems_of(unsent, language).get(step, []) if is_to_mend else []
    errors = errors_of(problems, unsent.fields, language)
    key = parts.unsent.submission_key(holder.unsent_pass)
    returns = query_parameter(request, RETURN) == "1"
    previous = Step.CHECK if returns else steps.before(step)
    going_back = {"lui": "1"} if previous is Step.ANSWERS else {}
    own_place = at_address(request, partial(holder.step, step)) if request.method != "GET" else {}
    return page(
        parts,
        request,
        f"steps/{step.name.lower()}.html",
        status,
        here="/gui",
        **own_place,
        step=step.value,
        action=holder.address(f"/gui/{step}", language),
        number=steps.ORDER.index(step) + 1,
        steps=len(steps.ORDER),
        back=holder.step(previous, language, **going_back) if previous else link("/", language),
        returns=returns,
        unsent_pass=holder.unsent_pass if holder.is_new or holder.in_address else "",
        address=lambda path, **query: holder.address(path, language, **query),
        errors=errors,
        messages={error.id: error.message for error in errors},
        note=note,
        form=unsent.fields,
        saved_at=f"{unsent.saved_at.astimezone(VIETNAM):%H:%M}" if unsent.saved_at else "",
        key=key,
        challenge="" if unsent.is_proven else parts.challenges.make(key),
        **facts,
    )


def errors_of(
    problems: Iterable[Problem], fields: Mapping[str, str], language: Language
) -> tuple[FormError, ...]:
    """Return the errors of a step in the order of its fields; each says what to do."""
    _ = gettext(language)
    labels = {**LABELS, "files": N_("Ảnh, giấy tờ"), "consent": N_("Ô đồng ý")}
    order = {name: place for place, name in enumerate(labels)}
    listed = sorted(problems, key=lambda problem: order.get(problem[0], 0))
    return tuple(
        FormError(name, _(labels.get(name, "")), _message(name, rule, fields, language))
        for name, rule in listed
    )


def _message(name: str, rule: str, fields: Mapping[str, str], language: Language) -> str:
    _ = gettext(language)
    written = steps.digits_of_mobile(fields.get("phone", "")) if (name, rule) == ("phone", "phone") else None
    if written is not None:
        return _(_SHORT_MOBILE if written < _DIGITS_OF_MOBILE else _LONG_MOBILE) % {"count": written}
    if (name, rule) in MESSAGES:
        return _(MESSAGES[name, rule])
    return _(MISSING[name]) if rule == "missing" and name in MISSING else rule_message(rule, language, name)
