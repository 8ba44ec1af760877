"""One action on many petitions: each is decided by itself, over the API and by the queue's form without JavaScript."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from chalicelib.casework import composition
from chalicelib.casework.bulk import act_on_many
from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from tests.support.builders import a_petition
from tests.support.desk_pages import Browser
from tests.support.people import Officer
from tests.support.system import START, System

MANY = 60


@pytest.fixture
def names(system: System) -> list[str]:
    """Petitions that were assigned to VCCVC, and wait for somebody to take them."""
    Officer(system, "minh.ccvc").queue()  # loads the function
    names = [next(reference.candidates(b"bulk" * 16, str(number), 2026)) for number in range(MANY)]
    for name in names:
        composition.parts().petitions.add(a_petition(State.ASSIGNED, received_at=START, reference=name))
    stream = system.local.pumps.stream
    stream.go_on_from(stream.position + stream.lag)
    return names


def state_of(name: str) -> State:
    """Return the state of a petition as stored."""
    petition = composition.parts().petitions.get(name)
    assert petition is not None
    return petition.state


def act(officer: Officer, action: str, names: list[str], version: int | None = None, **more: str) -> Any:
    """Take an action on many petitions by the API."""
    stored = composition.parts().petitions
    chosen = []
    for name in names:
        petition = stored.get(name)
        current = petition.version if petition else 1
        chosen.append({"reference": name, "version": version or current})
    body = {"action": action, "petitions": chosen, **more}
    return officer._driver.http("POST", "/desk/v1/petitions/bulk", json=body, headers=officer._bearer)


def test_repeated_request_reports_the_same_and_changes_nothing_twice(system: System, names: list[str]):
    officer = Officer(system, "minh.ccvc")
    seen = composition.parts().petitions.get(names[0])
    assert seen is not None
    first = act(officer, "accept", names[:3], version=seen.version).json()

    again = act(officer, "accept", names[:3], version=seen.version).json()

    assert first["done"] == 3
    assert again == first
    assert {state_of(name) for name in names[:3]} == {State.IN_PROGRESS}


def test_each_petition_is_refused_or_done_by_itself(system: System, names: list[str]):
    officer = Officer(system, "minh.ccvc")
    act(officer, "accept", names[:1])

    report = act(officer, "accept", [*names[:2], "26000000000"]).json()

    outcomes = [(entry["reference"], entry["is_done"]) for entry in report["petitions"]]
    assert outcomes == [(names[0], False), (names[1], True), ("26000000000", False)]
    assert all(entry["detail"] for entry in report["petitions"] if not entry["is_done"])


@pytest.mark.parametrize(
    ("username", "action", "more"),
    [
        pytest.param("minh.ccvc", "assign", {"unit": "VTCBC"}, id="a handler does not assign"),
        pytest.param("minh.ccvc", "merge", {"parent": "26000000000"}, id="a handler does not merge"),
        pytest.param("lan.tiepnhan", "accept", {}, id="the intake desk does not accept"),
        pytest.param("yen.bcd", "note", {"note": "x"}, id="the committee sees no petition"),
    ],
)
def test_nobody_does_to_many_what_they_may_not_do_to_one(
    system: System, names: list[str], username: str, action: str, more: dict[str, Any]
):
    report = act(Officer(system, username), action, names[:2], **more).json()

    assert report["done"] == 0
    assert [state_of(name) for name in names[:2]] == [State.ASSIGNED] * 2


def test_thirty_four_repeats_are_merged_into_one(system: System, names: list[str]):
    parent, *repeats = names[:35]

    report = act(Officer(system, "lan.tiepnhan"), "merge", names[:35], parent=parent).json()

    assert report["done"] == 34
    assert {state_of(name) for name in repeats} == {State.MERGED}
    assert state_of(parent) is State.ASSIGNED


def test_more_than_a_hundred_are_refused_whole(system: System, names: list[str]):
    chosen = [{"reference": names[0], "version": 1}] * 101
    officer = Officer(system, "minh.ccvc")

    answer = officer._driver.http(
        "POST",
        "/desk/v1/petitions/bulk",
        json={"action": "accept", "petitions": chosen},
        headers=officer._bearer,
    )

    assert answer.status == 422
    assert state_of(names[0]) is State.ASSIGNED


def ticked(page: str, count: int) -> list[tuple[str, str]]:
    """Return the fields of the first petitions' boxes."""
    return [("pick", value) for value in re.findall(r'name="pick" value="([^"]+)"', page)[:count]]


def test_whole_pages_are_accepted_by_a_form_that_comes_back_to_its_filter(system: System, names: list[str]):
    browser = Browser(system, "minh.ccvc")
    pages = 0
    while 'name="pick"' in (page := browser.get("/desk/queue?unassigned=true")).text:
        shown = re.findall(r'name="(shown|place)" value="([^"]*)"', page.text)
        fields = [(name, html.unescape(value)) for name, value in shown]
        answer = browser.post("/desk/bulk", [*fields, ("all", "true"), ("action", "accept")])
        pages += 1
        assert answer.status == 303
        assert "unassigned=true" in answer.header("location")
        assert pages <= 2

    assert {state_of(name) for name in names} == {State.IN_PROGRESS}


def test_page_asks_for_the_unit_before_it_assigns(system: System, names: list[str]):
    browser = Browser(system, "lan.tiepnhan")
    page = browser.get("/desk/queue?queue=all").text

    question = browser.post("/desk/bulk", [*ticked(page, 3), ("action", "assign")])
    done = browser.fill(question, "/desk/bulk", unit="VTCBC")

    assert question.status == 200
    assert done.status == 303
    assert "count=3" in done.header("location")
    assert "3 hồ sơ" in browser.get(done.header("location")).text


def test_page_says_of_each_petition_why_nothing_was_done(system: System, names: list[str]):
    browser = Browser(system, "minh.ccvc")
    page = browser.get("/desk/queue").text
    chosen = ticked(page, 2)
    act(Officer(system, "huong.ccvc"), "accept", [chosen[0][1].partition(".")[0]])

    answer = browser.post("/desk/bulk", [*chosen, ("action", "accept")])

    assert answer.status == 200
    assert f"/desk/petitions/{chosen[0][1].partition('.')[0]}" in answer.text
    assert chosen[1][1].partition(".")[0] not in answer.text


def test_nothing_ticked_leads_back_and_says_so(system: System, names: list[str]):
    browser = Browser(system, "minh.ccvc")

    answer = browser.post("/desk/bulk", [("action", "accept"), ("place", "unassigned=true")])

    assert "Chưa chọn hồ sơ nào." in browser.get(answer.header("location")).text


def test_request_that_takes_long_ends_in_time_and_says_what_it_did_not_reach(
    system: System, names: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(act_on_many, "WITHIN", 0.0)
    officer, chosen = Officer(system, "minh.ccvc"), names[:4]

    first = act(officer, "accept", chosen).json()
    states = [state_of(name) for name in chosen]

    assert [entry["is_done"] for entry in first["petitions"]] == [True, False, False, False]
    assert {entry.get("code") for entry in first["petitions"][1:]} == {"not-reached"}
    assert states == [State.IN_PROGRESS, *[State.ASSIGNED] * 3]


def test_page_goes_on_with_the_rest_until_nothing_is_left(
    system: System, names: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(act_on_many, "WITHIN", 0.0)
    browser = Browser(system, "minh.ccvc")
    page = browser.get("/desk/queue?unassigned=true").text
    answer = browser.post("/desk/bulk", [*ticked(page, 3), ("action", "accept")])
    requests = 1

    while answer.status == 200:
        assert "data-goes-on" in answer.text
        answer = browser.fill(answer, "/desk/bulk")
        requests += 1

    assert (answer.status, requests) == (303, 3)
    assert "count=3" in answer.header("location")
    assert sum(state_of(name) is State.IN_PROGRESS for name in names) == 3


def test_each_petition_costs_a_read_and_a_write(system: System, names: list[str]):
    officer = Officer(system, "minh.ccvc")
    act(officer, "accept", names[:1])

    def calls(chosen: list[str]) -> int:
        petitions = [
            {"reference": name, "version": composition.parts().petitions.get(name)} for name in chosen
        ]
        body = [
            {"reference": each["reference"], "version": getattr(each["version"], "version", 0)}
            for each in petitions
        ]
        with system.faults.counting() as counted:
            assert officer.post("/v1/petitions/bulk", action="accept", petitions=body).json()["done"] == len(
                body
            )
            return len(counted)

    assert calls(names[10:20]) - calls(names[5:6]) == 9 * 2
