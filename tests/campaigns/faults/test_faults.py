"""Every AWS call of petitions' lives, each throttled, failed, lost, answered late or in part: nothing lost or doubled.

In the ordinary run every kind of call (where, which operation) meets every fault that means something there, and every
third of the further calls; `make proof` tries all, and all again with the SDK's own retries at work.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.campaigns.faults.injection import Call, Fault
from tests.campaigns.faults.scenes import FAULTS, KNOWN, NAMES, Rehearsal, Scene, differences
from tests.support.system import System

LEAST_POINTS = 2_000
EVERY = 3
MOST = 8

Point = tuple[Call, Fault]


@pytest.fixture(scope="module")
def rehearsal(running_system: System) -> Rehearsal:
    """Every life, lived without a fault."""
    return Rehearsal(running_system)


@pytest.fixture(scope="module")
def sample(rehearsal: Rehearsal) -> dict[str, list[Point]]:
    """What the ordinary run tries in each scene."""
    seen: set[tuple[str, str, Fault]] = set()
    taken: dict[str, list[Point]] = {name: [] for name in NAMES}
    further = 0
    for name in NAMES:
        for call, fault in rehearsal.scenes[name].points(FAULTS, MOST):
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
        found = rehearsal.play_with(scene, {call.number: fault}, for_one_try=for_one_try)

        assert differences(scene.outcome, found) == [], f"{call}, {fault}"


@pytest.mark.parametrize("name", NAMES)
def test_whatever_goes_wrong_at_a_call_it_comes_out_as_if_nothing_had(
    rehearsal: Rehearsal, sample: dict[str, list[Point]], name: str
):
    play_all(rehearsal, rehearsal.scenes[name], sample[name])


def test_every_kind_of_call_meets_every_fault_that_means_something_there(
    rehearsal: Rehearsal, sample: dict[str, list[Point]]
):
    scenes = [rehearsal.scenes[name] for name in (*NAMES, *KNOWN)]
    possible = {(c.where, c.operation, f) for scene in scenes for c, f in scene.points(FAULTS)}
    tried = [(c.where, c.operation, f) for points in sample.values() for c, f in points]

    assert set(tried) == possible
    assert {fault for _, _, fault in tried} == set(FAULTS)
    assert len(tried) >= LEAST_POINTS


@pytest.mark.full
@pytest.mark.parametrize("for_one_try", [pytest.param(False, id="to the end"), pytest.param(True, id="once")])
@pytest.mark.parametrize("name", [*NAMES, *KNOWN])
def test_each_call_of_all_with_each_fault(rehearsal: Rehearsal, name: str, *, for_one_try: bool):
    scene = rehearsal.scenes[name]
    play_all(rehearsal, scene, scene.points(FAULTS), for_one_try=for_one_try)
