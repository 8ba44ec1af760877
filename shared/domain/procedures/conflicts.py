"""Changes by others that take nothing away from an action under way: it goes on although the petition has changed.

Decided by parts of the petition: a draft or a note goes on although somebody filed it elsewhere or a day off moved its
due date, not although its petitioner added something: it may tell them how far their matter is. Who may no longer see a
petition that was filed elsewhere is refused before.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.petition.facts import FileKept
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.space import REMINDERS
from shared.domain.petition.values.attachments import BelongsTo

BESIDE_THE_WORK = REMINDERS | {
    Action.NOTE,
    Action.OPEN_SEAL,
    Action.OPEN_ATTACHMENT,
    Action.ATTACH,
    Action.REJECT_ATTACHMENT,
    Action.SEND_PIN,
    Action.RENEW_SECRETS,
    Action.CHOOSE_CHANNELS,
}
"""Actions that change neither state, unit and handler nor what people wrote in the matter: notes, openings, files that
an officer declares, reminders of the clock."""


class Part(StrEnum):
    """A part of a petition that an entry changes, and that an action decides upon."""

    WORK = "WORK"
    """State, unit, handler, and what officers wrote in the matter."""
    MATTER = "MATTER"
    """Texts and files of the petitioner."""
    FILING = "FILING"
    """Field, kind, lane, and whom it complains of."""
    DUE_DATE = "DUE_DATE"


_OF_THE_MATTER = frozenset({Action.SUPPLEMENT, Action.ADD_CONTACT, Action.KEEP_ATTACHMENT})
_FILED = frozenset({"field", "kind", "lane", "complained_unit", "province"})
_DECIDES_UPON: Mapping[Action, frozenset[Part]] = {
    Action.OPEN_SEAL: frozenset(),
    Action.OPEN_ATTACHMENT: frozenset(),
    Action.CLASSIFY: frozenset({Part.FILING, Part.MATTER}),
    Action.NOTE: frozenset({Part.WORK, Part.MATTER}),
    Action.DRAFT_ANSWER: frozenset({Part.WORK, Part.MATTER}),
    Action.REQUEST_INFORMATION: frozenset({Part.WORK, Part.MATTER}),
}
"""The parts that an action decides upon; one that is not named here decides upon all."""


def leaves_untouched(petition: Petition, seen: int, action: Action, actor: str) -> bool:
    """Return whether the entries after version `seen` leave untouched what an action decides upon.

    The actor's own entry of the same action does not: a form that was sent twice takes effect once.
    """
    return not obstacles(petition, seen, action, actor)


def obstacles(petition: Petition, seen: int, action: Action, actor: str) -> tuple[Entry, ...]:
    """Return the entries after version `seen` that changed what an action decides upon, or are its repetition."""
    needed = _DECIDES_UPON.get(action, frozenset(Part))
    return tuple(
        entry
        for entry in petition.history[seen:]
        if (entry.action is action and entry.by == actor) or needed & _touched(entry, petition)
    )


def _touched(entry: Entry, petition: Petition) -> frozenset[Part]:
    """Return the parts of the petition that an entry changed."""
    if entry.action in BESIDE_THE_WORK or _is_of_the_answer(entry, petition):
        return frozenset()
    filing = {Part.FILING} if entry.facts.model_fields_set & _FILED else set()
    if entry.action is Action.CLASSIFY:
        return frozenset({Part.FILING})
    if entry.action is Action.MOVE_DUE_DATE:
        return frozenset({Part.DUE_DATE})
    if entry.action in _OF_THE_MATTER:
        return frozenset({Part.MATTER, *filing})
    return frozenset({Part.WORK, *filing})


def _is_of_the_answer(entry: Entry, petition: Petition) -> bool:
    """Return whether an entry keeps a file that an officer attached to the answer."""
    if entry.action is not Action.KEEP_ATTACHMENT or not isinstance(entry.facts, FileKept):
        return False
    attachment = petition.attachment(entry.facts.attachment)
    return attachment is not None and attachment.belongs_to is BelongsTo.ANSWER
