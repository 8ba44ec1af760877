"""Each fixed value of the sandbox does through HTTP what docs/api.md says of it; keys and limits can be switched on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.emulation.cloud import KEYS_ARE_NEEDED, LIMITS_HOLD
from infra.local.providers.outbound import RECEIPTS
from infra.local.site.server import arguments_of, settings_of
from shared.domain.identity.contact import normal_email, normal_phone
from shared.providers import simulator
from tests.support.system import System

API = Path(__file__).resolve().parents[2] / "docs" / "api.md"
PHONES = (simulator.PHONE_BOUNCES, simulator.PHONE_IS_SLOW, simulator.PHONE_FAILS_FIRST)
EMAILS = (simulator.EMAIL_BOUNCES, simulator.EMAIL_COMPLAINS)
KEYS = (simulator.API_KEY, simulator.API_KEY_OVER_LIMIT)
CONTENT = "Tôi nộp hồ sơ tuyển dụng công chức đã 40 ngày mà chưa có kết quả, đề nghị trả lời."
NO_FAILURES = {"zalo"}
"""Providers that report no failure: a message to the number that bounces stays without a receipt."""


def body(**contact: str) -> dict[str, Any]:
    return {
        "content": CONTENT,
        "petitioner": {"type": "CITIZEN", "name": "Nguyễn Văn An", "address": "Hà Nội", **contact},
    }


def send(system: System, content: str = CONTENT, **contact: str) -> None:
    answer = system.http("POST", "/v1/petitions", json=body(**contact) | {"content": content})
    assert answer.status == 201, answer.body
    system.local.settle()


def switched(system: System, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> System:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    system.local.cold_start()
    return system


def test_the_numbers_are_of_prefixes_that_nobody_was_given_and_the_doors_take_them():
    assert {number[3:5] for number in PHONES} <= {"50", "51", "53", "54", "57"}
    assert [normal_phone(f"0{number[3:]}") for number in PHONES] == list(PHONES)
    assert [normal_email(address) for address in EMAILS] == list(EMAILS)


def states(system: System) -> dict[str, str]:
    """Return the state of each delivery of letters that say that a petition was received, by channel."""
    rows = [
        {name: next(iter(value.values())) for name, value in row.items()}
        for row in system.items("deliveries")
    ]
    return {row["channel"]: row["state"] for row in rows if row["kind"] == "RECEIPT"}


@pytest.mark.parametrize("provider", sorted(RECEIPTS))
def test_a_message_to_the_number_that_bounces_is_taken_and_reported_as_undeliverable(
    system: System, provider: str
):
    system.local.send_through(provider)

    send(system, phone=simulator.PHONE_BOUNCES)

    assert [sms.to for sms in system.sms_gateway.sent] == [simulator.PHONE_BOUNCES]
    expected = {"SMS": "SENT"} if provider in NO_FAILURES else {"SMS": "FAILED", "PHONE": "OPEN"}
    assert states(system) == expected


@pytest.mark.parametrize("provider", sorted(RECEIPTS))
def test_the_receipt_of_a_message_to_the_slow_number_comes_ten_minutes_later(system: System, provider: str):
    system.local.send_through(provider)

    send(system, phone=simulator.PHONE_IS_SLOW)
    at_once = states(system)
    system.travel(minutes=simulator.RECEIPT_COMES_AFTER / timedelta(minutes=1) + 1)

    assert (at_once, states(system)) == ({"SMS": "SENT"}, {"SMS": "DELIVERED"})


@pytest.mark.parametrize("provider", sorted(RECEIPTS))
def test_a_message_to_the_number_that_fails_first_is_sent_again_and_arrives_once(
    system: System, provider: str
):
    system.local.send_through(provider)

    send(system, phone=simulator.PHONE_FAILS_FIRST)
    system.travel(minutes=10)

    assert states(system) == {"SMS": "DELIVERED"}
    assert len([sms for sms in system.sms_gateway.sent if sms.to == simulator.PHONE_FAILS_FIRST]) == 1
    assert system.sms_gateway.requests >= 2


def test_a_system_that_is_reset_sends_through_its_own_providers_again(system: System):
    own = system.local.sms_providers
    system.local.send_through("twilio")

    system.reset()

    assert system.local.sms_providers == own


def test_an_email_to_the_address_that_bounces_comes_back(system: System):
    send(system, email=simulator.EMAIL_BOUNCES)

    assert states(system)["EMAIL"] == "FAILED"


def test_who_complains_of_an_email_got_it_and_gets_no_other(system: System):
    send(system, email=simulator.EMAIL_COMPLAINS)
    send(system, "Một việc khác: xin cấp lại giấy tờ.", email=simulator.EMAIL_COMPLAINS)

    assert len([message for message in system.outbox() if message.to == simulator.EMAIL_COMPLAINS]) == 1


@pytest.mark.parametrize("door", ["", "/supplements", "/contact", "/withdrawal", "/renewal"])
def test_the_key_that_is_over_its_limit_gets_429_and_the_time_to_wait(system: System, door: str):
    sent = system.http("POST", "/v1/petitions", json=body(phone="0912 000 001")).json()
    path = f"/v1/petitions/{sent['reference']}{door}" if door else "/v1/petitions"
    facts = {"": body(phone="0912 000 002"), "/supplements": {"content": "Thêm."}}
    facts |= {"/contact": {"phone": "0912 000 003"}}

    answer = system.http(
        "POST",
        path,
        json=facts.get(door, {}),
        headers={"X-Api-Key": simulator.API_KEY_OVER_LIMIT, "X-Petition-Pin": sent["pin"]},
    )

    assert (answer.status, answer.json()["code"]) == (429, "too-many-requests")
    assert answer.header("Retry-After") == str(simulator.OVER_LIMIT_FOR_SECONDS)


def test_at_open311_too(system: System):
    form = {"api_key": simulator.API_KEY_OVER_LIMIT, "service_code": "CCVC", "description": "Chậm"}

    answer = system.http("POST", "/open311/v2/requests.json", form=form)

    assert (answer.status, answer.header("Retry-After")) == (429, str(simulator.OVER_LIMIT_FOR_SECONDS))


def test_without_the_setting_the_key_is_any_unknown_one(system: System, monkeypatch: pytest.MonkeyPatch):
    switched(system, monkeypatch, {"SANDBOX": "false"})

    answer = system.http(
        "POST",
        "/v1/petitions",
        json=body(phone="0912 000 001"),
        headers={"X-Api-Key": simulator.API_KEY_OVER_LIMIT},
    )

    assert answer.status == 201


@pytest.mark.parametrize(
    ("switches", "needed", "counted"),
    [
        ([], "false", "false"),
        (["--keys"], "true", "false"),
        (["--limits"], "false", "true"),
        (["--keys", "--limits"], "true", "true"),
    ],
)
def test_the_command_line_switches_keys_and_limits(switches: list[str], needed: str, counted: str):
    settings = settings_of(arguments_of(switches))

    assert (settings["API_KEY_NEEDED"], settings["ADDRESSES_ARE_COUNTED"]) == (needed, counted)


@pytest.mark.parametrize("is_on", [False, True], ids=["by default", "with --keys"])
def test_keys_are_asked_for_where_they_are_switched_on(
    system: System, monkeypatch: pytest.MonkeyPatch, *, is_on: bool
):
    switched(system, monkeypatch, KEYS_ARE_NEEDED[is_on])
    form = {"service_code": "CCVC", "description": "Chậm", "last_name": "An", "phone": "0912000001"}
    form |= {"address_string": "Hà Nội"}
    keys: list[dict[str, str]] = [{}, {"X-Api-Key": simulator.API_KEY}]

    answers = [
        system.http("POST", "/v1/petitions", json=body(phone="0912000001"), headers=key) for key in keys
    ]
    forms = [
        system.http("POST", "/open311/v2/requests.json", form=form | key)
        for key in ({}, {"api_key": simulator.API_KEY})
    ]

    assert [answer.status for answer in answers] == ([401, 201] if is_on else [201, 201])
    assert [answer.status for answer in forms] == ([403, 201] if is_on else [201, 201])


@pytest.mark.parametrize("is_on", [False, True], ids=["by default", "with --limits"])
def test_petitions_and_wrong_pins_of_an_address_are_counted_where_limits_are_switched_on(
    system: System, monkeypatch: pytest.MonkeyPatch, *, is_on: bool
):
    switched(system, monkeypatch, LIMITS_HOLD[is_on])

    sent = [
        system.http("POST", "/v1/petitions", json=body(phone=f"09120001{number:02}")) for number in range(11)
    ]
    path, wrong = f"/v1/petitions/{sent[0].json()['reference']}", {"X-Petition-Pin": "00000000"}
    tries = [system.http("GET", path, headers=wrong).status for _ in range(7)]

    assert [answer.status for answer in sent] == [201] * 10 + [429 if is_on else 201]
    assert (429 in tries) is is_on


def test_the_documents_table_names_each_value_and_no_other():
    text = API.read_text("utf-8").partition("<!-- sandbox -->")[2]
    rows = [line for line in text.split("\n\n")[0].strip().splitlines() if line.startswith("| `")]
    named = [row.split("`")[1] for row in rows]

    assert named == [f"0{number[3:6]} {number[6:9]} {number[9:]}" for number in PHONES] + [*EMAILS, *KEYS]
