"""Standard Webhooks, held against the specification's own Python library."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chalicelib.intake.sms.providers.standard_webhooks import SignatureCheck, StandardSmsWebhook
from chalicelib.intake.sms.webhook import (
    ACCEPTED,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    Part,
    WebhookError,
    WebhookRequest,
    WebhookTooLargeError,
)
from shared.providers.standard_webhooks import TOLERANCE

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The example secret of the specification's libraries."""
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

EVENT: dict[str, Any] = {
    "type": "sms.received",
    "timestamp": "2026-11-23T01:30:00Z",
    "data": {
        "messageId": "m-1",
        "from": "+84901234567",
        "to": "8088",
        "text": "PAKN Đề nghị xem lại lương",
        "receivedAt": "2026-11-23T08:30:00+07:00",
    },
}
BODY = json.dumps(EVENT, ensure_ascii=False).encode()


def sign(body: bytes, at: datetime = NOW, webhook_id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    """Return the headers that the specification's library makes."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body.decode()),
    }


def request(
    body: bytes = BODY, headers: Mapping[str, str] | None = None, **changes: object
) -> WebhookRequest:
    genuine = WebhookRequest(
        "POST",
        "/sms/standard",
        {},
        sign(body) if headers is None else headers,
        body,
        public_url="https://pakn.example.vn",
    )
    return replace(genuine, **changes)  # type: ignore[arg-type]


def event(**data: object) -> bytes:
    merged = {k: v for k, v in {**EVENT["data"], **data}.items() if v != "DROP"}
    return json.dumps({**EVENT, "data": merged}).encode()


def oracle_takes(call: WebhookRequest) -> bool:
    """Ask the library, which reads the real clock: `call` must be signed now."""
    try:
        Webhook(SECRET).verify(call.body, dict(call.headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def webhook() -> StandardSmsWebhook:
    return StandardSmsWebhook(SECRET)


def test_genuine_request_is_one_message() -> None:
    (sms,) = webhook().read(request(), NOW)

    assert sms == InboundSms(
        "standard",
        "m-1",
        "+84901234567",
        "PAKN Đề nghị xem lại lương",
        datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        sms.replay_key,
    )


def test_the_specifications_own_example_is_genuine() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    signed = SignatureCheck(SECRET).genuine(request(b'{"test": 2432232314}', headers), at)

    assert signed.webhook_id == "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.mark.parametrize(
    ("age", "before", "after"),
    [
        pytest.param(timedelta(0), "", "", id="the plain headers"),
        pytest.param(timedelta(0), "v1,AAAA ", "", id="a second key rotating in"),
        pytest.param(timedelta(0), "", " v1a,AAAA", id="another version beside"),
        pytest.param(timedelta(minutes=4, seconds=55), "", "", id="almost five minutes old"),
        pytest.param(timedelta(minutes=-4, seconds=-55), "", "", id="almost five minutes ahead"),
    ],
)
def test_genuine_request_is_taken_with(age: timedelta, before: str, after: str) -> None:
    now = datetime.now(UTC)
    signed = sign(BODY, now - age)
    headers = signed | {"webhook-signature": before + signed["webhook-signature"] + after}

    assert oracle_takes(request(headers=headers))
    for spelled in (headers, {name.upper(): value for name, value in headers.items()}):
        assert len(webhook().read(request(headers=spelled), now)) == 1


FORGED = [
    pytest.param(request(method="GET"), id="another method"),
    pytest.param(request(headers={}), id="no headers"),
    *(
        pytest.param(request(headers={k: v for k, v in sign(BODY).items() if k != name}), id=f"no {name}")
        for name in sign(BODY)
    ),
    pytest.param(request(BODY + b" ", sign(BODY)), id="a space more in the body"),
    pytest.param(request(BODY.replace(b"+8490", b"+8491"), sign(BODY)), id="another sender"),
    pytest.param(request(headers=sign(BODY) | {"webhook-id": "msg_2"}), id="another id"),
    pytest.param(
        request(headers=sign(BODY) | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)}),
        id="another timestamp",
    ),
    pytest.param(
        request(headers=sign(BODY, secret="whsec_" + base64.b64encode(b"x" * 24).decode())),
        id="another secret",
    ),
    pytest.param(
        request(headers=sign(BODY, NOW - TOLERANCE - timedelta(seconds=5))), id="over five minutes old"
    ),
    pytest.param(
        request(headers=sign(BODY, NOW + TOLERANCE + timedelta(seconds=30))), id="over five minutes ahead"
    ),
    pytest.param(request(headers=sign(BODY) | {"webhook-signature": ""}), id="an empty signature"),
    pytest.param(request(headers=sign(BODY) | {"webhook-signature": "v1,"}), id="an empty v1 signature"),
    pytest.param(
        request(
            headers=sign(BODY) | {"webhook-signature": sign(BODY)["webhook-signature"].replace("v1", "v2")}
        ),
        id="the signature under another version",
    ),
    pytest.param(
        request(headers=sign(BODY) | {"webhook-signature": sign(BODY)["webhook-signature"][3:]}),
        id="the signature without its version",
    ),
    pytest.param(request(headers=sign(BODY) | {"webhook-timestamp": "now"}), id="a timestamp in words"),
    pytest.param(request(headers=sign(BODY) | {"webhook-timestamp": "1e9"}), id="a timestamp as a power"),
    pytest.param(
        request(headers=sign(BODY) | {"webhook-timestamp": "nan"}), id="a timestamp that is no number"
    ),
    pytest.param(
        request(headers=sign(BODY) | {"webhook-timestamp": "9" * 400}), id="a timestamp beyond time"
    ),
    pytest.param(request(headers=sign(BODY, webhook_id="a.b")), id="an id with the separator in it"),
    pytest.param(request(headers=sign(BODY, webhook_id="x" * 257)), id="an id too long"),
    pytest.param(request(b"", sign(BODY)), id="no body"),
]

MALFORMED = [
    pytest.param(request(b"[]"), id="a list"),
    pytest.param(request(b"{"), id="half an object"),
    pytest.param(request(b'{"type": NaN}'), id="a constant that is not JSON"),
    pytest.param(request(b'{"type": "sms.received", "type": "x"}'), id="a name twice"),
    pytest.param(request(b'{"a":' * 2500 + b"1" + b"}" * 2500), id="very deep"),
    pytest.param(request(b'{"type": "sms.received"}'), id="no data"),
    pytest.param(request(event(messageId="DROP")), id="no message id"),
    pytest.param(request(event(messageId="a b")), id="a message id with a space"),
    pytest.param(request(event(messageId=7)), id="a message id that is a number"),
    pytest.param(request(event(text="DROP")), id="no text"),
    pytest.param(request(event(text=None)), id="a null text"),
    pytest.param(request(event(**{"from": "DROP"})), id="no sender"),
    pytest.param(request(event(receivedAt="yesterday")), id="a time in words"),
    pytest.param(request(event(part={"reference": "7", "number": 0, "total": 2})), id="part zero"),
    pytest.param(request(event(part={"reference": "7", "number": 3, "total": 2})), id="part three of two"),
    pytest.param(request(event(part={"reference": "7", "number": "1", "total": 2})), id="a part in quotes"),
    pytest.param(request(event(part={"number": 1, "total": 2})), id="a part of nothing"),
    pytest.param(request(event(part=[1, 2])), id="a part as a list"),
]


@pytest.mark.parametrize("forged", FORGED)
def test_forged_request_is_refused(forged: WebhookRequest) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(forged, NOW)


@pytest.mark.parametrize("malformed", MALFORMED)
def test_malformed_request_is_refused(malformed: WebhookRequest) -> None:
    with pytest.raises(MalformedWebhookError):
        webhook().read(malformed, NOW)


def test_request_over_the_size_is_refused() -> None:
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request(event(text="a" * 17_000)), NOW)


def test_other_events_are_acknowledged_and_ignored() -> None:
    assert webhook().read(request(b'{"type": "sms.delivered", "data": {}}'), NOW) == []


def test_sender_who_cannot_be_answered_is_no_message() -> None:
    assert webhook().read(request(event(**{"from": "VIETTEL"})), NOW) == []


def test_half_a_character_waits_for_its_other_half() -> None:
    body = BODY.replace("lương".encode(), b"\\ud83d")

    (sms,) = webhook().read(request(body), NOW)

    assert sms.content == "PAKN Đề nghị xem lại \ud83d"


def test_part_of_a_long_message_is_read() -> None:
    (sms,) = webhook().read(request(event(part={"reference": "77", "number": 2, "total": 3})), NOW)

    assert sms.part == Part("77", 2, 3)


def test_retry_a_minute_later_has_the_same_replay_key_and_another_message_has_not() -> None:
    (first,) = webhook().read(request(), NOW)
    (retry,) = webhook().read(request(headers=sign(BODY, NOW + timedelta(minutes=1))), NOW)
    (other,) = webhook().read(request(headers=sign(BODY, webhook_id="msg_2")), NOW)

    assert retry.replay_key == first.replay_key != other.replay_key


def test_reply_is_an_empty_acknowledgement() -> None:
    assert webhook().reply([], "tra loi") is ACCEPTED
    assert (ACCEPTED.status, ACCEPTED.body) == (200, "")


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("", id="nothing"),
        pytest.param("whsec_", id="the prefix alone"),
        pytest.param("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id="without the prefix"),
        pytest.param("whsec_****", id="not Base64"),
        pytest.param("whsec_" + base64.b64encode(b"x" * 23).decode(), id="too short"),
        pytest.param("whsec_" + base64.b64encode(b"x" * 65).decode(), id="too long"),
    ],
)
def test_weak_or_ambiguous_secret_stops_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        SignatureCheck(secret)


def test_nothing_a_person_wrote_is_in_logs_or_errors() -> None:
    (sms,) = webhook().read(request(), NOW)
    seen = repr(sms) + repr(request())
    for refused in (p.values[0] for p in [*FORGED, *MALFORMED]):
        with pytest.raises(WebhookError) as caught:
            webhook().read(refused, NOW)  # type: ignore[arg-type]
        seen += repr(caught.value)

    for secret in ("901234567", "lương", "MfKQ9r8G", sign(BODY)["webhook-signature"]):
        assert secret not in seen


@given(
    st.from_regex(r"[!-\-/-~]{1,40}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.binary(min_size=24, max_size=64),
    st.integers(-290, 290),
)
def test_whatever_the_library_signs_is_genuine(webhook_id: str, body: str, key: bytes, seconds: int) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = sign(body.encode(), NOW + timedelta(seconds=seconds), webhook_id, secret)

    signed = SignatureCheck(secret).genuine(request(body.encode(), headers), NOW)

    assert signed.webhook_id == webhook_id


@given(
    st.sampled_from(["body", "webhook-id", "webhook-timestamp", "webhook-signature"]),
    st.integers(0, 10_000),
    st.integers(0, 127),
    st.sampled_from(["replace", "insert", "delete", "swap", "cut"]),
)
def test_no_mutated_request_is_taken_that_the_library_refuses(
    name: str, at: int, code: int, how: str
) -> None:
    now = datetime.now(UTC)
    headers = sign(BODY, now)
    value = BODY if name == "body" else headers[name].encode()
    at %= len(value)
    character = bytes([code])
    mutated = {
        "replace": value[:at] + character + value[at + 1 :],
        "insert": value[:at] + character + value[at:],
        "delete": value[:at] + value[at + 1 :],
        "swap": value[:at] + value[at : at + 2][::-1] + value[at + 2 :],
        "cut": value[:at],
    }[how]
    call = (
        request(mutated, headers) if name == "body" else request(headers=headers | {name: mutated.decode()})
    )

    try:
        webhook().read(call, now)
    except WebhookError:
        return

    assert oracle_takes(call)
    assert call.body == BODY


@pytest.mark.parametrize(
    ("written", "received_at"),
    [
        pytest.param(
            "2026-11-21T01:30:00Z", datetime(2026, 11, 21, 1, 30, tzinfo=UTC), id="the event's own time"
        ),
        pytest.param("the day before", NOW, id="no time that can be read"),
    ],
)
def test_message_without_its_time_is_dated_by_its_event(written: str, received_at: datetime) -> None:
    data = {name: value for name, value in EVENT["data"].items() if name != "receivedAt"}
    body = json.dumps({**EVENT, "timestamp": written, "data": data}).encode()

    (sms,) = StandardSmsWebhook(SECRET).read(request(body), NOW)

    assert sms.received_at == received_at
