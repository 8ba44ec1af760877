"""Petitions about one matter: each keeps its reference, PIN, due date and notices, and is answered with its parent.

A merge is no change of the parent: the children know it (`parent`), and the stream carries what becomes of it to them.
The router keeps their number beside it, for lists (`merged_count`).
What follows for a child is computed from both as they stand, so it does not matter which of a merge and an answer
came first, nor how often or late anybody asks.

Basis: merging settles no duty; Quyết định 852/QĐ-BNV 2018 owes every petitioner an answer of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from shared.domain.access.readers import is_restricted
from shared.domain.petition.change import Change, works_at_desk
from shared.domain.petition.facts import (
    AnsweredWithParent,
    Forwarded,
    Merged,
    Split,
    TakenBack,
)
from shared.domain.petition.history import entries_of, letter_of
from shared.domain.petition.lifecycle import UNANSWERED, Action, State, target_of
from shared.domain.petition.petition import Petition
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS

SETTLING = (Action.APPROVE, Action.REFUSE, Action.FORWARD, Action.GUIDE, Action.ANSWER_WITH_PARENT)
"""Entries of a parent that answer its children too."""
BECOMING = frozenset(
    {
        *SETTLING,
        Action.SEND_LETTER,
        Action.PUBLISH,
        Action.RESTRICT,
        Action.WITHDRAW,
        Action.CLOSE,
        Action.MERGE,
        Action.TAKE_BACK,
    }
)
"""Entries after which something may follow for the petitions that were merged into this one."""
_OF_A_LETTER = ("body", "sent_by", "sent_on", "letter_number")
"""The facts by which the letters of a parent and its child are the same."""


def is_led(petition: Petition) -> bool:
    """Return whether a merged petition leaves warning and escalating to its parent: unless its own day comes first."""
    merged = petition.last(Action.MERGE)
    if petition.state is not State.MERGED or merged is None or not isinstance(merged.facts, Merged):
        return False
    return merged.facts.parent_due_on is None or petition.due_on >= merged.facts.parent_due_on


def is_counted(child: Petition, parent: Petition) -> bool:
    """Return whether a merged petition is in its parent's number: whoever may know of the parent may know of it too.

    One number stands on the parent for all its readers, so it leaves out what any of them must not know of: a
    denunciation, and a complaint about a unit that may read the parent.
    """
    if child.complained_unit not in (None, NO_UNIT_OF_OURS, parent.complained_unit):
        return False
    return not is_restricted(child) or is_restricted(parent)


def merge(
    petition: Petition,
    change: Change,
    parent: Petition,
    *,
    text: str | None,
    follows: str | None = None,
    answers_at_once: bool = False,
) -> Petition:
    """Join a petition to another about the same matter; the clock of its own answer runs on.

    Args:
        petition: the one that joins.
        change: who joins them, when.
        parent: the one that is worked on; not itself merged.
        text: what the petitioner reads.
        follows: the former parent, where a merged petition follows it into another; then nobody is notified.
        answers_at_once: it joins to be answered with the parent's approval, of which its petitioner is notified.
    """
    return petition.record(
        Action.MERGE,
        change,
        text=text,
        facts=Merged(
            parent=parent.reference,
            parent_due_on=parent.due_on,
            follows=follows,
            answers_at_once=answers_at_once,
        ),
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
    """Return a child as its parent's fate leaves it: answered, published, restricted, split, or itself unchanged.

    The letter of a forwarded one is sent with its parent's.

    Nothing follows from what may still be taken back; what joined for an approval that was taken back stands where it
    stood.
    """
    if child.parent != parent.reference or parent.is_held(at):
        return child
    if child.state is State.ANSWERED and parent.state is State.PUBLISHED:
        return child.record(Action.PUBLISH_WITH_PARENT, Change.by_router(at, _named(parent, "published")))
    if child.state is State.FORWARDED:
        return _letter_sent(child, parent, at)
    if child.state is not State.MERGED:
        return child
    if _joined_in_vain(child, parent):
        change = Change.by_router(at, _named(parent, f"not-answered:{child.version}"))
        return child.take_back(change, follows=True)
    if parent.state is State.RESTRICTED:
        return child.restrict(Change.by_router(at, _named(parent, "restricted")), parent.unit or "")
    if parent.state is State.WITHDRAWN:
        return _left_alone(child, parent, at)
    return _answered(child, parent, at)


def _joined_in_vain(child: Petition, parent: Petition) -> bool:
    """Return whether a child joined to be answered with an approval that was taken back, and with no other since."""
    if child.held is None or parent.state not in UNANSWERED:
        return False
    joined = child.history[child.held.entry - 1]
    if not isinstance(joined.facts, Merged) or not joined.facts.answers_at_once:
        return False
    return any(entry.at >= joined.at for entry, _ in entries_of(parent.history, TakenBack))


def followed(
    child: Petition, parent: Petition, get: Callable[[str], Petition | None], *, at: datetime
) -> Petition:
    """Return a child as its parent's fate leaves it, also where that was itself merged; `get` reads a petition."""
    is_led = parent.state is State.MERGED and child.state is State.MERGED
    if is_led and child.parent == parent.reference and not parent.is_held(at):
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
    of_parent = {name: fact for name, fact in settling.facts.recorded().items() if name != "word_at"}
    facts = {**of_parent, "parent": parent.reference, "as": settled_as}
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


def _letter_sent(child: Petition, parent: Petition, at: datetime) -> Petition:
    """Record that the letter of a child that was forwarded with its parent was sent as the parent's was.

    What an officer recorded on the child itself stands.
    """
    letter, own = letter_of(parent.in_force), letter_of(child.in_force)
    if letter is None or letter.facts.sent_by is None or own is None or works_at_desk(own.entry.by):
        return child
    dispatched = {name: getattr(letter.facts, name) for name in _OF_A_LETTER}
    if all(getattr(own.facts, name) == value for name, value in dispatched.items()):
        return child
    change = Change.by_router(at, _named(parent, f"letter:{letter.entry.seq}"))
    return child.send_letter(change, letter.entry.text or "", Forwarded(**dispatched))


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
