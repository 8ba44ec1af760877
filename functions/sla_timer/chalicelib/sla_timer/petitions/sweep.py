"""Finds due petitions and deliveries every minute: all shards of the `wake` indexes, each to its last page.

What stays due although it was sent is sent at growing intervals (`back_off`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from chalicelib.sla_timer.petitions.back_off import BackOff, DueItem
from shared.domain.promises.deliveries import named
from shared.platform import queues, telemetry
from shared.platform.item_by_item import item_by_item
from shared.platform.messages import Message, NoticeRequest, WakeUp
from shared.tables import deliveries
from shared.tables.deliveries import Deliveries
from shared.tables.jobs import Checkpoints, Dispatched
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
        checkpoints: Checkpoints,
        *,
        timers_queue_url: str,
        notices_queue_url: str,
    ) -> None:
        self._petitions = petitions
        self._deliveries = sent
        self._checkpoints = checkpoints
        self._timers = timers_queue_url
        self._notices = notices_queue_url

    def sweep(self, now: datetime) -> int:
        """Send a wake-up for each petition and each notice that is due and not backed off from; record a heartbeat.

        Returns:
            how many were sent.

        Raises:
            SweepFailedError: after every shard was tried.
        """
        sent, failed = 0, []
        latest = self._checkpoints.get(Dispatched)
        back_off = BackOff(latest, now)
        for queue, shards, due in self._indexes:
            for shard in range(shards):
                try:
                    sent += self._dispatch(queue, back_off, due(shard, now))
                except Exception as error:  # noqa: BLE001 - one bad shard must not stop the others
                    telemetry.logger().error("shard not swept", shard=shard, error_type=type(error).__name__)
                    failed.append(shard)
        telemetry.count("SweepHeartbeat")
        telemetry.count("ItemsStuck", back_off.stuck)
        following = back_off.checkpoint(is_complete=not failed)
        if following.items or (latest is not None and latest.items):
            self._checkpoints.save(following)
        if failed:
            raise SweepFailedError(failed)
        return sent

    def due(self, since: datetime, until: datetime) -> dict[str, list[Message]]:
        """Return the messages of everything that fell due from one instant to another, each once, by URL of the queue.

        Back-offs count for nothing: whoever asks has mended what failed.
        """
        return {
            queue: list(
                dict.fromkeys(
                    item.message
                    for shard in range(shards)
                    for item in due(shard, until)
                    if item.wake_at >= since
                )
            )
            for queue, shards, due in self._indexes
        }

    @property
    def _indexes(self) -> tuple[tuple[str, int, Callable[[int, datetime], Iterator[DueItem]]], ...]:
        """The queue, the number of shards and the reader of each index of what wakes."""
        return (
            (self._timers, WAKE_SHARDS, self._due_petitions),
            (self._notices, deliveries.WAKE_SHARDS, self._due_notices),
        )

    def _dispatch(self, queue: str, back_off: BackOff, due: Iterable[DueItem]) -> int:
        """Send the items that are ready, each message once; what SQS did not take is no attempt."""
        ready = back_off.ready(due)
        sent = queues.send(queue, dict.fromkeys(item.message for item in ready))
        for key in back_off.record(ready):
            telemetry.logger().error("item stuck", key=key)
        return sent

    def _due_petitions(self, shard: int, now: datetime) -> Iterator[DueItem]:
        for reference, at in self._petitions.due(shard, now):
            yield DueItem(reference, at, WakeUp(reference=reference, wake_at=at))

    def _due_notices(self, shard: int, now: datetime) -> Iterator[DueItem]:
        """Yield the due deliveries; several of one notice have one message."""
        due = self._deliveries.due(shard, now)
        return item_by_item(due, _due_notice, lambda row: f"{row[0]}/{row[1]}", job="due deliveries")


def _due_notice(row: tuple[str, str, str]) -> DueItem:
    reference, notice, wake_at = row
    return DueItem(f"{reference}/{notice}", datetime.fromisoformat(wake_at), _request((reference, notice)))


def _request(delivery: tuple[str, str]) -> NoticeRequest:
    """Return the notice that a delivery belongs to, from its name."""
    reference, notice = delivery
    name = named(notice)
    return NoticeRequest(reference=reference, seq=name.seq, kind=name.kind, audience=name.audience)
