"""The layout of a petition's page: the one next action, the clock, the conversation, the history in groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from chalicelib.casework.desk.views import DeskView, days_in_words
from shared.domain.calendar.working_calendar import end_of_day
from shared.domain.petition.facts import Noted
from shared.domain.petition.history import Entry, entries_of
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.promises.next_steps import NextStep, StepKind, next_steps
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, counted, gettext

_NEXT: dict[State, tuple[Action, ...]] = {
    State.RECEIVED: (Action.ASSIGN,),
    State.ASSIGNED: (Action.ACCEPT,),
    State.REOPENED: (Action.ACCEPT, Action.ASSIGN),
    State.IN_PROGRESS: (Action.DRAFT_ANSWER,),
    State.AWAITING_INFORMATION: (Action.DRAFT_ANSWER, Action.ASSIGN),
    State.AWAITING_APPROVAL: (Action.APPROVE, Action.SIGN_DRAFT),
    State.ANSWERED: (Action.PUBLISH,),
    State.MERGED: (Action.SPLIT,),
    State.RESTRICTED: (Action.CLOSE,),
}
"""The action that brings a petition on from its state: the first that the officer may take is the page's button."""
_READ_FIRST = frozenset({Action.PUBLISH, Action.SPLIT, Action.CLOSE})
"""Actions whose button leads to the form, which is to be read or filled in first, instead of sending it."""
_SHORT: dict[Action, str] = {
    Action.ASSIGN: N_("Phân công hồ sơ"),
    Action.ACCEPT: N_("Nhận xử lý"),
    Action.DRAFT_ANSWER: N_("Trình phê duyệt"),
    Action.APPROVE: N_("Duyệt và gửi"),
    Action.SIGN_DRAFT: N_("Ký, trình Văn phòng Bộ"),
    Action.PUBLISH: N_("Công khai trả lời"),
    Action.SPLIT: N_("Tách ra"),
    Action.CLOSE: N_("Kết thúc hồ sơ"),
}
"""The texts of the page's one filled button."""
_GRAVE = frozenset({Action.RESTRICT, Action.REFUSE, Action.UNPUBLISH})
"""Actions at the end of the menu: they ask first."""
_MACHINES = frozenset({"timer", "router"})
_TALK = frozenset({Action.REQUEST_INFORMATION, Action.SUPPLEMENT})
SHOWN_ABOVE = _TALK | {Action.APPROVE}
"""Entries whose text stands on the page already, in the conversation or as the answer."""
_SHARE = 100
_SOON_WORKING_DAYS = 2

STEPS: dict[StepKind, str] = {
    StepKind.ACCEPT: N_("đơn vị nhận xử lý"),
    StepKind.APPROVE: N_("phê duyệt dự thảo"),
    StepKind.ANSWER: N_("trả lời người gửi"),
    StepKind.FORWARD: N_("chuyển cơ quan có thẩm quyền"),
    StepKind.UPDATE: N_("báo tình hình cho người gửi"),
    StepKind.PUBLISH: N_("công khai kết quả"),
}
"""The next steps as they stand in the middle of a sentence."""


class Primary(NamedTuple):
    """The page's one filled button."""

    action: str
    label: str
    sends: bool
    """True if it sends the action's form; False if it leads there."""


def primary_action(state: State, offered: Sequence[Action], language: Language) -> Primary | None:
    """Return the one action that a page puts forward; None where its officer has nothing to bring on."""
    action = next((action for action in _NEXT.get(state, ()) if action in offered), None)
    if action is None:
        return None
    return Primary(action.value, gettext(language)(_SHORT[action]), action not in _READ_FIRST)


def is_grave(action: Action) -> bool:
    """Return whether an action stands at the end of the menu."""
    return action in _GRAVE


class Clock(NamedTuple):
    """The clock of a petition that is owed something."""

    share: int
    """The share of the time from the receipt to the due date that has passed, 0 to 100."""
    words: str
    look: str
    """`late`, `soon` or empty."""
    steps: tuple[dict[str, Any], ...]
    """The next steps, the soonest first: words, day, regulation, whether it is late."""


def clock_of(
    petition: Petition, view: DeskView, directory: Directory, now: datetime, language: Language
) -> Clock | None:
    """Return the clock of a petition; None where nothing is owed any more."""
    steps = next_steps(petition, directory.terms_of(petition), directory.calendar(), now)
    if not steps:
        return None
    _ = gettext(language)
    shown = tuple(_step(step, language) for step in steps[:3])
    if not petition.is_unanswered:
        first = steps[0]
        words = _(STEPS[first.kind])
        return Clock(_SHARE, f"{words[:1].upper()}{words[1:]}", "late" if first.is_late else "soon", shown)
    return Clock(_share(petition, now), *_words_of_due(view, language), shown)


def _words_of_due(view: DeskView, language: Language) -> tuple[str, str]:
    """Return how long there is to the answer, in words, and how urgent that is."""
    _, _n = gettext(language), counted(language)
    left = days_in_words(view)
    if left < 0:
        return _n("Quá hạn %(count)s ngày làm việc", -left) % {"count": -left}, "late"
    if left == 0:
        return _("Hạn hôm nay, 24:00"), "soon"
    words = _n("Còn %(count)s ngày làm việc", left) % {"count": left}
    return words, "soon" if left <= _SOON_WORKING_DAYS else ""


def _share(petition: Petition, now: datetime) -> int:
    whole = end_of_day(petition.due_on) - petition.received_at
    ran = (now - petition.received_at) / max(whole, timedelta(days=1))
    return round(_SHARE * min(1, max(0, ran)))


def _step(step: NextStep, language: Language) -> dict[str, Any]:
    return {
        "words": gettext(language)(STEPS[step.kind]),
        "due_on": step.due_on,
        "basis": step.basis,
        "is_late": step.is_late,
    }


class Promised(NamedTuple):
    """The day that the last progress note named to the petitioner."""

    on: date
    note: Entry


def promised_day(petition: Petition) -> Promised | None:
    """Return the day that was promised in the latest note with one, while an answer is owed."""
    notes = [note for note in entries_of(petition.history, Noted) if note.facts.expected_on]
    if not notes or not petition.is_unanswered or notes[-1].facts.expected_on is None:
        return None
    return Promised(notes[-1].facts.expected_on, notes[-1].entry)


def returned_draft(petition: Petition) -> Entry | None:
    """Return the entry that returned the draft which is now at work again; None where none was."""
    last = petition.last(Action.DRAFT_ANSWER, Action.RETURN_DRAFT, Action.APPROVE, Action.REOPEN)
    return last if last is not None and last.action is Action.RETURN_DRAFT else None


def talk(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the questions to the petitioner and what they added, oldest first."""
    return [entry for entry in entries if entry["action"] in _TALK and (entry["text"] or entry["is_held"])]


def story(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the history, newest first: what people did, and between it what the machine did, to be folded."""
    return [
        {"is_machine": is_machine, "entries": list(group)}
        for is_machine, group in groupby(reversed(entries), key=lambda entry: entry["by"] in _MACHINES)
    ]
