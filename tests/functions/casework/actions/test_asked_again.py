"""A request whose answer was lost comes again, and hears that it is done: also from who could not do it any more."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.people import CITIZEN, Citizen, Officer, answer_petition
from tests.support.system import System


def twice(officer: Officer, action: str, reference: str, **body: Any) -> tuple[HttpResponse, HttpResponse]:
    """Send the same request two times, as a client does that heard nothing."""
    version = officer.petition(reference)["version"]
    first, again = (officer.try_to(action, reference, version=version, **body) for _ in range(2))
    return first, again


def test_unit_that_gave_a_petition_back_hears_that_it_is_done(system: System):
    citizen = Citizen(system)
    citizen.send()

    first, again = twice(Officer(system, "huong.ccvc"), "return-to-intake", citizen.reference, reason="Nhầm.")

    assert (first.status, again.status) == (200, 200)
    assert first.json() == again.json()


def test_intake_that_handed_on_a_denunciation_hears_that_it_is_done(system: System):
    citizen = Citizen(system)
    citizen.send()

    first, again = twice(Officer(system, "lan.tiepnhan"), "restrict", citizen.reference)

    assert (first.status, again.status) == (200, 200)


def test_second_answer_is_approved_once_however_often_it_is_sent(system: System):
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)
    citizen.add("rating", score=1)
    citizen.add("reopening", reason="Chưa rõ.")
    inspector = Officer(system, "quan.thanhtra")
    inspector.do("accept", citizen.reference)
    inspector.do("draft-answer", citizen.reference, text="Thời hạn là 30 ngày.")

    first, again = twice(Officer(system, "khanh.tocongtac"), "approve", citizen.reference)

    assert (first.status, again.status) == (200, 200)
    approvals = [entry for entry in citizen.look()["history"] if entry["action"] == "approve"]
    assert len(approvals) == 2


def test_once_anything_else_has_happened_it_is_no_way_to_look_at_what_was_given_away(system: System):
    citizen = Citizen(system)
    citizen.send()
    unit = Officer(system, "huong.ccvc")
    version = unit.petition(citizen.reference)["version"]
    unit.try_to("return-to-intake", citizen.reference, version=version, reason="Nhầm.")
    Officer(system, "lan.tiepnhan").do("note", citizen.reference, note="Xem ai làm.")

    again = unit.try_to("return-to-intake", citizen.reference, version=version, reason="Nhầm.")

    assert again.status in {403, 404}


@pytest.mark.parametrize("body", [{"reason": "Khác."}, {}], ids=["another reason", "nothing right"])
def test_another_request_is_not_taken_for_the_one_that_was_done(system: System, body: dict[str, Any]):
    citizen = Citizen(system)
    citizen.send()
    unit = Officer(system, "huong.ccvc")
    version = unit.petition(citizen.reference)["version"]
    unit.try_to("return-to-intake", citizen.reference, version=version, reason="Nhầm.")

    assert unit.try_to("return-to-intake", citizen.reference, version=version, **body).status in {403, 404}


def test_what_came_of_a_call_is_written_once_however_often_it_is_said(system: System):
    operator = Officer(system, "tong.dai")
    caller = {name: CITIZEN[name] for name in ("type", "name", "address", "phone")}
    reference = operator.enter_call("call-1", petitioner=caller, reply_by=["PHONE"]).json()["reference"]
    answer_petition(system, reference)
    (task,) = operator.get("/v1/calls").json()["calls"]
    outcome = {"notice": task["notice"], "attempt": task["attempt"], "outcome": task["outcomes"][0]}

    first, again = (operator.post(f"/v1/calls/{reference}/outcome", **outcome) for _ in range(2))
    other = operator.post(f"/v1/calls/{reference}/outcome", **{**outcome, "outcome": task["outcomes"][1]})

    assert (first.status, again.status) == (200, 200)
    assert first.json() == again.json()
    assert other.status in {404, 409}
