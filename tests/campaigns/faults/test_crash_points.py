"""Every AWS call of petitions' lives, each with a crash before and after it: recovered by redelivery alone.

A function that dies between any two of its calls is called again with the same message, as AWS does. Whatever was
cut off, there is one petition, it goes on as if nothing had been, and each notice is delivered once; a send whose
outcome nobody can know is counted as ambiguous instead of being repeated.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import pytest

from tests.campaigns.faults.injection import Call, Fault
from tests.campaigns.faults.scenes import (
    CRASHES,
    FAULTS,
    KNOWN,
    NAMES,
    Rehearsal,
    Scene,
    differences,
    one_of_each_kind,
)
from tests.support.people import Citizen, Officer
from tests.support.system import System

MOST = 4
LEAST_POINTS = 600
PAIRS = 2_000


def crashes(scene: Scene, most: int | None = MOST) -> Iterator[tuple[Call, Fault]]:
    return scene.points(CRASHES, most)


def crash_everywhere(rehearsal: Rehearsal, scene: Scene, points: Iterable[tuple[Call, Fault]]) -> None:
    ambiguous = 0
    for call, crash in points:
        result = rehearsal.play_with(scene, {call.number: crash})

        assert differences(scene.outcome, result) == [], f"{scene.name}: {call}, {crash}"
        ambiguous += result.ambiguous
    assert ambiguous <= 4 * scene.sends, "only a send cut off between claim and record may stay ambiguous"


def test_crash_at_each_kind_of_call_loses_nothing_and_doubles_nothing(rehearsal: Rehearsal):
    """The smoke: one crash for each kind of call."""
    for scene, points in one_of_each_kind(map(rehearsal.scene, NAMES), CRASHES):
        crash_everywhere(rehearsal, scene, points)


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMES)
def test_crash_at_any_call_loses_nothing_and_doubles_nothing(rehearsal: Rehearsal, name: str):
    scene = rehearsal.scene(name)
    crash_everywhere(rehearsal, scene, crashes(scene))


@pytest.mark.full
@pytest.mark.parametrize("name", [*NAMES, *KNOWN])
def test_crash_at_each_of_many_like_calls_loses_nothing(rehearsal: Rehearsal, name: str):
    scene = rehearsal.scene(name)
    crash_everywhere(rehearsal, scene, crashes(scene, None))


@pytest.mark.campaign
def test_the_campaign_is_as_large_as_it_says(rehearsal: Rehearsal):
    scenes = [rehearsal.scene(name) for name in NAMES]
    tried = [(scene.name, *point) for scene in scenes for point in crashes(scene)]

    every_scene = [*scenes, *map(rehearsal.scene, KNOWN)]
    every_kind = {(call.where, call.operation) for scene in every_scene for call in scene.calls}
    assert {(call.where, call.operation) for _, call, _ in tried} == every_kind
    assert len(tried) >= LEAST_POINTS
    print(f"{len(tried)} crash points of {len(every_kind)} kinds of calls")


@pytest.mark.full
@pytest.mark.parametrize("seed", range(20))
def test_two_faults_in_one_step_lose_nothing(rehearsal: Rehearsal, seed: int):
    draw = random.Random(seed)
    scenes = [rehearsal.scene(name) for name in NAMES]
    for _ in range(PAIRS // 20):
        scene = draw.choice(scenes)
        points = [*scene.points((*CRASHES, *FAULTS))]
        pair = {call.number: fault for call, fault in draw.sample(points, 2)}
        result = rehearsal.play_with(scene, pair)

        assert differences(scene.outcome, result) == [], f"{scene.name}: {pair}"


def test_officer_learns_that_the_seal_is_open_to_nobody_when_the_record_failed(system: System):
    """The opening is recorded first: where that write dies, nothing was shown."""
    citizen = Citizen(system)
    citizen.send()
    inspector = Officer(system, "khanh.tocongtac")
    version = inspector.petition(citizen.reference)["version"]
    with system.faults.counting() as calls:
        answer = inspector.try_to("open-seal", citizen.reference, version=version, reason="Kiểm tra thử")
        names = [f"{call.service}.{call.operation}" for call in calls if call.where == "casework.http"]

    assert answer.json()["identity"]["name"] == "Trần Thị Mùa"
    assert names.index("dynamodb.PutItem") < names.index("kms.Decrypt")
