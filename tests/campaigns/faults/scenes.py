"""Plays the steps of the lives once undisturbed, then any of them again with a fault, and compares what came of it.

Each step is played from the state in which the undisturbed one began, which is put back in a millisecond. Whatever the
fault cut off, twenty minutes later redelivery alone has to have brought about the same petition, figures and notices;
then the rest of the life is the undisturbed one.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.domain.promises.deliveries import DeliveryState
from tests.campaigns.faults.injection import Call, Fault
from tests.campaigns.faults.lives import LIVES, Life, Step, World
from tests.support.system import Kept, System

NAMES = [f"{life.name}: {step.name}" for life in LIVES for step in life.steps if not step.is_lead_in]
KNOWN = [f"{life.name}: {step.name}" for life in LIVES for step in life.steps if step.is_lead_in]
CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
FAULTS = tuple(fault for fault in Fault if fault not in {*CRASHES, Fault.DENIED})
READS = frozenset(
    {"Query", "GetItem", "Scan", "GetSecretValue", "BatchGetItem", "HeadObject", "GetObject", "GetPublicKey"}
)
ROUNDS = frozenset({"sla_timer.sweep", "sla_timer.hourly"})
JOBS = {"S": "jobs"}
"""Rows of the statistics in which rounds keep their place: when they ran, not what is so."""
CONDITIONAL = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|\+00:00)")
_REFERENCE = re.compile(r"(?<!\d)\d{11}(?!\d)")
_SPACED = re.compile(r"(?<!\d)\d\d \d{4} \d{4} \d(?!\d)")
_HEX = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,64})\b")


@dataclass(frozen=True)
class Outcome:
    """The result of a step, without instants, references and hashes."""

    petitions: list[Any]
    figures: list[Any]
    messages: Counter[tuple[str, str]]
    deliveries: Counter[str]
    files: int
    dead_letters: int

    @property
    def ambiguous(self) -> int:
        """The number of ambiguous deliveries."""
        return self.deliveries[DeliveryState.AMBIGUOUS]


@dataclass(frozen=True)
class Scene:
    """A step, where it begins, which AWS calls it makes, and what comes of it."""

    name: str
    step: Step
    begins: Kept
    notes: Mapping[str, Any]
    calls: list[Call]
    outcome: Outcome

    @property
    def sends(self) -> int:
        """The number of e-mails that it sends."""
        return sum(call.operation == "SendEmail" for call in self.calls)

    def points(self, faults: tuple[Fault, ...], most: int | None = None) -> Iterator[tuple[Call, Fault]]:
        """Yield each call with each fault that means something there.

        A read commits nothing: dying, or losing the answer, before or after it is the same. Of the reads of the
        minute's sweep and the daily round, which are the same for each shard, each kind is tried once. A day on which
        twenty officers get the same mail has the same calls twenty times: `most` says how many of one kind to try.
        """
        seen: Counter[tuple[str, str]] = Counter()
        for call in self.calls:
            is_read = call.operation in READS
            seen[call.where, call.operation] += 1
            if seen[call.where, call.operation] > (
                1 if is_read and call.where in ROUNDS else most or math.inf
            ):
                continue
            for fault in faults:
                if fault is Fault.CONFLICT and self.step.believes_conditions:
                    continue
                if _means_something(fault, call, is_read=is_read):
                    yield call, fault


def one_of_each_kind(
    scenes: Iterable[Scene], faults: tuple[Fault, ...]
) -> Iterator[tuple[Scene, list[tuple[Call, Fault]]]]:
    """Yield each scene in which a kind of call (where, which operation) comes first, with one fault for each kind.

    The faults take turns, so that each is tried; a kind that a fault means nothing for takes the next one.
    """
    seen: set[tuple[str, str]] = set()
    tried: Counter[Fault] = Counter()
    for scene in scenes:
        points: list[tuple[Call, Fault]] = []
        by_kind: dict[tuple[str, str], list[tuple[Call, Fault]]] = {}
        for call, fault in scene.points(faults):
            by_kind.setdefault((call.where, call.operation), []).append((call, fault))
        for kind, possible in by_kind.items():
            if kind not in seen:
                call, fault = min(possible, key=lambda point: tried[point[1]])
                tried[fault] += 1
                seen.add(kind)
                points.append((call, fault))
        if points:
            yield scene, points


def _means_something(fault: Fault, call: Call, *, is_read: bool) -> bool:
    match fault:
        case Fault.CRASH_AFTER | Fault.LOST_REPLY:
            return not is_read
        case Fault.CONFLICT | Fault.OWN_FAILED_CONDITION:
            return call.service == "dynamodb" and call.operation in CONDITIONAL
        case Fault.PARTIAL_BATCH:
            return call.operation == "SendMessageBatch"
        case _:
            return True


class Rehearsal:
    """Lives that are lived once without a fault, each when its first scene is asked for."""

    def __init__(self, system: System, lives: Iterable[Life] = LIVES) -> None:
        self.system = system
        self._lives = {life.name: life for life in lives}
        self._scenes: dict[str, Scene] = {}

    def scene(self, name: str) -> Scene:
        """Return a scene by its name, e.g. `web: send`."""
        if name not in self._scenes:
            self._live(self._lives[name.partition(":")[0]])
        return self._scenes[name]

    def _live(self, life: Life) -> None:
        system = self.system
        system.reset()
        system.local.pumps.hourly.fire()
        system.settle()
        world = World(system)
        for step in life.steps:
            scene = self._play(f"{life.name}: {step.name}", step, world)
            self._scenes[scene.name] = scene

    def _play(self, name: str, step: Step, world: World) -> Scene:
        system = self.system
        begins, notes = system.keep(), world.clone_of_notes()
        system.put_back(begins)
        with system.faults.counting() as calls:
            step.happen(world)
            system.settle()
            counted = list(calls)
        recover(system, counted)
        return Scene(name, step, begins, notes, counted, outcome(system))

    def play_with(self, scene: Scene, plan: Mapping[int, Fault], *, for_one_try: bool = False) -> Outcome:
        """Play a scene with faults, let time pass, and return the outcome."""
        system = self.system
        system.put_back(scene.begins)
        world = World(system)
        world.notes = dict(scene.notes)
        with system.faults.at(plan, for_one_try=for_one_try) as injection:
            scene.step.happen(world)
            system.settle()
            assert len(injection.injected) >= 1, "the call was not reached"
        recover(system, scene.calls)
        return outcome(system)


def recover(system: System, calls: list[Call]) -> None:
    """Let twenty minutes pass: messages that were cut off come into sight again, and the schedules come round."""
    for _ in range(3):
        system.clock.hold_at(system.clock.now() + timedelta(minutes=7))
        if any(at <= system.clock.now() for at in system.local.cloud.wake_ups()):
            system.local.pumps.sweep.fire()
        system.settle()
    if any(call.where in ROUNDS for call in calls):
        system.local.pumps.hourly.fire()
        system.local.pumps.sweep.fire()
        system.settle()


def differences(expected: Outcome, actual: Outcome) -> list[str]:
    """Return the differences of a disturbed step's outcome, in words.

    It is no difference that a send is ambiguous, that a notice came so late that the petition had moved on, or that it
    waits for the morning, as one does when the day's limit of an address seems to be reached. Nor that a sender of an
    SMS whose reply seemed to be over the day's limit is sent the receipt that is owed to them instead.
    """
    missing = (expected.messages - actual.messages).total()
    added = actual.messages - expected.messages
    owed = _receipts_owed(actual) - _receipts_owed(expected)
    excused = sum(actual.deliveries[state] for state in _NOT_DELIVERED)
    checks = {
        "petitions differ": _without_owing(expected) == _without_owing(actual),
        "figures differ": expected.figures == actual.figures,
        f"delivered twice, or something else: {added}": added.total() <= owed,
        f"not delivered: {expected.messages - actual.messages}": missing <= excused,
        "files differ": expected.files == actual.files,
        "dead letters": actual.dead_letters == 0,
    }
    return [words for words, holds in checks.items() if not holds]


def _receipts_owed(of: Outcome) -> int:
    return sum(petition.get("is_receipt_owed", False) for petition in of.petitions)


def _without_owing(of: Outcome) -> list[dict[str, Any]]:
    return [{name: each[name] for name in each if name != "is_receipt_owed"} for each in of.petitions]


_NOT_DELIVERED = (DeliveryState.AMBIGUOUS, DeliveryState.SUPERSEDED, DeliveryState.PREPARED)


def outcome(system: System) -> Outcome:
    """Look at everything that has come about."""
    petitions = sorted(
        system.items("petitions"), key=lambda item: item["contact_key"]["S"] if "contact_key" in item else ""
    )
    names = {item["reference"]["S"]: f"<petition {number}>" for number, item in enumerate(petitions)}
    deliveries = system.items("deliveries")
    bucket = system.local.cloud.client("s3").list_objects_v2(
        Bucket=system.local.cloud.outputs["AttachmentsBucket"]
    )
    return Outcome(
        petitions=[_story(json.loads(item["body"]["S"]), names) for item in petitions],
        figures=sorted(
            _scrubbed(json.dumps(item, sort_keys=True), names)
            for item in system.items("statistics")
            if item["period"] != JOBS
        ),
        messages=Counter(
            (message.to, _scrubbed(message.subject or message.text, names)) for message in system.outbox()
        ),
        deliveries=Counter(row["state"]["S"] for row in deliveries if "state" in row),
        files=bucket["KeyCount"],
        dead_letters=system.dead_letters(),
    )


def _story(body: dict[str, Any], names: Mapping[str, str]) -> Any:
    """Return a petition without what a repetition may change: each opening of the seal is an opening, and recorded."""
    for part in body["petitioner"].get("seal", []):
        part["ciphertext"] = "<sealed>"
    history = body["history"]
    pairs = zip([{}, *history], history, strict=False)
    recorded_once = ("action", "by", "note")
    body["history"] = [
        {name: value for name, value in entry.items() if name != "seq"}
        for before, entry in pairs
        if entry["action"] != "open-seal"
        or any(before.get(name) != entry.get(name) for name in recorded_once)
    ]
    return json.loads(_scrubbed(json.dumps(body, ensure_ascii=False, sort_keys=True), names))


def _scrubbed(text: str, names: Mapping[str, str]) -> str:
    text = _SPACED.sub(lambda match: match.group().replace(" ", ""), text)
    text = _HEX.sub("<hash>", _INSTANT.sub("<instant>", text))
    return _REFERENCE.sub(lambda match: names.get(match.group(), "<reference>"), text)
