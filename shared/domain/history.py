"""A petition's history: entries chained by hashes, so that a later alteration can be noticed.

The hash of an entry covers its own content's digest and the hash before it:
`hash = SHA-256(previous hash + digest)`, `digest = SHA-256(canonical JSON of the entry without digest and hash)`.
Who may not see an entry is given its digest instead of its content, and can still verify the whole chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.domain.lifecycle import Action, State

FIRST_HASH = "0" * 64
"""What stands before the first entry."""


class Entry(BaseModel):
    """One change of a petition: who did what, when, and what it led to."""

    model_config = ConfigDict(frozen=True)

    seq: int
    at: datetime
    action: Action
    by: str
    """`petitioner`, `router`, `timer` or `officer:<user name>`."""
    state: State
    """The state after this change."""
    change_id: str
    """Names the cause; the same change arriving again is recognised by it."""
    text: str | None = None
    """What the petitioner may read."""
    note: str | None = None
    """What only officers may read."""
    facts: dict[str, str] = {}
    """Machine-readable facts of this change, such as the unit or the number of an overdue update."""
    is_visible: bool = True
    """Whether the petitioner sees this entry at all."""
    is_erased: bool = False
    """Whether text and note were erased when the time of keeping was over; digest and hash still stand."""
    digest: str = ""
    hash: str = ""


def digest_of(entry: Entry) -> str:
    """Return the SHA-256, in hex, of an entry's content in canonical JSON (sorted keys, no spaces, UTF-8)."""
    content = entry.model_dump(mode="json", exclude={"digest", "hash", "is_erased"})
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def link(previous_hash: str, digest: str) -> str:
    """Return the hash that chains a digest to what stands before it."""
    return hashlib.sha256(f"{previous_hash}{digest}".encode()).hexdigest()


def append(history: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    """Return the history with one more entry, chained to the last."""
    digest = digest_of(entry)
    previous = history[-1].hash if history else FIRST_HASH
    return (*history, entry.model_copy(update={"digest": digest, "hash": link(previous, digest)}))


def erased(history: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the history without anything that a person wrote; who did what, and when, stays."""
    return tuple(
        entry.model_copy(update={"text": None, "note": None, "is_erased": True})
        if entry.text or entry.note
        else entry
        for entry in history
    )


def is_intact(history: Iterable[Entry]) -> bool:
    """Tell whether every entry still has the content and the place that its hash was made for.

    Of an erased entry only the place can be told.
    """
    previous = FIRST_HASH
    for number, entry in enumerate(history, start=1):
        if not entry.is_erased and entry.digest != digest_of(entry):
            return False
        if entry.seq != number or entry.hash != link(previous, entry.digest):
            return False
        previous = entry.hash
    return True
