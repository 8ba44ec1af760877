"""Open petitions that a change of the directory concerns, counted by unit for its preview (from the index `desk`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.petition.notice_kinds import NoticeKind
from shared.tables.directory import Directory
from shared.tables.petition_items import Card
from shared.tables.petitions import Petitions
from shared.wording.sources import BATCH

Concerns = Callable[[Card], bool]
"""Returns whether a change concerns a petition."""

_ABOUT_NO_OPEN_PETITION = frozenset(
    {
        NoticeKind.RECEIPT,
        NoticeKind.DIGEST,
        NoticeKind.ACCOUNT,
        NoticeKind.ADDRESS_CHANGED,
        NoticeKind.EVENT,
    }
)
"""Kinds of notices that are sent on receipt, or about an officer, or to programs."""


def open_cards(petitions: Petitions, unit: str) -> Iterator[Card]:
    """Return the cards of a unit's petitions that are owed an answer."""
    following: str | None = None
    while True:
        cards, following = petitions.desk(unit, after=following, is_whole=True)
        yield from (card for card in cards if card.state in UNANSWERED)
        if following is None:
            return


def all_units(directory: Directory) -> tuple[str, ...]:
    """Return the codes of all units that ever were: petitions stay with them until somebody gives them to others."""
    return tuple(dict.fromkeys(str(row["id"]) for row in directory.rows("unit")))


def count_by_unit(
    reader: DeskOfficer, petitions: Petitions, units: Iterable[str], concerns: Concerns
) -> list[tuple[str, int]]:
    """Return how many open petitions of each unit a change concerns, the most first; units without one are left out.

    Only petitions of which the reader may know are counted.
    """
    numbers = Counter(
        card.unit
        for unit in units
        for card in open_cards(petitions, unit)
        if concerns(card) and permissions.may_know(reader, card)
    )
    return numbers.most_common()


def concerned_by_row(kind: str, row: Mapping[str, Any]) -> Concerns | None:
    """Return which petitions a row concerns: those of its unit, field or officer; None for other kinds."""
    match kind:
        case "unit":
            return lambda card: card.unit == row["id"]
        case "field":
            return lambda card: card.field == row["id"]
        case "officer":
            return lambda card: card.handler == row["id"]
        case _:
            return None


def concerned_by_terms(field: str | None, petition_kind: str | None) -> Concerns:
    """Return which petitions time limits of this scope would concern, had they been received later."""
    return lambda card: field in {None, card.field} and petition_kind in {None, card.kind}


def concerned_by_text(kind: str) -> Concerns | None:
    """Return which open petitions a text may still be sent about; None for one about no petition, or a new one alone.

    Whom a notice reaches, by which channel and in which language, does not stand in the index: each may be concerned.
    """
    is_about_petitions = kind in {BATCH, *NoticeKind}
    if not is_about_petitions or kind in _ABOUT_NO_OPEN_PETITION:
        return None
    only_state = State.AWAITING_INFORMATION if kind == NoticeKind.REMINDER_TO_COMPLETE else None
    return lambda card: only_state in {None, card.state}
