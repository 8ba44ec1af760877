"""Messages and reports of calls that come late: dated by the time that their provider proved."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.intake import composition
from infra.local.emulation.functions import HttpResponse
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.platform.seal import Seal
from shared.tables.petition_items import petition_of
from tests.support.builders import vietnam
from tests.support.system import System
from tests.support.webhooks import signed_post

SUNDAY_NIGHT = datetime.fromisoformat("2026-11-29T00:20:00+07:00")


def call(**changes: Any) -> dict[str, Any]:
    return {
        "callId": "late-1",
        "caller": "0901234567",
        "start": "2026-11-27T10:00:00+07:00",
        "end": "2026-11-27T10:12:00+07:00",
        "agent": "tongdai.lan",
        "recording": "https://calls.example.vn/r/1",
        "summary": "Đề nghị xem lại lương",
        "petitioner": {
            "name": "Trần Thị Hoa",
            "address": "Xã Tân Phú, tỉnh Đồng Nai",
            "phone": "0901234567",
        },
        **changes,
    }


def report(system: System, **changes: Any) -> HttpResponse:
    return signed_post(system, "/hotline/calls", "hotline", call(**changes))


def sms(
    system: System, receiver_time: str, content: str = "PAKN Phong noi vu tra loi cham", smsid: str = "m1"
) -> HttpResponse:
    query = {"sender": "84912000111", "content": content, "cpid": "local", "smsid": smsid}
    signed = f"local{query['smsid']}{content}{receiver_time}local-esms-key"
    sign = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
    return system.http("GET", "/sms/esms", query={**query, "receiverTime": receiver_time, "sign": sign})


def standard(system: System, **data: Any) -> HttpResponse:
    message = {"messageId": "m1", "from": "+84912000111", "text": "PAKN Phòng Nội vụ trả lời chậm", **data}
    return signed_post(system, "/sms/standard", "standard", {"type": "sms.received", "data": message})


def only_petition(system: System) -> Petition:
    (item,) = system.items("petitions")
    return petition_of(item)


def late_by(system: System) -> list[tuple[str, float]]:
    """Return provider and seconds of each measurement of the metric."""
    lines = [json.loads(line) for line in system.local.functions.metrics if '"LateBy"' in line]
    return [(line["provider"], line["LateBy"][0]) for line in lines]


@pytest.fixture
def night(intake: System) -> System:
    """Intake at 00:20 on Sunday 29 November 2026 in Vietnam."""
    intake.clock.hold_at(SUNDAY_NIGHT)
    intake.local.functions.metrics.clear()
    return intake


def test_call_reported_two_days_later_is_dated_by_its_start(night: System) -> None:
    assert report(night).status == 201

    petition = only_petition(night)
    assert local_date(petition.received_at) == date(2026, 11, 27)
    assert petition.due_on == date(2026, 12, 17)
    assert petition.stored_at == SUNDAY_NIGHT


def test_call_that_ended_before_midnight_and_is_reported_after_it_belongs_to_the_day_before(
    night: System,
) -> None:
    report(night, start="2026-11-28T23:40:00+07:00", end="2026-11-28T23:55:00+07:00")

    assert local_date(only_petition(night).received_at) == date(2026, 11, 28)


def test_what_the_call_centre_reports_is_kept_and_the_recording_is_sealed(night: System) -> None:
    report(night)

    petition = only_petition(night)
    assert petition.call_id == "late-1"
    assert petition.call_started_at == datetime.fromisoformat("2026-11-27T03:00:00Z")
    assert petition.call_ended_at == datetime.fromisoformat("2026-11-27T03:12:00Z")
    assert petition.call_agent == "tongdai.lan"
    seal = Seal(composition.parts().settings.seal_key_id)
    identity = seal.open(petition.petitioner.seal, petition.reference)
    assert (identity.name, identity.recording) == ("Trần Thị Hoa", "https://calls.example.vn/r/1")
    assert "calls.example.vn" not in str(night.items("petitions"))


def test_same_call_under_another_address_of_its_recording_is_the_same_petition(night: System) -> None:
    first = report(night)

    again = report(night, recording="https://calls.example.vn/r/1?token=new")

    assert (again.status, again.body) == (first.status, first.body)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"start": "0001-01-01T00:00:00+07:00"}, "start", id="a start in the year 1"),
        pytest.param({"start": "0001-01-01T00:00:00Z"}, "start", id="a start in the year 1, UTC"),
        pytest.param({"end": "9999-12-31T23:59:59-07:00"}, "end", id="an end at the end of time"),
        pytest.param({"start": 0}, "start", id="a start in 1970"),
    ],
)
def test_time_that_cannot_be_meant_is_named_to_the_call_centre(
    night: System, changes: dict[str, Any], field: str
) -> None:
    answer = report(night, **changes)

    assert answer.status == 422
    assert field in answer.text
    assert night.items("petitions") == []


def test_sms_delivered_days_later_is_dated_by_its_signed_time(night: System) -> None:
    assert sms(night, "20261126101500").status == 200

    petition = only_petition(night)
    assert local_date(petition.received_at) == date(2026, 11, 26)
    assert petition.due_on == date(2026, 12, 16)


@pytest.mark.parametrize(
    ("receiver_time", "received_at"),
    [
        pytest.param("20261120080000", SUNDAY_NIGHT - timedelta(days=5), id="at most five days back"),
        pytest.param("20270101000000", SUNDAY_NIGHT, id="never in the future"),
        pytest.param("20261129002000", SUNDAY_NIGHT, id="just now"),
    ],
)
def test_provider_cannot_move_the_clock_far(night: System, receiver_time: str, received_at: datetime) -> None:
    sms(night, receiver_time)

    assert only_petition(night).received_at == received_at


def test_receiver_time_before_all_zones_is_named_to_the_provider(night: System) -> None:
    answer = sms(night, "00010101000000")

    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "receiverTime")


@pytest.mark.parametrize(
    ("data", "received_at"),
    [
        pytest.param({"receivedAt": "2026-11-27T03:00:00Z"}, vietnam("2026-11-27", "10:00"), id="its own"),
        pytest.param({}, SUNDAY_NIGHT, id="the webhook-timestamp where the body has none"),
    ],
)
def test_gateways_message_is_dated_by_its_signed_body(
    night: System, data: dict[str, Any], received_at: datetime
) -> None:
    assert standard(night, **data).status == 200

    assert only_petition(night).received_at == received_at


def test_part_of_a_long_message_counts_from_when_it_was_sent(night: System) -> None:
    for number in (2, 1):
        part = {"reference": "77", "number": number, "total": 2}
        sent_at = f"2026-11-27T03:00:0{number}Z"
        standard(night, messageId=f"m{number}", text=f"PAKN phần {number} ", receivedAt=sent_at, part=part)

    assert local_date(only_petition(night).received_at) == date(2026, 11, 27)


def test_how_late_each_provider_was_is_measured(night: System) -> None:
    sms(night, "20261126101500")
    report(night)
    standard(night)

    assert late_by(night) == [
        ("esms", timedelta(days=2, hours=14, minutes=5).total_seconds()),
        ("hotline", timedelta(days=1, hours=14, minutes=8).total_seconds()),
    ]


def test_name_and_address_are_awaited_from_the_moment_at_which_we_asked(night: System) -> None:
    sms(night, "20261126101500")

    sms(night, "20261129002000", "Tran Thi Hoa, 12 Le Loi, Hue", smsid="m2")

    assert only_petition(night).petitioner.is_named
