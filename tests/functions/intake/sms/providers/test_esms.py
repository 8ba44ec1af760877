"""The Vietnamese aggregators' short code contract: what is taken, what is refused, what is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.sms.providers.esms import EsmsWebhook
from chalicelib.intake.sms.webhook import (
    LARGEST_REQUEST,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    WebhookError,
    WebhookRequest,
    WebhookTooLargeError,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CPID = "abcdef"
PRIVATE_KEY = "17417a0d20114d36a902e49cad0e97f3"
"""The example key of the provider's page."""


def webhook() -> EsmsWebhook:
    return EsmsWebhook(CPID, PRIVATE_KEY)


def signed(**changes: str) -> dict[str, str]:
    """Return the query of a genuine request, signed as the provider documents it."""
    query = {
        "sender": "84901234567",
        "content": "PAKN Đề nghị xem lại lương",
        "serviceNumber": "8088",
        "keyword": "PAKN",
        "cpid": CPID,
        "smsid": "1234",
        "receiverTime": "20261123083000",
    } | changes
    text = query["cpid"] + query["smsid"] + query["content"] + query["receiverTime"] + PRIVATE_KEY
    return query | {"sign": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}


def request(query: Mapping[str, str | Sequence[str]], **changes: object) -> WebhookRequest:
    genuine = WebhookRequest(
        "GET",
        "/sms/esms",
        query,
        {"Host": "attacker.example"},
        source_ip="203.0.113.7",
        public_url="https://pakn.example.vn",
    )
    return replace(genuine, **changes)  # type: ignore[arg-type]


def test_genuine_request_is_one_message() -> None:
    query = signed()

    (sms,) = webhook().read(request(query), NOW)

    assert sms.provider == "esms"
    assert sms.message_id == "1234"
    assert sms.sender == "+84901234567"
    assert sms.content == "PAKN Đề nghị xem lại lương"
    assert sms.received_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert not sms.keyword_stripped


def test_the_providers_own_example_is_taken() -> None:
    text = "abcdef" + "1234" + "xyz" + "20130228130101" + PRIVATE_KEY
    sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    query = signed(content="xyz", receiverTime="20130228130101") | {"sign": sign}

    (sms,) = webhook().read(request(query), NOW)

    assert sms.received_at == datetime(2013, 2, 28, 6, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"sign": signed()["sign"].upper()}, id="a signature in capitals"),
        pytest.param({"extra": "1"}, id="a parameter that the provider added"),
        pytest.param({"serviceNumber": "8x88"}, id="an unsigned field that we do not use"),
        pytest.param({"sender": "+84901234567"}, id="a sender with a plus"),
        pytest.param({"sender": "0901234567"}, id="a sender in local form"),
    ],
)
def test_genuine_request_is_taken_with(changes: dict[str, str]) -> None:
    (sms,) = webhook().read(request(signed() | changes), NOW)

    assert sms.sender == "+84901234567"


FORGED = [
    pytest.param(signed() | {"content": "PAKN \ud800"}, id="half a character"),
    pytest.param(signed() | {"sign": ""}, id="no signature"),
    pytest.param(signed() | {"sign": "0" * 32}, id="a made-up signature"),
    pytest.param(signed() | {"sign": signed()["sign"][:-1]}, id="a signature cut short"),
    pytest.param(signed() | {"sign": signed()["sign"] + "0"}, id="a signature with more behind"),
    pytest.param(signed() | {"sign": "ký" * 16}, id="a signature that is not ASCII"),
    pytest.param(signed() | {"content": "PAKN khác"}, id="another content"),
    pytest.param(signed() | {"smsid": "1235"}, id="another id"),
    pytest.param(signed() | {"receiverTime": "20261123083001"}, id="another time"),
    pytest.param(signed() | {"cpid": "abcdeg"}, id="another account"),
    pytest.param(signed(cpid="abcdeg"), id="another account, signed with our key"),
    pytest.param(signed(cpid="abcdef1", smsid="234"), id="the border between account and id moved"),
    pytest.param(signed() | {"content": "PAKN De nghi xem lai luong"}, id="accents taken off on the way"),
    pytest.param(
        signed() | {"sign": hashlib.md5((CPID + "1234PAKN" + "20261123083000").encode()).hexdigest()},  # noqa: S324
        id="signed without the key",
    ),
]

UNPROVEN = [
    *(
        pytest.param({k: v for k, v in signed().items() if k != name}, id=f"{name} missing")
        for name in ("sender", "content", "cpid", "smsid", "receiverTime", "sign")
    ),
    *(
        pytest.param(signed() | {name: (signed()[name], signed()[name])}, id=f"{name} twice")
        for name in ("sender", "content", "cpid", "smsid", "receiverTime", "sign")
    ),
]

MALFORMED = [
    pytest.param(signed(smsid=""), id="an empty id"),
    pytest.param(signed(smsid="1 2"), id="an id with a space"),
    pytest.param(signed(smsid="9" * 65), id="an id too long"),
    pytest.param(signed(receiverTime="2026112308300"), id="a time too short"),
    pytest.param(signed(receiverTime="20261323083000"), id="a thirteenth month"),
    pytest.param(signed(receiverTime="20261123250000"), id="a twenty-fifth hour"),
    pytest.param(signed(receiverTime="２０２６1123083000"), id="digits that are not ASCII"),
]


@pytest.mark.parametrize("query", [*FORGED, *UNPROVEN])
def test_forged_request_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(request(query), NOW)


@pytest.mark.parametrize("query", MALFORMED)
def test_malformed_request_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(MalformedWebhookError):
        webhook().read(request(query), NOW)


def test_other_methods_are_refused() -> None:
    for method in ("POST", "HEAD", "PUT"):
        with pytest.raises(ForgedWebhookError):
            webhook().read(request(signed(), method=method), NOW)


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("VIETTEL", id="a brand name"),
        pytest.param("191", id="an operator's short number"),
        pytest.param("", id="nobody"),
    ],
)
def test_sender_who_cannot_be_answered_is_no_message(sender: str) -> None:
    assert webhook().read(request(signed(sender=sender)), NOW) == []


def test_request_over_the_size_is_refused_before_it_is_read() -> None:
    room = LARGEST_REQUEST - sum(len(k) + len(v.encode()) for k, v in signed(content="").items())

    (sms,) = webhook().read(request(signed(content="a" * room)), NOW)
    assert len(sms.content) == room
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request(signed(content="a" * (room + 1))), NOW)
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request({"x": ["y"] * 9000, "sign": "z"}), NOW)
    with pytest.raises(WebhookTooLargeError):
        webhook().read(request(signed(), body=b"x" * LARGEST_REQUEST), NOW)


def test_age_is_limited_only_where_asked() -> None:
    late = NOW + timedelta(days=9)

    assert len(webhook().read(request(signed()), late)) == 1
    with pytest.raises(ForgedWebhookError):
        EsmsWebhook(CPID, PRIVATE_KEY, accept_within=timedelta(days=2)).read(request(signed()), late)


def test_moving_borders_or_changing_the_sender_gives_the_same_replay_key() -> None:
    (genuine,) = webhook().read(request(signed(content="PAKN TC 1")), NOW)
    sign = signed(content="PAKN TC 1")["sign"]
    shifted = signed(content="PAKN TC 1") | {"smsid": "1234P", "content": "AKN TC 1", "sign": sign}
    stolen = signed(content="PAKN TC 1") | {"sender": "84907654321"}

    for query in (shifted, stolen):
        (again,) = webhook().read(request(query), NOW)
        assert again.replay_key == genuine.replay_key


def test_reply_is_the_providers_xml() -> None:
    query = signed()
    messages = webhook().read(request(query), NOW)

    reply = webhook().reply(messages, 'Ma 26 4831 9027 5 <&> "x" ]]> \x00\x0b')

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(reply.body)  # noqa: S314 - our own text
    assert root.tag == "ClientResponse"
    assert [(child.tag, child.text) for child in root] == [
        ("Message", 'Ma 26 4831 9027 5 <&> "x" ]]> '),
        ("Smsid", "1234"),
        ("Receiver", "84901234567"),
    ]


@given(st.text())
def test_reply_is_always_well_formed(text: str) -> None:
    sms = InboundSms("esms", "1", "+84901234567", "x", None, "k")

    root = ET.fromstring(webhook().reply([sms], text).body.encode())  # noqa: S314 - our own text

    assert root.find("Smsid") is not None


def test_reply_to_nobody_names_nobody() -> None:
    assert webhook().reply([]).body == (
        "<ClientResponse><Message></Message><Smsid></Smsid><Receiver></Receiver></ClientResponse>"
    )


def test_empty_credentials_stop_the_start() -> None:
    for cpid, key in (("", "k"), ("c", "")):
        with pytest.raises(ValueError, match="credential"):
            EsmsWebhook(cpid, key)


def test_nothing_a_person_wrote_is_in_logs_or_errors() -> None:
    query = signed()
    (sms,) = webhook().read(request(query), NOW)
    seen = repr(sms) + repr(request(query)) + repr(webhook().reply([sms], "tra loi"))
    for forged in (p.values[0] for p in [*FORGED, *MALFORMED]):
        with pytest.raises(WebhookError) as caught:
            webhook().read(request(forged), NOW)  # type: ignore[arg-type]
        seen += str(caught.value) + repr(caught.value)

    for secret in ("901234567", "lương", "luong", PRIVATE_KEY, query["sign"], "tra loi"):
        assert secret not in seen


@given(
    st.sampled_from(["sender", "content", "cpid", "smsid", "receiverTime", "sign"]),
    st.integers(0, 60),
    st.sampled_from(["replace", "insert", "delete", "swap"]),
    st.characters(exclude_categories=["Cs"]),
)
def test_no_mutated_request_takes_a_second_effect(name: str, at: int, how: str, character: str) -> None:
    query = signed()
    (genuine,) = webhook().read(request(query), NOW)
    value = query[name]
    at %= len(value)
    mutated = {
        "replace": value[:at] + character + value[at + 1 :],
        "insert": value[:at] + character + value[at:],
        "delete": value[:at] + value[at + 1 :],
        "swap": value[:at] + value[at : at + 2][::-1] + value[at + 2 :],
    }[how]

    try:
        messages = webhook().read(request(query | {name: mutated}), NOW)
    except WebhookError:
        return

    assert name in {"sender", "sign"} or mutated == value
    for sms in messages:
        assert sms.replay_key == genuine.replay_key
        assert sms.content == genuine.content


@given(st.dictionaries(st.sampled_from(list(signed())), st.text(max_size=40)))
def test_nothing_made_up_is_taken(query: dict[str, str]) -> None:
    with pytest.raises(WebhookError):
        webhook().read(request(query), NOW)
