"""The answers of the doors of providers: what is not proven, what is proven and wrong, and keys that change."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.platform.provider_credentials import READ_AGAIN_AFTER
from tests.support.log_capture import Overheard
from tests.support.system import System

OLD, NEW, OTHER = (f"whsec_{base64.b64encode(letter * 24).decode()}" for letter in (b"o", b"n", b"x"))
REFUSED = (403, b"refused\n")


def sign(system: System, secret: str, facts: Any, path: str = "/sms/standard") -> HttpResponse:
    raw, timestamp = json.dumps(facts).encode(), str(int(system.clock.now().timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"msg_1.{timestamp}.".encode() + raw, hashlib.sha256)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return system.http("POST", path, body=raw, headers=headers)


def sms(number: int = 1, **changes: Any) -> dict[str, Any]:
    data = {"messageId": f"m{number}", "from": "+84912000111", "text": f"PAKN Việc thứ {number}", **changes}
    return {"type": "sms.received", "data": data}


def call() -> dict[str, Any]:
    return {
        "callId": "call-1",
        "caller": "0901234567",
        "start": "2026-11-03T08:30:00+07:00",
        "end": "2026-11-03T08:40:00+07:00",
        "summary": "Đề nghị xem lại lương",
    }


def counted(system: System, metric: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in system.local.functions.metrics if f'"{metric}"' in line)
    return [line for line in lines if "provider" in line]


@pytest.fixture
def store(intake: System) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Stores other credentials of the providers, while the functions are warm; afterwards they are as before."""
    secrets, name = intake.local.cloud.client("secretsmanager"), intake.local.cloud.outputs["ProvidersSecret"]
    before = secrets.get_secret_value(SecretId=name)["SecretString"]

    def put(changes: dict[str, Any]) -> None:
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(json.loads(before) | changes))

    yield put
    secrets.put_secret_value(SecretId=name, SecretString=before)
    intake.local.cold_start()


@pytest.mark.parametrize("secret", [OLD, NEW], ids=["that of before", "that of today"])
@pytest.mark.parametrize(
    ("path", "provider", "body", "status"),
    [
        pytest.param("/sms/standard", "standard", sms(), 200, id="gateway"),
        pytest.param("/hotline/calls", "hotline", call(), 201, id="call-centre"),
    ],
)
def test_two_secrets_are_valid_while_a_key_changes(
    intake: System,
    store: Callable[[dict[str, Any]], None],
    path: str,
    provider: str,
    body: dict[str, Any],
    status: int,
    secret: str,
):
    store({provider: {"secret": NEW}, f"{provider}-previous": {"secret": OLD}})
    intake.local.cold_start()

    assert sign(intake, secret, body, path).status == status
    assert sign(intake, OTHER, body, path).status == 403


def test_a_new_secret_is_found_by_a_function_that_is_warm(
    intake: System, store: Callable[[dict[str, Any]], None]
):
    store({"standard": {"secret": OLD}})
    intake.local.cold_start()
    assert sign(intake, OLD, sms(1)).status == 200

    store({"standard": {"secret": NEW}})
    intake.clock.hold_at(intake.clock.now() + READ_AGAIN_AFTER)

    assert sign(intake, NEW, sms(2)).status == 200
    assert sign(intake, OLD, sms(3)).status == 403
    assert len(intake.items("petitions")) == 2


def test_however_many_proofs_fail_the_secret_is_read_once_a_minute(intake: System):
    sign(intake, OTHER, sms())
    intake.clock.hold_at(intake.clock.now() + READ_AGAIN_AFTER)

    with intake.faults.counting() as calls:
        answers = [sign(intake, OTHER, sms(number)) for number in range(5)]

    assert {(answer.status, answer.body) for answer in answers} == {REFUSED}
    assert [call.operation for call in calls].count("GetSecretValue") == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        pytest.param({"type": "sms.received"}, "data", id="no data"),
        pytest.param(sms(text=None), "text", id="no text"),
        pytest.param(sms(messageId="a b"), "messageId", id="an id with a space"),
        pytest.param(sms(receivedAt="hôm qua"), "receivedAt", id="a time in words"),
    ],
)
def test_whoever_signed_rightly_and_wrote_wrongly_reads_which_field(
    intake: System, facts: dict[str, Any], field: str
):
    secret = intake.local.cloud.providers["standard"]["secret"]
    intake.local.functions.metrics.clear()

    proven, unproven = sign(intake, secret, facts), sign(intake, OTHER, facts)

    assert proven.status == 422
    assert proven.header("Content-Type").startswith("application/problem+json")
    assert [error["field"] for error in proven.json()["errors"]] == [field]
    assert (unproven.status, unproven.body) == REFUSED
    assert [line["provider"] for line in counted(intake, "WebhookMalformed")] == ["standard"]
    assert intake.items("petitions") == []


def test_one_bad_message_of_a_batch_is_named_and_the_others_are_taken(intake: System):
    account = intake.local.cloud.providers["infobip"]
    basic = base64.b64encode(f"{account['username']}:{account['password']}".encode()).decode()
    results = [
        {"messageId": f"i{number}", "from": "84912000111", "to": "8088", "text": text}
        for number, text in enumerate(["PAKN Việc thứ nhất", None, "PAKN Việc thứ ba"])
    ]

    answers = [
        intake.http(
            "POST", "/sms/infobip", json={"results": results}, headers={"Authorization": f"Basic {basic}"}
        )
        for _try in range(2)
    ]

    assert [answer.status for answer in answers] == [422, 422], "a provider that repeats it doubles nothing"
    assert [error["field"] for error in answers[0].json()["errors"]] == ["results.1.text"]
    assert len(intake.items("petitions")) == 2


def test_what_is_refused_and_taken_is_counted_by_provider_and_rule(intake: System):
    secret = intake.local.cloud.providers["standard"]["secret"]
    intake.local.functions.metrics.clear()

    sign(intake, secret, sms())
    sign(intake, OTHER, sms())
    intake.http("POST", "/sms/unheard-of", body=b"{}")

    assert [line["provider"] for line in counted(intake, "WebhookTaken")] == ["standard"]
    assert [(line["provider"], line["rule"]) for line in counted(intake, "WebhookRefusedBy")] == [
        ("standard", "signature"),
        ("unknown", "unknown"),
    ]


def test_provider_is_asked_to_repeat_what_cannot_be_verified_now(
    intake: System, store: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
):
    """The certificate of SNS is fetched through a proxy that does not answer."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    store({"aws": {"topic_arn": "arn:aws:sns:ap-southeast-1:123456789012:two-way"}})
    intake.local.cold_start()
    moment = (intake.clock.now() - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    message = {
        "Type": "Notification",
        "MessageId": "00000000-0000-0000-0000-000000000000",
        "TopicArn": "arn:aws:sns:ap-southeast-1:123456789012:two-way",
        "Message": "{}",
        "Timestamp": moment,
        "SignatureVersion": "2",
        "Signature": base64.b64encode(b"x" * 256).decode(),
        "SigningCertURL": "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0.pem",
    }

    answer = intake.http("POST", "/sms/aws", body=json.dumps(message).encode())

    assert (answer.status, answer.body) == (503, b"try again later\n")


@pytest.mark.parametrize(
    ("path", "provider", "entry"),
    [
        pytest.param("/sms/standard", "standard", {"secret": "whsec_c2hvcnQ="}, id="gateway, too short"),
        pytest.param("/sms/standard", "standard", {"secret": "plain"}, id="gateway, another form"),
        pytest.param("/hotline/calls", "hotline", {"secret": "whsec_c2hvcnQ="}, id="call centre, too short"),
        pytest.param("/sms/esms", "esms", {"cpid": "AC1"}, id="half of the credentials"),
        pytest.param("/sms/infobip", "infobip", {"username": "u"}, id="half of a pair"),
        pytest.param("/sms/standard", "standard", {"secret": NEW, "networks": "nowhere"}, id="no network"),
    ],
)
def test_credentials_that_cannot_be_used_are_said_to_the_operator_and_the_sender_repeats(
    intake: System,
    store: Callable[[dict[str, Any]], None],
    path: str,
    provider: str,
    entry: dict[str, str],
):
    store({provider: entry})
    intake.local.cold_start()
    intake.local.functions.metrics.clear()

    with Overheard() as overheard:
        answer = sign(intake, OTHER, sms(), path)

    assert answer.status == 503
    assert [line["provider"] for line in counted(intake, "CredentialsUnusable")] == [provider]
    logged = "\n".join(overheard.lines())
    assert "credentials of a provider cannot be used" in logged
    assert not any(value in logged for value in ("c2hvcnQ", "plain", "AC1"))


def test_credentials_of_before_prove_a_request_while_those_of_today_cannot_be_used(
    intake: System, store: Callable[[dict[str, Any]], None]
):
    store({"standard": {"secret": "whsec_c2hvcnQ="}, "standard-previous": {"secret": OLD}})
    intake.local.cold_start()

    assert sign(intake, OLD, sms()).status == 200
