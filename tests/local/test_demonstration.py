"""The demonstration: a whole life through the doors, step by step, with pause and stop."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from infra.local.life.demonstration import DONE, FAILED, PAUSED, STOPPED, Demonstration
from infra.local.life.scenes import DAYS, SCENES
from infra.local.traces import Traces
from tests.support.system import System

WAITS_SECONDS = 60


@pytest.fixture
def demonstration(system: System) -> Iterator[Demonstration]:
    played = Demonstration(system.local, scene_seconds=600)
    yield played
    played.stop()
    played.wait()


def wait_for_scenes(demonstration: Demonstration, count: int) -> None:
    until = time.monotonic() + WAITS_SECONDS
    while len(demonstration.facts()["shown"]) < count and time.monotonic() < until:
        if demonstration.state == FAILED:
            return
        time.sleep(0.02)


def written(system: System, reference: str) -> list[str]:
    """Return the actions of a petition's history."""
    trace = Traces(system.local).of(reference)
    assert trace is not None
    return [entry["action"] for step in trace["steps"] for entry in step["wrote"]]


def test_a_whole_life_is_played_to_its_end_by_itself(system: System):
    demonstration = Demonstration(system.local, scene_seconds=0, least_pause_seconds=0)
    demonstration.start()
    wait_for_scenes(demonstration, len(SCENES))

    facts = demonstration.facts()
    shown = {each["scene"]: each for each in facts["shown"]}
    assert (facts["state"], facts["error"], facts["to_come"]) == (DONE, "", [])
    assert list(shown) == [scene.name for scene in SCENES]
    assert {name: shown[name]["state"] for name in ("sms", "accept", "ask", "reply", "draft", "approve")} == {
        "sms": "ASSIGNED",
        "accept": "IN_PROGRESS",
        "ask": "AWAITING_INFORMATION",
        "reply": "IN_PROGRESS",
        "draft": "AWAITING_APPROVAL",
        "approve": "ANSWERED",
    }
    assert [shown[f"update-{number}"]["is_late"] for number in (1, 2, 3)] == [True] * 3
    assert all(shown[f"update-{number}"]["texts"] for number in (1, 2, 3))
    assert shown["rate"]["day"] == DAYS
    assert [written(system, facts["references"][whose])[-1] for whose in ("sender", "neighbour")] == [
        "rate",
        "publish",
    ]


def test_a_step_shows_what_was_typed_and_the_reply(demonstration: Demonstration):
    demonstration.step()

    (shown,) = demonstration.facts()["shown"]
    typed, reply = shown["texts"]
    assert (typed["is_typed"], reply["is_typed"]) == (True, False)
    assert typed["text"].startswith("PAKN Toi la giao vien")
    assert demonstration.facts()["references"]["sender"] in reply["text"].replace(" ", "")


def test_after_a_step_it_stands_still_and_the_next_goes_on(demonstration: Demonstration):
    demonstration.step()
    demonstration.step()

    assert (demonstration.state, len(demonstration.facts()["shown"])) == (PAUSED, 2)


def test_by_itself_it_plays_until_it_is_paused_and_goes_on_where_it_was(demonstration: Demonstration):
    demonstration.start()
    wait_for_scenes(demonstration, 1)

    demonstration.pause()
    before = demonstration.facts()["references"]
    demonstration.step()

    facts = demonstration.facts()
    assert facts["state"] == PAUSED
    assert [each["scene"] for each in facts["shown"]] == ["sms", "accept"]
    assert facts["references"] == before


def test_stopped_the_next_begins_a_new_life_from_another_telephone(system: System):
    demonstration = Demonstration(system.local)
    demonstration.step()
    first = demonstration.facts()["references"]["sender"]

    demonstration.stop()
    stopped = demonstration.state
    demonstration.step()

    assert stopped == STOPPED
    assert [each["scene"] for each in demonstration.facts()["shown"]] == ["sms"]
    assert demonstration.facts()["references"]["sender"] != first


def test_the_clock_runs_on_afterwards_and_the_system_takes_petitions(system: System):
    demonstration = Demonstration(system.local)
    demonstration.step()
    demonstration.step()

    before = system.clock.now()
    time.sleep(0.01)

    assert system.clock.now() > before
    assert system.http("GET", "/").status == 200


def test_what_the_system_refuses_ends_it_with_the_reason(system: System):
    demonstration = Demonstration(system.local)
    demonstration.step()
    system.reset()

    demonstration.step()

    assert demonstration.state == FAILED
    assert demonstration.facts()["error"].startswith("accept: ")


@pytest.mark.parametrize("order", ["pause", "stop"])
def test_an_order_before_the_first_life_does_nothing(demonstration: Demonstration, order: str):
    getattr(demonstration, order)()

    assert demonstration.state == "ready"
