"""Finds due petitions and deliveries every minute: all shards of the `wake` indexes, each to its last page."""

from __future__ import annotations

from datetime import datetime

from shared.domain.promises.deliveries import named
from shared.platform import queues, telemetry
from shared.platform.item_by_item import item_by_item
from shared.platform.messages import NoticeRequest, WakeUp
from shared.tables import deliveries
from shared.tables.deliveries import Deliveries
from shared.tables.petition_items import WAKE_SHARDS
from shared.tables.petitions import Petitions


class SweepFailedError(Exception):
    """Some shards could not be read or dispatched; the others were. The next sweep takes them again."""

    def __init__(self, shards: list[int]) -> None:
        super().__init__(f"shards {shards}")
        self.shards = shards


class Sweep:
    """Dispatches due petitions to the queue `timers`, and notices with a due delivery to the queue `notices`.

    Overlapping and missed sweeps are harmless.
    """

    def __init__(
        self,
        petitions: Petitions,
        sent: Deliveries,
        *,
        timers_queue_url: str,
        notices_queue_url: str,
    ) -> None:
        self._petitions = petitions
        self._deliveries = sent
        self._timers = timers_queue_url
        self._notices = notices_queue_url

    def sweep(self, now: datetime) -> int:
        """Send a wake-up for each petition and each notice that is due, and record a heartbeat.

        Returns:
            how many were sent.

        Raises:
            SweepFailedError: after every shard was tried.
        """
        sent, failed = 0, []
        for queue, shards, due in (
            (self._timers, WAKE_SHARDS, self._due_petitions),
            (self._notices, deliveries.WAKE_SHARDS, self._due_notices),
        ):
            for shard in range(shards):
                try:
                    sent += queues.send(queue, due(shard, now))
                except Exception as error:  # noqa: BLE001 - one bad shard must not stop the others
                    telemetry.logger().error("shard not swept", shard=shard, error_type=type(error).__name__)
                    failed.append(shard)
        telemetry.count("SweepHeartbeat")
        if failed:
            raise SweepFailedError(failed)
        return sent

    def _due_petitions(self, shard: int, now: datetime) -> list[WakeUp]:
        return [WakeUp(reference=reference, wake_at=at) for reference, at in self._petitions.due(shard, now)]

    def _due_notices(self, shard: int, now: datetime) -> list[NoticeRequest]:
        """Return each notice once, however many of its deliveries are due."""
        due = self._deliveries.due(shard, now)
        requests = item_by_item(due, _request, "/".join, job="due deliveries")
        return list(dict.fromkeys(requests))


def _request(delivery: tuple[str, str]) -> NoticeRequest:
    """Return the notice that a delivery belongs to, from its name."""
    reference, notice = delivery
    name = named(notice)
    return NoticeRequest(reference=reference, seq=name.seq, kind=name.kind, audience=name.audience)
