"""A petition's history: entries chained by hashes, so that a later alteration can be noticed.

`hash = SHA-256(previous hash + digest)`, `digest = SHA-256(shown + kept)`: `shown` is the SHA-256 of what the
petitioner reads of an entry, `kept` a digest of what only officers read, under a key that outsiders do not have, so
that nobody finds out by trying. A petitioner is given `kept` and can so verify every word that is shown to them; of an
entry that they may not see at all they are given the digest, and can still verify the whole chain (docs/verifying.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from shared.domain.petition.facts import FILED, Facts, facts_of
from shared.domain.petition.lifecycle import Action, State

F = TypeVar("F", bound=Facts)

FIRST_HASH = "0" * 64
"""The hash before the first entry."""


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
    """The text that the petitioner may read."""
    note: str | None = None
    """The text that only officers may read."""
    facts: Annotated[Facts, Field(validate_default=True)] = Facts()
    """Machine-readable facts of this change: an instance of the model that `facts.FACTS` has for the action."""
    is_visible: bool = True
    """True if the petitioner sees this entry at all."""
    is_erased: bool = False
    """True if text and note were erased when the time of keeping was over; digest and hash still stand."""
    digest: str = ""
    hash: str = ""

    @field_validator("facts", mode="before")
    @classmethod
    def _typed(cls, value: Facts | Mapping[str, str], info: ValidationInfo) -> Facts:
        stored = value.stored() if isinstance(value, Facts) else value
        return facts_of(info.data.get("action"), stored)


class EntryOf(NamedTuple, Generic[F]):
    """An entry, and its facts with their type."""

    entry: Entry
    facts: F


SHOWN = frozenset({"seq", "at", "action", "state", "text"})
"""Attributes of an entry that the petitioner may read."""
KEPT = frozenset({"by", "change_id", "note", "facts", "is_visible"})
"""Attributes of an entry that only officers may read."""


def shown_digest(entry: Entry) -> str:
    """Return the SHA-256, in hex, of what the petitioner reads of an entry."""
    return hashlib.sha256(_canonical(entry, SHOWN)).hexdigest()


def kept_digest(entry: Entry, key: str) -> str:
    """Return the HMAC-SHA-256, in hex, of what only officers read of an entry."""
    return hmac.new(key.encode(), _canonical(entry, KEPT), hashlib.sha256).hexdigest()


def digest_of(entry: Entry, key: str) -> str:
    """Return the SHA-256, in hex, of an entry's two digests, one after the other."""
    return hashlib.sha256(f"{shown_digest(entry)}{kept_digest(entry, key)}".encode()).hexdigest()


def _canonical(entry: Entry, names: frozenset[str]) -> bytes:
    """Return a part of an entry as canonical JSON: sorted keys, no spaces, UTF-8."""
    content = entry.model_dump(mode="json", include=set(names))
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(previous_hash: str, digest: str) -> str:
    """Return the hash that chains a digest to what stands before it."""
    return hashlib.sha256(f"{previous_hash}{digest}".encode()).hexdigest()


def filed_changes(before: BaseModel | None, after: BaseModel) -> dict[str, str]:
    """Return the attributes of `FILED` that differ, as facts are stored; at first, all that the petition has."""
    fields = type(after).model_fields
    return {
        name: str(now or "")
        for name in FILED
        if (now := getattr(after, name)) != (getattr(before, name) if before else fields[name].default)
    }


def entries_of(history: Iterable[Entry], kind: type[F]) -> Iterator[EntryOf[F]]:
    """Yield the entries that have facts of one kind, in the order of the history."""
    return (EntryOf(entry, entry.facts) for entry in history if isinstance(entry.facts, kind))


def append(history: tuple[Entry, ...], entry: Entry, key: str) -> tuple[Entry, ...]:
    """Return the history with one more entry, chained to the last; `key` hides what only officers read."""
    digest = digest_of(entry, key)
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


def outlined(history: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the actions and their times, for counting: no words, no names, no hashes."""
    bare = {
        "text": None,
        "note": None,
        "by": "",
        "change_id": "",
        "digest": "",
        "hash": "",
        "is_visible": True,
    }
    return tuple(entry.model_copy(update=bare) for entry in history)


def is_intact(history: Iterable[Entry], key: str) -> bool:
    """Return whether every entry still has the content and the place that its hash was made for.

    Of an erased entry only the place can be verified.
    """
    previous = FIRST_HASH
    for number, entry in enumerate(history, start=1):
        if not entry.is_erased and entry.digest != digest_of(entry, key):
            return False
        if entry.seq != number or entry.hash != link(previous, entry.digest):
            return False
        previous = entry.hash
    return True
