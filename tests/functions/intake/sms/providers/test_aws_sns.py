"""AWS End User Messaging through SNS: RSA signatures, a certificate only from SNS, our topic only."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.sms.providers.aws_sns import AwsSnsWebhook
from chalicelib.intake.sms.webhook import (
    ACCEPTED,
    ForgedWebhookError,
    InboundSms,
    MalformedWebhookError,
    ProviderUnreachableError,
    WebhookError,
    WebhookRequest,
    WebhookTooLargeError,
)
from shared.providers.sns import SnsRefusedError, SnsUnreachableError, fetch

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:ap-southeast-1:123456789012:pakn-prod-inbound-sms"
CERTIFICATE_URL = "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE_URL = "https://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"

PAYLOAD = {
    "originationNumber": "+84901234567",
    "destinationNumber": "+12125550101",
    "messageKeyword": "PAKN",
    "messageBody": "PAKN Đề nghị xem lại lương",
    "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
    "previousPublishedMessageId": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
"""The example of the End User Messaging documentation, with a Vietnamese sender and text."""


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate(signer: str = "sns", kind: str = "rsa", until: datetime = NOW + timedelta(days=1)) -> bytes:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    private = key(signer) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=9))
        .not_valid_after(until)
        .sign(private, SHA256())
    )
    return built.public_bytes(Encoding.PEM)


def signed(fields: dict[str, Any], text: str, signer: str = "sns", version: str = "2") -> dict[str, Any]:
    algorithm = SHA256() if version == "2" else SHA1()  # noqa: S303 - SNS's version 1, which we refuse
    signature = key(signer).sign(text.encode(), PKCS1v15(), algorithm)
    return {
        **fields,
        "SignatureVersion": version,
        "Signature": base64.b64encode(signature).decode(),
        "SigningCertURL": CERTIFICATE_URL,
    }


def notification(
    payload: object = None, *, signer: str = "sns", version: str = "2", **changes: str
) -> dict[str, Any]:
    """Return a notification signed over the text that the SNS documentation spells out."""
    message = json.dumps(PAYLOAD if payload is None else payload)
    fields = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": "2026-11-23T01:30:00.123Z",
    } | changes
    subject = f"Subject\n{fields['Subject']}\n" if "Subject" in fields else ""
    text = (
        f"Message\n{fields['Message']}\nMessageId\n{fields['MessageId']}\n{subject}"
        f"Timestamp\n{fields['Timestamp']}\nTopicArn\n{fields['TopicArn']}\nType\nNotification\n"
    )
    return signed(fields, text, signer, version) | {"UnsubscribeURL": "https://sns.example/unsubscribe"}


def confirmation(url: str = SUBSCRIBE_URL) -> dict[str, Any]:
    fields = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "Token": "abc",
        "TopicArn": TOPIC,
        "Message": "You have chosen to subscribe.\nTo confirm, visit the SubscribeURL.",
        "SubscribeURL": url,
        "Timestamp": "2026-11-23T01:30:00.123Z",
    }
    text = (
        f"Message\n{fields['Message']}\nMessageId\n{fields['MessageId']}\nSubscribeURL\n{url}\n"
        f"Timestamp\n{fields['Timestamp']}\nToken\nabc\nTopicArn\n{TOPIC}\nType\nSubscriptionConfirmation\n"
    )
    return signed(fields, text)


def request(envelope: object, **changes: object) -> WebhookRequest:
    headers = {"x-amz-sns-message-type": "Notification", "Content-Type": "text/plain; charset=UTF-8"}
    genuine = WebhookRequest("POST", "/sms/aws", {}, headers, json.dumps(envelope).encode())
    return replace(genuine, **changes)  # type: ignore[arg-type]


class FakeSns:
    """Answers like SNS's addresses and remembers which were asked for."""

    def __init__(self, pem: bytes | None = None) -> None:
        self.pem = certificate() if pem is None else pem
        self.fetched: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.fetched.append(url)
        return self.pem


def webhook(sns: FakeSns | None = None) -> AwsSnsWebhook:
    return AwsSnsWebhook(TOPIC, fetch=sns or FakeSns())


@pytest.mark.parametrize(
    "envelope",
    [
        pytest.param(notification(), id="without a subject"),
        pytest.param(notification(Subject="Một tin nhắn"), id="with a subject"),
        pytest.param(notification() | {"MessageAttributes": {}}, id="with attributes, which nobody signs"),
    ],
)
def test_genuine_notification_is_one_message(envelope: dict[str, Any]) -> None:
    (sms,) = webhook().read(request(envelope), NOW)

    assert sms == InboundSms(
        "aws",
        "cae173d2-66b9-564c-8309-21f858e9fb84",
        "+84901234567",
        "PAKN Đề nghị xem lại lương",
        datetime(2026, 11, 23, 1, 30, 0, 123000, tzinfo=UTC),
        sms.replay_key,
    )


def test_certificate_is_fetched_once() -> None:
    sns = FakeSns()
    ours = webhook(sns)

    ours.read(request(notification()), NOW)
    ours.read(request(notification(MessageId="another")), NOW)

    assert sns.fetched == [CERTIFICATE_URL]


def test_subscription_of_our_topic_is_confirmed() -> None:
    sns = FakeSns()

    assert webhook(sns).read(request(confirmation()), NOW) == []
    assert sns.fetched == [CERTIFICATE_URL, SUBSCRIBE_URL]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription", id="without TLS"),
        pytest.param("https://169.254.169.254/latest/meta-data/", id="the metadata address"),
        pytest.param("https://attacker.example/?Action=ConfirmSubscription", id="elsewhere"),
    ],
)
def test_even_a_signed_confirmation_fetches_nothing_elsewhere(url: str) -> None:
    sns = FakeSns()

    with pytest.raises(ForgedWebhookError):
        webhook(sns).read(request(confirmation(url)), NOW)

    assert sns.fetched == [CERTIFICATE_URL]


STRANGE_CERTIFICATES = [
    pytest.param("http://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0.pem", id="without TLS"),
    pytest.param("https://attacker.example/SimpleNotificationService-0.pem", id="elsewhere"),
    pytest.param(
        "https://sns.ap-southeast-1.amazonaws.com.attacker.example/SimpleNotificationService-0.pem",
        id="a longer name",
    ),
    pytest.param(
        "https://sns.attacker.example#.amazonaws.com/SimpleNotificationService-0.pem",
        id="hidden in a fragment",
    ),
    pytest.param(
        "https://sns.x.amazonaws.com@attacker.example/SimpleNotificationService-0.pem", id="as a user name"
    ),
    pytest.param(
        "https://attacker@sns.x.amazonaws.com/SimpleNotificationService-0.pem", id="with a user name"
    ),
    pytest.param("https://sns.x.amazonaws.com:8443/SimpleNotificationService-0.pem", id="another port"),
    pytest.param("https://bucket.s3.amazonaws.com/SimpleNotificationService-0.pem", id="somebody's bucket"),
    pytest.param(
        "https://sns.x.y.amazonaws.com/SimpleNotificationService-0.pem", id="a name with a dot more"
    ),
    pytest.param("https://sns.x.amazonaws.com/other.pem", id="another file"),
    pytest.param("https://sns.x.amazonaws.com/../SimpleNotificationService-0.pem", id="a path upwards"),
    pytest.param("https://sns.x.amazonaws.com/SimpleNotificationService-0.pem?x=1", id="a query"),
    pytest.param("https://sns.x.amazonaws.com/SimpleNotificationService-0.pem\n", id="a line end"),
    pytest.param("https://[sns.x.amazonaws.com/SimpleNotificationService-0.pem", id="what is no address"),
    pytest.param("file:///etc/passwd", id="a file"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("url", STRANGE_CERTIFICATES)
def test_certificate_is_fetched_only_from_sns(url: str) -> None:
    sns = FakeSns()

    with pytest.raises(ForgedWebhookError):
        webhook(sns).read(request(notification() | {"SigningCertURL": url}), NOW)

    assert sns.fetched == []


FORGED = [
    pytest.param(notification(signer="attacker"), FakeSns(), NOW, id="signed by somebody else"),
    pytest.param(notification(), FakeSns(certificate("attacker")), NOW, id="another certificate"),
    pytest.param(notification(), FakeSns(certificate(kind="ec")), NOW, id="a certificate of another kind"),
    pytest.param(notification(), FakeSns(b"not a certificate"), NOW, id="what is no certificate"),
    pytest.param(
        notification(), FakeSns(certificate(until=NOW - timedelta(days=1))), NOW, id="an expired certificate"
    ),
    pytest.param(notification(), FakeSns(), NOW - timedelta(days=10), id="a certificate of the future"),
    pytest.param(
        notification(Timestamp="2026-11-13T02:00:00.000Z"),
        FakeSns(),
        NOW - timedelta(days=10),
        id="a fresh message under a certificate of the future",
    ),
    pytest.param(
        notification() | {"SignatureVersion": "1"}, FakeSns(), NOW, id="a version that was not signed"
    ),
    pytest.param(notification() | {"SignatureVersion": 2}, FakeSns(), NOW, id="a version that is a number"),
    pytest.param(notification(version="1"), FakeSns(), NOW, id="signature version 1"),
    pytest.param(
        notification(TopicArn=TOPIC + "x"), FakeSns(), NOW, id="somebody else's topic, rightly signed"
    ),
    pytest.param(notification(Timestamp="2026-11-22T01:30:00.000Z"), FakeSns(), NOW, id="over a day old"),
    pytest.param(
        notification() | {"Message": json.dumps(PAYLOAD | {"messageBody": "x"})},
        FakeSns(),
        NOW,
        id="another message",
    ),
    pytest.param(notification() | {"Subject": "x"}, FakeSns(), NOW, id="a subject added"),
    pytest.param(notification() | {"Signature": ""}, FakeSns(), NOW, id="an empty signature"),
    pytest.param(notification() | {"Signature": "***"}, FakeSns(), NOW, id="a signature that is not Base64"),
    pytest.param(
        confirmation() | {"Type": "Notification"}, FakeSns(), NOW, id="a confirmation as a notification"
    ),
]


@pytest.mark.parametrize(("envelope", "sns", "at"), FORGED)
def test_forged_notification_is_refused(envelope: dict[str, Any], sns: FakeSns, at: datetime) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook(sns).read(request(envelope), at)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(request(notification("text")), id="a message that is no object"),
        pytest.param(request(notification({})), id="an empty message"),
        pytest.param(request(notification(PAYLOAD | {"inboundMessageId": 1})), id="an id that is a number"),
    ],
)
def test_malformed_notification_is_refused(call: WebhookRequest) -> None:
    with pytest.raises(MalformedWebhookError):
        webhook().read(call, NOW)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(request(notification(), method="GET"), id="another method"),
        pytest.param(request([]), id="a list"),
        pytest.param(request(notification() | {"Type": "Other"}), id="an unknown type"),
        pytest.param(request({k: v for k, v in notification().items() if k != "MessageId"}), id="no id"),
    ],
)
def test_what_sns_does_not_send_is_not_proven(call: WebhookRequest) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook().read(call, NOW)


def test_sender_who_cannot_be_answered_is_no_message() -> None:
    assert webhook().read(request(notification(PAYLOAD | {"originationNumber": "AMAZON"})), NOW) == []


def test_request_over_the_size_is_refused_before_anything_is_fetched() -> None:
    sns = FakeSns()

    with pytest.raises(WebhookTooLargeError):
        webhook(sns).read(request(notification(PAYLOAD | {"messageBody": "a" * 17_000})), NOW)

    assert sns.fetched == []


def test_reply_is_an_empty_acknowledgement() -> None:
    assert webhook().reply([]) is ACCEPTED


def test_sns_being_away_is_not_taken_for_a_forgery() -> None:
    def away(_: str) -> bytes:
        raise SnsUnreachableError

    with pytest.raises(ProviderUnreachableError):
        AwsSnsWebhook(TOPIC, fetch=away).read(request(notification()), NOW)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        pytest.param(302, SnsRefusedError, id="an address that points elsewhere"),
        pytest.param(404, SnsRefusedError, id="an address that does not exist"),
        pytest.param(503, SnsUnreachableError, id="a server in trouble"),
        pytest.param(429, SnsUnreachableError, id="too many requests"),
    ],
)
def test_fetching_follows_nothing_and_tells_trouble_from_forgery(status: int, error: type[Exception]) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with pytest.raises(error):
            fetch(f"http://127.0.0.1:{server.server_port}/x.pem")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_fetching_from_where_nobody_listens_is_trouble() -> None:
    with pytest.raises(SnsUnreachableError):
        fetch("http://127.0.0.1:1/x.pem")


GENUINE = json.dumps(notification()).encode()


@given(
    st.integers(0, 10_000),
    st.integers(0, 127),
    st.sampled_from(["replace", "insert", "delete", "swap", "cut"]),
)
def test_no_mutated_notification_says_anything_else(at: int, code: int, how: str) -> None:
    at %= len(GENUINE)
    character = bytes([code])
    mutated = {
        "replace": GENUINE[:at] + character + GENUINE[at + 1 :],
        "insert": GENUINE[:at] + character + GENUINE[at:],
        "delete": GENUINE[:at] + GENUINE[at + 1 :],
        "swap": GENUINE[:at] + GENUINE[at : at + 2][::-1] + GENUINE[at + 2 :],
        "cut": GENUINE[:at],
    }[how]
    (genuine,) = webhook().read(request(notification()), NOW)

    try:
        messages = webhook().read(request({}, body=mutated), NOW)
    except WebhookError:
        return

    assert messages == [genuine]
