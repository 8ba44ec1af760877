"""Infobip's contract: BASIC credentials and several messages in one request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.sms.providers.infobip import InfobipWebhook
from chalicelib.intake.sms.webhook import (
    ACCEPTED,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    WebhookError,
    WebhookRequest,
    WebhookTooLargeError,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
RESULT: dict[str, Any] = {
    "messageId": "817790313235066447",
    "from": "385916242493",
    "to": "385921004026",
    "text": "QUIZ Correct answer is Paris",
    "cleanText": "Correct answer is Paris",
    "keyword": "QUIZ",
    "receivedAt": "2019-11-09T16:00:00.000+0000",
    "smsCount": 1,
    "price": {"pricePerMessage": 0, "currency": "EUR"},
    "callbackData": "callbackData",
}
"""The example message of Infobip's documentation."""


def credentials(pair: str = "pakn:a long random password", scheme: str = "Basic") -> dict[str, str]:
    return {"Authorization": f"{scheme} {base64.b64encode(pair.encode()).decode()}"}


def body(*results: object) -> bytes:
    return json.dumps(
        {"results": list(results), "messageCount": len(results), "pendingMessageCount": 0}
    ).encode()


def request(content: bytes | None = None, **changes: object) -> WebhookRequest:
    sent = body(RESULT) if content is None else content
    return replace(WebhookRequest("POST", "/sms/infobip", {}, credentials(), sent), **changes)  # type: ignore[arg-type]


def webhook() -> InfobipWebhook:
    return InfobipWebhook("pakn", "a long random password")


def test_genuine_request_is_one_message() -> None:
    (sms,) = webhook().read(request(), NOW)

    assert sms == InboundSms(
        "infobip",
        "817790313235066447",
        "+385916242493",
        "QUIZ Correct answer is Paris",
        datetime(2019, 11, 9, 16, tzinfo=UTC),
        sms.replay_key,
    )


def test_several_messages_come_in_one_request() -> None:
    second = RESULT | {"messageId": "2", "from": "84901234567"}
    nobody = RESULT | {"messageId": "3", "from": "InfoSMS"}

    messages = webhook().read(request(body(RESULT, nobody, second)), NOW)

    assert [(sms.message_id, sms.sender) for sms in messages] == [
        ("817790313235066447", "+385916242493"),
        ("2", "+84901234567"),
    ]
    assert len({sms.replay_key for sms in messages}) == 2


def test_nothing_new_is_no_message() -> None:
    assert webhook().read(request(body()), NOW) == []


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no credentials"),
        pytest.param({"Authorization": ""}, id="empty credentials"),
        pytest.param({"Authorization": "Basic"}, id="a scheme alone"),
        pytest.param(credentials("pakn:wrong"), id="a wrong password"),
        pytest.param(credentials("other:a long random password"), id="another name"),
        pytest.param(credentials("pakn:a long random password "), id="a space more"),
        pytest.param(credentials(scheme="Bearer"), id="another scheme"),
        pytest.param(credentials(":"), id="nothing on both sides"),
        pytest.param({"Authorization": "Basic ký"}, id="what is not ASCII"),
    ],
)
def test_request_without_our_credentials_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(request(headers=headers), NOW)


@pytest.mark.parametrize(
    "malformed",
    [
        pytest.param(request(b""), id="no body"),
        pytest.param(request(b"{}"), id="no results"),
        pytest.param(request(b'{"results": {}}'), id="results that are no list"),
        pytest.param(request(b'{"results": [1]}'), id="a result that is no object"),
        pytest.param(request(body(RESULT | {"messageId": None})), id="no id"),
        pytest.param(request(body(RESULT | {"text": None})), id="no text"),
        pytest.param(request(body(RESULT | {"from": 1})), id="a sender that is a number"),
        pytest.param(request(body(RESULT | {"receivedAt": "noon"})), id="a time in words"),
    ],
)
def test_malformed_request_is_refused(malformed: WebhookRequest) -> None:
    with pytest.raises(MalformedWebhookError) as caught:
        webhook().read(malformed, NOW)

    assert list(caught.value.others) == []


def test_one_malformed_message_does_not_take_the_others_with_it() -> None:
    broken = RESULT | {"messageId": "broken", "text": None}

    with pytest.raises(MalformedWebhookError) as caught:
        webhook().read(request(body(RESULT, broken, RESULT | {"messageId": "third"})), NOW)

    assert caught.value.rule == "results.1.text"
    assert [sms.message_id for sms in caught.value.others] == [RESULT["messageId"], "third"]


def test_another_method_is_refused() -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(request(method="GET"), NOW)


def test_request_over_the_size_is_refused_before_the_credentials_are_read() -> None:
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request(body(RESULT | {"text": "a" * 17_000}), headers={}), NOW)


def test_reply_is_an_empty_acknowledgement() -> None:
    assert webhook().reply([]) is ACCEPTED


def test_empty_credentials_stop_the_start() -> None:
    for pair in (("", "x"), ("x", "")):
        with pytest.raises(ValueError, match="credential"):
            InfobipWebhook(*pair)


@given(
    st.integers(0, 10_000),
    st.integers(33, 126),
    st.sampled_from(["replace", "insert", "delete", "swap", "cut"]),
)
def test_no_mutated_credentials_are_taken(at: int, code: int, how: str) -> None:
    value = credentials()["Authorization"].removeprefix("Basic ")
    at %= len(value)
    mutated = {
        "replace": value[:at] + chr(code) + value[at + 1 :],
        "insert": value[:at] + chr(code) + value[at:],
        "delete": value[:at] + value[at + 1 :],
        "swap": value[:at] + value[at : at + 2][::-1] + value[at + 2 :],
        "cut": value[:at],
    }[how]
    call = request(headers={"Authorization": f"Basic {mutated}"})

    if mutated == value:
        assert len(webhook().read(call, NOW)) == 1
    else:
        with pytest.raises(ForgedWebhookError):
            webhook().read(call, NOW)


@given(st.binary(max_size=300))
def test_any_body_under_our_credentials_is_read_or_malformed(content: bytes) -> None:
    try:
        messages = webhook().read(request(content), NOW)
    except WebhookError as error:
        assert isinstance(error, MalformedWebhookError)  # noqa: PT017 - both outcomes are right
        return

    assert isinstance(messages, list)


SECRET = "the HMAC secret of the security settings"


def hmac_of(content: bytes, secret: str = SECRET) -> bytes:
    return hmac.digest(secret.encode(), content, hashlib.sha256)


@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param(lambda digest: digest.hex(), id="hexadecimal"),
        pytest.param(lambda digest: f"sha256={digest.hex()}", id="behind sha256="),
        pytest.param(lambda digest: digest.hex().upper(), id="capital letters"),
        pytest.param(lambda digest: base64.b64encode(digest).decode(), id="Base64"),
    ],
)
def test_an_hmac_in_the_configured_header_proves_the_body(spelled: Callable[[bytes], str]) -> None:
    signed = InfobipWebhook(hmac_secret=SECRET, hmac_header="X-Hub-Signature-256")

    (sms,) = signed.read(request(headers={"x-hub-signature-256": spelled(hmac_of(body(RESULT)))}), NOW)

    assert sms.message_id == RESULT["messageId"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param(credentials(), id="only BASIC"),
        pytest.param({"X-Hub-Signature-256": hmac_of(b"other").hex()}, id="of another body"),
        pytest.param({"X-Hub-Signature-256": hmac_of(body(RESULT), "x").hex()}, id="by another secret"),
        pytest.param({"X-Other": hmac_of(body(RESULT)).hex()}, id="in another header"),
        pytest.param({"X-Hub-Signature-256": "sha256="}, id="empty"),
    ],
)
def test_without_its_hmac_nothing_is_taken(headers: dict[str, str]) -> None:
    with pytest.raises(ForgedWebhookError):
        InfobipWebhook(hmac_secret=SECRET, hmac_header="X-Hub-Signature-256").read(
            request(headers=headers), NOW
        )


def test_where_both_are_configured_both_must_hold() -> None:
    both = InfobipWebhook(
        "pakn", "a long random password", hmac_secret=SECRET, hmac_header="X-Hub-Signature-256"
    )
    signature = {"X-Hub-Signature-256": hmac_of(body(RESULT)).hex()}

    assert len(both.read(request(headers=credentials() | signature), NOW)) == 1
    for headers in (credentials(), signature):
        with pytest.raises(ForgedWebhookError):
            both.read(request(headers=headers), NOW)


@pytest.mark.parametrize(
    "settings_",
    [
        {},
        {"username": "pakn"},
        {"password": "x"},
        {"hmac_secret": "x"},
        {"username": "u", "hmac_secret": "x"},
    ],
)
def test_half_configured_it_does_not_start(settings_: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="credential"):
        InfobipWebhook(**settings_)
