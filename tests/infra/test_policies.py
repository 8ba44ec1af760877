"""The bounds of all policies: what none must ever allow, whatever journeys need (`permissions/` compares those)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.intake.sms.part_store import context_of
from infra.layout import FUNCTIONS, ROOT
from shared.tables.throttle import held_texts

_OF_THE_SEAL = {"ForAnyValue:StringLike": {"kms:ResourceAliases": [{"Fn::Sub": "alias/pakn-${Stage}-seal*"}]}}
POLICIES = sorted((ROOT / "functions").glob("*/.chalice/policy*.json"))


def statements(path: Any) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text())["Statement"])


def allowed(*actions: str) -> set[str]:
    """Return whose policies allow one of some actions."""
    return {
        f"{path.parent.parent.name}/{path.stem}"
        for path in POLICIES
        for statement in statements(path)
        if set(actions) & set(statement["Action"])
    }


def text(resource: Any) -> str:
    return json.dumps(resource)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_lambda_has_a_policy_of_its_own_and_no_policy_is_left_over(function):
    folder = ROOT / "functions" / function / ".chalice"
    config = json.loads((folder / "config.json").read_text())
    used = [each["iam_policy_file"] for each in config["lambda_functions"].values()]

    assert config["autogen_policy"] is False
    assert sorted(used) == sorted(path.name for path in folder.glob("policy*.json"))


def test_only_casework_and_the_notices_may_open_the_seal():
    assert allowed("kms:Decrypt") == {
        "casework/policy",
        "intake/policy",
        "intake/policy-on_parts",
        "notifier/policy-on_notice",
    }


def test_who_receives_from_people_opens_only_texts_that_wait_for_their_sender():
    (opening,) = (
        statement
        for statement in statements(ROOT / "functions" / "intake" / ".chalice" / "policy.json")
        if "kms:Decrypt" in statement["Action"]
    )

    assert opening["Condition"] == _OF_THE_SEAL | {
        "StringLike": {"kms:EncryptionContext:reference": [f"{held_texts.context_of('')}*", "unsent:*"]}
    }


def test_who_takes_late_parts_opens_only_what_was_sealed_with_them():
    (opening,) = (
        statement
        for statement in statements(ROOT / "functions" / "intake" / ".chalice" / "policy-on_parts.json")
        if "kms:Decrypt" in statement["Action"]
    )

    assert opening["Condition"] == _OF_THE_SEAL | {
        "StringLike": {"kms:EncryptionContext:reference": f"{context_of('')}*"}
    }


def test_only_the_timers_rounds_move_seals_to_another_key_and_they_open_none():
    assert allowed("kms:ReEncryptFrom", "kms:ReEncryptTo") == {"sla_timer/policy-on_wake"}
    assert "sla_timer/policy-on_wake" not in allowed("kms:Decrypt", "kms:Encrypt")


def test_only_who_receives_from_people_may_close_the_seal():
    assert allowed("kms:Encrypt") == {"casework/policy", "intake/policy", "intake/policy-on_parts"}


def test_only_the_hourly_round_signs_roots_and_adds_to_them():
    def on_roots(*actions: str, under: Any = None) -> set[str]:
        return {
            f"{path.parent.parent.name}/{path.stem}"
            for path in POLICIES
            for statement in statements(path)
            if set(actions) & set(statement["Action"])
            and "pakn-${Stage}-roots" in text(statement["Resource"])
            and statement.get("Condition") == under
        }

    withheld = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["withheld#*"]}}
    assert on_roots("dynamodb:PutItem", under=withheld) == {"sla_timer/policy-on_wake"}, "no root, no path"
    assert allowed("kms:Sign") == on_roots("dynamodb:PutItem") == {"sla_timer/policy-hourly"}
    assert on_roots("dynamodb:GetItem", "dynamodb:Query") == {
        "sla_timer/policy-hourly",
        "intake/policy",
        "casework/policy",
    }
    assert on_roots("dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem") == set()


def test_only_intake_casework_router_and_timer_change_petitions():
    writers = {
        f"{path.parent.parent.name}/{path.stem}"
        for path in POLICIES
        for statement in statements(path)
        if {"dynamodb:PutItem", "dynamodb:UpdateItem"} & set(statement["Action"])
        and "-petitions" in text(statement)
    }

    assert writers == {
        "casework/policy",
        "intake/policy",
        "intake/policy-on_parts",
        "intake/policy-on_upload",
        "router/policy-on_route",
        "sla_timer/policy-hourly",
        "sla_timer/policy-on_wake",
    }


def test_nobody_deletes_petitions_or_deliveries():
    deleters = {
        text(statement["Resource"])
        for path in POLICIES
        for statement in statements(path)
        if {"dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"}
        & set(statement["Action"])
    }

    assert not any("-petitions" in resource or "-deliveries" in resource for resource in deleters)


UNSENT = {"unsent/*", "quarantine/unsent/*"}
"""The places of files of petitions that are not sent: intake hands them over when one is, or forgets them."""


def in_the_bucket(action: str) -> dict[str, set[str]]:
    """Return the policies that allow an action in the bucket of files, with its prefixes."""
    allowing: dict[str, set[str]] = {}
    for path in POLICIES:
        for statement in statements(path):
            if action in statement["Action"]:
                places = {
                    text(resource).rpartition("}/")[2].strip('"}') for resource in statement["Resource"]
                }
                allowing.setdefault(f"{path.parent.parent.name}/{path.stem}", set()).update(places)
    return allowing


def test_the_open_internet_may_sign_uploads_into_the_quarantine_and_downloads_of_answers_files():
    assert in_the_bucket("s3:PutObject") == {
        "intake/policy": {"quarantine/*"},
        "casework/policy": {"quarantine/*"},
        "intake/policy-on_upload": {"petitions/*", "answers/*", "unsent/*"},
        "notifier/policy-on_notice": {"exports/*"},
        "sla_timer/policy-hourly": {"search/*", "search-public/*"},
    }
    assert in_the_bucket("s3:GetObject") == {
        "intake/policy": {"answers/*", "search-public/*", *UNSENT},
        "casework/policy": {"petitions/*", "answers/*", "search/*", "search-public/*"},
        "sla_timer/policy-hourly": {"search/*", "search-public/*"},
        "intake/policy-on_upload": {"quarantine/*"},
    }


def test_only_the_check_empties_the_quarantine_and_only_the_clock_erases_files_of_petitions():
    assert in_the_bucket("s3:DeleteObject") == {
        "intake/policy": UNSENT,
        "intake/policy-on_upload": {"quarantine/*"},
        "sla_timer/policy-on_wake": {"petitions/*", "answers/*"},
        "sla_timer/policy-hourly": {"search/*", "search-public/*"},
    }


def test_whoever_decodes_hostile_files_has_neither_seal_nor_secrets_nor_a_queue_to_write_to():
    held = {
        action
        for statement in statements(ROOT / "functions/intake/.chalice/policy-on_upload.json")
        for action in statement["Action"]
    }

    assert not any(action.startswith(("kms:", "secretsmanager:")) for action in held)
    assert "sqs:SendMessage" not in held


def test_only_the_notices_send_e_mail():
    assert allowed("ses:SendEmail", "ses:SendRawEmail") == {"notifier/policy-on_notice"}


@pytest.mark.parametrize(
    ("function", "queues"),
    [
        pytest.param("intake", ["notices", "parts"], id="replies to SMS, and long SMS that wait"),
        pytest.param("notifier", ["notices"], id="a bounced notice back to its queue"),
        pytest.param("casework", ["notices"], id="letters to officers about their accounts"),
    ],
)
def test_who_talks_to_the_open_internet_sends_few_messages(function, queues):
    sent = [
        resource["Fn::Sub"].rpartition("-")[2]
        for statement in statements(ROOT / "functions" / function / ".chalice" / "policy.json")
        if "sqs:SendMessage" in statement["Action"]
        for resource in statement["Resource"]
    ]

    assert sent == queues
