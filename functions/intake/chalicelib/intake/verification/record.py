"""The record of a petition's history that its petitioner may keep: with the path to a signed root, verifiable offline.

Who verifies: the tracking page's own script, and `verify_history.py`, which anybody may download (docs/verifying.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain, islice

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.merkle import leaf_of, top_of
from shared.domain.petition.history import Entry, kept_digest, kept_words_digest
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.promises.restorations import Restoration
from shared.tables.roots import Path, Roots, SignedRoot

DAYS_TRIED = 4
"""Days whose roots are searched for a path, the latest changes first; the root of an older day proves less."""


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class RecordedEntry(_View):
    """One entry; of what the petitioner may not read, the place and the digest alone."""

    seq: int
    at: datetime | None = None
    action: Action | None = None
    state: State | None = None
    text: str | None = None
    kept: str | None = None
    kept_words: str | None = None
    is_erased: bool = False
    digest: str
    hash: str


class InclusionProof(_View):
    """That an entry's hash stands in a signed root."""

    version: int
    path: tuple[str, ...]
    root: SignedRoot


class Record(_View):
    """A petition's whole history, as its petitioner may keep and verify it."""

    format: str = "pakn-record-v2"
    reference: str
    made_at: datetime
    entries: tuple[RecordedEntry, ...]
    proof: InclusionProof | None = None
    """None until the day of the first change is over."""

    def as_json(self) -> dict[str, object]:
        """Return the record; every member of a readable entry is there, also what is null."""
        body: dict[str, object] = self.model_dump(mode="json", exclude={"entries"})
        hidden = {"seq", "digest", "hash"}
        body["entries"] = [
            entry.model_dump(mode="json", include=None if entry.kept else hidden) for entry in self.entries
        ]
        return body


class SigningKey(_View):
    """The key that the latest root was signed with."""

    algorithm: str = "ECDSA_SHA_256 (P-256)"
    public_key: str
    pem: str
    since: date


class RootList(_View):
    """Signed roots, the latest first."""

    roots: tuple[SignedRoot, ...]


def record_of(
    petition: Petition, roots: Roots, now: datetime, restorations: Iterable[Restoration] = ()
) -> Record:
    """Return a petition's record, as far as word of it has left."""
    petition = petition.as_known_outside(now)
    return Record(
        reference=petition.reference,
        made_at=now,
        entries=tuple(_recorded(entry, petition.submission) for entry in petition.history),
        proof=_proof(petition, roots, tuple(restorations)),
    )


def _recorded(entry: Entry, key: str) -> RecordedEntry:
    if not entry.is_visible:
        return RecordedEntry(seq=entry.seq, digest=entry.digest, hash=entry.hash)
    return RecordedEntry(
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        state=entry.state,
        text=entry.text,
        kept=kept_digest(entry, key),
        kept_words=kept_words_digest(entry, key),
        is_erased=entry.is_erased,
        digest=entry.digest,
        hash=entry.hash,
    )


def _proof(petition: Petition, roots: Roots, restorations: Sequence[Restoration]) -> InclusionProof | None:
    days = islice(roots.days_of(local_date(entry.at) for entry in petition.history), 2 * DAYS_TRIED)
    for root in chain(map(roots.get, days), [roots.first()]):
        path = roots.path(root, petition.reference) if root else None
        if root and path and path.version <= petition.version:
            if _holds_lost_entries(petition, path, root, restorations):
                continue
            return InclusionProof(version=path.version, path=path.path, root=root)
    return None


def _holds_lost_entries(
    petition: Petition, path: Path, root: SignedRoot, restorations: Sequence[Restoration]
) -> bool:
    """Return whether a root of hours that a restoration took back holds entries that the history no longer has."""
    if root.verified_at is None or not any(each.has_lost(root.verified_at) for each in restorations):
        return False
    first, last = petition.history[0], petition.history[path.version - 1]
    leaf = leaf_of(petition.reference, path.version, first.hash, last.hash)
    return top_of(leaf, path.path) != root.tree


def pem_of(public_key: str) -> str:
    """Return a public key as OpenSSL reads it."""
    lines = "\n".join(public_key[at : at + 64] for at in range(0, len(public_key), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"
