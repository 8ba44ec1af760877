"""The identifiers' keys while they change (docs/adr/0083): the first one names things, the one in force proves things.

What proves something (a PIN, a link, a code, a signature) belongs to an instant: of its petition's receipt, of its row,
of its making. The key that was in force then derives it, so nothing stores an id of a key. A key is announced an hour
before it is in force, and a reading counts for half an hour, so no process works with too few. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

READING_HOLDS_FOR = timedelta(minutes=30)
"""Instants up to so long after a reading are answered from it."""
ANNOUNCED_FOR = timedelta(hours=1)
"""The time between the writing of a key and its being in force: clocks and a slow write stay within the difference."""
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class Key(NamedTuple):
    """One key, and from when on it is in force."""

    since: datetime
    secret: bytes


class Keys(NamedTuple):
    """The keys of a stage in the order in which they came into force; the first has always been."""

    keys: tuple[Key, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the keys in a secret: `{"key": …}` where none was ever added, else `{"keys": [{"since", "key"}, …]}`.

        Code from before the second form finds no key in it, and starts nothing, rather than derive what others refuse.
        """
        stored: Mapping[str, Any] = json.loads(text)
        if "keys" not in stored:
            return cls((Key(_ALWAYS, str(stored["key"]).encode()),))
        return cls(
            tuple(
                Key(datetime.fromisoformat(each["since"]), str(each["key"]).encode())
                for each in stored["keys"]
            )
        )

    def text(self) -> str:
        """Return the secret in which they lie."""
        return json.dumps(
            {"keys": [{"since": each.since.isoformat(), "key": each.secret.decode()} for each in self.keys]}
        )

    def coming(self, now: datetime) -> Key | None:
        """Return the key that is announced and not in force yet."""
        return self.keys[-1] if self.keys[-1].since > now else None

    def with_another(self, secret: bytes, now: datetime) -> Self:
        """Return them with one more, announced now."""
        return self._replace(keys=(*self.keys, Key(now + ANNOUNCED_FOR, secret)))


class Keyring:
    """The keys of this process's stage: read when they are first needed, and again where a reading is too old.

    Args:
        read: reads the secret.
        now: the clock.
    """

    def __init__(self, read: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._read = read
        self._now = now
        self._keys: Sequence[Key] = ()
        self._holds_until = _ALWAYS

    def names(self) -> bytes:
        """Return the key of names: references, digests of submissions, contacts' and rows' names. It never changes."""
        return (self._keys or self._until(_ALWAYS))[0].secret

    def at(self, instant: datetime) -> bytes:
        """Return the key that was in force at an instant; one to come counts as now."""
        instant = min(instant, self._now())
        return next(key.secret for key in reversed(self._until(instant)) if key.since <= instant)

    def current(self) -> bytes:
        """Return the key in force."""
        return self.at(self._now())

    def since(self, instant: datetime) -> tuple[bytes, ...]:
        """Return the keys that were in force at any time since an instant, the latest first."""
        now, valid = self._now(), []
        for key in reversed(self._until(now)):
            if key.since <= now:
                valid.append(key.secret)
                if key.since <= instant:
                    break
        return tuple(valid)

    def every(self) -> tuple[bytes, ...]:
        """Return the keys that were ever in force, the latest first."""
        return self.since(_ALWAYS)

    def _until(self, instant: datetime) -> Sequence[Key]:
        """Return the keys, complete for instants up to this one."""
        if not self._keys or instant >= self._holds_until:
            begun = self._now()
            self._keys = Keys.of(self._read()).keys
            self._holds_until = begun + READING_HOLDS_FOR
        return self._keys
