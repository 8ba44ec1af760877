"""Sentences that the system wrote for officers, with names in place of the codes that are stored."""

from __future__ import annotations

import re
from collections.abc import Callable

from shared.domain.petition.change import works_at_desk
from shared.domain.petition.lifecycle import Action
from shared.web.i18n import Language, gettext
from shared.web.labels import KINDS, LANES

_RESULT = re.compile(r"(?<=→ )[A-Z][A-Z_]+\b")
"""A code after the arrow of the router's reasons: a lane, a kind or a field."""
_UNIT = re.compile(r"\b[A-Z]{2,16}\b")
_OF_THE_ROUTER = frozenset({Action.ROUTE, Action.HAND_TO_INTAKE, Action.RESTRICT})


def reason_in_words(reason: str, name_of_field: Callable[[str], str], language: Language) -> str:
    """Return a reason of the router with the name of the lane, kind or field that it speaks for."""
    _ = gettext(language)
    names: dict[str, str] = {lane.value: label for lane, label in LANES.items()}
    names |= {kind.value: label for kind, label in KINDS.items()}
    return _RESULT.sub(
        lambda match: _(names[match[0]]) if match[0] in names else name_of_field(match[0]), reason
    )


def note_in_words(
    action: Action,
    note: str | None,
    by: str,
    name_of_field: Callable[[str], str],
    name_of_unit: Callable[[str], str],
    language: Language,
) -> str | None:
    """Return the note of a history entry; what an officer wrote stays as it is.

    Args:
        action: of the entry.
        note: as it is stored.
        by: who made the entry.
        name_of_field: the name of a field's code.
        name_of_unit: the name of a unit's code; the code itself where the directory has none.
        language: of the names.
    """
    if note is None or works_at_desk(by):
        return note
    if action in _OF_THE_ROUTER:
        return reason_in_words(note, name_of_field, language)
    return _UNIT.sub(lambda match: name_of_unit(match[0]), note) if action is Action.REOPEN else note
