"""A petitioner's additions are screened before a unit reads them; possible denunciations go back to the intake desk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.router import composition
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.platform.messages import RoutingRequest, TaskType
from shared.tables.petition_items import petition_of
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer, Phone, answer_petition, reference_in
from tests.support.system import System

PLAIN = "Tôi gửi thêm quyết định nâng lương số 12 ngày 3/4/2024."
SURE = "Tôi tố cáo ông Trần Văn Cường, trưởng phòng, đã nhận hối lộ 20 triệu đồng để sửa điểm."
POSSIBLE = (
    "Thêm nữa, chị thủ quỹ giữ lại của mỗi người một khoản, ký vào sổ riêng của chị, xin giữ kín cho tôi."
)
OF_A_UNIT = "Tôi tố cáo cán bộ Vụ Công chức - Viên chức nhận hối lộ 20 triệu đồng."


@pytest.fixture
def citizen(system: System) -> Citizen:
    citizen = Citizen(system)
    citizen.send()
    assert Officer(system, "minh.ccvc").queue(), "the petition is at its unit"
    return citizen


def stored(system: System, citizen: Citizen) -> Petition:
    petitions = map(petition_of, system.items("petitions"))
    return next(petition for petition in petitions if petition.reference == citizen.reference)


def add(citizen: Citizen, text: str) -> None:
    assert citizen.add("supplements", content=text).status in {200, 201}


def texts(seen: dict[str, Any]) -> list[str]:
    return [entry["text"] for entry in seen["history"] if entry["action"] == "supplement"]


def test_plain_addition_is_read_by_its_unit_once_it_was_looked_through(system: System, citizen: Citizen):
    add(citizen, PLAIN)

    seen = Officer(system, "minh.ccvc").petition(citizen.reference)

    assert texts(seen) == [PLAIN]
    assert not any(entry["is_held"] for entry in seen["history"])
    assert [entry.action for entry in stored(system, citizen).history][-2:] == [
        Action.SUPPLEMENT,
        Action.SCREEN,
    ]


def test_denunciation_that_is_added_leaves_the_unit_for_its_named_readers(system: System, citizen: Citizen):
    Officer(system, "minh.ccvc").do("accept", citizen.reference)

    add(citizen, SURE)

    assert Officer(system, "minh.ccvc").get(f"/v1/petitions/{citizen.reference}").status in {403, 404}
    assert Officer(system, "minh.ccvc").queue() == []
    petition = stored(system, citizen)
    assert (petition.state, petition.lane, petition.handler) == (State.RESTRICTED, Lane.RESTRICTED, None)
    assert texts(Officer(system, "khanh.tocongtac").petition(citizen.reference)) == [SURE]


def test_unit_that_an_addition_names_is_kept_from_it_also_when_it_comes_back(
    system: System, citizen: Citizen
):
    add(citizen, OF_A_UNIT)

    assert stored(system, citizen).complained_unit == "VCCVC"


def test_possible_denunciation_goes_back_to_the_intake_desk_and_is_marked(system: System, citizen: Citizen):
    Officer(system, "minh.ccvc").do("accept", citizen.reference)

    add(citizen, POSSIBLE)

    assert Officer(system, "minh.ccvc").queue() == []
    assert Officer(system, "minh.ccvc").get(f"/v1/petitions/{citizen.reference}").status in {403, 404}
    intake = Officer(system, "lan.tiepnhan")
    seen = intake.petition(citizen.reference)
    assert (seen["state"], seen["unit"], seen["may_denounce"]) == ("RECEIVED", "TTTT", True)
    assert texts(seen) == [POSSIBLE]
    assert seen["history"][-1]["note"].startswith("Có thể là tố cáo")


def test_once_an_officer_decided_the_unit_reads_it(system: System, citizen: Citizen):
    add(citizen, POSSIBLE)

    Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="VCCVC")

    seen = Officer(system, "minh.ccvc").petition(citizen.reference)
    assert texts(seen) == [POSSIBLE]
    assert not seen["may_denounce"]


def test_it_is_looked_through_once_however_often_the_message_comes(system: System, citizen: Citizen):
    add(citizen, POSSIBLE)
    Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="VCCVC")
    before = stored(system, citizen)

    composition.parts().tasks.run(RoutingRequest(reference=citizen.reference, task=TaskType.SCREEN))

    assert stored(system, citizen) == before


def test_until_it_was_looked_through_the_unit_reads_that_something_came_and_not_what(
    system: System, citizen: Citizen
):
    headers = {"x-petition-pin": citizen.pin}
    system.http(
        "POST", f"/v1/petitions/{citizen.reference}/supplements", json={"content": SURE}, headers=headers
    )
    minh = Officer(system, "minh.ccvc").petition(citizen.reference)

    assert texts(Officer(system, "lan.tiepnhan").petition(citizen.reference)) == [SURE]
    assert texts(minh) == [None]
    assert minh["history"][-1]["is_held"]
    assert "hối lộ" not in Browser(system, "minh.ccvc").get(f"/desk/petitions/{citizen.reference}").text


def test_text_message_is_looked_through_as_well(system: System):
    phone = Phone(system)
    reference = reference_in(
        phone.send("PAKN Xin hoi thi nang ngach chuyen vien chinh nam nay co duoc khong")
    )
    assert [line["reference"] for line in Officer(system, "minh.ccvc").queue()] == [reference]

    phone.send(f"PAKN BS {reference} Nguyen Van An, thon Ha, xa Dong Son, Thanh Hoa")
    phone.send(f"PAKN BS {reference} toi to cao ong Tran Van Cuong nhan hoi lo 20 trieu de sua diem")

    assert Officer(system, "minh.ccvc").queue() == []
    assert Officer(system, "khanh.tocongtac").petition(reference)["state"] == "RESTRICTED"


def test_denunciation_that_comes_while_a_draft_waits_is_restricted_too(system: System, citizen: Citizen):
    minh = Officer(system, "minh.ccvc")
    minh.do("accept", citizen.reference)
    minh.do("draft-answer", citizen.reference, text="Kết quả công bố trước 30/11.")

    add(citizen, SURE)

    assert stored(system, citizen).state is State.RESTRICTED
    assert Officer(system, "binh.vanphong").get(f"/v1/petitions/{citizen.reference}").status == 404


def test_comment_of_a_rating_is_held_where_it_may_denounce(system: System, citizen: Citizen):
    answer_petition(system, citizen.reference)

    citizen.add("rating", score=1, comment=POSSIBLE)

    seen = Officer(system, "minh.ccvc").petition(citizen.reference)
    assert seen["rating"] == {**seen["rating"], "score": 1, "comment": None}
    assert "sổ riêng" not in str(seen)
    assert POSSIBLE in str(Officer(system, "lan.tiepnhan").petition(citizen.reference))


def test_task_of_a_message_from_before_its_renaming_is_read():
    request = RoutingRequest.model_validate_json('{"reference": "26483190275", "errand": "follow"}')

    assert request == RoutingRequest(reference="26483190275", task=TaskType.FOLLOW)


def test_task_is_sent_under_the_name_that_a_router_of_the_version_before_reads():
    request = RoutingRequest(reference="26483190275", task=TaskType.FOLLOW)

    assert json.loads(request.model_dump_json(by_alias=True, exclude_none=True)) == {
        "reference": "26483190275",
        "errand": "follow",
    }
