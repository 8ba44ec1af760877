"""Queues and their dead letters: what lies where and why, putting it back, dropping it, and faults made on purpose.

A message that failed twelve times is a dead letter, as on AWS. Putting it back is always safe: what took effect before
does nothing. The dead letters of the change stream and of the schedules name no message, so there is nothing to put
back: the next run of the schedule finds what was missed (docs/runbook.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import QUEUES
from infra.local.emulation.moto_insides import HeldMessage
from infra.local.providers.sms_gateway import Trouble
from infra.local.system import LocalSystem
from infra.local.witness import read_message
from infra.triggers import CONSUMERS, REPORTS, SCHEDULES
from shared.platform import queues

MOST_REFUSALS = 100

Facts = dict[str, Any]


class DeadLetterError(Exception):
    """An order about dead letters or faults that cannot be carried out; the text says why."""


class DeadLetters:
    """Reads the queues of one system, and puts dead letters back or drops them."""

    def __init__(self, system: LocalSystem) -> None:
        self._system = system
        self._witness = system.witness

    # ------------------------------------------------------------ looking

    def queues(self) -> dict[str, Facts]:
        """Return, by queue: its trigger, how many messages are where, and when the next hidden one is tried."""
        name = self._system.cloud.queue_name
        with self._system.functions.lock:
            return {
                queue: {
                    "trigger": CONSUMERS[queue],
                    **asdict(moto_insides.depth(name(queue))),
                    "dead": moto_insides.queue_length(name(f"{queue}-dead")),
                    "next_try_at": _instant_or_none(moto_insides.next_visible_at(name(queue))),
                    "is_stopped": CONSUMERS[queue] in self._system.functions.stopped,
                }
                for queue in QUEUES
            }

    def dead(self) -> list[Facts]:
        """Return all dead letters, oldest first, each with its petition, step and error where they are known."""
        with self._system.functions.lock:
            letters = [
                facts
                for queue in (*QUEUES, *REPORTS)
                for message in moto_insides.held_messages(self._system.cloud.queue_name(f"{queue}-dead"))
                for facts in self._facts_of(queue, message)
            ]
        return sorted(letters, key=lambda facts: str(facts["sent_at"]))

    def _facts_of(self, queue: str, message: HeldMessage) -> Iterator[Facts]:
        failed_at, trigger, error = self._witness.failed_messages.get(
            message.id, (None, CONSUMERS.get(queue, ""), "")
        )
        reference, about = read_message(message.body)
        facts = {"trigger": trigger, "error": error, "reference": reference, "about": about}
        if queue in REPORTS:
            facts |= self._of_report(queue, message.body)
        yield {
            "queue": queue,
            "id": message.id,
            **facts,
            "sent_at": _instant(message.sent_at),
            "failed_at": _instant_or_none(failed_at),
            "receives": message.receives,
            "can_go_back": queue in QUEUES,
        }

    def _of_report(self, queue: str, body: str) -> Facts:
        """Return the facts of a report of the stream or of a schedule."""
        report = json.loads(body)
        function = str(report["requestContext"]["functionArn"]).partition(":function:")[2].partition(":")[0]
        condition = str(report["requestContext"]["condition"])
        if queue == SCHEDULES:
            rule = str(report["requestPayload"]["resources"][0]).rpartition("/")[2]
            return {"trigger": f"{function}.{rule}", "error": condition, "about": rule}
        place = moto_insides.place_in_stream(
            self._system.cloud.outputs["PetitionsTable"],
            str(report["DDBStreamBatchInfo"]["startSequenceNumber"]),
        )
        reference, version = place or ("", 0)
        facts = {"trigger": f"{function}.on_change", "error": condition}
        return facts | {"reference": reference, "about": f"version {version}" if version else ""}

    # ------------------------------------------------------------ acting

    def put_back(self, queue: str = "", message_id: str = "") -> int:
        """Put dead letters back on their queue: one, all of one queue, or all; return how many.

        Raises:
            DeadLetterError: there is no such dead letter, or it has no queue to go back to.
        """
        if queue in REPORTS:
            raise DeadLetterError(
                f"{queue}: there is nothing to put back; the next run finds what was missed"
            )
        sqs = self._system.cloud.client("sqs")
        with self._system.functions.lock:
            taken = list(self._take(QUEUES if not queue else (queue,), message_id))
            for of, message in taken:
                url = self._system.cloud.queue_url(of)
                again = sqs.send_message(
                    QueueUrl=url, MessageBody=message.body, **queues.trail(message.correlation)
                )["MessageId"]
                self._witness.put_back[again] = message.id
        return len(taken)

    def drop(self, queue: str = "", message_id: str = "") -> int:
        """Drop dead letters: one, all of one queue, or all; return how many.

        Raises:
            DeadLetterError: there is no such dead letter.
        """
        queues = (*QUEUES, *REPORTS)
        with self._system.functions.lock:
            return len(list(self._take(queues if not queue else (queue,), message_id)))

    def _take(self, queues: tuple[str, ...], message_id: str) -> Iterator[tuple[str, HeldMessage]]:
        if not set(queues) <= {*QUEUES, *REPORTS}:
            raise DeadLetterError(f"queue is one of {', '.join((*QUEUES, *REPORTS))}")
        is_taken = False
        for queue in queues:
            full = self._system.cloud.queue_name(f"{queue}-dead")
            wanted = [each.id for each in moto_insides.held_messages(full) if message_id in ("", each.id)]
            for each in wanted:
                message = moto_insides.take_out(full, each)
                if message is not None:
                    is_taken = True
                    yield queue, message
        if message_id and not is_taken:
            raise DeadLetterError("there is no such dead letter any more")

    # ------------------------------------------------------------ faults made on purpose

    def faults(self) -> Facts:
        """Return the faults that are on: stopped triggers, and how many SMS the gateway will still refuse."""
        gateway = self._system.gateway
        return {
            "stopped": sorted(self._system.functions.stopped),
            "sms_refusals": sum(each is Trouble.UNAVAILABLE for each in gateway.trouble),
        }

    def stop(self, trigger: str, *, is_stopped: bool) -> None:
        """Let a trigger of a queue fail whenever it is invoked, or work again.

        Raises:
            DeadLetterError: no queue is read by such a trigger.
        """
        if trigger not in CONSUMERS.values():
            raise DeadLetterError(f"trigger is one of {', '.join(sorted(CONSUMERS.values()))}")
        stopped = self._system.functions.stopped
        if is_stopped:
            stopped.add(trigger)
        else:
            stopped.discard(trigger)

    def let_tries_pass(self, minutes: int) -> None:
        """Travel so far that every message that fails has had all its tries."""
        with self._system.functions.lock:
            try:
                self._system.travel(self._system.clock.now() + timedelta(minutes=minutes))
            finally:
                self._system.clock.run()

    def refuse_sms(self, count: int) -> None:
        """Let the SMS gateway answer the next requests with 503; 0: with none.

        Raises:
            DeadLetterError: fewer than none, or too many.
        """
        if not 0 <= count <= MOST_REFUSALS:
            raise DeadLetterError(f"sms_refusals: 0 to {MOST_REFUSALS}")
        trouble = self._system.gateway.trouble
        trouble.clear()
        trouble.extend([Trouble.UNAVAILABLE] * count)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant_or_none(at: datetime | None) -> str | None:
    return _instant(at) if at else None
