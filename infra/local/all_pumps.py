"""All pumps of a system together: one turn of each, until nothing moves any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from infra.local.emulation.pumps import Failures, QueuePump, SchedulePump, StreamPump
from infra.local.providers.receipts import ReceiptPump

RESTLESS_AFTER = 100_000


class RestlessError(RuntimeError):
    """The pumps never came to rest: something answers each message with another."""


@dataclass(frozen=True)
class Pumps:
    """All pumps of a system."""

    stream: StreamPump
    queues: tuple[QueuePump, ...]
    sweep: SchedulePump
    hourly: SchedulePump
    learn: SchedulePump
    failures: Failures
    receipts: ReceiptPump

    def step(self) -> bool:
        """Give each pump one turn; return whether any had something to do."""
        moved = self.stream.step()
        for queue in self.queues:
            moved = queue.step() or moved
        return self.receipts.step() or moved

    def settle(self) -> None:
        """Pump until nothing moves any more: every change relayed, every message handled or hidden."""
        for _ in range(RESTLESS_AFTER):
            if not self.step():
                return
        raise RestlessError("the queues do not come to rest")

    def next_retry_at(self) -> datetime | None:
        """Return when a hidden message comes into sight, a failed change is tried again, or a slow receipt comes."""
        times = [pump.next_at() for pump in self.queues]
        times += [self.stream.retry_at, self.receipts.next_at()]
        return min((at for at in times if at is not None), default=None)
