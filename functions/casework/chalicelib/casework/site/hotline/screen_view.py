"""The contents of the call screen in the operator's language: its fields as they were typed, and the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import Parts
from chalicelib.casework.hotline.call_screen import Heard
from chalicelib.casework.hotline.call_tasks import CallView
from chalicelib.casework.hotline.callers import EarlierPetition, Wish
from chalicelib.casework.hotline.enter_petition import CallInput
from chalicelib.casework.site.frame import FormProblem
from chalicelib.casework.site.hotline.new_matter import LABELS as NEW
from chalicelib.casework.site.hotline.new_matter import fields_in_force
from shared.domain.calendar.deadlines import days_left
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.reference import spaced
from shared.domain.petition.lifecycle import MOVES, Action
from shared.domain.petition.values.classification import Kind
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.deliveries import CallOutcome
from shared.platform import clock
from shared.use_cases.receive_submission import Received
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import CHANNELS, KINDS, NOTICES, PETITIONER_TYPES, REPLY_BY, STATES
from shared.web.problems import rule_message

OF_THE_CALLER = (
    *("call_id", "call_started_at", "phone", "looked_up", "heard", "pick", "reference", "pin", "called_back"),
    *("type", "name", "organisation", "address", "contact_phone", "email"),
)
"""The fields that stay after a new matter was received: the same person goes on talking."""
LABELS: dict[str, str] = {
    "phone": N_("Số đang gọi"),
    "call_id": N_("Mã cuộc gọi"),
    "reference": N_("Mã số hồ sơ"),
    "pin": N_("Mã PIN"),
    "called_back": N_("Đã gọi lại số đã đăng ký, người nghe xác nhận là người gửi"),
    "score": N_("Điểm từ 1 đến 5"),
    "text": N_("Người gọi nói thêm"),
    **{name: label for name, label in NEW.items() if name != "phone"},
    "contact_phone": N_("Điện thoại liên hệ"),
}
"""The fields of the screen, in its order."""
WISHES: dict[Wish, str] = {
    Wish.TRACK: N_("Nghe tình trạng xử lý"),
    Wish.SUPPLEMENT: N_("Bổ sung nội dung"),
    Wish.RATE: N_("Đánh giá câu trả lời"),
    Wish.SECOND_LOOK: N_("Đề nghị cấp cao hơn xem xét lại"),
    Wish.WITHDRAW: N_("Rút phản ánh, kiến nghị"),
    Wish.UNDO_WITHDRAWAL: N_("Hủy yêu cầu rút"),
}
_FIELD_OF_RULE = {"contact-missing": "contact_phone", "reply-by-without-contact": "reply_by"}
_IDENTITY = ("name", "organisation", "address", "phone", "email")


class Shown(NamedTuple):
    """The contents of the screen besides its fields."""

    earlier: tuple[EarlierPetition, ...] | None = None
    """The caller's petitions; None before a number was looked up."""
    tasks: tuple[CallView, ...] = ()
    """The calls that we owe them."""
    heard: Heard | None = None
    done: str = ""
    note: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    read_back: CallInput | None = None
    """The new matter, to be read back before it is sent."""
    alike: tuple[Any, ...] = ()
    """Published answers to questions like the new matter."""
    received: Received | None = None
    status: int = 200


def facts_of(
    parts: Parts, officer: DeskOfficer, pairs: list[tuple[str, str]], shown: Shown, language: Language
) -> dict[str, Any]:
    """Return the variables of `call_screen.html`."""
    _ = gettext(language)
    errors = _form_problems(shown.problems, language)
    form = {name: value for name, value in pairs if name != "reply_by"}
    heard = shown.heard
    return {
        "form": form,
        "reply_by": [value for name, value in pairs if name == "reply_by"],
        "labels": {name: _(label) for name, label in LABELS.items()},
        "errors": errors,
        "messages": {error.id: error.message for error in errors},
        "may_look_up": permissions.is_able(officer, Ability.LOOK_UP_CALLERS),
        "note": _(shown.note) if shown.note else "",
        "done": _(shown.done) if shown.done else "",
        "earlier": None
        if shown.earlier is None
        else [_petition(parts, p, form, language) for p in shown.earlier],
        "tasks": [_task(task, language) for task in shown.tasks],
        "heard": _petition(parts, heard.petition, form, language) if heard else None,
        "reading": heard.reading if heard else None,
        "reading_label": _(NOTICES[heard.reading.kind]) if heard and heard.reading else "",
        "may": _possible(heard.petition) if heard else frozenset(),
        "read_back": _read_back(parts, shown.read_back, language) if shown.read_back else None,
        "may_publish": bool(shown.read_back and shown.read_back.may_publish),
        "alike": shown.alike,
        "received": shown.received,
        "pin_groups": _grouped(shown.received.pin) if shown.received else "",
        "typed_groups": (
            spaced(_digits(reference_in(form))).strip(),
            _grouped(_digits(form.get("pin", ""))),
        ),
        "begun_at": _begun_at(form),
        "kinds": [(kind.value, _(KINDS[kind])) for kind in Kind],
        "types": [(kind.value, _(label)) for kind, label in PETITIONER_TYPES.items()],
        "channels": [(channel.value, _(REPLY_BY[channel])) for channel in ReplyBy],
        "fields_in_force": fields_in_force(parts.directory, language),
        "scores": ("1", "2", "3", "4", "5"),
    }


def _form_problems(problems: Iterable[tuple[str, str]], language: Language) -> tuple[FormProblem, ...]:
    """Return the first problem of each field, in the order of the screen."""
    _ = gettext(language)
    rules: dict[str, str] = {}
    for place, rule in problems:
        name = (
            "contact_phone"
            if place == "petitioner.phone"
            else place.removeprefix("petitioner.").split(".")[0]
        )
        name = _FIELD_OF_RULE.get(rule) or name
        rules.setdefault(name if name in LABELS else "text", rule)
    return tuple(
        FormProblem(name, _(label), rule_message(rules[name], language))
        for name, label in LABELS.items()
        if name in rules
    )


def reference_in(form: Mapping[str, str]) -> str:
    """Return the reference that the operator picked in the list, or else typed."""
    return form.get("pick") or form.get("reference", "")


def _petition(
    parts: Parts, petition: EarlierPetition, form: dict[str, str], language: Language
) -> dict[str, Any]:
    _ = gettext(language)
    return {
        **petition._asdict(),
        "state_label": _(STATES[petition.state]),
        "channel_label": _(CHANNELS[petition.channel]),
        "days": days_left(petition.due_on, clock.now(), parts.directory.calendar()).in_words,
        "is_chosen": form.get("pick") == petition.reference,
    }


def _possible(petition: EarlierPetition) -> frozenset[str]:
    """Return the wishes that a petition allows in its state, by their names."""
    verbs = {
        Wish.RATE: Action.RATE,
        Wish.SUPPLEMENT: Action.SUPPLEMENT,
        Wish.SECOND_LOOK: Action.REOPEN,
        Wish.WITHDRAW: Action.WITHDRAW,
        Wish.UNDO_WITHDRAWAL: Action.UNDO_WITHDRAWAL,
    }
    return frozenset(wish.value for wish, verb in verbs.items() if petition.state in MOVES[verb].sources)


def _task(task: CallView, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    return {
        **task.model_dump(),
        "hours": max(0, int((clock.now() - task.since) / timedelta(hours=1))),
        "may_settle": CallOutcome.REACHED in task.outcomes,
        "step": f"settle {task.attempt} {task.notice}",
    }


def _read_back(parts: Parts, call: CallInput, language: Language) -> list[tuple[str, str]]:
    """Return the fields of a new matter to be read back, with their labels."""
    _ = gettext(language)
    values = {
        "content": call.content,
        "subject": call.subject,
        "kind": _(KINDS[call.kind]) if call.kind else None,
        "field": dict(fields_in_force(parts.directory, language)).get(call.field or ""),
        "type": _(PETITIONER_TYPES[call.petitioner.type]),
        **{name: getattr(call.petitioner, name) for name in _IDENTITY},
        "reply_by": ", ".join(_(REPLY_BY[channel]) for channel in call.chosen_channels),
    }
    return [(_(NEW[name]), str(value)) for name, value in values.items() if value]


def _begun_at(form: Mapping[str, str]) -> str:
    """Return the time of day at which the call began; empty where the form does not know it."""
    try:
        return f"{datetime.fromisoformat(form.get('call_started_at', '')).astimezone(VIETNAM):%H:%M}"
    except ValueError:
        return ""


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isdigit())


def _grouped(digits: str) -> str:
    """Return digits in groups of four, as they are read out."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
