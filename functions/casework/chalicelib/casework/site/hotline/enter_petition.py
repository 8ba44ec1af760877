"""The hotline operator's form for a petition by telephone: write it down, read it back, receive it."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.hotline.enter_petition import CallInput, enter_call
from chalicelib.casework.site.frame import FormProblem, language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import IdempotencyKeyReusedError, InvalidInputError
from shared.domain.petition.values.classification import Kind
from shared.domain.petition.values.petitioner import PetitionerType, ReplyBy
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.dynamo import stored_instant
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.labels import KINDS, PETITIONER_TYPES, REPLY_BY
from shared.web.problems import rule_message
from shared.web.requests import form_pairs, validated

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
    "email": N_("Email"),
    "reply_by": N_("Trả lời qua"),
}
"""The fields of the form, in its order."""
MAX_FIELD = 20_000
"""Characters of a field that is shown again."""
_LONGEST_CALL = timedelta(hours=4)
_CARRIED = frozenset({*LABELS, "may_publish", "call_id", "call_started_at"})
_FIELD_OF_RULE = {"contact-missing": "phone", "reply-by-without-contact": "reply_by"}
_IDENTITY = ("type", "name", "organisation", "address", "phone", "email")
_KEY_REUSED = N_("Cuộc gọi này đã được ghi với nội dung khác. Muốn ghi thêm, hãy kiểm tra và gửi lại.")


class CallForm(NamedTuple):
    """The form as it was sent: its fields, and the channels ticked for the answer."""

    fields: Mapping[str, str]
    reply_by: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> CallForm:
        """Return the form in the pairs of a request."""
        pairs = tuple(pairs)
        fields = {name: value[:MAX_FIELD] for name, value in pairs if name in _CARRIED}
        return cls(fields, tuple(value for name, value in pairs if name == "reply_by"))

    @property
    def facts(self) -> dict[str, Any]:
        """The fields as `CallInput` takes them."""
        fields = self.fields
        return {
            "content": fields.get("content", ""),
            "subject": fields.get("subject"),
            "kind": fields.get("kind") or None,
            "field": fields.get("field"),
            "petitioner": {
                "type": fields.get("type", PetitionerType.CITIZEN),
                "name": fields.get("name", ""),
                "address": fields.get("address", ""),
                "phone": fields.get("phone"),
                "email": fields.get("email"),
                "organisation": fields.get("organisation"),
            },
            "reply_by": self.reply_by,
            "may_publish": fields.get("may_publish") == "true",
            "call_id": fields.get("call_id", ""),
            "call_started_at": fields.get("call_started_at") or None,
        }

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The fields as the next step of the form carries them."""
        fields = [(name, value) for name, value in self.fields.items() if name != "reply_by"]
        return fields + [("reply_by", channel) for channel in self.reply_by]


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/calls/new", show_form)
    pages.post("/calls", enter_petition)
    return pages


def show_form(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the empty form; it carries the id of the call and the time at which it began."""
    permissions.require(officer, Ability.ENTER_PETITION)
    fields = {
        "call_id": new_call_id(),
        "call_started_at": stored_instant(clock.now()),
        "type": PetitionerType.CITIZEN.value,
    }
    return _form_page(parts, request, officer, CallForm(fields, (ReplyBy.PHONE.value,)))


def enter_petition(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Take the form: first show what to read back to the caller; once confirmed, show the receipt to read out."""
    permissions.require(officer, Ability.ENTER_PETITION)
    pairs = form_pairs(request)
    step, form = dict(pairs).get("step", ""), CallForm.of(pairs)
    try:
        call = _without_forgotten_start(validated(CallInput, form.facts))
        if step == "mend":
            return _form_page(parts, request, officer, form)
        if step != "confirm":
            return _summary_page(parts, request, officer, call, form)
        received = enter_call(parts.reception, officer, call)
    except InvalidInputError as error:
        return _form_page(parts, request, officer, form, problems=error.problems)
    except IdempotencyKeyReusedError:
        again = form._replace(fields={**form.fields, "call_id": new_call_id()})
        return _form_page(parts, request, officer, again, note=_KEY_REUSED, status=409)
    return render(
        parts,
        request,
        officer,
        "call_receipt.html",
        201 if received.is_new else 200,
        petition=received.petition,
        pin=received.pin,
    )


def _without_forgotten_start(call: CallInput) -> CallInput:
    """Return a call without its start where the form lay open for hours before: that is not when somebody called."""
    started_at = call.call_started_at
    if started_at is None or clock.now() - started_at <= _LONGEST_CALL:
        return call
    return call.model_copy(update={"call_started_at": None})


def new_call_id() -> str:
    """Return an id for a call that is entered or served by the pages."""
    return f"desk-{randomness.token_hex(12)}"


def _summary_page(
    parts: Parts, request: Request, officer: DeskOfficer, call: CallInput, form: CallForm
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    summary = {
        "content": call.content,
        "subject": call.subject,
        "kind": _(KINDS[call.kind]) if call.kind else None,
        "field": dict(_fields_in_force(parts.directory, language)).get(call.field or ""),
        "type": _(PETITIONER_TYPES[call.petitioner.type]),
        **{name: getattr(call.petitioner, name) for name in _IDENTITY if name != "type"},
        "reply_by": ", ".join(_(REPLY_BY[channel]) for channel in call.chosen_channels),
    }
    return render(
        parts,
        request,
        officer,
        "call_summary.html",
        summary=[(_(LABELS[name]), value) for name, value in summary.items() if value],
        may_publish=call.may_publish,
        carried=form.carried,
    )


def _form_page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    form: CallForm,
    *,
    problems: Iterable[tuple[str, str]] = (),
    note: str = "",
    status: int = 200,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    errors = _form_problems(problems, language)
    return render(
        parts,
        request,
        officer,
        "call.html",
        422 if errors else status,
        errors=errors,
        messages={error.id: error.message for error in errors},
        form=form.fields,
        reply_by=form.reply_by,
        note=_(note) if note else "",
        labels={name: _(label) for name, label in LABELS.items()},
        kinds=[(kind.value, _(KINDS[kind])) for kind in Kind],
        types=[(petitioner_type.value, _(label)) for petitioner_type, label in PETITIONER_TYPES.items()],
        channels=[(channel.value, _(REPLY_BY[channel])) for channel in ReplyBy],
        fields_in_force=_fields_in_force(parts.directory, language),
    )


def _form_problems(problems: Iterable[tuple[str, str]], language: Language) -> tuple[FormProblem, ...]:
    """Return the first problem of each field, in the order of the form."""
    _ = gettext(language)
    rules: dict[str, str] = {}
    for place, rule in problems:
        name = _FIELD_OF_RULE.get(rule) or place.removeprefix("petitioner.").split(".")[0]
        rules.setdefault(name if name in LABELS else "content", rule)
    return tuple(
        FormProblem(name, _(label), rule_message(rules[name], language, name))
        for name, label in LABELS.items()
        if name in rules
    )


def _fields_in_force(directory: Directory, language: Language) -> list[tuple[str, str]]:
    fields = directory.fields(local_date(clock.now())).values()
    return [(field.id, in_language(language, field.name, field.name_en)) for field in fields]
