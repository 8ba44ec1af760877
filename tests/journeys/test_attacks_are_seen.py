"""Attacks are counted, without a word of what was sent; each count that matters has an alarm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.deployment.templates import read
from tests.support.people import Citizen, Officer
from tests.support.system import System

ALARMS = read(Path(__file__).resolve().parents[2] / "infra" / "cloudformation" / "alarms.yaml")["Resources"]
SECRET = "Bí mật 0912345678"


def sign_in_with_a_wrong_password(system: System) -> None:
    body = {"username": "lan.tiepnhan", "password": SECRET}
    assert system.http("POST", "/desk/v1/session", json=body).status == 401


def guess_a_pin(system: System) -> None:
    (petition,) = system.items("petitions")
    path, headers = f"/v1/petitions/{petition['reference']['S']}", {"X-Petition-Pin": "00000000"}
    assert system.http("GET", path, headers=headers).status == 404


def ask_for_what_the_role_may_not_have(system: System) -> None:
    assert Officer(system, "minh.ccvc").get("/v1/openings").status == 403


def send_a_forged_sms(system: System) -> None:
    assert system.http("POST", "/sms/esms", body=SECRET.encode()).status >= 400


def send_an_sms_of_nobody(system: System) -> None:
    assert system.http("POST", "/sms/0912345678", body=SECRET.encode()).status >= 400


def report_a_forged_call(system: System) -> None:
    assert system.http("POST", "/hotline/calls", json={"callId": SECRET}).status >= 400


def send_a_forged_receipt(system: System) -> None:
    assert system.http("POST", "/receipts/vonage", json={"text": SECRET}).status >= 400


@pytest.mark.parametrize(
    ("attack", "metric", "by"),
    [
        pytest.param(guess_a_pin, "PinWrong", {}, id="PIN"),
        pytest.param(sign_in_with_a_wrong_password, "SignInFailed", {}, id="sign-in"),
        pytest.param(
            ask_for_what_the_role_may_not_have, "RefusedByRole", {"role": "handler"}, id="role, by the API"
        ),
        pytest.param(send_a_forged_sms, "WebhookRefused", {"provider": "esms"}, id="SMS"),
        pytest.param(send_an_sms_of_nobody, "WebhookRefused", {"provider": "unknown"}, id="no provider"),
        pytest.param(report_a_forged_call, "WebhookRefused", {"provider": "hotline"}, id="call"),
        pytest.param(send_a_forged_receipt, "ReceiptRefused", {"provider": "vonage"}, id="receipt"),
    ],
)
def test_attack_is_counted_over_all_and_by_its_kind(
    system: System, attack: Callable[[System], None], metric: str, by: dict[str, str]
):
    Citizen(system).send()
    system.local.functions.metrics.clear()

    attack(system)

    lines = list(system.local.functions.metrics)
    records = [record for record in map(json.loads, lines) if metric in record]
    assert SECRET not in "".join(lines)
    assert "0912345678" not in "".join(lines)
    assert [dimensions(record) for record in records] == ([{}, by] if by else [{}])


def dimensions(record: dict[str, Any]) -> dict[str, str]:
    (names,) = record["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    return {name: record[name] for name in names if name != "service"}


@pytest.mark.parametrize(
    ("metric", "service"),
    [
        ("PinWrong", "intake"),
        ("PinSlowed", "intake"),
        ("SignInFailed", "casework"),
        ("RefusedByRole", "casework"),
        ("WebhookRefused", "intake"),
        ("ReceiptRefused", "notifier"),
        ("LookUpsRefused", "casework"),
        ("LookedUpByNumber", "casework"),
        ("TemplateRefused", "notifier"),
        ("HistoriesFailed", "sla-timer"),
        ("HistoriesRewritten", "router"),
    ],
)
def test_count_has_an_alarm_that_watches_it_over_all(metric: str, service: str):
    watching = [
        alarm["Properties"]
        for alarm in ALARMS.values()
        if alarm.get("Properties", {}).get("MetricName") == metric
    ]

    assert [alarm["Dimensions"] for alarm in watching] == [
        [{"Name": "service", "Value": {"Fn::Sub": f"pakn-${{Stage}}-{service}"}}]
    ]
