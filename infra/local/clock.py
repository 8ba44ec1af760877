"""A clock that can be travelled with; the local stack and the journeys put it in `shared.platform.clock`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def system_time() -> datetime:
    """Return the machine's own time: the only reader of it in the local stack."""
    return datetime.now(UTC)


class TravellingClock:
    """Real time plus however far one has travelled, or an instant at which it stands still."""

    def __init__(self, read: Callable[[], datetime] = system_time) -> None:
        self._read = read
        self._offset = timedelta(0)
        self._held_at: datetime | None = None

    def now(self) -> datetime:
        """Return the present instant of the simulated world, aware, in UTC."""
        return self._held_at if self._held_at is not None else self._read() + self._offset

    def hold_at(self, instant: datetime) -> None:
        """Stand still at an instant, until `run` or the next `hold_at`."""
        self._held_at = instant.astimezone(UTC)

    def run(self) -> None:
        """Run on, as fast as real time, from where the clock stands."""
        if self._held_at is not None:
            self._offset = self._held_at - self._read()
            self._held_at = None
