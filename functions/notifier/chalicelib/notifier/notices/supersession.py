"""Notices that are superseded when the petition moves on before they are sent: one table, pure rules.

A notice that reports an event stays true and is always sent. A notice that asks somebody to act, or reports a status,
is superseded once it no longer holds.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.domain.petition.facts import DueDateMoved
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.procedures.taking_back import was_taken_back
from shared.domain.promises.notices import NoticeKind

Rule = Callable[[Petition, Entry], bool]


def _is_answered(petition: Petition, _entry: Entry) -> bool:
    return not petition.is_unanswered


def _is_merged_or_answered(petition: Petition, _entry: Entry) -> bool:
    return petition.state is State.MERGED or not petition.is_unanswered


def _has_left(state: State) -> Rule:
    return lambda petition, _entry: petition.state is not state


def _is_at_another_unit(petition: Petition, entry: Entry) -> bool:
    return not petition.is_unanswered or (entry.facts.has("unit") and petition.unit != entry.facts.unit)


def _is_moved_again(petition: Petition, entry: Entry) -> bool:
    moved_to = entry.facts.moved_to if isinstance(entry.facts, DueDateMoved) else None
    return not petition.is_unanswered or petition.due_on != moved_to


def _need_not_be_forwarded(petition: Petition, _entry: Entry) -> bool:
    return not petition.is_unanswered or petition.lane is not Lane.FORWARDING


SUPERSEDED_WHEN: dict[NoticeKind, Rule] = {
    NoticeKind.INFORMATION_NEEDED: _has_left(State.AWAITING_INFORMATION),
    NoticeKind.REMINDER_TO_COMPLETE: _has_left(State.AWAITING_INFORMATION),
    NoticeKind.INCOMPLETE: _has_left(State.AWAITING_INFORMATION),
    NoticeKind.WITHDRAWN: _has_left(State.WITHDRAWN),
    NoticeKind.RESUMED: _is_answered,
    NoticeKind.SPLIT: _is_merged_or_answered,
    NoticeKind.OVERDUE_UPDATE: _is_answered,
    NoticeKind.DUE_DATE_MOVED: _is_moved_again,
    NoticeKind.ASSIGNED: _is_at_another_unit,
    NoticeKind.SUPPLEMENTED: _is_answered,
    NoticeKind.DRAFT_WAITING: _has_left(State.AWAITING_APPROVAL),
    NoticeKind.DRAFT_RETURNED: _is_answered,
    NoticeKind.WARNING: _is_answered,
    NoticeKind.ESCALATION: _is_answered,
    NoticeKind.ACCEPTANCE_DUE: _has_left(State.ASSIGNED),
    NoticeKind.APPROVAL_DUE: _has_left(State.AWAITING_APPROVAL),
    NoticeKind.FORWARDING_DUE: _need_not_be_forwarded,
    NoticeKind.PUBLICATION_DUE: _has_left(State.ANSWERED),
    NoticeKind.HANDED_TO_INTAKE: _is_answered,
}
"""The kinds that can be superseded, and when; every other kind is always sent."""


def is_superseded(kind: NoticeKind, petition: Petition, entry: Entry) -> bool:
    """Return whether a notice about `entry` is no longer true or of use, or its action was taken back."""
    rule = SUPERSEDED_WHEN.get(kind)
    return was_taken_back(petition, entry.seq) or (rule is not None and rule(petition, entry))
