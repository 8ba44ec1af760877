"""Twilio's contract, held against Twilio's own validator."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from chalicelib.intake.sms.providers.twilio import TwilioWebhook
from chalicelib.intake.sms.webhook import (
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    WebhookError,
    WebhookRequest,
    WebhookTooLargeError,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
AUTH_TOKEN = "12345"
"""The token of the worked example in Twilio's documentation."""
PUBLIC_URL = "https://pakn.example.vn"
URL = PUBLIC_URL + "/sms/twilio"

FIELDS = {
    "ToCountry": "US",
    "ToState": "",
    "SmsMessageSid": "SM" + "0123456789abcdef" * 2,
    "NumMedia": "0",
    "ToCity": "",
    "FromZip": "",
    "SmsSid": "SM" + "0123456789abcdef" * 2,
    "FromState": "",
    "SmsStatus": "received",
    "FromCity": "",
    "Body": "PAKN Đề nghị xem lại lương",
    "FromCountry": "VN",
    "To": "+12125550101",
    "ToZip": "",
    "NumSegments": "1",
    "MessageSid": "SM" + "0123456789abcdef" * 2,
    "AccountSid": "AC" + "fedcba9876543210" * 2,
    "From": "+84901234567",
    "ApiVersion": "2010-04-01",
}
"""An inbound message as Twilio documents it (twilio.com/docs/messaging/guides/webhook-request)."""


def webhook() -> TwilioWebhook:
    return TwilioWebhook(AUTH_TOKEN)


def oracle_signature(fields: Mapping[str, str], url: str = URL, token: str = AUTH_TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, dict(fields)))


def request(fields: Mapping[str, str], signature: str | None = None, **changes: object) -> WebhookRequest:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": oracle_signature(fields) if signature is None else signature,
        "Host": "attacker.example",
        "X-Forwarded-Host": "attacker.example",
    }
    genuine = WebhookRequest(
        "POST", "/sms/twilio", {}, headers, urlencode(fields).encode(), "203.0.113.7", PUBLIC_URL
    )
    return replace(genuine, **changes)  # type: ignore[arg-type]


def test_genuine_request_is_one_message() -> None:
    (sms,) = webhook().read(request(FIELDS), NOW)

    assert sms == InboundSms(
        "twilio", FIELDS["MessageSid"], "+84901234567", "PAKN Đề nghị xem lại lương", None, sms.replay_key
    )


def test_signature_is_the_one_of_twilios_worked_example() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert oracle_signature(fields, url) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    text = url + "".join(name + fields[name] for name in sorted(fields))

    assert webhook()._sign(text) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("public_url", "signed_url"),
    [
        pytest.param(
            "https://pakn.example.vn", "https://pakn.example.vn:443/sms/twilio", id="signed with the port"
        ),
        pytest.param(
            "https://pakn.example.vn:443", "https://pakn.example.vn/sms/twilio", id="configured with it"
        ),
        pytest.param(
            "https://pakn.example.vn/", "https://pakn.example.vn/sms/twilio", id="a slash at the end"
        ),
        pytest.param("http://localhost:8088", "http://localhost:8088/sms/twilio", id="the local stack"),
        pytest.param("http://localhost", "http://localhost:80/sms/twilio", id="plain HTTP"),
    ],
)
def test_port_may_be_signed_or_not_as_in_twilios_validator(public_url: str, signed_url: str) -> None:
    signature = oracle_signature(FIELDS, signed_url)
    assert RequestValidator(AUTH_TOKEN).validate(public_url.rstrip("/") + "/sms/twilio", FIELDS, signature)

    assert len(webhook().read(request(FIELDS, signature, public_url=public_url), NOW)) == 1


FORGED = [
    pytest.param(request(FIELDS, ""), id="an empty signature"),
    pytest.param(request(FIELDS, "x"), id="a made-up signature"),
    pytest.param(request(FIELDS, "ký"), id="a signature that is not ASCII"),
    pytest.param(request(FIELDS, oracle_signature(FIELDS)[:-1]), id="a signature cut short"),
    pytest.param(request(FIELDS, oracle_signature(FIELDS) + "="), id="a signature with more behind"),
    pytest.param(request(FIELDS, oracle_signature(FIELDS, token="other")), id="another account's token"),
    pytest.param(request(FIELDS, oracle_signature(FIELDS, token="")), id="an empty token"),
    pytest.param(
        request(FIELDS, oracle_signature(FIELDS, "https://attacker.example/sms/twilio")),
        id="signed for the Host",
    ),
    pytest.param(
        request(FIELDS, oracle_signature(FIELDS, PUBLIC_URL + "/sms/esms")), id="signed for another path"
    ),
    pytest.param(request(FIELDS, path="/sms/twilio/"), id="a path with a slash more"),
    pytest.param(request(FIELDS, query={"x": "1"}), id="a query that nobody signed"),
    pytest.param(request(FIELDS, headers={}), id="no signature"),
    pytest.param(request(FIELDS, body=b""), id="no body"),
    pytest.param(request(FIELDS | {"Body": "PAKN khác"}, oracle_signature(FIELDS)), id="another text"),
    pytest.param(request(FIELDS | {"From": "+84907654321"}, oracle_signature(FIELDS)), id="another sender"),
    pytest.param(request(FIELDS | {"New": "1"}, oracle_signature(FIELDS)), id="a field more"),
    pytest.param(
        request({k: v for k, v in FIELDS.items() if k != "NumMedia"}, oracle_signature(FIELDS)),
        id="a field less",
    ),
    pytest.param(
        request(
            FIELDS,
            base64.b64encode(
                hmac.digest(AUTH_TOKEN.encode(), urlencode(FIELDS).encode(), hashlib.sha256)
            ).decode(),
        ),
        id="signed with another scheme",
    ),
]

GENUINE = urlencode(FIELDS).encode()
SIGNATURE = oracle_signature(FIELDS)

UNPROVEN = [
    pytest.param(request(FIELDS, body=b'{"Body": "PAKN"}'), id="JSON"),
    pytest.param(request(FIELDS, body=b"\xff\xfe"), id="bytes that are no text"),
    pytest.param(request(FIELDS, body=GENUINE + b"&x=%ff"), id="an escape that is no UTF-8"),
    pytest.param(request(FIELDS, body=GENUINE + b"&From=%2B84901234567"), id="the same sender twice"),
    pytest.param(request(FIELDS, body=b"&".join([b"a=1"] * 300)), id="very many fields"),
    pytest.param(request(FIELDS, method="GET"), id="another method"),
]

MALFORMED = [
    pytest.param(request({k: v for k, v in FIELDS.items() if k != "MessageSid"}), id="no message id"),
    pytest.param(request(FIELDS | {"MessageSid": "SM123"}), id="a message id of another shape"),
    pytest.param(request({k: v for k, v in FIELDS.items() if k != "From"}), id="no sender"),
    pytest.param(request({k: v for k, v in FIELDS.items() if k != "Body"}), id="no text"),
    pytest.param(request(FIELDS | {"A+B": "1"}), id="a name that Twilio would not use"),
]


@pytest.mark.parametrize("forged", [*FORGED, *UNPROVEN])
def test_forged_request_is_refused(forged: WebhookRequest) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(forged, NOW)


@pytest.mark.parametrize("malformed", MALFORMED)
def test_malformed_request_is_refused(malformed: WebhookRequest) -> None:
    with pytest.raises(MalformedWebhookError):
        webhook().read(malformed, NOW)


def test_another_accounts_message_is_refused_where_the_account_is_known() -> None:
    ours = TwilioWebhook(AUTH_TOKEN, account_sid=FIELDS["AccountSid"])
    other = FIELDS | {"AccountSid": "AC" + "0" * 32}

    assert len(ours.read(request(FIELDS), NOW)) == 1
    with pytest.raises(ForgedWebhookError):
        ours.read(request(other), NOW)


def test_request_over_the_size_is_refused() -> None:
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request(FIELDS | {"Body": "a" * 17_000}), NOW)


@pytest.mark.parametrize(
    "sender", [pytest.param("VIETTEL", id="a name"), pytest.param("8088", id="a short code")]
)
def test_sender_who_cannot_be_answered_is_no_message(sender: str) -> None:
    assert webhook().read(request(FIELDS | {"From": sender}), NOW) == []


def regrouped(fields: Mapping[str, str]) -> list[dict[str, str]]:
    """Return forms that sign like `fields`: a name and value cut elsewhere, or a value that swallows its neighbour."""
    names = sorted(fields)
    forms: list[dict[str, str]] = []
    for index, name in enumerate(names):
        whole = name + fields[name]
        forms += [
            {**{k: v for k, v in fields.items() if k != name}, whole[:cut]: whole[cut:]}
            for cut in range(1, len(whole) + 1)
        ]
        if index + 1 < len(names):
            following = names[index + 1]
            others = {k: v for k, v in fields.items() if k not in {name, following}}
            forms.append(others | {name: fields[name] + following + fields[following]})
    return forms


def test_regrouped_forms_sign_alike_and_still_take_no_second_effect() -> None:
    """`A=BC` and `AB=C` sign alike: what such a form can change is nothing that we read, or has the same replay key."""
    fields = FIELDS | {"Body": "PAKN xin From+84907654321 x"}
    (genuine,) = webhook().read(request(fields), NOW)
    signature = oracle_signature(fields)
    taken = 0
    signing_alike = 0

    for form in regrouped(fields):
        signing_alike += RequestValidator(AUTH_TOKEN).validate(URL, form, signature)
        try:
            messages = webhook().read(request(form, signature), NOW)
        except WebhookError:
            continue
        taken += 1
        for sms in messages:
            assert (sms.replay_key, sms.sender) == (genuine.replay_key, genuine.sender)
            assert sms.message_id == genuine.message_id

    assert signing_alike > 100
    assert taken > 0


def test_reply_is_what_twilios_library_would_write() -> None:
    text = 'Ma 26 4831 9027 5 <&> "x"'
    expected = MessagingResponse()
    expected.message(text)

    body = webhook().reply([], text).body

    assert ET.canonicalize(body) == ET.canonicalize(str(expected))


def test_reply_without_text_sends_nothing() -> None:
    assert ET.canonicalize(webhook().reply([]).body) == ET.canonicalize(str(MessagingResponse()))


@given(st.text())
def test_reply_is_always_well_formed(text: str) -> None:
    assert ET.fromstring(webhook().reply([], text).body.encode()).tag == "Response"  # noqa: S314 - our own text


def test_empty_token_stops_the_start() -> None:
    with pytest.raises(ValueError, match="credential"):
        TwilioWebhook("")


def test_nothing_a_person_wrote_is_in_logs_or_errors() -> None:
    (sms,) = webhook().read(request(FIELDS), NOW)
    seen = repr(sms) + repr(request(FIELDS))
    for refused in (p.values[0] for p in [*FORGED, *MALFORMED]):
        with pytest.raises(WebhookError) as caught:
            webhook().read(refused, NOW)  # type: ignore[arg-type]
        seen += repr(caught.value)

    for secret in ("901234567", "lương", "luong", SIGNATURE):
        assert secret not in seen


@given(
    st.dictionaries(st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True), st.text(max_size=30), max_size=5),
    st.binary(min_size=1, max_size=40),
)
def test_any_form_is_signed_as_twilios_validator_signs_it(extra: dict[str, str], token: bytes) -> None:
    fields = FIELDS | {name: value.encode("utf-8", "replace").decode() for name, value in extra.items()}
    key = token.hex()
    ours = TwilioWebhook(key)

    try:
        ours.read(request(fields, oracle_signature(fields, token=key)), NOW)
    except ForgedWebhookError:
        pytest.fail("refused what the oracle signed")
    except MalformedWebhookError:
        assert fields["MessageSid"] != FIELDS["MessageSid"] or fields["From"] != FIELDS["From"]


@given(
    st.integers(0, 10_000),
    st.integers(0, 255),
    st.sampled_from(["replace", "insert", "delete", "swap", "cut"]),
)
def test_no_mutated_body_is_taken_that_twilios_validator_refuses(at: int, byte: int, how: str) -> None:
    at %= len(GENUINE)
    character = bytes([byte])
    mutated = {
        "replace": GENUINE[:at] + character + GENUINE[at + 1 :],
        "insert": GENUINE[:at] + character + GENUINE[at:],
        "delete": GENUINE[:at] + GENUINE[at + 1 :],
        "swap": GENUINE[:at] + GENUINE[at : at + 2][::-1] + GENUINE[at + 2 :],
        "cut": GENUINE[:at],
    }[how]
    (genuine,) = webhook().read(request(FIELDS), NOW)

    try:
        messages = webhook().read(request(FIELDS, body=mutated), NOW)
    except WebhookError:
        return

    fields = dict(parse_qsl(mutated.decode("ascii"), keep_blank_values=True))
    assert RequestValidator(AUTH_TOKEN).validate(URL, fields, SIGNATURE)
    for sms in messages:
        assert sms.replay_key == genuine.replay_key


@given(st.text(max_size=40))
def test_no_other_signature_is_taken(signature: str) -> None:
    if signature == SIGNATURE:
        return
    with pytest.raises(WebhookError):
        webhook().read(request(FIELDS, signature), NOW)
