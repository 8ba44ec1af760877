"""Keeps what a citizen has filled in of a petition until it is sent, sealed under a pass that they hold (ADR 0072).

The row's name and the submission's key are derived from the pass, so neither leads back to it, and a pass that was
used finds the petition that it made. What is stored is as it was typed: it is checked whenever a step is shown.
"""

from __future__ import annotations

import json
import secrets as randomness
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.intake.limits.address_limit import AddressLimit, Sender
from shared.domain.errors import InvalidInputError
from shared.domain.identity import reference as references
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.dynamo import retry_when_stale
from shared.tables.unsent.rows import UnsentRow, UnsentRows

KEPT_FOR = timedelta(days=7)
"""Time after the last save at which it ends."""
LONGEST = 120_000
"""Bytes of all fields of one; a form has at most 128 KB."""
_BYTES_OF_A_PASS = 24
_LETTERS_OF_A_PASS = 32
_NAME_LENGTH = 32
_PASS_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True)
class UnsentPetition:
    """The fields of a petition so far."""

    fields: Mapping[str, str]
    is_proven: bool = False
    """True if a proof of work came with it."""
    version: int = 0
    """0 where nothing is kept yet."""
    saved_at: datetime | None = None


Change = Callable[[UnsentPetition], UnsentPetition]
"""Makes the next version of what is kept."""


def new_pass() -> str:
    """Return a pass: 192 random bits."""
    return randomness.token_urlsafe(_BYTES_OF_A_PASS)


def is_pass(text: str) -> bool:
    """Return whether a text has the form of a pass."""
    return len(text) == _LETTERS_OF_A_PASS and _PASS_LETTERS.issuperset(text)


class UnsentPetitions:
    """Reads, saves and forgets them.

    Args:
        rows: the stored rows.
        seal: encrypts what is stored.
        key: the identifiers' key.
        addresses: limits what one network address begins in an hour.
    """

    def __init__(self, rows: UnsentRows, seal: Seal, key: bytes, addresses: AddressLimit) -> None:
        self._rows = rows
        self._seal = seal
        self._key = key
        self._addresses = addresses

    def submission_key(self, unsent_pass: str) -> str:
        """Return the idempotency key of the petition that is sent under a pass; it may stand in pages."""
        return f"page-{self._derived('unsent-key', unsent_pass)}"

    def get(self, unsent_pass: str) -> UnsentPetition:
        """Return the unsent petition of a pass; an empty one where nothing is kept (any more)."""
        return self._opened(self._rows.get(self._name(unsent_pass), clock.now()))

    def is_kept(self, unsent_pass: str) -> bool:
        """Return whether something is kept under a pass."""
        return bool(self._rows.get(self._name(unsent_pass), clock.now()).version)

    def save(self, unsent_pass: str, change: Change, sender: Sender) -> UnsentPetition:
        """Change what is kept under a pass; two tabs that save at once both take effect.

        Raises:
            InvalidInputError: too long.
            TooManyRequestsError: this network address has begun enough in this hour.
        """
        return retry_when_stale(lambda: self._save(unsent_pass, change, sender))

    def renew(self, unsent_pass: str) -> None:
        """Keep what is kept under a pass as if it were saved now: whoever holds the pass says that it is theirs."""
        retry_when_stale(lambda: self._renew(unsent_pass))

    def forget(self, unsent_pass: str) -> None:
        """Delete what is kept under a pass."""
        self._rows.delete(self._name(unsent_pass))

    def _save(self, unsent_pass: str, change: Change, sender: Sender) -> UnsentPetition:
        now = clock.now()
        name = self._name(unsent_pass)
        before = self._rows.get(name, now)
        stored = self._opened(before)
        changed = change(stored)
        if before.version and changed == stored:
            return stored
        if not before.version:
            self._addresses.check(Sender(sender.address), f"unsent:{name}")
        if len(_content_of(changed)) > LONGEST:
            raise InvalidInputError(("content", "too-long"))
        return self._written(name, replace(changed, version=before.version + 1), now)

    def _renew(self, unsent_pass: str) -> None:
        now, name = clock.now(), self._name(unsent_pass)
        stored = self._opened(self._rows.get(name, now))
        if stored.version:
            self._written(name, replace(stored, version=stored.version + 1), now)

    def _written(self, name: str, unsent: UnsentPetition, now: datetime) -> UnsentPetition:
        sealed = self._seal.close_text(zlib.compress(_content_of(unsent)), _context(name, unsent.version))
        ends = int((now + KEPT_FOR).timestamp())
        self._rows.write(UnsentRow(name, unsent.version, now.isoformat(), ends, sealed), now)
        return replace(unsent, saved_at=now)

    def _opened(self, row: UnsentRow) -> UnsentPetition:
        if not row.version:
            return UnsentPetition({})
        content = zlib.decompress(self._seal.open_text(row.sealed, _context(row.name, row.version)))
        facts: dict[str, Any] = json.loads(content)
        return UnsentPetition(
            facts["fields"],
            facts["is_proven"],
            row.version,
            datetime.fromisoformat(row.saved_at),
        )

    def _name(self, unsent_pass: str) -> str:
        return self._derived("unsent", unsent_pass)

    def _derived(self, label: str, unsent_pass: str) -> str:
        return references.derive(self._key, label, unsent_pass).hex()[:_NAME_LENGTH]


def _content_of(unsent: UnsentPetition) -> bytes:
    facts = {
        "fields": dict(unsent.fields),
        "is_proven": unsent.is_proven,
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def _context(name: str, version: int) -> str:
    """Return the encryption context of a row; `policy.json` names its beginning."""
    return f"unsent:{name}:{version}"
