"""Finds what is due: every minute, all shards of the `wake` index, paged to the end, and only what is due."""

from __future__ import annotations

from datetime import datetime

from shared import queues, telemetry
from shared.messages import WakeUp
from shared.petitions import WAKE_SHARDS, Petitions


class SweepFailedError(Exception):
    """Some shards could not be read or dispatched; the others were. The next sweep takes them again."""

    def __init__(self, shards: list[int]) -> None:
        super().__init__(f"shards {shards}")
        self.shards = shards


class Sweep:
    """Dispatches due petitions to the queue `timers`. Overlapping and missed sweeps are harmless."""

    def __init__(self, petitions: Petitions, timers_queue_url: str) -> None:
        self._petitions = petitions
        self._timers = timers_queue_url

    def sweep(self, now: datetime) -> int:
        """Send a wake-up for each petition that is due, and record a heartbeat.

        Returns:
            how many were sent.

        Raises:
            SweepFailedError: after every shard was tried.
        """
        sent, failed = 0, []
        for shard in range(WAKE_SHARDS):
            try:
                sent += queues.send(self._timers, self._due(shard, now))
            except Exception as error:  # noqa: BLE001 - one bad shard must not stop the others
                telemetry.logger().error("shard not swept", shard=shard, error_type=type(error).__name__)
                failed.append(shard)
        telemetry.count("SweepHeartbeat")
        if failed:
            raise SweepFailedError(failed)
        return sent

    def _due(self, shard: int, now: datetime) -> list[WakeUp]:
        return [WakeUp(reference=reference, wake_at=at) for reference, at in self._petitions.due(shard, now)]
