"""Vonage's signed webhooks, held against PyJWT and stricter where Vonage's own library looks away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.sms.providers.vonage import VonageWebhook
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
SECRET = "a-signature-secret-of-64-bytes-" + "x" * 33
MESSAGE: dict[str, Any] = {
    "to": "8088",
    "from": "84901234567",
    "channel": "sms",
    "message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
    "timestamp": "2026-11-23T01:30:00Z",
    "usage": {"price": "0.0333", "currency": "EUR"},
    "message_type": "text",
    "text": "PAKN Đề nghị xem lại lương",
    "sms": {"num_messages": "1", "keyword": "PAKN"},
}
BODY = json.dumps(MESSAGE, ensure_ascii=False).encode()
CLAIMS: dict[str, Any] = {
    "iat": int(NOW.timestamp()),
    "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
    "iss": "Vonage",
    "payload_hash": hashlib.sha256(BODY).hexdigest(),
    "api_key": "a1b2c3d4",
    "application_id": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
}


def token(claims: dict[str, Any] | None = None, secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims or CLAIMS, secret, algorithm)


def request(body: bytes = BODY, bearer: str | None = None, **changes: object) -> WebhookRequest:
    if bearer is None:
        bearer = token(CLAIMS | {"payload_hash": hashlib.sha256(body).hexdigest()})
    genuine = WebhookRequest(
        "POST",
        "/sms/vonage",
        {},
        {"authorization": f"Bearer {bearer}"},
        body,
        public_url="https://pakn.example.vn",
    )
    return replace(genuine, **changes)  # type: ignore[arg-type]


def message(**changes: object) -> bytes:
    return json.dumps({k: v for k, v in {**MESSAGE, **changes}.items() if v != "DROP"}).encode()


def webhook() -> VonageWebhook:
    return VonageWebhook(SECRET)


def test_genuine_request_is_one_message() -> None:
    (sms,) = webhook().read(request(), NOW)

    assert sms == InboundSms(
        "vonage",
        MESSAGE["message_uuid"],
        "+84901234567",
        "PAKN Đề nghị xem lại lương",
        datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        sms.replay_key,
    )


def without(claim: str) -> str:
    return token({k: v for k, v in CLAIMS.items() if k != claim})


def unsigned() -> str:
    _, claims, _ = token().split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{header}.{claims}."


def signed_by_hand(header: object, claims: object) -> str:
    """Sign what no library would sign."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = hmac.digest(SECRET.encode(), b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def test_token_signed_by_hand_is_as_good_as_the_librarys() -> None:
    assert len(webhook().read(request(bearer=signed_by_hand({"alg": "HS256"}, CLAIMS)), NOW)) == 1


STRANGE_TIMES: list[object] = [True, "now", None, []]

FORGED = [
    pytest.param(request(method="GET"), id="another method"),
    pytest.param(request(headers={}), id="no token"),
    pytest.param(request(headers={"Authorization": token()}), id="a token without its scheme"),
    pytest.param(request(headers={"Authorization": "Basic " + token()}), id="another scheme"),
    pytest.param(request(bearer=""), id="an empty token"),
    pytest.param(request(bearer="a.b"), id="two parts"),
    pytest.param(request(bearer="ký.ký.ký"), id="parts that are not ASCII"),
    pytest.param(request(bearer=unsigned()), id="a token that says it needs no signature"),
    pytest.param(request(bearer=token(algorithm="HS512")), id="another algorithm"),
    pytest.param(request(bearer=token(secret="another-signature-secret-of-32-bytes")), id="another secret"),
    pytest.param(request(bearer=token()[:-1]), id="a signature cut short"),
    pytest.param(request(bearer=token() + "A"), id="a signature with more behind"),
    pytest.param(request(bearer=without("payload_hash")), id="no payload hash"),
    pytest.param(request(bearer=without("iat")), id="no time of sending"),
    pytest.param(request(message(text="PAKN khác"), token()), id="another body under the same token"),
    pytest.param(request(bearer=token(CLAIMS | {"iat": CLAIMS["iat"] - 301})), id="over five minutes old"),
    pytest.param(request(bearer=token(CLAIMS | {"iat": CLAIMS["iat"] + 301})), id="over five minutes ahead"),
    pytest.param(request(bearer=token(CLAIMS | {"exp": CLAIMS["iat"] - 1})), id="expired"),
    pytest.param(
        request(bearer=signed_by_hand({"alg": "HS256", "crit": ["x"]}, CLAIMS)),
        id="a critical header that we do not know",
    ),
    pytest.param(
        request(bearer=signed_by_hand({"alg": "none"}, CLAIMS)), id="rightly signed, but says it is not"
    ),
    pytest.param(request(bearer=signed_by_hand({}, CLAIMS)), id="rightly signed, but says not how"),
    pytest.param(request(bearer=signed_by_hand([], CLAIMS)), id="a header that is no object"),
    pytest.param(request(bearer=signed_by_hand({"alg": "HS256"}, [])), id="claims that are no object"),
    *(
        pytest.param(
            request(bearer=signed_by_hand({"alg": "HS256"}, CLAIMS | {"iat": iat})),
            id=f"sent at {json.dumps(iat)}",
        )
        for iat in STRANGE_TIMES
    ),
]

MALFORMED = [
    pytest.param(request(b"[]"), id="a list"),
    pytest.param(request(message(message_uuid="DROP")), id="no id"),
    pytest.param(request(message(text="DROP")), id="no text"),
    pytest.param(request(message(**{"from": "DROP"})), id="no sender"),
    pytest.param(request(message(timestamp="soon")), id="a time in words"),
]


@pytest.mark.parametrize("forged", FORGED)
def test_forged_request_is_refused(forged: WebhookRequest) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(forged, NOW)


@pytest.mark.parametrize("malformed", MALFORMED)
def test_malformed_request_is_refused(malformed: WebhookRequest) -> None:
    with pytest.raises(MalformedWebhookError):
        webhook().read(malformed, NOW)


def test_another_accounts_message_is_refused_where_the_account_is_known() -> None:
    assert len(VonageWebhook(SECRET, api_key="a1b2c3d4").read(request(), NOW)) == 1
    with pytest.raises(ForgedWebhookError):
        VonageWebhook(SECRET, api_key="other").read(request(), NOW)


def test_request_over_the_size_is_refused() -> None:
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request(message(text="a" * 17_000)), NOW)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(message(channel="whatsapp"), id="another channel"),
        pytest.param(message(message_type="image"), id="a picture"),
        pytest.param(message(**{"from": "VIETTEL"}), id="a sender without a number"),
    ],
)
def test_what_is_no_sms_from_a_number_is_acknowledged_and_ignored(body: bytes) -> None:
    assert webhook().read(request(body), NOW) == []


def test_reply_is_an_empty_acknowledgement() -> None:
    assert webhook().reply([]) is ACCEPTED


@given(
    st.sampled_from(["body", "token"]),
    st.integers(0, 10_000),
    st.integers(0, 127),
    st.sampled_from(["replace", "insert", "delete", "swap", "cut"]),
)
def test_no_mutated_request_is_taken_that_pyjwt_refuses(where: str, at: int, code: int, how: str) -> None:
    value = BODY if where == "body" else token().encode()
    at %= len(value)
    character = bytes([code])
    mutated = {
        "replace": value[:at] + character + value[at + 1 :],
        "insert": value[:at] + character + value[at:],
        "delete": value[:at] + value[at + 1 :],
        "swap": value[:at] + value[at : at + 2][::-1] + value[at + 2 :],
        "cut": value[:at],
    }[how]
    call = request(mutated, token()) if where == "body" else request(bearer=mutated.decode())

    try:
        webhook().read(call, NOW)
    except WebhookError:
        return

    assert call.body == BODY
    bearer = call.headers["authorization"].removeprefix("Bearer ").strip()
    decoded = jwt.decode(bearer, SECRET, ["HS256"], options={"verify_iat": False, "verify_exp": False})
    assert decoded["payload_hash"] == hashlib.sha256(BODY).hexdigest()
