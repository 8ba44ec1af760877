"""A unit's board: who has how many; work given to somebody else, absences with a stand-in, at the API and as pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.casework import composition
from shared.domain.identity import reference
from shared.domain.identity.reference import spaced
from shared.domain.petition.lifecycle import State
from tests.support.builders import a_petition
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import START, System

REASON = "Người xử lý nghỉ ốm dài ngày."


@pytest.fixture
def system(running_system: System) -> System:
    running_system.reset()
    return running_system


def accepted(system: System) -> str:
    """Return a petition that minh.ccvc has accepted."""
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return citizen.reference


def give(officer: Officer, name: str, *references: str, handler: str, **more: Any) -> dict[str, Any]:
    petitions = [{"reference": each, "version": officer.petition(each)["version"]} for each in references]
    answer = officer.post("/v1/board", petitions=petitions, handler=handler, **more)
    assert answer.status == 200, (name, answer.text)
    report: dict[str, Any] = answer.json()
    return report


def columns(officer: Officer) -> dict[str | None, dict[str, Any]]:
    return {column["handler"]: column for column in officer.get("/v1/board").json()["columns"]}


def mails_to(system: System, address: str) -> list[str]:
    system.settle()
    return [sent.subject or "" for sent in system.outbox() if address in sent.to]


def test_the_board_counts_the_work_of_each_officer_and_what_nobody_has(system: System):
    accepted(system)
    Citizen(system).send()
    system.travel(days=17)

    board = Officer(system, "huong.ccvc").get("/v1/board").json()

    counted = {c["handler"]: (c["open"], c["overdue"], c["soon"]) for c in board["columns"]}
    assert counted == {None: (1, 0, 1), "minh.ccvc": (1, 0, 1), "huong.ccvc": (0, 0, 0)}
    assert (board["unit"], board["open"], board["is_complete"]) == ("VCCVC", 2, True)


def test_the_board_of_a_busy_unit_costs_one_query(system: System):
    Officer(system, "minh.ccvc").queue()  # loads the function
    table = composition.parts().petitions
    for number in range(60):
        name = next(reference.candidates(b"desk" * 16, str(number), 2026))
        table.add(a_petition(State.IN_PROGRESS, received_at=START, reference=name))
    head = Officer(system, "huong.ccvc")
    head.get("/v1/board")

    with system.faults.counting() as calls:
        answer = head.get("/v1/board")

    assert answer.json()["open"] == 60
    assert [call.operation for call in calls] == ["GetItem", "Query"]
    page = Browser(system, "huong.ccvc").get("/desk/board")
    assert page.status == 200
    assert len(page.body) < 40_000


def test_a_head_gives_accepted_work_to_somebody_else_and_the_history_says_why(system: System):
    name = accepted(system)
    head = Officer(system, "huong.ccvc")
    before = head.petition(name)

    report = give(head, "first", name, handler="huong.ccvc", reason=REASON)

    after = head.petition(name)
    last = after["history"][-1]
    assert report["petitions"] == [
        {"reference": name, "is_done": True, "handler": "huong.ccvc", "version": after["version"]}
    ]
    assert (after["handler"], after["state"], after["due_on"]) == (
        "huong.ccvc",
        "IN_PROGRESS",
        before["due_on"],
    )
    assert (last["action"], last["note"], last["facts"]["from_handler"]) == ("reassign", REASON, "minh.ccvc")
    assert not last["is_visible"]
    assert any("giao xử lý tiếp" in subject for subject in mails_to(system, "huong.ccvc@"))


def test_what_nobody_accepted_is_accepted_for_whom_it_is_given_to_and_once_only(system: System):
    citizen = Citizen(system)
    citizen.send()
    head = Officer(system, "huong.ccvc")
    request = {
        "petitions": [
            {"reference": citizen.reference, "version": head.petition(citizen.reference)["version"]}
        ],
        "handler": "minh.ccvc",
    }

    first, again = head.post("/v1/board", **request).json(), head.post("/v1/board", **request).json()

    assert first == again
    assert first["petitions"][0]["handler"] == "minh.ccvc"
    assert [e["action"] for e in head.petition(citizen.reference)["history"]].count("accept") == 1


def test_each_petition_is_decided_by_itself(system: System):
    mine, other = accepted(system), accepted(system)
    head = Officer(system, "huong.ccvc")
    stale = {"reference": other, "version": head.petition(other)["version"] - 1}
    fresh = {"reference": mine, "version": head.petition(mine)["version"]}

    report = head.post("/v1/board", petitions=[stale, fresh], handler="huong.ccvc", reason=REASON).json()

    assert [(outcome["is_done"], outcome.get("code")) for outcome in report["petitions"]] == [
        (False, "stale-version"),
        (True, None),
    ]


@pytest.mark.parametrize(
    ("handler", "reason", "code"),
    [
        pytest.param("son.tienluong", REASON, "invalid-input", id="somebody of another unit"),
        pytest.param("yen.bcd", REASON, "invalid-input", id="somebody who works on no petitions"),
        pytest.param("huong.ccvc", None, "invalid-input", id="without a reason"),
        pytest.param("minh.ccvc", REASON, "action-not-possible", id="who has it already"),
    ],
)
def test_work_is_not_given(system: System, handler: str, reason: str | None, code: str):
    name = accepted(system)
    head = Officer(system, "huong.ccvc")

    report = give(head, "refused", name, handler=handler, reason=reason)

    assert [outcome["code"] for outcome in report["petitions"]] == [code]
    assert head.petition(name)["handler"] == "minh.ccvc"


def test_a_handler_gives_nothing_away(system: System):
    name = accepted(system)

    report = give(Officer(system, "minh.ccvc"), "handler", name, handler="huong.ccvc", reason=REASON)

    assert report["petitions"][0]["code"] == "not-allowed"


def away(system: System, days: int = 3) -> Officer:
    """Record that minh.ccvc is away from today on, and that the head stands in."""
    head = Officer(system, "huong.ccvc")
    today = system.clock.now().date()
    body = {
        "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=days)).isoformat(),
        "stand_in": "huong.ccvc",
        "reason": "Nghỉ phép",
    }
    bearer = {"Authorization": f"Bearer {system.access_token('huong.ccvc')}"}
    assert system.http("PUT", "/desk/v1/absences/minh.ccvc", json=body, headers=bearer).status == 200
    return head


def test_new_work_goes_to_the_stand_in_and_both_see_the_absent_officers(system: System):
    old = accepted(system)
    citizen = Citizen(system)
    citizen.send()
    head = away(system)

    report = give(head, "new", citizen.reference, handler="minh.ccvc")

    assert report["petitions"][0]["handler"] == "huong.ccvc"
    mine = {line["reference"] for line in head.queue(mine="true")}
    assert mine == {old, citizen.reference}
    assert [line["reference"] for line in Officer(system, "minh.ccvc").queue(mine="true")] == [old]
    assert columns(head)["minh.ccvc"]["absence"]["stand_in_name"] == "Trần Thị Hương"


def test_work_handed_over_to_somebody_away_says_whom_it_was_meant_for(system: System):
    name = accepted(system)
    head = away(system)
    give(head, "to head", name, handler="huong.ccvc", reason=REASON)

    report = give(head, "back", name, handler="minh.ccvc", reason=REASON)

    assert report["petitions"][0]["code"] == "action-not-possible", "the stand-in has it already"


def test_an_absence_ends_by_itself_and_when_a_head_ends_it(system: System):
    accepted(system)
    head = away(system, days=2)
    assert len(head.queue(mine="true")) == 1

    system.travel(days=3)

    assert head.queue(mine="true") == []
    head = away(system)
    today = system.clock.now().date().isoformat()
    assert head.post("/v1/absences/minh.ccvc/end", valid_from=today).json() == {"absences": []}
    assert head.queue(mine="true") == []


def test_both_get_the_notices_to_the_handler(system: System):
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    away(system)

    citizen.add("supplements", content="Tôi gửi thêm số báo danh 123.")
    system.settle()

    word = f"Mã {spaced(citizen.reference)}: người gửi đã bổ sung"
    readers = sorted(sent.to.partition("@")[0] for sent in system.outbox() if sent.subject == word)
    assert readers == ["huong.ccvc", "minh.ccvc"], "each once, and nobody else"


def test_the_page_keeps_what_was_ticked_and_typed_until_it_is_whole(system: System):
    name = accepted(system)
    head = Browser(system, "huong.ccvc")
    version = Officer(system, "huong.ccvc").petition(name)["version"]
    ticked = [("pick", f"{name}.{version}")]

    refused = head.post("/desk/board", [*ticked, ("handler", ""), ("reason", REASON)])
    unexplained = head.post("/desk/board", [*ticked, ("handler", "huong.ccvc"), ("reason", "")])
    done = head.post("/desk/board", [*ticked, ("handler", "huong.ccvc"), ("reason", REASON)])

    assert refused.status == 422
    assert f'value="{name}.{version}" checked' in refused.text
    assert REASON in refused.text
    assert unexplained.status == 422
    assert 'value="huong.ccvc" selected' in unexplained.text
    assert done.status == 303
    assert "Đã giao 1 hồ sơ." in head.get(dict(done.headers)["Location"]).text


def test_the_page_of_absences_records_and_ends_one(system: System):
    head = Browser(system, "huong.ccvc")
    today = system.clock.now().date()
    form = {
        "officer": "minh.ccvc",
        "valid_from": today.isoformat(),
        "valid_to": (today - timedelta(days=1)).isoformat(),
        "stand_in": "huong.ccvc",
        "reason": "Nghỉ ốm",
    }

    refused = head.post("/desk/board/absences", form)
    recorded = head.post("/desk/board/absences", form | {"valid_to": today.isoformat()})

    assert refused.status == 422
    assert 'value="Nghỉ ốm"' in refused.text
    assert recorded.status == 303
    assert "Nghỉ ốm" in head.get("/desk/board/absences").text
    assert "Trần Thị Hương làm thay" in head.get("/desk/board").text
    assert Browser(system, "minh.ccvc").post("/desk/board/absences", form).status == 403
    head.post("/desk/board/absences/minh.ccvc", {"valid_from": today.isoformat()})
    assert "Không ai vắng mặt." in head.get("/desk/board/absences").text
