"""Every AWS call of petitions' lives, each throttled, failed, lost, answered late or in part: nothing lost or doubled.

`make test` gives each kind of call (where, which operation) one fault. `make campaigns` lets every kind meet every
fault that means something there, and takes every third of the further calls. `make proof` tries all, and all again with
the SDK's own retries at work.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.campaigns.faults.injection import Call, Fault
from tests.campaigns.faults.scenes import (
    FAULTS,
    KNOWN,
    NAMES,
    Rehearsal,
    Scene,
    differences,
    one_of_each_kind,
)

LEAST_POINTS = 2_000
EVERY = 3
MOST = 8

Point = tuple[Call, Fault]


def sample(rehearsal: Rehearsal) -> dict[str, list[Point]]:
    """Return the calls and faults of the ordinary run, by scene."""
    seen: set[tuple[str, str, Fault]] = set()
    taken: dict[str, list[Point]] = {name: [] for name in NAMES}
    further = 0
    for name in NAMES:
        for call, fault in rehearsal.scene(name).points(FAULTS, MOST):
            kind = (call.where, call.operation, fault)
            further += kind in seen
            if kind not in seen or further % EVERY == 0:
                taken[name].append((call, fault))
            seen.add(kind)
    return taken


def play_all(
    rehearsal: Rehearsal, scene: Scene, points: Iterable[Point], *, for_one_try: bool = False
) -> None:
    for call, fault in points:
        result = rehearsal.play_with(scene, {call.number: fault}, for_one_try=for_one_try)

        assert differences(scene.outcome, result) == [], f"{scene.name}: {call}, {fault}"


def test_each_kind_of_call_may_go_wrong_once(rehearsal: Rehearsal):
    """The smoke: one fault for each kind of call, and each fault at some."""
    for scene, points in one_of_each_kind(map(rehearsal.scene, NAMES), FAULTS):
        play_all(rehearsal, scene, points)


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMES)
def test_whatever_goes_wrong_at_a_call_it_comes_out_as_if_nothing_had(rehearsal: Rehearsal, name: str):
    play_all(rehearsal, rehearsal.scene(name), sample(rehearsal)[name])


@pytest.mark.campaign
def test_every_kind_of_call_meets_every_fault_that_means_something_there(rehearsal: Rehearsal):
    scenes = [rehearsal.scene(name) for name in (*NAMES, *KNOWN)]
    possible = {(c.where, c.operation, f) for scene in scenes for c, f in scene.points(FAULTS)}
    tried = [(c.where, c.operation, f) for points in sample(rehearsal).values() for c, f in points]

    assert set(tried) == possible
    assert {fault for _, _, fault in tried} == set(FAULTS)
    assert len(tried) >= LEAST_POINTS


@pytest.mark.full
@pytest.mark.parametrize("for_one_try", [pytest.param(False, id="to the end"), pytest.param(True, id="once")])
@pytest.mark.parametrize("name", [*NAMES, *KNOWN])
def test_each_call_of_all_with_each_fault(rehearsal: Rehearsal, name: str, *, for_one_try: bool):
    scene = rehearsal.scene(name)
    play_all(rehearsal, scene, scene.points(FAULTS), for_one_try=for_one_try)
