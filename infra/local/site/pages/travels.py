"""Travels of the clock in a thread of their own, so that a page can show how far one is."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from infra.local.system import LocalSystem
from infra.local.travel import BackwardsError

SHORT_SECONDS = 0.7
"""A form waits so long for its travel: most are over by then, and need no page about their progress."""


@dataclass
class Travel:
    """One travel, or how it ended."""

    since: datetime
    to: datetime
    is_running: bool = True
    is_backwards: bool = False
    """True: it was refused, because the instant had passed."""

    def share(self, now: datetime) -> int:
        """Return how much of it is done, in percent."""
        whole = (self.to - self.since).total_seconds()
        return min(100, max(0, int(100 * (now - self.since).total_seconds() / whole))) if whole > 0 else 100


class Travels:
    """The clock's latest travel; there is one at a time."""

    def __init__(self, system: LocalSystem) -> None:
        self._system = system
        self._starting = threading.Lock()
        self.latest: Travel | None = None

    @property
    def running(self) -> Travel | None:
        """The travel that is under way."""
        return self.latest if self.latest is not None and self.latest.is_running else None

    def start(self, to: datetime) -> None:
        """Travel to an instant, unless another travel is under way; come back when it is over, or after a moment."""
        with self._starting:
            if self.running:
                return
            travel = self.latest = Travel(self._system.clock.now(), to)
        thread = threading.Thread(target=self._go, args=(travel,), name="travel", daemon=True)
        thread.start()
        thread.join(SHORT_SECONDS)

    def _go(self, travel: Travel) -> None:
        with self._system.functions.lock:
            try:
                self._system.travel(travel.to)
            except BackwardsError:
                travel.is_backwards = True
            finally:
                self._system.clock.run()
                travel.is_running = False
