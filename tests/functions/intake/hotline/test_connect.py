"""Amazon Connect's flow asks for a petition's status: events as AWS documents them, answers as a flow speaks them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake import composition
from chalicelib.intake.hotline.connect import AGAIN, FOUND, LATER, NOT_FOUND, call_in
from shared.domain.identity.reference import link_token_of
from shared.domain.promises.restorations import Restoration
from shared.platform import clock, secrets, settings
from shared.tables.directory import DOORS, OPERATIONS, Directory
from shared.tables.documents import PETITION
from shared.tables.petition_items import petition_of
from tests.support.system import System

EVENT: dict[str, Any] = {
    "Details": {
        "ContactData": {
            "Attributes": {},
            "Channel": "VOICE",
            "ContactId": "4a573372-1f28-4e26-b97b-XXXXXXXXXXX",
            "CustomerEndpoint": {"Address": "+84987654321", "Type": "TELEPHONE_NUMBER"},
            "InitialContactId": "4a573372-1f28-4e26-b97b-XXXXXXXXXXX",
            "InitiationMethod": "INBOUND",
            "InstanceARN": "arn:aws:connect:ap-southeast-1:123456789012:instance/c8c0e68d-2200-4265-82c0",
            "PreviousContactId": "4a573372-1f28-4e26-b97b-XXXXXXXXXXX",
            "Queue": None,
            "SystemEndpoint": {"Address": "+8419001547", "Type": "TELEPHONE_NUMBER"},
            "MediaStreams": {"Customer": {"Audio": None}},
        },
        "Parameters": {},
    },
    "Name": "ContactFlowEvent",
}
"""The example of the AWS documentation, with a Vietnamese caller (a stranger to the petition)."""


def ask(system: System, *, caller: str | None = None, **parameters: str) -> dict[str, str]:
    event = copy.deepcopy(EVENT)
    event["Details"]["Parameters"] = parameters
    if caller is not None:
        event["Details"]["ContactData"]["CustomerEndpoint"] = {"Address": caller} if caller else None
    answer: dict[str, str] = system.local.functions.invoke("intake", "connect", event)
    assert {type(text) for pair in answer.items() for text in pair} == {str}
    assert len(json.dumps(answer)) < 32_000
    return answer


def test_a_caller_with_reference_and_pin_hears_how_it_stands(intake, sent):
    answer = ask(intake, reference=sent["reference"], pin=sent["pin"])

    digits = " ".join(sent["reference"])
    assert answer == {
        "outcome": FOUND,
        "speech": f"Phản ánh, kiến nghị mã số {digits}: Mới tiếp nhận. "
        "Hạn trả lời: ngày 23 tháng 11 năm 2026.",
        "state": "RECEIVED",
        "due_on": "2026-11-23",
        "due_day": "23",
        "due_month": "11",
        "due_year": "2026",
        "working_days_late": "0",
    }


@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param(lambda digits: f"{digits}#", id="with the hash key behind"),
        pytest.param(lambda digits: f"*{digits[:2]} {digits[2:]}", id="with a star and a space"),
    ],
)
def test_what_the_keypad_adds_is_forgiven(intake, sent, spelled: Callable[[str], str]):
    answer = ask(intake, reference=spelled(sent["reference"]), pin=spelled(sent["pin"]))

    assert answer["outcome"] == FOUND


def test_who_calls_from_the_number_on_file_needs_no_pin(intake, sent):
    assert ask(intake, caller="+84912345678", reference=sent["reference"])["outcome"] == FOUND


def test_the_answer_is_in_english_where_the_flow_asks_for_it(intake, sent):
    answer = ask(intake, reference=sent["reference"], pin=sent["pin"], language="en")

    assert "23" in answer["speech"]
    assert answer["speech"].isascii()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_while_the_doors_are_closed_a_caller_is_asked_to_call_again(intake, sent, language: str):
    directory = Directory(intake.local.cloud.outputs["DirectoryTable"])
    now = clock.now()
    facts = {"since": now.isoformat(), "until": (now + timedelta(hours=1)).isoformat(), "number": 1}
    directory.put(OPERATIONS, DOORS, date(2026, 1, 1), facts)

    answer = ask(intake, reference=sent["reference"], pin=sent["pin"], language=language)

    directory.put(OPERATIONS, DOORS, date(2026, 1, 1), {})
    spoken = {"vi": "Lúc này chưa tra cứu được", "en": "We cannot look it up just now"}
    assert answer["outcome"] == LATER
    assert answer["speech"].startswith(spoken[language])


def test_a_caller_whose_petition_newer_code_wrote_is_asked_to_call_again(intake, sent):
    table, dynamodb = intake.local.cloud.outputs["PetitionsTable"], intake.local.cloud.client("dynamodb")
    item = dynamodb.get_item(TableName=table, Key={"reference": {"S": sent["reference"]}})["Item"]
    dynamodb.put_item(TableName=table, Item=item | {"schema": {"N": str(PETITION.understood + 1)}})

    answer = ask(intake, reference=sent["reference"], pin=sent["pin"])

    dynamodb.put_item(TableName=table, Item=item)
    assert answer["outcome"] == LATER


def test_the_owner_of_a_lost_petition_hears_that_it_was_lost(intake, sent):
    names, dynamodb = intake.local.cloud.outputs, intake.local.cloud.client("dynamodb")
    item = dynamodb.get_item(TableName=names["PetitionsTable"], Key={"reference": {"S": sent["reference"]}})[
        "Item"
    ]
    lost = {"reference": {"S": sent["reference"]}, "version": {"N": "0"}, "lost": {"N": "1"}}
    dynamodb.put_item(TableName=names["PetitionsTable"], Item=lost)
    directory, now = Directory(names["DirectoryTable"]), clock.now()
    restored = Restoration(number=1, to=now - timedelta(hours=1), at=now)
    directory.put(OPERATIONS, "1", date(2026, 1, 1), restored.model_dump(mode="json"))

    answer = ask(intake, reference=sent["reference"], pin=sent["pin"])
    guessed = ask(intake, reference=sent["reference"], pin="00000000")

    directory.remove(OPERATIONS, "1", date(2026, 1, 1))
    dynamodb.put_item(TableName=names["PetitionsTable"], Item=item)
    assert answer["outcome"] == guessed["outcome"] == NOT_FOUND
    assert "đã mất" in answer["speech"]
    assert "đã mất" not in guessed["speech"]


def test_lateness_is_given_in_working_days(intake, sent):
    intake.clock.hold_at(intake.clock.now() + timedelta(days=23))

    answer = ask(intake, reference=sent["reference"], pin=sent["pin"])

    assert answer["working_days_late"] == "2"
    assert "Đã quá hạn 2 ngày làm việc." in answer["speech"]


UNPROVEN = [
    pytest.param({"pin": "00000000"}, id="a wrong PIN"),
    pytest.param({}, id="no PIN, from another number"),
    pytest.param({"caller": ""}, id="no PIN, number withheld"),
    pytest.param({"caller": "anonymous"}, id="no PIN, a name for a number"),
    pytest.param({"caller": "+84912345678", "pin": "00000000"}, id="the number on file, and a wrong PIN"),
]


@pytest.mark.parametrize("shown", UNPROVEN)
def test_wrong_and_unknown_sound_alike(intake, sent, shown):
    wrong = ask(intake, reference=sent["reference"], **shown)
    unknown = ask(intake, reference="26483190274", **shown)

    assert wrong == unknown
    assert wrong["outcome"] == NOT_FOUND
    assert set(wrong) == {"outcome", "speech"}


def key_of(system: System) -> bytes:
    return secrets.keyring(system.local.cloud.outputs["IdentifiersSecret"]).names()


def test_who_guesses_pins_by_keypad_slows_the_pin_and_neither_the_owners_number_nor_link(intake, sent):
    for guess in range(50):
        ask(intake, reference=sent["reference"], pin=f"{guess:08}")

    path, token = f"/v1/petitions/{sent['reference']}", link_token_of(key_of(intake), sent["reference"])
    assert ask(intake, reference=sent["reference"], pin=sent["pin"])["outcome"] == NOT_FOUND
    assert intake.http("GET", path, headers={"X-Petition-Pin": sent["pin"]}).status == 429
    assert intake.http("GET", path, headers={"X-Petition-Pin": token}).status == 200
    assert ask(intake, caller="+84912345678", reference=sent["reference"])["outcome"] == FOUND


def test_wrong_pins_of_another_day_are_not_counted_together(intake, sent):
    for guess in range(50):
        ask(intake, reference=sent["reference"], pin=f"{guess:08}")
    intake.clock.hold_at(intake.clock.now() + timedelta(days=2))

    ask(intake, reference=sent["reference"], pin="00000000")

    assert ask(intake, reference=sent["reference"], pin=sent["pin"])["outcome"] == FOUND


def test_forged_numbers_slow_nobodys_pin(intake, sent):
    for number in range(60):
        ask(intake, caller=f"+849770000{number:02}", reference=sent["reference"])

    assert ask(intake, reference=sent["reference"], pin=sent["pin"])["outcome"] == FOUND


def test_one_caller_who_tries_many_references_waits(intake, sent, monkeypatch):
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("SCANNER", "guardduty")
    monkeypatch.setenv("ADDRESSES_ARE_COUNTED", "true")
    settings.forget()
    composition.parts.cache_clear()
    for _ in range(5):
        ask(intake, caller="+84977777777", reference="26483190274")

    assert (
        ask(intake, caller="+84977777777", reference=sent["reference"], pin=sent["pin"])["outcome"]
        == NOT_FOUND
    )
    assert (
        ask(intake, caller="+84988888888", reference=sent["reference"], pin=sent["pin"])["outcome"] == FOUND
    )
    monkeypatch.undo()
    settings.forget()
    composition.parts.cache_clear()


@pytest.mark.parametrize("reference", ["", "123", "26483190271", "#", "abc", "1" * 60])
def test_what_can_be_no_reference_is_asked_for_again_and_counts_nothing(intake, sent, reference):
    answer = ask(intake, reference=reference, pin="12345678")

    assert answer["outcome"] == AGAIN
    assert intake.items("throttle") == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Details": None},
        {"Details": {"ContactData": [], "Parameters": "x"}},
        {"Details": {"Parameters": {"reference": {}}}},
    ],
)
def test_an_event_of_another_shape_is_no_crash(intake, event):
    assert intake.local.functions.invoke("intake", "connect", event)["outcome"] == AGAIN


def test_a_caller_hears_nothing_of_what_was_written_or_by_whom(intake, sent):
    answer = ask(intake, reference=sent["reference"], pin=sent["pin"])

    assert not re.search("Nguyễn Văn An|Lê Lợi|912345678|example.vn|trả lời hồ sơ", str(answer))
    (petition,) = (petition_of(item) for item in intake.items("petitions"))
    assert petition.version == 1


def test_reading_is_all_it_does(intake, sent):
    with intake.faults.counting() as calls:
        ask(intake, reference=sent["reference"], pin=sent["pin"])

    assert calls
    assert {call.operation for call in calls} <= {"GetItem", "BatchGetItem", "Query", "GetSecretValue"}


def test_what_was_keyed_in_does_not_show_in_logs():
    event = {"Details": {"Parameters": {"reference": "26483190275", "pin": "12345678"}}}

    assert repr(call_in(event)) == "ConnectCall(language='vi')"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(["Details", "Name", "x"]),
        json_values
        | st.fixed_dictionaries(
            {
                "ContactData": json_values,
                "Parameters": st.dictionaries(st.sampled_from(["reference", "pin"]), json_values),
            }
        ),
    )
)
def test_any_event_is_read(event: dict[str, Any]) -> None:
    call = call_in(event)

    assert call.reference == "" or call.reference.isdigit()
