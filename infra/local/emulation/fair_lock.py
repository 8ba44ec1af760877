"""A lock that goes to whoever waits: the pump takes it again at once, and a page would wait for many of its turns."""

from __future__ import annotations

import threading
from types import TracebackType


class FairLock:
    """A reentrant lock. Whoever releases it and wants it again stands behind the one who waits at its turnstile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turnstile = threading.Lock()
        """Held by the one who waits and is next."""
        self._owner: int | None = None
        self._depth = 0

    @property
    def is_awaited(self) -> bool:
        """True while somebody waits."""
        return self._turnstile.locked()

    def __enter__(self) -> None:
        if self._owner != threading.get_ident():
            with self._turnstile:
                self._lock.acquire()
            self._owner = threading.get_ident()
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            self._lock.release()
