"""A complaint about conduct is kept from the unit that it names before anybody has read it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.router.complained_unit import named_units
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.tables.directory import Directory
from shared.tables.petition_items import petition_of
from tests.support.memory_store import MemoryDirectory
from tests.support.people import Citizen, Officer
from tests.support.system import System

TODAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Cán bộ Vụ Công chức - Viên chức hách dịch.", ("VCCVC",), id="by-its-name"),
        pytest.param("can bo vu cong chuc vien chuc hach dich", ("VCCVC",), id="without-accents"),
        pytest.param("Nhân viên vụ CCVC bắt tôi chờ.", ("VCCVC",), id="by-its-short-name"),
        pytest.param("Cục Tiền lương trả hồ sơ chậm.", ("CTLBHXH",), id="by-the-first-half-of-its-name"),
        pytest.param("Cục Tiền lương và Bảo hiểm xã hội trả hồ sơ chậm.", ("CTLBHXH",), id="in-full"),
        pytest.param("Cán bộ Thanh tra Bộ im lặng.", ("TTRA",), id="the-inspectorate"),
        pytest.param(
            "Đề nghị Thanh tra Bộ xem xét việc cán bộ Vụ Cải cách hành chính chậm trả.",
            ("VCCHC",),
            id="addressed",
        ),
        pytest.param("Kính gửi: Văn phòng Bộ. Cán bộ xã hách dịch.", ("VPB",), id="after-a-colon-counts"),
        pytest.param("Tôi đã gửi đến Văn phòng Bộ mà không ai trả lời.", (), id="sent-to"),
        pytest.param("Cán bộ Vụ CCVC và Vụ TCBC đùn đẩy nhau.", ("VTCBC", "VCCVC"), id="two"),
        pytest.param("Cán bộ một cửa xã hách dịch.", (), id="none-of-ours"),
        pytest.param("Vụ việc kéo dài. Tiền lương chậm.", (), id="words-that-only-look-alike"),
        pytest.param("Tôi hỏi Bộ Nội vụ mà không ai trả lời.", ("?",), id="the-ministry-as-a-whole"),
        pytest.param("Cán bộ quý Vụ hẹn mãi.", ("?",), id="whoever-reads-this"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_units_that_a_complaint_names_are_found(text: str, expected: tuple[str, ...]):
    codes = named_units(text, MemoryDirectory().units(TODAY).values())

    assert set(codes) == set(expected)


CONDUCT = "Tôi nộp hồ sơ ba lần, cán bộ {unit} hách dịch, gây phiền hà, hẹn mãi không trả kết quả nâng ngạch."


def sent(system: System, content: str, **facts: Any) -> Petition:
    citizen = Citizen(system, content=content, **facts)
    citizen.send()
    return next(
        unit for unit in map(petition_of, system.items("petitions")) if unit.reference == citizen.reference
    )


@pytest.mark.parametrize(
    ("unit", "goes_to", "complained"),
    [
        pytest.param("Vụ Công chức - Viên chức", "TTRA", "VCCVC", id="a-department"),
        pytest.param("Thanh tra Bộ", "VPB", "TTRA", id="the-inspectorate-itself"),
        pytest.param("Trung tâm Công nghệ thông tin", "TTRA", "TTTT", id="the-intake-desk-itself"),
        pytest.param("Vụ CCVC và Thanh tra Bộ", "VPB", None, id="two-of-them"),
        pytest.param("một cửa", "TTRA", None, id="nobody-knows-whom"),
    ],
)
def test_complaint_goes_to_who_examines_it_and_never_to_who_is_named(
    system: System, unit: str, goes_to: str, complained: str | None
):
    petition = sent(system, CONDUCT.format(unit=unit), kind="CONDUCT", field="CCVC")

    assert (petition.unit, petition.complained_unit) == (goes_to, complained)
    assert (petition.kind, petition.field) == (Kind.CONDUCT, "TTRA")


def test_complaint_that_names_others_is_for_the_unit_that_knows_the_field(system: System):
    petition = sent(
        system,
        "Hội đồng thi tuyển viên chức huyện chậm công bố điểm phúc khảo quá 30 ngày, có đúng quy định không?",
    )

    assert petition.unit == "VCCVC"


def test_complaint_that_names_the_ministry_is_examined_first(system: System):
    petition = sent(
        system, "Tôi hỏi Bộ Nội vụ về thi tuyển viên chức, chậm công bố điểm phúc khảo quá 30 ngày."
    )

    assert (petition.unit, petition.complained_unit) == ("TTRA", None)


def test_denunciation_that_names_the_inspectorate_does_not_lie_with_it(system: System):
    petition = sent(
        system, "Tôi tố cáo ông Trần Văn Cường, cán bộ Thanh tra Bộ, nhận hối lộ 20 triệu đồng, có ghi âm."
    )

    assert (petition.lane, petition.unit, petition.complained_unit) == (Lane.RESTRICTED, "VPB", "TTRA")


def test_unit_named_knows_nothing_from_the_first_moment(system: System):
    petition = sent(system, CONDUCT.format(unit="Vụ Công chức - Viên chức"))

    for username in ("minh.ccvc", "huong.ccvc"):
        officer = Officer(system, username)
        assert officer.get(f"/v1/petitions/{petition.reference}").status == 404
        assert officer.queue() == []


def test_intake_desk_corrects_what_the_router_took_for_a_complaint_about_a_unit(system: System):
    petition = sent(system, CONDUCT.format(unit="Vụ Công chức - Viên chức"))
    lan = Officer(system, "lan.tiepnhan")

    refused = lan.try_to("assign", petition.reference, unit="VCCVC")
    lan.do("classify", petition.reference, kind="REGULATION", complained_unit="NONE")
    lan.do("assign", petition.reference, unit="VCCVC")

    assert refused.status == 422
    assert len(Officer(system, "minh.ccvc").queue()) == 1


def test_unit_that_was_renamed_is_found_by_its_earlier_name_too(system: System):
    """Nobody may hide a unit's complaints from the router, and send them to that unit, by giving it another name."""
    directory = Directory(system.local.cloud.outputs["DirectoryTable"])
    row = next(row for row in directory.rows("unit") if row["id"] == "TTTT")
    directory.put("unit", "TTTT", date(2026, 11, 1), row | {"name": "Cục Chuyển đổi số", "short_name": "CDS"})

    earlier = sent(system, CONDUCT.format(unit="Trung tâm Công nghệ thông tin"))
    present = sent(system, CONDUCT.format(unit="Cục Chuyển đổi số"))

    assert (earlier.complained_unit, present.complained_unit) == ("TTTT", "TTTT")
