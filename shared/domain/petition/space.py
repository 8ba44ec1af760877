"""The space of a petition: who may fill how much of its item, so that nobody can make it unwritable.

A petition is one item of the table, which DynamoDB limits to 400 KB; each character of Vietnamese takes up to three
bytes, and an approved answer stands in it three times (history, answer, publication). So the space is shared out in
bytes by author: the petitioner's words have a part of their own; the answers of both rounds and the clock's entries
have one that nobody else can take; officers' notes share what is left. Sizes are estimates from above of what
`shared.tables.petition_items` stores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError, PetitionFullError
from shared.domain.petition.change import TIMER
from shared.domain.petition.facts import FileDeclared
from shared.domain.petition.history import Entry, in_force
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.answer import Answer, Publication, Rating
from shared.domain.petition.values.attachments import Attachment, BelongsTo
from shared.domain.petition.values.held import Held
from shared.domain.petition.values.petitioner import Petitioner

ITEM = 400_000
"""Bytes of an item that are shared out; DynamoDB takes 409,600 with the names of its attributes."""
PETITIONERS = 150_000
"""Bytes of everything that the petitioner sends: less than half."""
ANSWERS = 176_000
"""Bytes kept free for two approved answers, and one publication with the redacted content."""
CLOCK = 40_000
"""Bytes kept free for what falls due by itself: two years of updates, warnings and escalations."""
OFFICIAL_ACTS = 25_000
"""Bytes kept free of notes and questions, for assigning, returning, restricting and the like."""
EARLIER_DRAFTS = 60_000
"""Bytes that returned drafts may take at most of what officers' notes share: the newest stay."""
LONGEST_OFFICIAL_TEXT = 30_000
"""Bytes of one text of an officer: 10,000 characters of which each needs three."""

_FILES_AND_RIGHTS = 32_000
"""Bytes of the petitioner's part that added texts leave: files, a rating, a withdrawal come after them."""
_RIGHTS = 16_000
_AWAITED = 60_000
"""Bytes that officers' notes leave to a petitioner who has not used them yet."""
_ENTRY = 800
"""Bytes of an entry without its texts and facts, in the history and in the outline."""
_KEYS = 4_000
"""Bytes of index keys, card, and the outline's other attributes."""
_PUBLIC = 8_000
"""Bytes of what the index of published answers has of one, without its texts where there is no space for them."""
_ESCAPED = '"\\\n\r\t'


class _Filled(Protocol):
    """The attributes of a petition that take space."""

    @property
    def content(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def petitioner(self) -> Petitioner: ...
    @property
    def rating(self) -> Rating | None: ...
    @property
    def attachments(self) -> tuple[Attachment, ...]: ...
    @property
    def draft(self) -> Answer | None: ...
    @property
    def earlier_drafts(self) -> tuple[Answer, ...]: ...
    @property
    def answer(self) -> Answer | None: ...
    @property
    def held(self) -> Held | None: ...
    @property
    def publication(self) -> Publication | None: ...
    @property
    def history(self) -> tuple[Entry, ...]: ...
    def model_dump_json(self, *, exclude_defaults: bool, exclude: set[str]) -> str: ...


class Left(NamedTuple):
    """Bytes that an action leaves free."""

    of_part: int
    """Bytes of the petitioner's part."""
    of_item: int
    """Bytes of the item beside the space kept free for answers and the clock."""


_OF_PETITIONERS = frozenset(
    {
        Action.RECEIVE,
        Action.SUPPLEMENT,
        Action.WITHDRAW,
        Action.UNDO_WITHDRAWAL,
        Action.RATE,
        Action.SEND_PIN,
        Action.ADD_CONTACT,
        Action.CHOOSE_CHANNELS,
        Action.WITHDRAW_CONSENT,
        Action.SCREEN,
    }
)
"""Entries that petitioners cause: an added text is screened by the router."""
_OF_FILES = frozenset({Action.ATTACH, Action.KEEP_ATTACHMENT, Action.REJECT_ATTACHMENT})
_ANSWERS = frozenset(
    {
        Action.APPROVE,
        Action.REFUSE,
        Action.FORWARD,
        Action.GUIDE,
        Action.ANSWER_WITH_PARENT,
    }
)
"""Entries whose text is an answer."""
REMINDERS = frozenset(
    {
        Action.WARN_HANDLER,
        Action.WARN_UNIT_HEAD,
        Action.ESCALATE,
        Action.UPDATE_PETITIONER,
        Action.REMIND_ACCEPTANCE,
        Action.REMIND_APPROVAL,
        Action.REMIND_COMPLETION,
        Action.REPORT_INCOMPLETE,
        Action.REMIND_FORWARDING,
        Action.REMIND_PUBLICATION,
    }
)
"""Actions of the clock that change neither state, unit and handler nor what people wrote in the matter."""
_OF_THE_CLOCK = REMINDERS | {Action.ROUTE, Action.HAND_TO_INTAKE, Action.MOVE_DUE_DATE, Action.ERASE}
_ALWAYS_FIT = (
    _OF_THE_CLOCK
    | _ANSWERS
    | {
        Action.RECEIVE,
        Action.UNDO_WITHDRAWAL,
        Action.SCREEN,
        Action.KEEP_ATTACHMENT,
        Action.REJECT_ATTACHMENT,
        Action.DRAFT_ANSWER,
        Action.PUBLISH,
        Action.PUBLISH_WITH_PARENT,
        Action.REOPEN,
        Action.CLOSE,
    }
)
"""Actions whose space is kept free, or was counted before; whatever the timer enters is too."""
_LEAVES_FREE: dict[Action, Left] = {
    Action.SUPPLEMENT: Left(_FILES_AND_RIGHTS, OFFICIAL_ACTS + _FILES_AND_RIGHTS // 2),
    Action.ADD_CONTACT: Left(_FILES_AND_RIGHTS, OFFICIAL_ACTS + _FILES_AND_RIGHTS // 2),
    Action.CHOOSE_CHANNELS: Left(_FILES_AND_RIGHTS, OFFICIAL_ACTS + _FILES_AND_RIGHTS // 2),
    Action.ATTACH: Left(_RIGHTS, OFFICIAL_ACTS),
    Action.SEND_PIN: Left(_RIGHTS // 2, OFFICIAL_ACTS // 2),
    Action.RATE: Left(_RIGHTS // 2, OFFICIAL_ACTS // 2),
    Action.WITHDRAW: Left(0, 0),
    Action.WITHDRAW_CONSENT: Left(0, 0),
}
"""The space that each action of a petitioner has to leave."""
_FIELD = {
    Action.RATE: "comment",
    Action.WITHDRAW: "reason",
    Action.ADD_CONTACT: "phone",
    Action.CHOOSE_CHANNELS: "reply_by",
}
_NOTES = frozenset(
    {
        Action.ATTACH,
        Action.NOTE,
        Action.REQUEST_INFORMATION,
        Action.MERGE,
        Action.OPEN_SEAL,
        Action.OPEN_ATTACHMENT,
    }
)
"""Actions that officers may repeat without end, or that carry long texts."""


def require_space(petition: _Filled, action: Action) -> None:
    """Check that a petition as an action left it stays within its shares.

    Raises:
        PetitionFullError: the petitioner's part is full.
        InvalidInputError: the officers' part is full, or there is no space for another file.
    """
    if action in _ALWAYS_FIT or petition.history[-1].by == TIMER:
        return
    if action is Action.ATTACH:
        _require_space_for_file(petition)
    elif action in _LEAVES_FREE:
        if not _has_petitioner_space(petition, action):
            raise PetitionFullError(_FIELD.get(action, "content"))
    elif not _have_officers_space(petition, action):
        raise InvalidInputError(("text", "petition-full-for-officers"))


def _require_space_for_file(petition: _Filled) -> None:
    facts = petition.history[-1].facts
    is_petitioners = isinstance(facts, FileDeclared) and facts.belongs_to is BelongsTo.PETITION
    has_space = (
        _has_petitioner_space(petition, Action.ATTACH)
        if is_petitioners
        else _have_officers_space(petition, Action.ATTACH)
    )
    if not has_space:
        raise InvalidInputError(("filename", "too-many-files"))


def _has_petitioner_space(petition: _Filled, action: Action) -> bool:
    left = _LEAVES_FREE[action]
    is_within_part = petitioners_bytes(petition) <= PETITIONERS - left.of_part
    return is_within_part and free_bytes(petition) >= left.of_item


def _have_officers_space(petition: _Filled, action: Action) -> bool:
    """Return whether there is space for an official act, or for a note beside what the petitioner may still send.

    Earlier code let petitioners fill more than their part: such a petition takes official acts while the item fits.
    """
    if action not in _NOTES:
        is_overfull = petitioners_bytes(petition) > PETITIONERS
        return free_bytes(petition) >= 0 or (is_overfull and stored_bytes(petition) <= ITEM)
    return free_bytes(petition) >= OFFICIAL_ACTS + _awaited_bytes(petition)


def _awaited_bytes(petition: _Filled) -> int:
    return max(0, min(_AWAITED, PETITIONERS - petitioners_bytes(petition)))


def petitioners_bytes(petition: _Filled) -> int:
    """Return the bytes of everything that a petitioner sent, sealed parts and files' names included."""
    files = (file for file in petition.attachments if file.belongs_to is BelongsTo.PETITION)
    return (
        _text(petition.content)
        + _text(petition.subject)
        + _models((petition.petitioner, petition.rating, *files))
        + sum(map(_entry, filter(_is_petitioners, petition.history)))
    )


def free_bytes(petition: _Filled) -> int:
    """Return the bytes that officers' notes may still take: not used, and not kept free for answers and the clock."""
    clock = sum(_entry(entry) for entry in petition.history if entry.action in _OF_THE_CLOCK)
    answers = _answers_bytes(petition)
    return ITEM - stored_bytes(petition) - max(0, CLOCK - clock) - max(0, ANSWERS - answers)


def drafts_that_fit(petition: _Filled, drafts: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the newest of a petition's returned drafts that take no space which is kept free for others.

    Args:
        petition: as it is before they are kept.
        drafts: the oldest first, those included that it keeps already.
    """
    space = free_bytes(petition) + _models(petition.earlier_drafts) - OFFICIAL_ACTS - _awaited_bytes(petition)
    left = min(EARLIER_DRAFTS, space)
    fitting: list[Answer] = []
    for draft in reversed(tuple(drafts)):
        left -= _models((draft,))
        if left < 0:
            break
        fitting.append(draft)
    return tuple(reversed(fitting))


def clock_has_space_for(petition: _Filled, text: str) -> bool:
    """Return whether an update by the clock may repeat a note: it is left out when it would take others' space."""
    clock = sum(_entry(entry) for entry in petition.history if entry.action in _OF_THE_CLOCK)
    return clock + _text(text) < CLOCK // 2


def stored_bytes(petition: _Filled) -> int:
    """Return an estimate, from above, of the bytes of the item that stores a petition."""
    rest = petition.model_dump_json(exclude_defaults=True, exclude={"history"})
    public = _PUBLIC if petition.publication else 0
    return _KEYS + public + len(rest.encode()) + sum(map(_entry, petition.history))


def _answers_bytes(petition: _Filled) -> int:
    texts = (entry.text for entry in in_force(petition.history) if entry.action in _ANSWERS and entry.text)
    replaced = petition.held.draft if petition.held else None
    return _models((petition.draft, replaced, petition.answer, petition.publication)) + sum(map(_text, texts))


def _is_petitioners(entry: Entry) -> bool:
    if entry.action is Action.ATTACH:
        return isinstance(entry.facts, FileDeclared) and entry.facts.belongs_to is BelongsTo.PETITION
    return entry.action in _OF_PETITIONERS or (entry.action in _OF_FILES and entry.is_visible)


def _entry(entry: Entry) -> int:
    facts = entry.facts.stored()
    size = _ENTRY + _text(entry.text) + _text(entry.note)
    return size + 2 * len(json.dumps(facts, ensure_ascii=False).encode()) if facts else size


def _text(text: str | None) -> int:
    """Return the bytes of a text in JSON, 0 for none; the doors let no other control characters in."""
    return len(text.encode()) + sum(map(text.count, _ESCAPED)) if text else 0


def _models(values: Iterable[BaseModel | None]) -> int:
    return sum(len(value.model_dump_json(exclude_defaults=True).encode()) for value in values if value)
