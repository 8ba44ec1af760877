"""Officers get a hint when somebody sends nearly the same text again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.identity.reference import spaced
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.tables.directory import Directory
from shared.tables.petition_items import petition_of
from shared.tables.petitions import Petitions
from tests.support.people import CITIZEN, Citizen
from tests.support.system import System

LETTER = (
    "Tôi dự thi nâng ngạch công chức tháng trước mà nay chưa được Phòng Nội vụ trả lời kết quả và lý do chậm."
)
OTHER = "Xin hỏi thủ tục cấp lại bằng huân chương kháng chiến của bố tôi bị mất thì nộp ở đâu."
DENUNCIATION = "Tôi tố cáo ông trưởng phòng nhận hối lộ để nâng điểm thi công chức, có ghi âm và nhân chứng."


def sent(system: System, content: str, **petitioner: Any) -> str:
    citizen = Citizen(system, content=content, petitioner=CITIZEN | petitioner)
    assert citizen.send().status == 201
    return citizen.reference


def stored(system: System, reference: str) -> Petition:
    return next(
        petition
        for petition in map(petition_of, system.items("petitions"))
        if petition.reference == reference
    )


def hints(system: System, reference: str) -> list[str]:
    petition = stored(system, reference)
    assert petition.proposal is not None
    return [reason for reason in petition.proposal.because if reason.startswith("Có thể trùng")]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(LETTER, id="word by word"),
        pytest.param(LETTER.upper(), id="in capitals"),
        pytest.param(LETTER + " Xin cảm ơn.", id="with thanks"),
    ],
)
def test_the_second_of_two_like_texts_points_at_the_first(system, again):
    first = sent(system, LETTER)
    system.clock.hold_at(system.clock.now() + timedelta(days=3))
    second = sent(system, again)

    assert hints(system, first) == []
    assert hints(system, second) == [
        f"Có thể trùng với {spaced(first)}: cùng người gửi, nội dung gần như nhau"
    ]


@pytest.mark.parametrize(
    ("content", "petitioner"),
    [
        pytest.param(OTHER, {}, id="another matter"),
        pytest.param(LETTER, {"phone": "0912 000 999", "email": "khac@thu.example"}, id="another person"),
    ],
)
def test_another_matter_or_person_is_no_repeat(system, content, petitioner):
    sent(system, LETTER)
    system.clock.hold_at(system.clock.now() + timedelta(days=3))

    assert hints(system, sent(system, content, **petitioner)) == []


@pytest.mark.parametrize(("days", "is_shown"), [(60, True), (61, False)])
def test_after_sixty_days_nobody_is_reminded(system, days, is_shown):
    sent(system, LETTER)
    system.clock.hold_at(datetime(2026, 11, 3, 2, 0, tzinfo=UTC) + timedelta(days=days))

    assert bool(hints(system, sent(system, LETTER))) is is_shown


def test_a_denunciation_is_never_pointed_at(system):
    first = sent(system, DENUNCIATION)
    assert stored(system, first).state == "RESTRICTED"
    system.clock.hold_at(system.clock.now() + timedelta(days=3))

    assert hints(system, sent(system, DENUNCIATION)) == []


def test_the_petitioner_does_not_read_the_hint(system):
    sent(system, LETTER)
    system.clock.hold_at(system.clock.now() + timedelta(days=3))
    again = Citizen(system, content=LETTER)
    again.send()

    assert hints(system, again.reference) != []
    assert "trùng" not in str(again.look())


def test_a_petition_about_a_units_conduct_is_never_pointed_at(system):
    first = sent(system, LETTER)
    petition = stored(system, first)
    outputs = system.local.cloud.outputs
    complained = petition.classify(
        Change.by_officer("minh.xuly", system.clock.now(), "classify"),
        field=petition.field,
        kind=Kind.CONDUCT,
        lane=Lane.ORDINARY,
        complained_unit="VCCVC",
    )
    Petitions(outputs["PetitionsTable"], Directory(outputs["DirectoryTable"])).save(
        complained, petition.version
    )
    system.clock.hold_at(system.clock.now() + timedelta(days=3))

    assert hints(system, sent(system, LETTER)) == []
