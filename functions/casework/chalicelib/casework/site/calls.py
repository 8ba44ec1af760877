"""The hotline operator's pages: write down a call, read it back, receive it; and the calls that are to be made."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.hotline.call_tasks import Callee, CallRequest, OutcomeInput
from chalicelib.casework.hotline.enter_petition import CallInput, enter_call
from chalicelib.casework.site.frame import FormProblem, language_of_page, render
from shared.domain import errors
from shared.domain.calendar.working_calendar import at_local, local_date
from shared.domain.petition.values.classification import Kind
from shared.domain.petition.values.petitioner import PetitionerType, ReplyBy
from shared.platform import clock
from shared.tables.deliveries import CallOutcome
from shared.tables.dynamo import stored_instant
from shared.web.http import RULES, form_pairs, see_other, validated
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.labels import KINDS, PETITIONER_TYPES, REPLY_BY
from shared.web.rendering import link

LABELS: dict[str, str] = {
    "content": N_("Nội dung cuộc gọi"),
    "subject": N_("Tiêu đề"),
    "kind": N_("Loại"),
    "field": N_("Lĩnh vực"),
    "type": N_("Người gọi là"),
    "name": N_("Họ và tên"),
    "organisation": N_("Tên doanh nghiệp hoặc tổ chức"),
    "address": N_("Địa chỉ"),
    "phone": N_("Số điện thoại"),
    "email": N_("Thư điện tử"),
    "reply_by": N_("Trả lời qua"),
}
"""The fields of the form, in its order."""
OUTCOMES: dict[CallOutcome, str] = {
    CallOutcome.REACHED: N_("Đã báo"),
    CallOutcome.NO_ANSWER: N_("Không nghe máy"),
    CallOutcome.CALL_LATER: N_("Hẹn gọi lại"),
    CallOutcome.WRONG_NUMBER: N_("Sai số"),
    CallOutcome.LETTER: N_("Đã gửi thư"),
    CallOutcome.UNREACHABLE: N_("Không liên hệ được"),
}
_CARRIED = frozenset({*LABELS, "may_publish", "call_id", "call_started_at"})
_PLACES = {"contact-missing": "phone", "reply-by-without-contact": "reply_by"}
_IDENTITY = ("type", "name", "organisation", "address", "phone", "email")
_LONGEST_KEPT = 20_000


def new_call(request: Request, officer: DeskOfficer) -> Response:
    """Show the empty form; the call gets its number and the time it began."""
    permissions.require(officer, Ability.ENTER_PETITION)
    form = {
        "call_id": f"desk-{randomness.token_hex(12)}",
        "call_started_at": stored_instant(clock.now()),
        "type": PetitionerType.CITIZEN.value,
    }
    return _form_page(request, officer, form, (ReplyBy.PHONE.value,))


def take_call(request: Request, officer: DeskOfficer) -> Response:
    """Take the form: first what to read back to the caller; once the caller agrees, the receipt to read out."""
    permissions.require(officer, Ability.ENTER_PETITION)
    pairs = form_pairs(request)
    step = dict(pairs).get("step", "")
    form = {name: value[:_LONGEST_KEPT] for name, value in pairs if name in _CARRIED}
    reply_by = tuple(value for name, value in pairs if name == "reply_by")
    try:
        call = validated(CallInput, _facts_of(form, reply_by))
        if step == "mend":
            return _form_page(request, officer, form, reply_by)
        if step != "confirm":
            return _summary_page(request, officer, call, form, reply_by)
        received = enter_call(composition.reception(), officer, call)
    except errors.InvalidInputError as error:
        return _form_page(request, officer, form, reply_by, problems=error.problems)
    except errors.IdempotencyKeyReusedError:
        again = form | {"call_id": f"desk-{randomness.token_hex(12)}"}
        note = gettext(language_of_page(request))(
            N_("Cuộc gọi này đã được ghi với nội dung khác. Muốn ghi thêm, hãy kiểm tra và gửi lại.")
        )
        return _form_page(request, officer, again, reply_by, note=note, status=409)
    return render(
        request,
        officer,
        "call_receipt.html",
        201 if received.is_new else 200,
        petition=received.petition,
        pin=received.pin,
    )


def calls_to_make(request: Request, officer: DeskOfficer) -> Response:
    """Show the calls to be made."""
    return _calls_page(request, officer)


def make_call(request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show whom to call, or take what came of the call."""
    form = dict(form_pairs(request))
    tasks = composition.call_tasks()
    given = {name: form.get(name, "") for name in ("notice", "attempt", "outcome")}
    if not given["outcome"]:
        asked = validated(CallRequest, {"notice": given["notice"]})
        callee = tasks.dial(officer, reference, asked)
        return _calls_page(request, officer, (reference, asked.notice), callee)
    if given["outcome"] == CallOutcome.CALL_LATER:
        given["call_at"] = _moment_after(form.get("after", ""))
    tasks.record(officer, reference, validated(OutcomeInput, given))
    return see_other(link("/desk/calls", language_of_page(request)))


def _moment_after(text: str) -> str:
    """Return the next moment at which clocks in Vietnam show a time such as `17:00`."""
    try:
        at = at_local(local_date(clock.now()), time.fromisoformat(text))
    except ValueError:
        return ""
    return (at if at > clock.now() else at + timedelta(days=1)).isoformat()


def _calls_page(
    request: Request, officer: DeskOfficer, dialled: tuple[str, str] = ("", ""), callee: Callee | None = None
) -> Response:
    _ = gettext(language_of_page(request))
    shown = [
        {
            **task.model_dump(),
            "phone": callee.phone if callee and (task.reference, task.notice) == dialled else None,
            "name": callee.name if callee and (task.reference, task.notice) == dialled else None,
            "address": callee.address if callee and (task.reference, task.notice) == dialled else None,
            "outcomes": [(one.value, _(OUTCOMES[one])) for one in task.outcomes],
        }
        for task in composition.call_tasks().waiting(officer)
    ]
    return render(request, officer, "calls.html", tasks=shown)


def _facts_of(form: Mapping[str, str], reply_by: tuple[str, ...]) -> dict[str, Any]:
    return {
        "content": form.get("content", ""),
        "subject": form.get("subject"),
        "kind": form.get("kind") or None,
        "field": form.get("field"),
        "petitioner": {
            "type": form.get("type", PetitionerType.CITIZEN),
            "name": form.get("name", ""),
            "address": form.get("address", ""),
            "phone": form.get("phone"),
            "email": form.get("email"),
            "organisation": form.get("organisation"),
        },
        "reply_by": reply_by,
        "may_publish": form.get("may_publish") == "true",
        "call_id": form.get("call_id", ""),
        "call_started_at": form.get("call_started_at") or None,
    }


def _summary_page(
    request: Request,
    officer: DeskOfficer,
    call: CallInput,
    form: Mapping[str, str],
    reply_by: tuple[str, ...],
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    names = dict(_fields(language))
    shown = {
        "content": call.content,
        "subject": call.subject,
        "kind": _(KINDS[call.kind]) if call.kind else None,
        "field": names.get(call.field or ""),
        "type": _(PETITIONER_TYPES[call.petitioner.type]),
        **{name: getattr(call.petitioner, name) for name in _IDENTITY if name != "type"},
        "reply_by": ", ".join(_(REPLY_BY[one]) for one in call.chosen_channels),
    }
    return render(
        request,
        officer,
        "call_summary.html",
        shown=[(_(LABELS[name]), value) for name, value in shown.items() if value],
        may_publish=call.may_publish,
        carried=[(name, value) for name, value in form.items() if name != "reply_by"]
        + [("reply_by", one) for one in reply_by],
    )


def _form_page(
    request: Request,
    officer: DeskOfficer,
    form: Mapping[str, str],
    reply_by: tuple[str, ...],
    *,
    problems: Iterable[tuple[str, str]] = (),
    note: str = "",
    status: int = 200,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    listed = _problems(problems, language)
    return render(
        request,
        officer,
        "call.html",
        422 if listed else status,
        errors=listed,
        messages={one.id: one.message for one in listed},
        form=form,
        reply_by=reply_by,
        note=note,
        labels={name: _(label) for name, label in LABELS.items()},
        kinds=[(kind.value, _(KINDS[kind])) for kind in Kind],
        types=[(one.value, _(label)) for one, label in PETITIONER_TYPES.items()],
        channels=[(one.value, _(REPLY_BY[one])) for one in ReplyBy],
        fields_in_force=_fields(language),
    )


def _problems(problems: Iterable[tuple[str, str]], language: Language) -> tuple[FormProblem, ...]:
    _ = gettext(language)
    first: dict[str, str] = {}
    for place, rule in problems:
        name = _PLACES.get(rule) or place.removeprefix("petitioner.").split(".")[0]
        first.setdefault(name if name in LABELS else "content", rule)
    return tuple(
        FormProblem(name, _(label), _(RULES.get(first[name], RULES["invalid"])))
        for name, label in LABELS.items()
        if name in first
    )


def _fields(language: Language) -> list[tuple[str, str]]:
    rows = composition.directory().fields(local_date(clock.now())).values()
    return [(row.id, in_language(language, row.name, row.name_en)) for row in rows]
