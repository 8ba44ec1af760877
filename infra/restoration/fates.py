"""The fate of one petition when the stored data go back to an earlier moment: pure rules.

A petition that is sound and has no earlier state to go back to is kept: a reference that was given out is not lost
because of another petition. An erasure is kept too: restoring does not un-erase.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.domain.petition.history import Entry, is_continued
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform.item_by_item import MALFORMED
from shared.tables.dynamo import Item
from shared.tables.petition_items import LOST, RESTORED, petition_in


class Fate(StrEnum):
    """The fate of a petition."""

    SAME = "same"
    """It has not changed since the moment."""
    BACK = "back"
    """It is put back as it was at the moment."""
    RECEIVED_SINCE = "received since"
    """It was received after the moment, is sound, and is kept as it is."""
    ERASED_SINCE = "erased since"
    """It was erased after the moment, and stays erased."""
    SOUND = "sound"
    """It is sound, and only what is damaged goes back."""
    LOST = "lost"
    """It was received after the moment and cannot be read any more: its reference is not given out again."""


class Decision(NamedTuple):
    """The fate of one petition, and what it loses."""

    reference: str
    fate: Fate
    version: int
    """The number of its last entry afterwards; 0 when it is lost."""
    lost: tuple[Entry, ...] = ()
    """The entries that are taken back, as far as they can be read."""


def decide(then: Item | None, now: Item | None, *, only_damaged: bool = False) -> Decision:
    """Return the fate of the petition that an item holds.

    Args:
        then: the item at the moment; None where there was none.
        now: the item as it is; None where there is none any more.
        only_damaged: whether a petition that is sound and continues its history stays as it is.
    """
    reference = str((then or now or {})["reference"])
    read = _read(now)
    current = read if read is not None and read.fault is None else None
    if then is None or LOST in then:
        if now is not None and LOST in now:
            return Decision(reference, Fate.SAME, 0)
        if current is not None:
            return Decision(reference, Fate.RECEIVED_SINCE, current.version)
        return Decision(reference, Fate.LOST, 0, read.history if read else ())
    if now is not None and _unmarked(now) == _unmarked(then):
        return Decision(reference, Fate.SAME, int(then["version"]))
    before = _read(then)
    if current is not None and before is not None and is_continued(before.history, current.history):
        if current.last(Action.ERASE) is not None:
            return Decision(reference, Fate.ERASED_SINCE, current.version)
        if only_damaged:
            return Decision(reference, Fate.SOUND, current.version)
    return Decision(reference, Fate.BACK, int(then["version"]), _lost(before, read))


def put_back(then: Item, number: int) -> Item:
    """Return the item to write for a petition that goes back: as it was, marked with the restoration's number."""
    return {**then, RESTORED: number}


def _unmarked(item: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in item.items() if name != RESTORED}


def _read(item: Item | None) -> Petition | None:
    if item is None or LOST in item:
        return None
    try:
        return petition_in(item)
    except MALFORMED:
        return None


def _lost(before: Petition | None, after: Petition | None) -> tuple[Entry, ...]:
    """Return the entries of a history that the one before does not have."""
    hashes = {entry.hash for entry in before.history} if before else set()
    return tuple(entry for entry in (after.history if after else ()) if entry.hash not in hashes)
