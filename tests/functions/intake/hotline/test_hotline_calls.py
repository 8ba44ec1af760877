"""The call centre's signed report of a call, from the request to the petition."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from chalicelib.intake import composition
from infra.local.emulation.functions import HttpResponse
from shared.platform.seal import Seal
from shared.tables.petition_items import petition_of
from tests.support.system import System


def a_call(**changes: Any) -> dict[str, Any]:
    """Return a report; a change to None leaves the name out."""
    call = {
        "callId": "call-1",
        "caller": "0912345678",
        "start": "2026-11-03T08:50:00+07:00",
        "end": "2026-11-03T08:58:00+07:00",
        "summary": "Người gọi phản ánh Phòng Nội vụ trả lời chậm.",
        "petitioner": {"name": "Trần Thị Hoa", "address": "Xã Tân Phú, Đồng Nai"},
        **changes,
    }
    return {name: value for name, value in call.items() if value is not None}


def report(system: System, call: dict[str, Any], *, secret: str = "") -> HttpResponse:
    raw = json.dumps(call).encode()
    key = base64.b64decode(
        (secret or system.local.cloud.providers["hotline"]["secret"]).removeprefix("whsec_")
    )
    timestamp = str(int(system.clock.now().timestamp()))
    digest = hmac.digest(key, f"msg_1.{timestamp}.".encode() + raw, hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return system.http("POST", "/hotline/calls", body=raw, headers=headers)


def test_a_written_down_call_becomes_a_petition(intake):
    answer = report(intake, a_call())

    (petition,) = [petition_of(item) for item in intake.items("petitions")]
    assert (answer.status, answer.json()) == (201, {"reference": petition.reference})
    assert (petition.channel, petition.call_id) == ("HOTLINE", "call-1")
    assert petition.history[0].by == "hotline"
    assert petition.petitioner.reply_by == ("PHONE",)
    assert petition.petitioner.is_named


def test_the_same_call_again_is_the_same_petition(intake):
    first, second = report(intake, a_call()), report(intake, a_call())

    assert first.body == second.body
    assert len(intake.items("petitions")) == 1


def test_a_call_with_another_summary_is_refused(intake):
    report(intake, a_call())

    answer = report(intake, a_call(summary="Khác"))

    assert (answer.status, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert len(intake.items("petitions")) == 1


def test_without_a_summary_nothing_is_invented(intake):
    answer = report(intake, a_call(summary=None))

    assert (answer.status, answer.json()) == (201, {"reference": None, "missing": ["summary"]})
    assert intake.items("petitions") == []


def test_what_was_missing_may_come_later_under_the_same_call(intake):
    report(intake, a_call(summary=None))

    assert report(intake, a_call()).json()["reference"]


def test_a_caller_without_name_is_taken_with_the_number_alone(intake):
    report(intake, a_call(petitioner=None))

    (petition,) = [petition_of(item) for item in intake.items("petitions")]
    assert petition.petitioner.is_named is False


def test_a_caller_who_gave_nothing_to_answer_to_is_not_taken(intake):
    answer = report(intake, a_call(petitioner=None, caller="anonymous"))

    assert (answer.status, answer.json()["code"]) == (422, "invalid-input")
    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    "secret", [pytest.param("whsec_" + base64.b64encode(b"x" * 32).decode(), id="another secret")]
)
def test_what_is_not_the_call_centres_is_refused_like_any_forged_webhook(intake, secret):
    forged = report(intake, a_call(), secret=secret)
    unsigned = intake.http("POST", "/hotline/calls", json=a_call())

    assert forged.status == unsigned.status == 403
    assert forged.body == unsigned.body
    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    ("dictated", "note"),
    [
        pytest.param("chín một hai, không nhớ", "chín một hai, không nhớ", id="no number"),
        pytest.param(912, "912", id="the digits that were understood"),
        pytest.param("0987654321 hoặc 0912345679", "0987654321 hoặc 0912345679", id="two numbers"),
    ],
)
def test_a_dictated_phone_that_is_no_number_refuses_no_call_whose_number_is_known(intake, dictated, note):
    petitioner = {"name": "Trần Thị Hoa", "address": "Xã Tân Phú, Đồng Nai", "phone": dictated}

    answer = report(intake, a_call(caller="+84 912 345 678", petitioner=petitioner))

    assert answer.status == 201
    (petition,) = [petition_of(item) for item in intake.items("petitions")]
    identity = Seal(composition.parts().settings.seal_key_id).open(
        petition.petitioner.seal, petition.reference
    )
    assert identity.phone_note == note
