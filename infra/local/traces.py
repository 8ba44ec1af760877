"""A petition's trace through the five functions: what the stack saw of it, joined with what is stored.

Three sources. The witness saw the latest invocations; the petition's history says which version each of them wrote, and
stands in for invocations that the witness has forgotten; the deliveries say through which provider each notice went and
what its receipt said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import QUEUES
from infra.local.system import LocalSystem
from infra.local.witness import DONE, FAILED, HTTP, STREAM, Passage, read_message
from infra.triggers import CONSUMERS
from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryState
from shared.domain.promises.wake_ups import wake_ups
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

HISTORY = "history"
"""The door of a step that only the history tells of."""
PATH = ("intake", "router", "notifier", "casework", "sla_timer")
"""The functions in the order in which a petition mostly has to do with them."""
FALLS_DUE = 3
"""Steps to come that are shown."""
LATEST = 40
"""Petitions that are offered to choose from."""
_UNSENT = frozenset({DeliveryState.PREPARED, DeliveryState.SENDING})
_WRITERS = {"petitioner": "intake", "router": "router", "timer": "sla_timer"}

Facts = dict[str, Any]


class Traces:
    """Tells the ways of the petitions of one system."""

    def __init__(self, system: LocalSystem) -> None:
        self._system = system
        self._witness = system.witness

    def latest(self) -> list[str]:
        """Return the references that the functions had to do with last, the latest first."""
        named = (
            reference
            for passage in reversed(self._witness.passages)
            for reference in (*(of for of, _ in passage.wrote), *(each.reference for each in passage.read))
            if len(reference) == len("26859014637") and reference.isdecimal()
        )
        return list(dict.fromkeys(named))[:LATEST]

    def of(self, reference: str) -> Facts | None:
        """Return the trace of one petition; None where there is none of this reference.

        Returns:
            `steps` in order, each with its `function`, `door`, `source`, what it `wrote`, `read` and `sent`, and
            the step that it comes `from`; `deliveries`; `waiting`: what lies on queues; `next`: what falls due.
            Instants are RFC 3339, in UTC.
        """
        with self._system.functions.lock:
            outputs = self._system.cloud.outputs
            directory = Directory(outputs["DirectoryTable"])
            petition = Petitions(outputs["PetitionsTable"], directory).get(reference)
            if petition is None:
                return None
            deliveries = Deliveries(outputs["DeliveriesTable"]).with_views(reference)[0]
            now = self._system.clock.now()
            due = wake_ups(petition, directory.terms_of(petition), directory.calendar(), now)
            return {
                "reference": reference,
                "state": petition.state.value,
                "version": petition.version,
                "steps": _steps(petition, self._witness.about(reference), self._witness.put_back),
                "deliveries": [_delivery(each) for each in sorted(deliveries, key=_order)],
                "waiting": list(self._waiting(reference)),
                "next": [{"at": _instant(each.at), "action": each.action.value} for each in due[:FALLS_DUE]],
            }

    def _waiting(self, reference: str) -> Iterator[Facts]:
        """Yield the messages about a petition that lie on queues, or among the dead letters."""
        for queue in QUEUES:
            for suffix in ("", "-dead"):
                for message in moto_insides.held_messages(self._system.cloud.queue_name(queue + suffix)):
                    of, about = read_message(message.body)
                    if of == reference:
                        facts = {"queue": queue, "about": about, "is_dead": bool(suffix)}
                        yield facts | {"receives": message.receives}


def _order(delivery: Delivery) -> tuple[int, datetime]:
    return delivery.seq, delivery.at


def _steps(petition: Petition, passages: Sequence[Passage], put_back: Mapping[str, str]) -> list[Facts]:
    """Return the invocations, and the history's entries that none of them wrote, in the order of time."""
    reference, entries = petition.reference, {entry.seq: entry for entry in petition.history}
    seen = {version for passage in passages for of, version in passage.wrote if of == reference}
    forgotten = [entry for seq, entry in entries.items() if seq not in seen]
    steps = [(entry.at, -1, _step_of_entry(entry)) for entry in forgotten]
    steps += [(each.at, each.number, _step_of_passage(each, reference, entries)) for each in passages]
    steps.sort(key=lambda step: step[:2])
    folded = _folded([facts for _, _, facts in steps])
    numbered = [facts | {"n": n} for n, facts in enumerate(folded, start=1)]
    return [facts | {"from": _cause(facts, numbered, put_back)} for facts in numbered]


def _folded(steps: Sequence[Facts]) -> list[Facts]:
    """Fold the tries of one message that failed alike into one step, which counts them."""
    folded: list[Facts] = []
    first: dict[tuple[str, str, str], Facts] = {}
    for step in steps:
        if step["outcome"] == FAILED and step["read"]:
            key = step["handler"], step["error"], str(step["read"])
            if key in first:
                first[key] |= {"times": first[key]["times"] + 1, "last_at": step["at"]}
                continue
            first[key] = step
        folded.append(step)
    return folded


def _step_of_entry(entry: Entry) -> Facts:
    """Return a step that only the history tells of."""
    return {
        "at": _instant(entry.at),
        "function": _WRITERS.get(entry.by, "casework"),
        "handler": "",
        "door": HISTORY,
        "source": "",
        "outcome": DONE,
        "status": 0,
        "error": "",
        "took_ms": None,
        "times": 1,
        "wrote": [_entry(entry)],
        "read": [],
        "sent": [],
    }


def _step_of_passage(passage: Passage, reference: str, entries: Mapping[int, Entry]) -> Facts:
    """Return a step as the witness saw it, of a batch only what is about this petition."""
    read = [each for each in passage.read if each.reference == reference]
    failed = next((each.error for each in read if each.error), "")
    is_batch = bool(read) and passage.door != HTTP
    error = (failed if passage.door != STREAM else passage.error) if is_batch else passage.error
    return {
        "at": _instant(passage.at),
        "function": passage.function,
        "handler": passage.handler,
        "door": passage.door,
        "source": passage.source,
        "outcome": ((FAILED if error else DONE) if is_batch else passage.outcome),
        "status": passage.status,
        "error": error,
        "took_ms": passage.took_ms,
        "times": 1,
        "wrote": [
            _entry(entries[version])
            for of, version in passage.wrote
            if of == reference and version in entries
        ],
        "read": [{"about": each.about, "id": each.message_id} for each in read],
        "sent": [
            {"queue": each.queue, "about": each.about, "id": each.message_id}
            for each in passage.sent
            if each.reference == reference
        ],
    }


def _cause(facts: Facts, steps: Sequence[Facts], put_back: Mapping[str, str]) -> int | None:
    """Return the number of the step that a step follows from: the sender of its message, the writer of its change."""
    earlier = steps[: facts["n"] - 1]
    if facts["door"] == STREAM:
        versions = {str(each["about"]) for each in facts["read"]}
        causes = (s["n"] for s in earlier if any(str(entry["version"]) in versions for entry in s["wrote"]))
    else:
        identifiers = {put_back.get(each["id"], each["id"]) for each in facts["read"] if each["id"]}
        causes = (s["n"] for s in earlier if any(each["id"] in identifiers for each in s["sent"]))
    return next(causes, None)


def _entry(entry: Entry) -> Facts:
    facts = {"version": entry.seq, "action": entry.action.value, "by": entry.by}
    return facts | {"state": entry.state.value}


def _delivery(delivery: Delivery) -> Facts:
    return {
        "seq": delivery.seq,
        "kind": delivery.kind.value,
        "audience": delivery.audience.value,
        "channel": delivery.channel.value,
        "provider": delivery.provider,
        "state": delivery.state.value,
        "is_unsent": delivery.state in _UNSENT,
        "at": _instant(delivery.at),
        "next_at": _instant(delivery.wake_at) if delivery.wake_at else None,
        "reason": delivery.reason,
        "segments": delivery.segments,
    }


def stations(trace: Facts) -> list[Facts]:
    """Return the five functions, each with its latest steps and whether it has had to do with the petition."""
    return [
        {
            "function": name,
            "steps": [step for step in trace["steps"] if step["function"] == name],
            "waiting": [each for each in trace["waiting"] if CONSUMERS[each["queue"]].startswith(f"{name}.")],
        }
        for name in PATH
    ]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
