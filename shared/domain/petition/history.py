"""A petition's history: entries chained by hashes, so that a later alteration can be noticed.

`hash = SHA-256(previous hash + digest)`, `digest = 2:facts:words`. Each part is a SHA-256 of what the petitioner may
read, followed by an HMAC of what only officers read, under a key that outsiders do not have, so that nobody finds out
by trying. A petitioner is given the HMACs and can so verify every word that is shown to them; of an entry that they may
not see at all they are given the digest, and can still verify the whole chain (docs/verifying.md).

The facts stay verifiable when the words were erased. Entries of earlier code have a digest in one part, without a
version, of which nothing can be verified after an erasure but the place.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Generic, NamedTuple, TypeVar

from pydantic import Field, ValidationInfo, field_validator

from shared.domain.base_model import StoredModel
from shared.domain.petition.facts import FILED, AnsweredWithParent, Facts, LetterFacts, TakenBack, facts_of
from shared.domain.petition.lifecycle import Action, State

F = TypeVar("F", bound=Facts)

FIRST_HASH = "0" * 64
"""The hash before the first entry."""


class Entry(StoredModel):
    """One change of a petition: who did what, when, and what it led to."""

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
    """`2:<digest of the facts>:<digest of the words>`, the last empty without text and note; or 64 hex digits."""
    hash: str = ""
    correlation: str | None = None
    """The id of the request or message that made it (ADR 0079); none of the digests covers it."""

    @property
    def is_in_two_parts(self) -> bool:
        """True if the digest covers facts and words apart; False for entries of earlier code."""
        return self.digest.startswith(_IN_TWO_PARTS)

    @field_validator("facts", mode="before")
    @classmethod
    def _typed(cls, value: Facts | Mapping[str, str], info: ValidationInfo) -> Facts:
        stored = value.stored() if isinstance(value, Facts) else value
        return facts_of(info.data.get("action"), stored)


class EntryOf(NamedTuple, Generic[F]):
    """An entry, and its facts with their type."""

    entry: Entry
    facts: F


_IN_TWO_PARTS = "2:"
"""The version that stands before a digest of facts and words."""
SHOWN = frozenset({"seq", "at", "action", "state"})
"""Facts of an entry that the petitioner may read."""
KEPT = frozenset({"by", "change_id", "facts", "is_visible"})
"""Facts of an entry that only officers may read."""
SHOWN_WORDS = frozenset({"text"})
KEPT_WORDS = frozenset({"note"})


class Fault(StrEnum):
    """The first thing that is not as a history says."""

    PLACE = "place"
    """An entry was dropped, added or moved, or its hash was made for another place."""
    FACTS = "facts"
    """Not what, when or by whom the entry said (or, of an entry of earlier code, its words)."""
    WORDS = "words"
    """Not the text or the note of the entry."""
    ERASURE = "erasure"
    """Passed off as erased: no entry says that the texts before it were erased."""
    ATTRIBUTE = "attribute"
    """An attribute of the petition (content, answer, seal, unit …) is not the one that the entries covered."""
    STATE = "state"
    """Not the state of the last entry."""
    SIGNED_ROOT = "signed-root"
    """The history does not begin with the one that an earlier signed root holds."""
    MISSING = "missing"
    """The index names a history that is not in the table, or ends otherwise than the table's."""


def kept_digest(entry: Entry, key: str) -> str:
    """Return the HMAC-SHA-256, in hex, of the facts (in entries of earlier code, of all) that only officers read."""
    return _hmac(_canonical(entry, KEPT if entry.is_in_two_parts else KEPT | KEPT_WORDS), key)


def kept_words_digest(entry: Entry, key: str) -> str | None:
    """Return the HMAC-SHA-256, in hex, of the note; None where there is nothing to verify it with (any more)."""
    if not entry.is_in_two_parts or entry.is_erased or not _has_words(entry):
        return None
    return _hmac(_canonical(entry, KEPT_WORDS), key)


def digest_of(entry: Entry, key: str) -> str:
    """Return the digest of a new entry, of its facts and of its words."""
    return f"{_IN_TWO_PARTS}{_facts_digest(entry, key)}:{_words_digest(entry, key)}"


def _facts_digest(entry: Entry, key: str) -> str:
    return _hashed(f"{_sha256(_canonical(entry, SHOWN))}{_hmac(_canonical(entry, KEPT), key)}")


def _words_digest(entry: Entry, key: str) -> str:
    if not _has_words(entry):
        return ""
    return _hashed(f"{_sha256(_canonical(entry, SHOWN_WORDS))}{_hmac(_canonical(entry, KEPT_WORDS), key)}")


def _first_digest(entry: Entry, key: str) -> str:
    """Return the digest as earlier code made it."""
    shown = _sha256(_canonical(entry, SHOWN | SHOWN_WORDS))
    return _hashed(f"{shown}{_hmac(_canonical(entry, KEPT | KEPT_WORDS), key)}")


def _has_words(entry: Entry) -> bool:
    return entry.text is not None or entry.note is not None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hashed(text: str) -> str:
    return _sha256(text.encode())


def _hmac(content: bytes, key: str) -> str:
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def _canonical(entry: Entry, names: frozenset[str]) -> bytes:
    """Return a part of an entry as canonical JSON: sorted keys, no spaces, UTF-8."""
    content = entry.model_dump(mode="json", include=set(names))
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(previous_hash: str, digest: str) -> str:
    """Return the hash that chains a digest to what stands before it."""
    return _hashed(f"{previous_hash}{digest}")


def filed_changes(before: StoredModel | None, after: StoredModel) -> dict[str, str]:
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


def letter_of(history: Iterable[Entry]) -> EntryOf[LetterFacts] | None:
    """Return how the letter that forwards a petition stands, by the latest entry about it; None where there is none.

    A petition that was forwarded with its parent has a letter of its own.
    """
    letters = (
        letter
        for letter in entries_of(history, LetterFacts)
        if not isinstance(letter.facts, AnsweredWithParent) or letter.facts.settled_as is Action.FORWARD
    )
    return next(iter([*letters][::-1]), None)


def taken_back(history: Iterable[Entry]) -> frozenset[int]:
    """Return the numbers of the entries whose actions were taken back."""
    return frozenset(facts.entry for _, facts in entries_of(history, TakenBack))


def in_force(history: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the entries that count for what is owed and was done, each with its own number.

    An action that was taken back never was: neither it nor its end counts, and what happened between them happened in
    the state before.
    """
    pairs = [(facts.entry, entry.seq) for entry, facts in entries_of(history, TakenBack)]
    if not pairs:
        return history
    states = {entry.seq: entry.state for entry in history}
    before = {
        seq: states[first - 1]
        for first, last in pairs
        for seq in range(first + 1, last)
        if first - 1 in states
    }
    gone = {seq for pair in pairs for seq in pair}
    return tuple(
        entry.model_copy(update={"state": before[entry.seq]}) if entry.seq in before else entry
        for entry in history
        if entry.seq not in gone
    )


def append(history: tuple[Entry, ...], entry: Entry, key: str) -> tuple[Entry, ...]:
    """Return the history with one more entry, chained to the last; `key` hides what only officers read."""
    digest = digest_of(entry, key)
    previous = history[-1].hash if history else FIRST_HASH
    return (*history, entry.model_copy(update={"digest": digest, "hash": link(previous, digest)}))


def correlated(history: tuple[Entry, ...], seen: int, correlation: str | None) -> tuple[Entry, ...]:
    """Return the history with the id of their cause in the entries after version `seen`."""
    update = {"correlation": correlation}
    return (*history[:seen], *(entry.model_copy(update=update) for entry in history[seen:]))


def erased(history: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the history without anything that a person wrote; who did what, and when, stays."""
    return tuple(
        entry.without_unknown().model_copy(
            update={"correlation": None}
            | ({"text": None, "note": None, "is_erased": True} if entry.text or entry.note else {})
        )
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
        "correlation": None,
        "is_visible": True,
    }
    return tuple(
        entry.without_unknown().model_copy(update={**bare, "facts": entry.facts.without_digests()})
        for entry in history
    )


def is_continued(before: Sequence[Entry], after: Sequence[Entry]) -> bool:
    """Return whether a history begins with an earlier one; it does after every change by the code, an erasure too.

    Somebody with the table can make every hash of a history anew, before a root was signed over it: this takes both.
    """
    return [entry.hash for entry in before] == [entry.hash for entry in after[: len(before)]]


def fault_of(history: Iterable[Entry], key: str) -> Fault | None:
    """Return the first fault of a history; None where every entry has the content and place that its hash was made for.

    Of an erased entry of earlier code only the place can be verified.
    """
    entries = tuple(history)
    erased_until = max((entry.seq for entry in entries if entry.action is Action.ERASE), default=0)
    previous = FIRST_HASH
    for number, entry in enumerate(entries, start=1):
        if entry.seq != number or entry.hash != link(previous, entry.digest):
            return Fault.PLACE
        if entry.is_erased and (entry.seq >= erased_until or _has_words(entry)):
            return Fault.ERASURE
        if fault := _content_fault(entry, key):
            return fault
        previous = entry.hash
    return None


def _content_fault(entry: Entry, key: str) -> Fault | None:
    """Return the fault of an entry against its own digest; None where there is none."""
    if not entry.is_in_two_parts:
        is_other = not entry.is_erased and entry.digest != _first_digest(entry, key)
        return Fault.FACTS if is_other else None
    facts, _, words = entry.digest.removeprefix(_IN_TWO_PARTS).partition(":")
    if facts != _facts_digest(entry, key):
        return Fault.FACTS
    if not entry.is_erased and words != _words_digest(entry, key):
        return Fault.WORDS
    return None
