"""Petitions about one matter: each keeps its reference, PIN, due date and notices, and is answered with its parent.

A merge never touches the parent: the children know it (`parent`), and the stream carries what becomes of it to them.
What follows for a child is computed from both as they stand, so it does not matter which of a merge and an answer
came first, nor how often or late anybody asks.

Basis: merging settles no duty; Quyết định 852/QĐ-BNV 2018 owes every petitioner an answer of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from shared.domain.petition.change import Change
from shared.domain.petition.facts import AnsweredWithParent, Merged, Split
from shared.domain.petition.lifecycle import UNANSWERED, Action, State, target_of
from shared.domain.petition.petition import Petition

SETTLING = (Action.APPROVE, Action.REFUSE, Action.FORWARD, Action.GUIDE, Action.ANSWER_WITH_PARENT)
"""Entries of a parent that answer its children too."""
BECOMING = frozenset(
    {*SETTLING, Action.PUBLISH, Action.RESTRICT, Action.WITHDRAW, Action.CLOSE, Action.MERGE}
)
"""Entries after which something may follow for the petitions that were merged into this one."""


def is_led(petition: Petition) -> bool:
    """Return whether a merged petition leaves warning and escalating to its parent: unless its own day comes first."""
    merged = petition.last(Action.MERGE)
    if petition.state is not State.MERGED or merged is None or not isinstance(merged.facts, Merged):
        return False
    return merged.facts.parent_due_on is None or petition.due_on >= merged.facts.parent_due_on


def merge(
    petition: Petition, change: Change, parent: Petition, *, text: str | None, follows: str | None = None
) -> Petition:
    """Join a petition to another about the same matter; the clock of its own answer runs on.

    Args:
        petition: the one that joins.
        change: who joins them, when.
        parent: the one that is worked on; not itself merged.
        text: what the petitioner reads.
        follows: the former parent, where a merged petition follows it into another; then nobody is notified.
    """
    return petition.record(
        Action.MERGE,
        change,
        text=text,
        facts=Merged(parent=parent.reference, parent_due_on=parent.due_on, follows=follows),
        is_visible=follows is None,
        draft=None,
        parent=parent.reference,
    )


def split(petition: Petition, change: Change, *, reason: str) -> Petition:
    """Put a merged petition back to work where it was before; its due date has never changed.

    Raises:
        ActionNotPossibleError: it is not merged.
    """
    target_of(Action.SPLIT, petition.state)
    return petition.record(
        Action.SPLIT,
        change,
        note=reason,
        facts=Split(unit=petition.unit, parent=petition.parent or ""),
        to=_state_before_merging(petition),
        parent=None,
    )


def _state_before_merging(petition: Petition) -> State:
    run = [
        entry for entry in petition.history[_seq_of_last_split(petition) :] if entry.action is Action.MERGE
    ]
    before = petition.history[run[0].seq - 2].state
    has_answered = any(entry.action is Action.SUPPLEMENT for entry in petition.history[run[0].seq :])
    return petition.state_of_work if before is State.AWAITING_INFORMATION and has_answered else before


def _seq_of_last_split(petition: Petition) -> int:
    last = petition.last(Action.SPLIT)
    return last.seq if last else 0


def what_follows(child: Petition, parent: Petition, *, at: datetime) -> Petition:
    """Return a child as its parent's fate leaves it: answered, published, restricted, split, or itself unchanged."""
    if child.parent != parent.reference:
        return child
    if child.state is State.ANSWERED and parent.state is State.PUBLISHED:
        return child.record(Action.PUBLISH_WITH_PARENT, Change.by_router(at, _named(parent, "published")))
    if child.state is not State.MERGED:
        return child
    if parent.state is State.RESTRICTED:
        return child.restrict(Change.by_router(at, _named(parent, "restricted")), parent.unit or "")
    if parent.state is State.WITHDRAWN:
        return _left_alone(child, parent, at)
    return _answered(child, parent, at)


def followed(
    child: Petition, parent: Petition, get: Callable[[str], Petition | None], *, at: datetime
) -> Petition:
    """Return a child as its parent's fate leaves it, also where that was itself merged; `get` reads a petition."""
    if parent.state is State.MERGED and child.state is State.MERGED and child.parent == parent.reference:
        return follow_into(child, parent, get(parent.parent) if parent.parent else None, at=at)
    return what_follows(child, parent, at=at)


def follow_into(child: Petition, parent: Petition, grandparent: Petition | None, *, at: datetime) -> Petition:
    """Return a child whose parent was itself merged: joined to that one's parent, or split where that is the child."""
    if grandparent is None or grandparent.reference == child.reference:
        return _left_alone(child, parent, at)
    return merge(
        child,
        Change.by_router(at, _named(parent, f"into:{grandparent.reference}:{child.version}")),
        grandparent,
        text=None,
        follows=parent.reference,
    )


def _answered(child: Petition, parent: Petition, at: datetime) -> Petition:
    """Give a child the parent's answer, unless that is from before a reopening that the child joined."""
    settling, merged = parent.last(*SETTLING), child.last(Action.MERGE)
    is_open = parent.state in UNANSWERED
    if settling is None or merged is None:
        return child if is_open else _left_alone(child, parent, at)
    if is_open and settling.at < merged.at:
        return child
    settled_as = (
        settling.facts.settled_as if isinstance(settling.facts, AnsweredWithParent) else settling.action
    )
    facts = {**settling.facts.recorded(), "parent": parent.reference, "as": settled_as}
    return child.record(
        Action.ANSWER_WITH_PARENT,
        Change.by_router(at, _named(parent, str(settling.seq))),
        text=settling.text,
        facts=AnsweredWithParent.model_validate(facts),
        to=_ENDS_AS[settled_as],
        answer=parent.answer if settled_as is Action.APPROVE else None,
        attachments=child.files_with_answer_of(parent),
        unit=parent.unit,
        field=parent.field,
        handler=None,
    )


def _left_alone(child: Petition, parent: Petition, at: datetime) -> Petition:
    """Put a child back to work whose parent ended without an answer: its own sender still waits."""
    return split(
        child,
        Change.by_router(at, _named(parent, "left")),
        reason="Hồ sơ chung đã kết thúc mà không có câu trả lời",
    )


def _named(parent: Petition, what: str) -> str:
    return f"parent:{parent.reference}:{what}"


_ENDS_AS = {
    Action.APPROVE: State.ANSWERED,
    Action.REFUSE: State.REFUSED,
    Action.FORWARD: State.FORWARDED,
    Action.GUIDE: State.GUIDED,
}
