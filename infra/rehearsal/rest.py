"""Waits until an emulated cloud is at rest: each change of a petition relayed, each message handled.

How far the stream was read AWS says as a metric (IteratorAge), the emulator in its log only: a line for each batch,
against which the stream's own records are counted. A message that is hidden is either being handled or, after a
failure, waiting for its next try: that it failed stands in the functions' log.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from infra.rehearsal.deployed import Deployed

WITHIN_SECONDS = 60
_PAUSE_SECONDS = 0.05
_RELAYED = re.compile(rb"processed (\d+) DynamoDB stream records from (\S+)")
_FAILED = re.compile(rb'^\{.*"message":"message failed".*\}$', re.MULTILINE)


class RestlessError(Exception):
    """The cloud did not come to rest; the text says what still moves."""


class Rest:
    """Knows what still moves in a deployed cloud."""

    def __init__(self, deployed: Deployed) -> None:
        self._table = deployed.outputs["PetitionsTable"].encode()
        self._streams = deployed.client("dynamodbstreams")
        self._stream = deployed.outputs["PetitionsStreamArn"]
        self._queues = f"{deployed.emulator_url}/_ministack/sqs/messages"
        self._prefix = f"pakn-{deployed.stage}-"
        self._log = Path(deployed.log)
        self._failed: set[tuple[str, int]] = set()
        self._read_to = self._relayed = self._written = 0
        self._iterators: dict[str, str] = {}

    def wait(self) -> None:
        """Return as soon as nothing moves.

        Raises:
            RestlessError: something still moves after `WITHIN_SECONDS`.
        """
        deadline = time.monotonic() + WITHIN_SECONDS
        while not self._is_at_rest():
            if time.monotonic() > deadline:
                raise RestlessError(f"{self._changes()} changes relayed; in queues: {self._held()}")
            time.sleep(_PAUSE_SECONDS)

    def dead_letters(self) -> dict[str, int]:
        """Return how many messages lie in each dead-letter queue that holds any."""
        return {name: len(messages) for name, messages in self._messages() if messages and _is_dead(name)}

    def _is_at_rest(self) -> bool:
        """Look at the stream before and after the queues: what a message writes shows in one of the three looks."""
        before = self._changes()
        return before[0] == before[1] and not self._held() and self._changes() == before

    def _changes(self) -> tuple[int, int]:
        """Return how many changes of petitions the router has read, and how many there are."""
        return self._count_relayed(), self._count_written()

    def _count_relayed(self) -> int:
        new = self._new_lines()
        self._relayed += sum(int(count) for count, table in _RELAYED.findall(new) if table == self._table)
        for line in _FAILED.findall(new):
            failure = json.loads(line)
            self._failed.add((failure["message_id"], failure["receive_count"]))
        return self._relayed

    def _new_lines(self) -> bytes:
        with self._log.open("rb") as log:
            log.seek(self._read_to)
            whole_lines, newline, _ = log.read().rpartition(b"\n")
        self._read_to += len(whole_lines + newline)
        return whole_lines

    def _count_written(self) -> int:
        shards = self._streams.describe_stream(StreamArn=self._stream)["StreamDescription"]["Shards"]
        for shard in (shard["ShardId"] for shard in shards):
            if shard not in self._iterators:
                self._iterators[shard] = self._streams.get_shard_iterator(
                    StreamArn=self._stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
                )["ShardIterator"]
            records: list[Any] | None = None
            while records is None or records:
                page = self._streams.get_records(ShardIterator=self._iterators[shard])
                records = page["Records"]
                self._written += len(records)
                self._iterators[shard] = page.get("NextShardIterator") or self._iterators[shard]
        return self._written

    def _held(self) -> dict[str, int]:
        """Return how many messages of each queue are to be handled now, or are being handled."""
        held = {
            name: sum(map(self._moves, messages)) for name, messages in self._messages() if not _is_dead(name)
        }
        return {name: count for name, count in held.items() if count}

    def _moves(self, message: Mapping[str, Any]) -> bool:
        """Return whether a message is neither delayed nor waiting for its next try."""
        was_tried = message["ReceiveCount"] > 0
        is_waiting = (message["MessageId"], int(message["ReceiveCount"])) in self._failed
        return bool(message["IsVisible"] or (was_tried and not is_waiting))

    def _messages(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield each queue's name and messages, without receiving any."""
        with urlopen(self._queues) as answer:  # noqa: S310 - the emulator's own address
            accounts = json.load(answer)["messages"].values()
        for queues in (queues for regions in accounts for queues in regions.values()):
            for url, messages in queues.items():
                yield url.rpartition("/")[2].removeprefix(self._prefix), messages


def _is_dead(name: str) -> bool:
    return name.endswith("-dead")
