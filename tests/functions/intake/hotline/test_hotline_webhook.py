"""The call centre's signed report of one call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook

from chalicelib.intake.hotline.hotline_webhook import HotlineCall, HotlineWebhook, reply_to_call
from chalicelib.intake.sms.webhook import (
    ForgedWebhookError,
    WebhookRequest,
    WebhookTooLargeError,
)
from shared.domain.errors import InvalidInputError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

CALL: dict[str, Any] = {
    "callId": "call-0001",
    "caller": "0901234567",
    "start": "2026-11-23T08:30:00+07:00",
    "end": "2026-11-23T08:41:30+07:00",
    "recording": "https://calls.example.vn/r/0001",
    "agent": "tong-dai-07",
    "summary": "Đề nghị xem lại lương",
    "kind": "REGULATION",
    "field": "TL",
    "petitioner": {
        "type": "CITIZEN",
        "name": "Nguyễn Văn A",
        "address": "12 Lê Lợi, Huế",
        "phone": "090 123 4567",
        "email": "an@Example.vn",
    },
    "mayPublish": True,
    "language": "vi",
}


def sign(body: bytes, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    return {
        "webhook-id": "call-0001",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("call-0001", at, body.decode()),
    }


def request(body: bytes, headers: Mapping[str, str] | None = None, **changes: object) -> WebhookRequest:
    genuine = WebhookRequest("POST", "/hotline/calls", {}, sign(body) if headers is None else headers, body)
    return replace(genuine, **changes)  # type: ignore[arg-type]


def call(**changes: object) -> bytes:
    return json.dumps(
        {k: v for k, v in {**CALL, **changes}.items() if v != "DROP"}, ensure_ascii=False
    ).encode("utf-8", "backslashreplace")


def webhook() -> HotlineWebhook:
    return HotlineWebhook(SECRET)


def test_full_report_is_one_call() -> None:
    report = webhook().read(request(call()), NOW)

    assert report.call_id == "call-0001"
    assert report.caller == "+84901234567"
    assert report.started_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert report.ended_at == datetime(2026, 11, 23, 1, 41, 30, tzinfo=UTC)
    assert str(report.recording) == "https://calls.example.vn/r/0001"
    assert (report.agent, report.summary, report.kind, report.field) == (
        "tong-dai-07",
        "Đề nghị xem lại lương",
        "REGULATION",
        "TL",
    )
    assert report.petitioner is not None
    assert report.petitioner.model_dump() == {
        "type": "CITIZEN",
        "name": "Nguyễn Văn A",
        "address": "12 Lê Lợi, Huế",
        "phone": "+84901234567",
        "phone_note": None,
        "email": "an@example.vn",
        "organisation": None,
    }
    assert report.may_publish


def test_shortest_report_is_one_call() -> None:
    body = json.dumps(
        {"callId": "c", "start": "2026-11-23T01:30:00Z", "end": "2026-11-23T01:30:00Z"}
    ).encode()

    report = webhook().read(request(body), NOW)

    assert (report.caller, report.summary, report.petitioner, report.may_publish, report.language) == (
        None,
        None,
        None,
        False,
        "vi",
    )


@pytest.mark.parametrize(
    ("caller", "number"),
    [
        pytest.param("+84901234567", "+84901234567", id="international"),
        pytest.param("84901234567", "+84901234567", id="without a plus"),
        pytest.param("anonymous", None, id="anonymous"),
        pytest.param(" Withheld ", None, id="withheld"),
        pytest.param("", None, id="empty"),
        pytest.param("113", None, id="a short number"),
        pytest.param(None, None, id="null"),
    ],
)
def test_caller_is_a_number_or_withheld(caller: str | None, number: str | None) -> None:
    assert webhook().read(request(call(caller=caller)), NOW).caller == number


def test_fields_that_the_call_centre_adds_are_ignored() -> None:
    assert webhook().read(request(call(queue="a", waitSeconds=4)), NOW).call_id == "call-0001"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"callId": "DROP"}, ("callId", "missing"), id="no call id"),
        pytest.param({"callId": ""}, ("callId", "invalid"), id="an empty call id"),
        pytest.param({"callId": "a b"}, ("callId", "invalid"), id="a call id with a space"),
        pytest.param({"callId": "a\n"}, ("callId", "invalid"), id="a call id with a line end"),
        pytest.param({"callId": "x" * 129}, ("callId", "invalid"), id="a call id too long"),
        pytest.param({"caller": "9" * 121}, ("caller", "too-long"), id="a caller too long"),
        pytest.param({"start": "DROP"}, ("start", "missing"), id="no start"),
        pytest.param({"start": "2026-11-23T08:30:00"}, ("start", "invalid"), id="a start without a zone"),
        pytest.param({"end": "later"}, ("end", "invalid"), id="an end in words"),
        pytest.param({"end": "2026-11-23T08:29:59+07:00"}, ("body", "invalid"), id="an end before the start"),
        pytest.param(
            {"recording": "ftp://calls.example.vn/x"}, ("recording", "invalid"), id="no web address"
        ),
        pytest.param({"summary": "a" * 10_001}, ("summary", "too-long"), id="a summary too long"),
        pytest.param(
            {"summary": "a\ud800b"}, ("summary", "control-characters@2"), id="half a character in the summary"
        ),
        pytest.param({"kind": "COMPLAINT"}, ("kind", "unknown"), id="a kind that we do not have"),
        pytest.param({"field": "tiền lương " * 20}, ("field", "too-long"), id="a field that is no code"),
        pytest.param({"language": "fr"}, ("language", "invalid"), id="a language that we do not write"),
        pytest.param({"petitioner": {"name": "A"}}, ("petitioner.address", "missing"), id="no address"),
        pytest.param(
            {"caller": "anonymous", "petitioner": CALL["petitioner"] | {"phone": "8088"}},
            ("petitioner.phone", "phone"),
            id="a wrong phone, and nobody knows who calls",
        ),
        pytest.param(
            {"petitioner": CALL["petitioner"] | {"email": "an"}},
            ("petitioner.email", "email"),
            id="a wrong e-mail",
        ),
        pytest.param(
            {"petitioner": CALL["petitioner"] | {"idCard": "001"}},
            ("petitioner.idCard", "extra_forbidden"),
            id="an identity card, which nobody asked for",
        ),
    ],
)
def test_malformed_report_names_the_field_and_never_the_value(
    changes: dict[str, object], problem: tuple[str, str]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        webhook().read(request(call(**changes)), NOW)

    assert caught.value.problems == (problem,)
    for value in ("Nguyễn", "901234567", "Lê Lợi", "8088"):
        assert value not in repr(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="no body"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b'{"callId": "a", "callId": "b"}', id="two call ids"),
    ],
)
def test_signed_body_that_is_no_object_is_answered_with_the_rule(body: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        webhook().read(request(body), NOW)

    assert caught.value.problems == (("body", "json"),)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(request(call(), {}), id="no signature"),
        pytest.param(request(call(summary="x"), sign(call())), id="another body"),
        pytest.param(request(call(), sign(call(), NOW - timedelta(seconds=301))), id="over five minutes old"),
        pytest.param(
            request(call(), sign(call(), NOW + timedelta(seconds=301))), id="over five minutes ahead"
        ),
        pytest.param(request(call(), sign(call(), secret="whsec_" + "A" * 32)), id="another secret"),
        pytest.param(request(b"{", sign(call())), id="malformed and unsigned: told nothing about the body"),
    ],
)
def test_forged_report_is_refused(forged: WebhookRequest) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(forged, NOW)


def test_other_methods_and_sizes_are_refused() -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(request(call(), method="GET"), NOW)
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request(call(summary="a" * 17_000)), NOW)


def test_call_centre_learns_the_reference() -> None:
    reply = reply_to_call("26483190275")

    assert reply.status == 201
    assert json.loads(reply.body) == {"reference": "26483190275"}


def test_report_shows_nobody_in_logs() -> None:
    report = webhook().read(request(call()), NOW)

    for value in ("901234567", "Nguyễn", "Lê Lợi", "lương", "Example", "calls.example"):
        assert value not in repr(report)


def test_report_cannot_be_changed() -> None:
    report = webhook().read(request(call()), NOW)

    with pytest.raises(ValidationError):
        report.call_id = "other"  # type: ignore[misc]


@given(
    st.integers(0, 10_000),
    st.integers(0, 127),
    st.sampled_from(["replace", "insert", "delete", "swap", "cut"]),
)
def test_no_mutated_report_is_taken(at: int, code: int, how: str) -> None:
    body = call()
    at %= len(body)
    character = bytes([code])
    mutated = {
        "replace": body[:at] + character + body[at + 1 :],
        "insert": body[:at] + character + body[at:],
        "delete": body[:at] + body[at + 1 :],
        "swap": body[:at] + body[at : at + 2][::-1] + body[at + 2 :],
        "cut": body[:at],
    }[how]
    if mutated == body:
        return

    with pytest.raises(ForgedWebhookError):
        webhook().read(request(mutated, sign(body)), NOW)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*CALL, "name", "address", "type"]), inner, max_size=6)
        ),
        max_leaves=9,
    )
)
def test_any_signed_json_is_a_report_or_malformed(value: Any) -> None:
    try:
        report = webhook().read(request(json.dumps(value).encode()), NOW)
    except InvalidInputError:
        return

    assert isinstance(report, HotlineCall)
