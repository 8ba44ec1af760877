"""Faults of the providers' secret are listed when it is set, all at once, and no value is repeated."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.intake.sms.providers.catalogue import PROVIDERS
from infra.deployment.provider_secret import (
    ENTRIES,
    changes_without_overlap,
    main,
    objections,
    set_secret,
)
from infra.layout import ROOT
from infra.rehearsal.deployment import PROVIDERS as REHEARSED
from shared.platform.provider_credentials import UnusableCredentialsError
from shared.providers import simulator

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo5ODc2NTQ="
GOOD: dict[str, dict[str, Any]] = {
    "esms": {"cpid": "pakn", "private_key": "a private key", "networks": ["203.0.113.0/24", "2001:db8::/32"]},
    "twilio": {"auth_token": "a token", "account_sid": "AC" + "0" * 32},
    "standard": {"secret": SECRET},
    "standard-previous": {"secret": SECRET},
    "http": {
        "url": "https://gateway.example.vn/sms",
        "token": "a token",
        "sender": "BO NOI VU",
        "secret": SECRET,
    },
    "infobip": {"username": "pakn", "password": "a password"},
    "vonage": {"signature_secret": "a secret", "api_key": "a1b2", "api_secret": "s", "sender": "BO NOI VU"},
    "aws": {"topic_arn": "arn:aws:sns:ap-southeast-1:123456789012:sms"},
    "zalo": {"app_id": "1", "oa_secret_key": "a key", "access_token": "a token", "template_id": "123"},
    "hotline": {"secret": SECRET},
    "open311": {"hue": "k" * 32, "da-nang": "l" * 43},
    "open311-previous": {"hue": "m" * 32},
}


def changed(entry: str, **credentials: Any) -> dict[str, dict[str, Any]]:
    """Return the good value with some credentials of an entry changed; None takes one out."""
    facts = {**GOOD.get(entry, {}), **credentials}
    return {**GOOD, entry: {name: value for name, value in facts.items() if value is not None}}


def test_a_value_that_every_function_can_use_has_nothing_wrong():
    assert list(objections(GOOD)) == []
    assert list(objections(REHEARSED)) == []


WRONG = [
    pytest.param(
        changed("standard", secret="whsec_c2hvcnQ="), "standard.secret cannot be used: a webhook", id="short"
    ),
    pytest.param(changed("hotline", secret="abc"), "hotline.secret cannot be used", id="no whsec"),
    pytest.param(
        changed("esms", private_key=None), "esms lacks private_key beside cpid", id="half of a pair"
    ),
    pytest.param(
        changed("infobip", password=None), "infobip lacks password beside username", id="half of Basic"
    ),
    pytest.param(
        changed("infobip", hmac_secret="x"), "infobip lacks hmac_header beside hmac_secret", id="no header"
    ),
    pytest.param(
        changed("infobip", hmac_secret="x", hmac_header="X-Sig: a"), "hmac_header cannot be used", id="header"
    ),
    pytest.param(
        changed("vonage", api_key=None), "vonage lacks api_key beside api_secret", id="sending needs both"
    ),
    pytest.param(
        changed("esms", networks=["203.0.113.0/24", "x"]),
        "esms.networks has no network at place 2",
        id="cidr",
    ),
    pytest.param(
        changed("esms", networks="203.0.113.0/24"), "esms.networks is a list of networks", id="no list"
    ),
    pytest.param(changed("esms", networks=[]), "esms.networks is a list of networks", id="empty list"),
    pytest.param(
        changed("aws", topic_arn="pakn-sms"), "aws.topic_arn cannot be used: a topic is", id="no ARN"
    ),
    pytest.param(
        changed("aws", certificate="-----BEGIN"), "aws.certificate is for the local stack alone", id="pinned"
    ),
    pytest.param(changed("twilio", account_sid="AC0"), "twilio.account_sid cannot be used", id="account"),
    pytest.param(
        changed("twilio", auth_token="a token\n"), "twilio.auth_token begins or ends with", id="line's end"
    ),
    pytest.param(changed("twilio", auth_token=""), "twilio.auth_token is empty", id="empty"),
    pytest.param(changed("twilio", auth_token=7), "twilio.auth_token is a text", id="number"),
    pytest.param(changed("twilio", auth_token="…"), "still holds the dots of the example", id="example"),
    pytest.param(
        changed("http", url="http://gateway.example.vn"), "http.url cannot be used: an address", id="no TLS"
    ),
    pytest.param(changed("zalo", template_id="abc"), "zalo.template_id cannot be used", id="template"),
    pytest.param(
        changed("esms", privat_key="x"), "esms takes no privat_key; did you mean private_key?", id="typo"
    ),
    pytest.param({"vonnage": {}}, "vonnage is no provider; did you mean vonage?", id="unknown entry"),
    pytest.param(
        {"hotline": {}}, "hotline proves nothing and sends nothing: it needs secret", id="nothing in it"
    ),
    pytest.param(
        {"standard-previous": {"secret": SECRET}},
        "stands beside standard, which is missing",
        id="previous alone",
    ),
    pytest.param({"hotline": "whsec"}, "hotline is an object of credentials", id="a text"),
    pytest.param([], "The secret is a JSON object", id="a list"),
    pytest.param(changed("open311", hue="short"), "open311.hue is shorter than 32", id="short key"),
    pytest.param(changed("open311", hue="l" * 43), "open311.da-nang has the key of hue", id="shared key"),
    pytest.param(
        changed("open311", hue=simulator.API_KEY_OVER_LIMIT),
        "open311.hue is a key of the sandbox",
        id="sandbox",
    ),
]


@pytest.mark.parametrize(("providers", "expected"), WRONG)
def test_each_fault_is_named(providers: Any, expected: str):
    assert expected in "\n".join(objections(providers))


def test_all_that_is_wrong_is_said_at_once_and_no_value_is_repeated():
    mark = "Zx81-"
    providers = {
        name: {credential: f" {mark}{credential}" for credential in [*entry.names, "other"]}
        for name, entry in ENTRIES.items()
    }

    lines = list(objections({**providers, "open311": {"hue": mark}}))

    assert {line.split(".")[0].split()[0] for line in lines} == {*ENTRIES, "open311"}
    assert len(lines) > 40
    assert mark not in "\n".join(lines)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_check_knows_what_the_adapters_take(name: str):
    provider = PROVIDERS[name]

    assert {*provider.required, *provider.optional} <= ENTRIES[name].names


def test_the_check_knows_what_the_notifier_reads():
    folder = ROOT / "functions" / "notifier" / "chalicelib" / "notifier"
    read = {
        (path.stem, name)
        for part in ("senders", "receipts")
        for path in (folder / part).glob("*.py")
        for name in re.findall(r'credentials(?:\.get\(|\[)"(\w+)"', path.read_text("utf-8"))
    }

    assert {stem for stem, _ in read} == ENTRIES.keys() - {"twilio", "standard", "hotline"}
    assert {(stem, name) for stem, name in read if name not in ENTRIES[stem].names} == set()


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name in GOOD])
def test_what_has_nothing_wrong_builds_the_adapter(name: str):
    PROVIDERS[name].webhook({key: value for key, value in GOOD[name].items() if key != "networks"})


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("esms", {"cpid": "x"}),
        ("esms", {"cpid": "", "private_key": "x"}),
        ("standard", {"secret": "x"}),
        ("infobip", {"username": "x"}),
        ("infobip", {"hmac_secret": "x"}),
    ],
)
def test_what_an_adapter_cannot_use_is_objected_to(name: str, entry: dict[str, str]):
    with pytest.raises(UnusableCredentialsError):
        PROVIDERS[name].webhook(entry)

    assert list(objections({name: entry})) != []


def test_a_change_without_the_credentials_of_before_is_said():
    after = changed("esms", private_key="another") | {
        "hotline": {"secret": "x"},
        "hotline-previous": GOOD["hotline"],
    }
    del after["zalo"]

    lines = list(changes_without_overlap(GOOD, after))

    assert [line.split()[0] for line in lines] == ["esms", "zalo"]
    assert "esms-previous does not hold what it was" in lines[0]


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="ap-southeast-1")
        client.create_secret(Name="pakn-dev/providers", SecretString="{}")
        yield client
        # A system of other tests may hold the same mock: nothing is left in it.
        client.delete_secret(SecretId="pakn-dev/providers", ForceDeleteWithoutRecovery=True)


def value_of(client: Any) -> Any:
    return json.loads(client.get_secret_value(SecretId="pakn-dev/providers")["SecretString"])


def test_a_good_value_is_set(stored: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "providers.json"
    file.write_text(json.dumps(GOOD), "utf-8")

    assert main(["dev", str(file), "--check"]) == 0
    assert value_of(stored) == {}
    assert main(["dev", str(file)]) == 0
    assert value_of(stored) == GOOD
    assert "pakn-dev/providers is set" in capsys.readouterr().out


def test_a_wrong_value_is_refused_and_nothing_is_set(
    stored: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(changed("hotline", secret="abc"))))

    assert main(["dev", "-"]) == 1
    assert value_of(stored) == {}
    assert "hotline.secret cannot be used" in capsys.readouterr().err
    with pytest.raises(ValueError, match=r"hotline\.secret"):
        set_secret("dev", changed("hotline", secret="abc"), stored)


def test_what_is_no_json_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stdin", io.StringIO("{"))

    assert main(["dev", "-"]) == 1
    assert "This is no JSON" in capsys.readouterr().err
