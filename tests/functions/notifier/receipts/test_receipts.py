"""Receipts prove arrival or failure: only genuine ones, the first one counts, a failure leads to the next channel."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

from chalicelib.notifier.account import Account
from chalicelib.notifier.attempts.back_off import LEASE
from chalicelib.notifier.providers import PROVIDERS, receipt_readers
from chalicelib.notifier.receipts import aws as aws_receipts
from chalicelib.notifier.receipts import ses as ses_receipts
from chalicelib.notifier.receipts.answer_request import ReceiptEndpoint
from chalicelib.notifier.receipts.receipt import ReceiptReader, ReceiptRequest
from chalicelib.notifier.receipts.record_receipt import ReceiptRecorder
from chalicelib.notifier.receipts.sns import SnsReceipts
from chalicelib.notifier.senders.esms import callback_token
from chalicelib.notifier.settings import NotifierSettings
from shared.domain.petition.change import Change
from shared.domain.petition.facts import ContactAdded
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.deliveries import DeliveryState
from shared.domain.promises.notices import NoticeKind
from shared.platform import clock, secrets, settings
from shared.platform.settings import Settings
from shared.providers.sns import SnsRefusedError, SnsTopic, SnsUnreachableError
from shared.use_cases.evidence import evidence_of
from tests.functions.notifier.conftest import EMAIL, PHONE, REFERENCE, PostRoom
from tests.support.builders import keyring_of

TOPIC = "arn:aws:sns:ap-southeast-1:123456789012:pakn-local-mail-events"
CERTIFICATE_URL = "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-abc123.pem"
SECRET = f"whsec_{base64.b64encode(b'0123456789abcdef0123456789abcdef').decode()}"
MAIL_ROW, SMS_ROW, CALL_ROW = (f"1#RECEIPT#PETITIONER#{channel}" for channel in ("EMAIL", "SMS", "PHONE"))


ACCOUNTS = {
    "http": {"secret": SECRET},
    "vonage": {"signature_secret": "a-signature-secret-of-64-bytes-" + "x" * 33, "api_key": "a1b2c3d4"},
    "infobip": {"username": "pakn", "password": "a long random password"},
    "zalo": {"app_id": "431234567890", "oa_secret_key": "a secret key of the official account"},
}


class Sns:
    """Signs as SNS does, with a key and certificate of this test's own."""

    def __init__(self) -> None:
        self._key: RSAPrivateKey = generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2035, 1, 1, tzinfo=UTC))
            .sign(self._key, SHA256())
            .public_bytes(Encoding.PEM)
        )
        self.fetched: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        return self.certificate

    def notification(self, message: dict[str, Any], **facts: str) -> bytes:
        envelope = {
            "Type": "Notification",
            "MessageId": "m-1",
            "TopicArn": TOPIC,
            "Message": json.dumps(message),
            "Timestamp": "2026-11-03T02:00:01.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
        } | facts
        return self.signed(envelope, ("Message", "MessageId", "Timestamp", "TopicArn", "Type"))

    def confirmation(self, url: str) -> bytes:
        envelope = {
            "Type": "SubscriptionConfirmation",
            "MessageId": "m-2",
            "Token": "t",
            "TopicArn": TOPIC,
            "Message": "You have chosen to subscribe",
            "SubscribeURL": url,
            "Timestamp": "2026-11-03T02:00:01.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
        }
        names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
        return self.signed(envelope, names)

    def signed(self, envelope: dict[str, str], names: tuple[str, ...]) -> bytes:
        text = "".join(f"{name}\n{envelope[name]}\n" for name in names).encode()
        signature = base64.b64encode(self._key.sign(text, PKCS1v15(), SHA256())).decode()
        return json.dumps({"Signature": signature} | envelope).encode()


@pytest.fixture(scope="module")
def sns() -> Sns:
    return Sns()


def reader_of(provider: str, credentials: dict[str, str]) -> ReceiptReader:
    account = Account(
        provider, settings.load(NotifierSettings), lambda: {provider: credentials}, keyring_of("key")
    )
    return PROVIDERS[provider].build_receipts(account)


class Desk:
    """The receipts' endpoint over the system's tables, with a topic and accounts of this test's own."""

    def __init__(self, post_room: PostRoom, sns: Sns) -> None:
        recorder = ReceiptRecorder(post_room.deliveries, settings.load(NotifierSettings).notices_queue_url)
        sns.fetched.clear()
        topic = SnsTopic(TOPIC, sns.fetch)
        self._endpoint = ReceiptEndpoint(
            recorder,
            {
                "ses": SnsReceipts(topic, ses_receipts.receipt_of),
                "aws": SnsReceipts(topic, aws_receipts.receipt_of),
                **{provider: reader_of(provider, credentials) for provider, credentials in ACCOUNTS.items()},
            },
        )
        self.closed = ReceiptEndpoint(recorder, {provider: reader_of(provider, {}) for provider in ACCOUNTS})
        self._sns = sns

    def post(self, provider: str, body: bytes, headers: dict[str, str] | None = None) -> int:
        return self._endpoint.answer(provider, ReceiptRequest(headers or {}, body, clock.now()))

    def ses(self, kind: str, notice: str = MAIL_ROW, **details: Any) -> int:
        return self.post("ses", self._sns.notification(an_event(kind, notice, **details)))


@pytest.fixture
def desk(post_room: PostRoom, sns: Sns) -> Desk:
    return Desk(post_room, sns)


def an_event(kind: str, notice: str = MAIL_ROW, **details: Any) -> dict[str, Any]:
    tags = {
        "reference": [REFERENCE],
        "notice": [notice.replace("#", ".")],
        "ses:caller-identity": ["notifier"],
    }
    return {"eventType": kind, "mail": {"messageId": "x", "destination": [EMAIL], "tags": tags}, **details}


HARD: dict[str, Any] = {
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": EMAIL, "diagnosticCode": f"550 {EMAIL} unknown"}],
    }
}


def test_delivery_event_proves_the_arrival(post_room: PostRoom, desk: Desk):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)

    assert desk.ses("Delivery") == 200
    assert post_room.rows() == {MAIL_ROW: "DELIVERED"}


def test_hard_bounce_ends_as_a_call_task(post_room: PostRoom, desk: Desk):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)

    assert desk.ses("Bounce", **HARD) == 200
    post_room.work()

    assert post_room.rows() == {MAIL_ROW: "FAILED", CALL_ROW: "OPEN"}
    assert post_room.row(MAIL_ROW).reason == "ses-Bounce-Permanent-General"
    assert EMAIL not in str(post_room.system.items("deliveries"))


def a_complaint(**facts: Any) -> dict[str, Any]:
    """Return the part of a Complaint event that is about the complaint, with all fields that AWS documents."""
    return {
        "complaint": {
            "arrivalDate": "2026-11-03T01:41:02.669Z",
            "complainedRecipients": [{"emailAddress": EMAIL}],
            "complaintFeedbackType": "abuse",
            "complaintSubType": None,
            "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
            "timestamp": "2026-11-03T01:41:02.669Z",
            "userAgent": "Amazon SES Mailbox Simulator",
            **facts,
        }
    }


COMPLAINT = a_complaint()


def asks_for_information(post_room: PostRoom, petition: Petition) -> None:
    changed = petition.record(Action.REQUEST_INFORMATION, Change.by_officer("x", post_room.clock.now(), "q"))
    post_room.save(petition, changed)
    post_room.notify(NoticeKind.INFORMATION_NEEDED, seq=changed.version)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        pytest.param(["Complaint"], "SENT", id="before its arrival is proven"),
        pytest.param(["Delivery", "Complaint"], "DELIVERED", id="after"),
        pytest.param(["Complaint", "Delivery", "Complaint"], "DELIVERED", id="out of order and twice"),
    ],
)
def test_after_a_complaint_the_mail_still_arrived_and_the_next_notice_goes_another_way(
    post_room: PostRoom, desk: Desk, events, state
):
    petition = post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)

    for kind in events:
        assert desk.ses(kind, **(COMPLAINT if kind == "Complaint" else {})) == 200
    post_room.work()
    after_complaint = post_room.rows()
    asks_for_information(post_room, petition)

    assert after_complaint == {MAIL_ROW: state}
    assert post_room.suppressions.has(post_room.key_of(EMAIL))
    assert post_room.sent_to() == [("EMAIL", EMAIL), ("PHONE", PHONE)]
    assert EMAIL not in str(post_room.system.items("deliveries"))


@pytest.mark.parametrize("feedback", ["not-spam", "auth-failure"])
def test_feedback_that_complains_of_nothing_suppresses_nothing(
    post_room: PostRoom, desk: Desk, feedback: str
):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)

    assert desk.ses("Complaint", **a_complaint(complaintFeedbackType=feedback)) == 200
    post_room.work()

    assert not post_room.suppressions.has(post_room.key_of(EMAIL))


def test_mail_that_ses_kept_back_for_an_earlier_complaint_did_not_arrive(post_room: PostRoom, desk: Desk):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)

    desk.ses("Complaint", **a_complaint(complaintSubType="OnAccountSuppressionList"))
    post_room.work()

    assert post_room.rows() == {MAIL_ROW: "FAILED", CALL_ROW: "OPEN"}
    assert post_room.suppressions.has(post_room.key_of(EMAIL))


def test_complaint_repeated_after_the_owner_gave_a_contact_suppresses_nothing(
    post_room: PostRoom, desk: Desk
):
    petition = post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)
    desk.ses("Complaint", **COMPLAINT)
    post_room.work()

    post_room.clock.hold_at(post_room.clock.now() + timedelta(hours=1))
    with_contact = petition.record(
        Action.ADD_CONTACT,
        Change.by_petitioner(post_room.clock.now(), "contact"),
        facts=ContactAdded(parts_before=1),
    )
    post_room.save(petition, with_contact)
    post_room.suppressions.lift(post_room.key_of(EMAIL))
    desk.ses("Complaint", **COMPLAINT)
    post_room.work()

    assert not post_room.suppressions.has(post_room.key_of(EMAIL))


def test_forged_complaint_suppresses_nothing(post_room: PostRoom, desk: Desk, sns: Sns):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)
    envelope = json.loads(sns.notification(an_event("Delivery")))
    envelope["Message"] = json.dumps(an_event("Complaint", **COMPLAINT))

    assert desk.post("ses", json.dumps(envelope).encode()) == 403
    post_room.work()

    assert not post_room.suppressions.has(post_room.key_of(EMAIL))


def test_complaint_about_no_delivery_of_ours_makes_none(post_room: PostRoom, desk: Desk):
    assert desk.ses("Complaint", **COMPLAINT) == 200
    assert post_room.rows() == {}


def test_bounce_takes_the_next_channel_that_was_chosen(post_room: PostRoom, desk: Desk):
    post_room.a_petition(ReplyBy.EMAIL, ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    desk.ses("Bounce", **HARD)
    desk.ses("Bounce", **HARD)
    post_room.work()

    assert post_room.rows() == {MAIL_ROW: "FAILED", SMS_ROW: "SENT"}
    assert [channel for channel, _ in post_room.sent_to()] == ["EMAIL", "SMS"]


@pytest.mark.parametrize(
    ("events", "state"),
    [
        pytest.param(["Delivery", "Delivery"], "DELIVERED", id="twice"),
        pytest.param(["Delivery", "Bounce"], "FAILED", id="a bounce hours after the delivery"),
        pytest.param(["Bounce", "Delivery"], "FAILED", id="a bounce that overtakes the delivery"),
        pytest.param(["Delivery", "Bounce", "Delivery", "Bounce"], "FAILED", id="both, and both repeated"),
        pytest.param(["Delivery", "Send"], "DELIVERED", id="out of order"),
        pytest.param(["Send"], "SENT", id="a send event changes nothing that is known"),
        pytest.param(["DeliveryDelay", "Open", "Click", "Subscription"], "SENT", id="what proves nothing"),
        pytest.param(["Reject"], "FAILED", id="rejected"),
        pytest.param(["Rendering Failure"], "FAILED", id="not rendered"),
    ],
)
def test_what_is_known_only_grows_in_whatever_order_events_come(
    post_room: PostRoom, desk: Desk, events, state
):
    post_room.a_petition(phone=None)
    post_room.notify(NoticeKind.RECEIPT)

    for kind in events:
        assert desk.ses(kind, **(HARD if kind == "Bounce" else {})) == 200

    assert post_room.row(MAIL_ROW).state == state


def later(post_room: PostRoom, **time: float) -> None:
    post_room.clock.hold_at(post_room.clock.now() + timedelta(**time))


def a_bounce(bounce_type: str, subtype: str = "General") -> dict[str, Any]:
    return {"bounce": {"bounceType": bounce_type, "bounceSubType": subtype}}


OUT_OF_OFFICE = a_bounce("Transient")


def test_hard_bounce_hours_after_the_delivery_takes_the_next_channel_and_proves_nothing(
    post_room: PostRoom, desk: Desk
):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)
    assert desk.ses("Delivery") == 200
    post_room.work()
    was_proven = evidence_of(post_room.deliveries, REFERENCE)

    later(post_room, hours=3)
    assert desk.ses("Bounce", **HARD) == 200
    post_room.work()

    assert was_proven[1] is not None
    assert post_room.rows() == {MAIL_ROW: "FAILED", CALL_ROW: "OPEN"}
    assert post_room.suppressions.has(post_room.key_of(EMAIL))
    assert evidence_of(post_room.deliveries, REFERENCE) == {}


@pytest.mark.parametrize(
    ("details", "is_suppressed"),
    [
        pytest.param(a_bounce("Permanent", "NoEmail"), True, id="no such mailbox"),
        pytest.param(a_bounce("Permanent", "OnAccountSuppressionList"), True, id="on the suppression list"),
        pytest.param(a_bounce("Transient", "MailboxFull"), False, id="a full mailbox may be emptied"),
        pytest.param(a_bounce("Undetermined", "Undetermined"), False, id="nobody knows why"),
    ],
)
def test_bounce_after_the_delivery_is_no_arrival_and_only_a_permanent_one_suppresses(
    post_room: PostRoom, desk: Desk, details, is_suppressed
):
    post_room.a_petition(ReplyBy.EMAIL, ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    desk.ses("Delivery")
    later(post_room, hours=3)
    desk.ses("Bounce", **details)
    post_room.work()

    assert post_room.rows() == {MAIL_ROW: "FAILED", SMS_ROW: "SENT"}
    assert post_room.suppressions.has(post_room.key_of(EMAIL)) is is_suppressed


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(["Bounce", "Delivery"], id="overtakes its delivery"),
        pytest.param(["Delivery", "Bounce"], id="comes after it"),
        pytest.param(["Bounce", "Bounce", "Delivery", "Bounce"], id="several, one of them late"),
    ],
)
def test_automatic_reply_is_no_failure_and_a_later_delivery_counts(post_room: PostRoom, desk: Desk, events):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)

    for kind in events:
        assert desk.ses(kind, **(OUT_OF_OFFICE if kind == "Bounce" else {})) == 200
        post_room.work()
        later(post_room, minutes=5)

    assert post_room.rows() == {MAIL_ROW: "DELIVERED"}
    assert not post_room.suppressions.has(post_room.key_of(EMAIL))
    assert evidence_of(post_room.deliveries, REFERENCE)[1] is not None


def test_automatic_reply_alone_proves_no_arrival_so_silence_takes_the_next_channel(
    post_room: PostRoom, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    post_room.system.local.pumps.receipts.is_silent = True
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)
    desk.ses("Bounce", **OUT_OF_OFFICE)
    post_room.work()
    before = post_room.rows()

    sent = post_room.row(MAIL_ROW)
    due = sent.model_copy(update={"wake_at": post_room.clock.now() + timedelta(hours=24)})
    post_room.deliveries.settle(due, sent)
    post_room.wait(hours=25)

    assert before == {MAIL_ROW: "SENT"}
    assert post_room.rows() == {MAIL_ROW: "UNPROVEN", CALL_ROW: "OPEN"}


def test_automatic_reply_settles_that_ses_took_an_ambiguous_mail(post_room: PostRoom, desk: Desk):
    post_room.a_petition(phone=None)
    post_room.notify(NoticeKind.RECEIPT)
    sent = post_room.row(MAIL_ROW)
    post_room.deliveries.settle(sent.model_copy(update={"state": DeliveryState.AMBIGUOUS}), sent)

    desk.ses("Bounce", **OUT_OF_OFFICE)

    assert post_room.row(MAIL_ROW).state == "SENT"


def test_bounce_of_an_address_that_its_owner_gave_again_suppresses_nothing(post_room: PostRoom, desk: Desk):
    petition = post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)
    desk.ses("Delivery")
    later(post_room, hours=1)
    with_contact = petition.record(
        Action.ADD_CONTACT,
        Change.by_petitioner(post_room.clock.now(), "contact"),
        facts=ContactAdded(parts_before=1),
    )
    post_room.save(petition, with_contact)

    desk.ses("Bounce", **HARD)
    post_room.work()

    assert post_room.rows()[CALL_ROW] == "OPEN"
    assert not post_room.suppressions.has(post_room.key_of(EMAIL))


def test_contradicted_receipt_is_listed_under_its_day_once(post_room: PostRoom, desk: Desk):
    post_room.a_petition(phone=None)
    post_room.notify(NoticeKind.RECEIPT)
    delivered_at = post_room.clock.now()
    desk.ses("Delivery")
    later(post_room, hours=3)
    contradicted_at = post_room.clock.now()

    desk.ses("Bounce", **HARD)
    later(post_room, hours=1)
    desk.ses("Bounce", **HARD)
    post_room.work()

    (listed,) = post_room.deliveries.contradicted(contradicted_at, contradicted_at + timedelta(seconds=1))
    assert (listed.notice, listed.state) == (MAIL_ROW, "FAILED")
    assert (listed.delivered_at, listed.listed_at) == (delivered_at, contradicted_at)
    assert post_room.deliveries.contradicted(delivered_at, contradicted_at) == ()
    assert post_room.deliveries.open_calls(post_room.clock.now()) == ()


@pytest.mark.parametrize(
    ("kind", "state"), [("Send", "SENT"), ("Delivery", "DELIVERED"), ("Bounce", "FAILED")]
)
def test_ambiguous_delivery_is_settled_by_an_event(post_room: PostRoom, desk: Desk, kind, state):
    post_room.a_petition(phone=None)
    post_room.notify(NoticeKind.RECEIPT)
    sent = post_room.row(MAIL_ROW)
    post_room.deliveries.settle(sent.model_copy(update={"state": DeliveryState.AMBIGUOUS}), sent)

    desk.ses(kind, **(HARD if kind == "Bounce" else {}))

    assert post_room.row(MAIL_ROW).state == state


def test_undocumented_event_is_loud_and_never_an_arrival(post_room: PostRoom, desk: Desk):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)

    assert desk.ses("Teleported") == 422
    assert post_room.rows() == {MAIL_ROW: "SENT"}


def test_event_about_no_delivery_of_ours_is_acknowledged_and_counted(desk: Desk):
    assert desk.ses("Delivery", notice="7#RECEIPT#PETITIONER#EMAIL") == 200


# --- only genuine ones ------------------------------------------------------------------------------------


def test_own_topics_subscription_is_confirmed(desk: Desk, sns: Sns):
    url = "https://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"

    assert desk.post("ses", sns.confirmation(url)) == 200
    assert sns.fetched == [CERTIFICATE_URL, url]


def test_confirmation_that_leads_elsewhere_is_not_followed(desk: Desk, sns: Sns):
    assert desk.post("ses", sns.confirmation("https://evil.example/?Action=ConfirmSubscription")) == 403
    assert sns.fetched == [CERTIFICATE_URL]


@pytest.mark.parametrize("provider", ["ses", "aws"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(SnsUnreachableError(), 503, id="SNS does not answer"),
        pytest.param(SnsRefusedError("address"), 403, id="SNS does not know the address"),
    ],
)
@pytest.mark.parametrize("failing", ["the certificate", "the confirmation"])
def test_receipt_that_cannot_be_verified_now_is_asked_for_again(
    post_room: PostRoom, sns: Sns, provider: str, error: Exception, status: int, failing: str
):
    url = "https://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"

    def fetch(address: str) -> bytes:
        if (failing == "the confirmation") == (address == url):
            raise error
        return sns.certificate

    recorder = ReceiptRecorder(post_room.deliveries, settings.load(NotifierSettings).notices_queue_url)
    reader = SnsReceipts(SnsTopic(TOPIC, fetch), ses_receipts.receipt_of)
    request = ReceiptRequest({}, sns.confirmation(url), clock.now())

    assert ReceiptEndpoint(recorder, {provider: reader}).answer(provider, request) == status


@pytest.mark.parametrize(
    ("provider", "entry"),
    [
        pytest.param("http", {"secret": "whsec_c2hvcnQ="}, id="too short"),
        pytest.param(
            "infobip", {"username": "u", "hmac_secret": "s", "hmac_header": "h"}, id="half of a pair"
        ),
    ],
)
def test_receipt_is_asked_for_again_while_the_credentials_cannot_be_used(
    post_room: PostRoom, provider: str, entry: dict[str, str]
):
    configuration = settings.load(NotifierSettings)
    manager, name = post_room.system.local.cloud.client("secretsmanager"), configuration.providers_secret
    before = manager.get_secret_value(SecretId=name)["SecretString"]
    manager.put_secret_value(SecretId=name, SecretString=json.dumps({provider: entry}))
    secrets.forget()
    try:
        recorder = ReceiptRecorder(post_room.deliveries, configuration.notices_queue_url)
        endpoint = ReceiptEndpoint(recorder, receipt_readers(configuration))

        assert endpoint.answer(provider, ReceiptRequest({}, b"{}", clock.now())) == 503
    finally:
        manager.put_secret_value(SecretId=name, SecretString=before)
        secrets.forget()


FORGED = {
    "another topic": {"TopicArn": TOPIC + "x"},
    "version 1 (SHA-1)": {"SignatureVersion": "1"},
    "a certificate from elsewhere": {
        "SigningCertURL": "https://evil.example/SimpleNotificationService-a.pem"
    },
    "a certificate over http": {"SigningCertURL": CERTIFICATE_URL.replace("https", "http")},
    "a host that only begins alike": {
        "SigningCertURL": "https://sns.ap-southeast-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem"
    },
    "another file": {"SigningCertURL": "https://sns.ap-southeast-1.amazonaws.com/x.pem"},
    "an unknown type": {"Type": "Notice"},
}


@pytest.mark.parametrize("facts", [pytest.param(facts, id=name) for name, facts in FORGED.items()])
def test_forged_envelope_is_refused(desk: Desk, sns: Sns, facts):
    assert desk.post("ses", sns.notification(an_event("Delivery"), **facts)) == 403


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "Signature"])
def test_envelope_altered_after_signing_is_refused(desk: Desk, sns: Sns, name: str):
    envelope = json.loads(sns.notification(an_event("Delivery")))
    envelope[name] = ("x" if envelope[name][0] != "x" else "y") + envelope[name][1:]

    assert desk.post("ses", json.dumps(envelope).encode()) == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"x"', b"{}", b"[" * 100_000, b" " * 400_000])
def test_what_is_no_envelope_is_refused(desk: Desk, body: bytes):
    assert desk.post("ses", body) == 403


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"eventType": 7},
        {"eventType": "Delivery"},
        {"eventType": "Delivery", "mail": {"tags": {}}},
        {"eventType": "Delivery", "mail": {"tags": {"reference": [], "notice": []}}},
    ],
)
def test_genuine_message_that_is_no_event_is_refused(desk: Desk, sns: Sns, message: dict[str, Any]):
    assert desk.post("ses", sns.notification(message)) == 403


def test_events_signed_by_somebody_else_do_not_get_in(post_room: PostRoom, sns: Sns):
    answer = post_room.system.http(
        "POST",
        "/receipts/ses",
        body=sns.notification(an_event("Delivery")),
        headers={"content-type": "text/plain; charset=UTF-8"},
    )

    assert answer.status == 403


# --- eSMS -------------------------------------------------------------------------------------------------

REQUEST_ID = f"{REFERENCE}-1-RECEIPT"


class _Key(Settings):
    pass


def callback(post_room: PostRoom, token: str | None = None, **query: str) -> int:
    key = secrets.keyring(settings.load(_Key).identifiers_secret).names()
    sent = {"SMSID": "x", "RequestId": REQUEST_ID, "phonenumber": "0912345678", **query}
    path = f"/receipts/esms/{token or callback_token(key, REQUEST_ID)}"
    return post_room.system.http("GET", path, query=sent).status


@pytest.mark.parametrize(
    ("query", "state"),
    [
        pytest.param({"SendStatus": "5", "SendSuccess": "1", "SendFailed": "0"}, "DELIVERED", id="arrived"),
        pytest.param(
            {"SendStatus": "5", "SendSuccess": "0", "SendFailed": "1"}, "FAILED", id="did not arrive"
        ),
        pytest.param({"SendStatus": "5"}, "FAILED", id="finished without a success is no arrival"),
        pytest.param({"SendStatus": "4"}, "FAILED", id="rejected"),
        pytest.param({"SendStatus": "7"}, "SENT", id="with the network"),
        pytest.param({"SendStatus": "1"}, "SENT", id="waiting for approval"),
    ],
)
def test_esms_callback_says_whether_the_sms_arrived(post_room: PostRoom, query, state):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert callback(post_room, **query) == 200
    assert post_room.row(SMS_ROW).state == state


def test_sms_that_did_not_arrive_ends_as_a_call_task(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    callback(post_room, SendStatus="5", SendSuccess="0", SendFailed="1")
    post_room.work()

    assert post_room.rows() == {SMS_ROW: "FAILED", CALL_ROW: "OPEN"}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param({"token": "0" * 32}, 403, id="a guessed token"),
        pytest.param({"RequestId": f"{REFERENCE}-2-RECEIPT"}, 403, id="the token of another message"),
        pytest.param({"RequestId": ""}, 403, id="no message named"),
        pytest.param({"RequestId": f"{REFERENCE}-1-NOTHING"}, 403, id="no notice named"),
        pytest.param({"SendStatus": "6"}, 422, id="an undocumented status"),
        pytest.param({}, 422, id="no status"),
    ],
)
def test_esms_callback_that_does_not_hold_changes_nothing(post_room: PostRoom, facts, status):
    post_room.a_petition(ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    assert callback(post_room, **{"SendSuccess": "1", **facts}) == status
    assert post_room.row(SMS_ROW).state == "SENT"


# --- AWS End User Messaging ---------------------------------------------------------------------------------


def aws_event(desk: Desk, sns: Sns, kind: str, **facts: Any) -> int:
    context = {"reference": REFERENCE, "notice": SMS_ROW}
    event = {"eventType": kind, "isFinal": True, "destinationPhoneNumber": "+84912345678", "context": context}
    return desk.post("aws", sns.notification(event | facts))


@pytest.mark.parametrize(
    ("kind", "facts", "state"),
    [
        pytest.param("TEXT_DELIVERED", {}, "DELIVERED", id="delivered"),
        pytest.param("TEXT_SUCCESSFUL", {}, "DELIVERED", id="successful, and nothing more will come"),
        pytest.param("TEXT_SUCCESSFUL", {"isFinal": False}, "SENT", id="successful, and more will come"),
        pytest.param("TEXT_QUEUED", {}, "SENT", id="queued"),
        pytest.param("TEXT_UNKNOWN", {}, "SENT", id="AWS does not know either"),
        pytest.param("TEXT_CARRIER_UNREACHABLE", {}, "FAILED", id="unreachable"),
        pytest.param("TEXT_PROTECT_BLOCKED", {}, "FAILED", id="blocked"),
    ],
)
def test_aws_event_says_whether_the_sms_arrived(
    post_room: PostRoom, desk: Desk, sns: Sns, kind, facts, state
):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert aws_event(desk, sns, kind, **facts) == 200
    assert post_room.row(SMS_ROW).state == state


@pytest.mark.parametrize(
    ("kind", "facts", "status"),
    [
        pytest.param("TEXT_TELEPORTED", {}, 422, id="an undocumented event"),
        pytest.param("TEXT_DELIVERED", {"context": {}}, 403, id="about nothing of ours"),
        pytest.param("TEXT_DELIVERED", {"context": None}, 403, id="without a context"),
        pytest.param(7, {}, 403, id="no event"),
    ],
)
def test_aws_event_that_does_not_hold_changes_nothing(
    post_room: PostRoom, desk: Desk, sns: Sns, kind, facts, status
):
    post_room.a_petition(ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    assert aws_event(desk, sns, kind, **facts) == status
    assert post_room.row(SMS_ROW).state == "SENT"


# --- the generic gateway ------------------------------------------------------------------------------------


def gateway_event(
    desk: Desk, kind: str, *, secret: str = SECRET, ago: timedelta = timedelta(0), **data: Any
) -> int:
    body = json.dumps({"type": kind, "data": {"id": REQUEST_ID, **data}}).encode()
    at = clock.now() - ago
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }
    return desk.post("http", body, headers)


@pytest.mark.parametrize(
    ("kind", "state"), [("sms.delivered", "DELIVERED"), ("sms.failed", "FAILED"), ("sms.sent", "SENT")]
)
def test_gateways_event_says_whether_the_sms_arrived(post_room: PostRoom, desk: Desk, kind, state):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert gateway_event(desk, kind, reason="0912 345 678") == 200
    assert gateway_event(desk, kind) == 200
    assert post_room.row(SMS_ROW).state == state
    assert "0912" not in str(post_room.row(SMS_ROW).reason)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param({"secret": SECRET.replace("M", "N")}, 403, id="another secret"),
        pytest.param({"ago": timedelta(minutes=6)}, 403, id="replayed later"),
        pytest.param({"id": f"{REFERENCE}-1-NOTHING"}, 403, id="about nothing of ours"),
        pytest.param({"id": 7}, 403, id="no id"),
        pytest.param({"kind": "sms.teleported"}, 422, id="an event that the contract does not have"),
    ],
)
def test_gateways_event_that_does_not_hold_changes_nothing(post_room: PostRoom, desk: Desk, facts, status):
    post_room.a_petition(ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    assert gateway_event(desk, **{"kind": "sms.delivered", **facts}) == status
    assert post_room.row(SMS_ROW).state == "SENT"


# --- Vonage -------------------------------------------------------------------------------------------------


def vonage_status(desk: Desk, status: object = "delivered", **facts: Any) -> int:
    """Post the documented example of a status callback, signed by PyJWT."""
    account = ACCOUNTS["vonage"]
    claims = {"iat": int(clock.now().timestamp()), "api_key": account["api_key"]} | facts.pop("claims", {})
    body = json.dumps(
        {
            "message_uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
            "to": "84912345678",
            "from": "BNV",
            "timestamp": "2026-11-03T02:00:00.000Z",
            "channel": "sms",
            "status": status,
            "client_ref": REQUEST_ID,
            "usage": {"currency": "EUR", "price": "0.0333"},
        }
        | facts
    ).encode()
    claims = {"payload_hash": hashlib.sha256(body).hexdigest()} | claims
    token = jwt.encode(claims, account["signature_secret"], "HS256")
    return desk.post("vonage", body, {"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    ("status", "facts", "state"),
    [
        ("submitted", {}, "SENT"),
        ("delivered", {}, "DELIVERED"),
        ("rejected", {"error": {"title": "1120", "detail": "to 84912345678"}}, "FAILED"),
        ("undeliverable", {}, "FAILED"),
        pytest.param("delivered", {"client_ref": None}, "SENT", id="another message of the account"),
        pytest.param("delivered", {"channel": "whatsapp"}, "SENT", id="another channel of the account"),
        pytest.param("delivered", {"client_ref": f"sms-{'0' * 32}-REPLY"}, "SENT", id="a mere reply"),
    ],
)
def test_vonages_callback_says_whether_the_sms_arrived(post_room: PostRoom, desk: Desk, status, facts, state):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert vonage_status(desk, status, **facts) == 200
    assert vonage_status(desk, status, **facts) == 200
    assert post_room.row(SMS_ROW).state == state
    assert "84912345678" not in str(post_room.row(SMS_ROW).reason)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param({"claims": {"api_key": "ffffffff"}}, 403, id="another account"),
        pytest.param({"claims": {"iat": 0}}, 403, id="replayed years later"),
        pytest.param({"claims": {"payload_hash": "0" * 64}}, 403, id="the token of another body"),
        pytest.param({"client_ref": "x"}, 403, id="about nothing of ours"),
        pytest.param({"status": "teleported"}, 422, id="an undocumented status"),
        pytest.param({"status": None}, 422, id="no status"),
    ],
)
def test_vonages_callback_that_does_not_hold_changes_nothing(post_room: PostRoom, desk: Desk, facts, status):
    post_room.a_petition(ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    assert vonage_status(desk, **facts) == status
    assert post_room.row(SMS_ROW).state == "SENT"


# --- Infobip ------------------------------------------------------------------------------------------------


def a_report(group: object = "DELIVERED", name: str = "DELIVERED_TO_HANDSET", **facts: Any) -> dict[str, Any]:
    return {
        "bulkId": "2034072219640523072",
        "messageId": "2033247207850523791",
        "to": "84912345678",
        "sentAt": "2026-11-03T02:00:00.000+0000",
        "callbackData": REQUEST_ID,
        "status": {"groupId": 3, "groupName": group, "id": 5, "name": name, "description": "to 84912345678"},
        "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": False},
    } | facts


def infobip_reports(desk: Desk, *reports: object, pair: str = "pakn:a long random password") -> int:
    basic = base64.b64encode(pair.encode()).decode()
    body = json.dumps({"results": reports}).encode()
    return desk.post("infobip", body, {"Authorization": f"Basic {basic}"})


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (a_report("PENDING", "PENDING_ENROUTE"), "SENT"),
        (a_report(), "DELIVERED"),
        pytest.param(a_report(name="DELIVERED_TO_OPERATOR"), "SENT", id="at the operator is no arrival"),
        (a_report("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED"), "FAILED"),
        (a_report("EXPIRED", "EXPIRED_EXPIRED"), "FAILED"),
        (a_report("REJECTED", "REJECTED_NETWORK"), "FAILED"),
        pytest.param(a_report(callbackData=None), "SENT", id="another message of the account"),
    ],
)
def test_infobips_report_says_whether_the_sms_arrived(post_room: PostRoom, desk: Desk, report, state):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert infobip_reports(desk, report, report) == 200
    assert post_room.row(SMS_ROW).state == state
    assert "84912345678" not in str(post_room.row(SMS_ROW).reason)


def test_one_strange_report_takes_nothing_from_the_others(post_room: PostRoom, desk: Desk):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert infobip_reports(desk, a_report("TELEPORTED"), a_report(callbackData="x"), a_report()) == 422
    assert post_room.row(SMS_ROW).state == "DELIVERED"


def test_a_hundred_reports_at_once_are_read(post_room: PostRoom, desk: Desk):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert infobip_reports(desk, *[a_report(callbackData=None)] * 99, a_report()) == 200
    assert post_room.row(SMS_ROW).state == "DELIVERED"


@pytest.mark.parametrize(
    ("reports", "pair", "status"),
    [
        pytest.param([a_report()], "pakn:a long random passwore", 403, id="another password"),
        pytest.param(
            [a_report(callbackData="x")], "pakn:a long random password", 403, id="about nothing of ours"
        ),
        pytest.param(["x"], "pakn:a long random password", 403, id="no report"),
        pytest.param(
            [a_report("TELEPORTED")], "pakn:a long random password", 422, id="an undocumented group"
        ),
        pytest.param([a_report(status="DELIVERED")], "pakn:a long random password", 422, id="no status"),
    ],
)
def test_infobips_report_that_does_not_hold_changes_nothing(
    post_room: PostRoom, desk: Desk, reports, pair, status
):
    post_room.a_petition(ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    assert infobip_reports(desk, *reports, pair=pair) == status
    assert post_room.row(SMS_ROW).state == "SENT"


# --- Zalo ---------------------------------------------------------------------------------------------------


def zalo_event(desk: Desk, name: str = "user_received_message", *, prefix: str = "mac=", **facts: Any) -> int:
    """Post an event as Zalo signs it: SHA-256 of application, body, its timestamp and the account's key."""
    account = ACCOUNTS["zalo"]
    message = {"msg_id": "x", "delivery_time": "1604632325679", "tracking_id": REQUEST_ID} | facts
    event = {
        "app_id": account["app_id"],
        "event_name": name,
        "timestamp": "1604632325747",
        "sender": {"id": "579745863508352884"},
        "recipient": {"id": "84912345678"},
        "message": message,
    } | {fact: value for fact, value in facts.items() if fact in {"app_id", "timestamp", "message"}}
    body = json.dumps(event)
    signed = f"{account['app_id']}{body}{event['timestamp']}{facts.get('key', account['oa_secret_key'])}"
    signature = prefix + hashlib.sha256(signed.encode()).hexdigest()
    return desk.post("zalo", body.encode(), {"X-ZEvent-Signature": signature})


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        pytest.param({}, "DELIVERED", id="it arrived"),
        pytest.param({"prefix": ""}, "DELIVERED", id="a signature without its label"),
        pytest.param({"timestamp": 1604632325747}, "DELIVERED", id="a time as a number"),
        pytest.param({"delivery_time": ""}, "SENT", id="an ordinary message of the account"),
        pytest.param({"tracking_id": ""}, "SENT", id="another ZNS message of the account"),
        pytest.param({"name": "user_send_text"}, "SENT", id="somebody wrote to the account"),
        pytest.param({"name": "user_seen_message"}, "SENT", id="seen"),
    ],
)
def test_zalos_event_says_that_a_message_arrived(post_room: PostRoom, desk: Desk, facts, state):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert zalo_event(desk, **facts) == 200
    assert zalo_event(desk, **facts) == 200
    assert post_room.row(SMS_ROW).state == state


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"key": "a guess"}, id="another key"),
        pytest.param({"app_id": "1"}, id="another application"),
        pytest.param({"timestamp": "now"}, id="a strange time"),
        pytest.param({"timestamp": None}, id="no time"),
        pytest.param({"tracking_id": "x"}, id="about nothing of ours"),
        pytest.param({"message": "arrived"}, id="no message"),
    ],
)
def test_zalos_event_that_does_not_hold_changes_nothing(post_room: PostRoom, desk: Desk, facts):
    post_room.a_petition(ReplyBy.SMS)
    post_room.notify(NoticeKind.RECEIPT)

    assert zalo_event(desk, **facts) == 403
    assert post_room.row(SMS_ROW).state == "SENT"


# --- what every provider's receipts have in common -------------------------------------------------------

ARRIVED_AND_FAILED = {
    "aws": (
        lambda desk, sns: aws_event(desk, sns, "TEXT_DELIVERED"),
        lambda desk, sns: aws_event(desk, sns, "TEXT_INVALID"),
    ),
    "http": (
        lambda desk, _: gateway_event(desk, "sms.delivered"),
        lambda desk, _: gateway_event(desk, "sms.failed"),
    ),
    "vonage": (
        lambda desk, _: vonage_status(desk, "delivered"),
        lambda desk, _: vonage_status(desk, "undeliverable"),
    ),
    "infobip": (
        lambda desk, _: infobip_reports(desk, a_report()),
        lambda desk, _: infobip_reports(
            desk, a_report("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", error={"permanent": True})
        ),
    ),
}
"""Posts that an SMS arrived, and that it did not: of each provider that reports both."""


@pytest.mark.parametrize("provider", ARRIVED_AND_FAILED)
@pytest.mark.parametrize(
    "order", [(0, 1), (1, 0), (0, 1, 0, 1)], ids=["arrived first", "failed first", "again"]
)
def test_failure_contradicts_an_arrival_whatever_the_provider_and_the_order(
    post_room: PostRoom, desk: Desk, sns: Sns, provider, order
):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    for which in order:
        assert ARRIVED_AND_FAILED[provider][which](desk, sns) == 200
        post_room.work()

    assert post_room.rows() == {SMS_ROW: "FAILED", CALL_ROW: "OPEN"}
    assert post_room.suppressions.has(post_room.key_of(PHONE)) is (provider in {"aws", "infobip"})


def test_failed_callback_of_esms_contradicts_its_success(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)

    assert callback(post_room, SendStatus="5", SendSuccess="1", SendFailed="0") == 200
    assert callback(post_room, SendStatus="5", SendSuccess="0", SendFailed="1") == 200
    post_room.work()

    assert post_room.rows() == {SMS_ROW: "FAILED", CALL_ROW: "OPEN"}


# --- providers without credentials --------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ["http", "vonage", "infobip", "zalo"])
@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{}", b"[" * 10_000, b" " * 200_000])
def test_provider_without_credentials_and_what_is_no_event_are_refused(
    desk: Desk, provider: str, body: bytes
):
    assert desk.closed.answer(provider, ReceiptRequest({}, body, clock.now())) == 403
    assert desk.post(provider, body, {}) == 403


def test_doors_of_providers_that_are_not_configured_are_closed(post_room: PostRoom):
    for provider in ("http", "vonage", "infobip", "zalo"):
        assert post_room.system.http("POST", f"/receipts/{provider}", json={"type": "x"}).status == 403
    assert post_room.system.http("POST", "/receipts/aws", json={}).status == 403


def test_health_answers(post_room: PostRoom):
    assert post_room.system.http("GET", "/receipts/health").status == 200


# --- races ------------------------------------------------------------------------------------------------


def test_receipt_that_is_faster_than_our_own_record_stays(post_room: PostRoom):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)
    sent = post_room.row(MAIL_ROW)
    sending = sent.model_copy(update={"state": DeliveryState.SENDING})
    post_room.deliveries.settle(sending, sent)

    post_room.deliveries.prove(REFERENCE, MAIL_ROW, DeliveryState.DELIVERED, at=clock.now())
    post_room.deliveries.settle(sent, sending)

    assert post_room.row(MAIL_ROW).state == "DELIVERED"


def test_second_worker_waits_while_the_first_one_is_sending(post_room: PostRoom):
    post_room.a_petition()
    post_room.notify(NoticeKind.RECEIPT)
    sent = post_room.row(MAIL_ROW)
    sending = {"state": DeliveryState.SENDING, "wake_at": clock.now() + LEASE}
    post_room.deliveries.settle(sent.model_copy(update=sending), sent)

    post_room.notify(NoticeKind.RECEIPT)

    assert len(post_room.sent_to()) == 1
    assert post_room.row(MAIL_ROW).state == "SENDING"
    post_room.wait(minutes=2)
    assert post_room.row(MAIL_ROW).state == "AMBIGUOUS"
    assert len(post_room.sent_to()) == 1
    assert post_room.is_done()


def test_sms_ambiguous_for_longer_than_the_provider_remembers_stays_ambiguous(post_room: PostRoom):
    post_room.a_petition(ReplyBy.SMS, email=None)
    post_room.notify(NoticeKind.RECEIPT)
    sent = post_room.row(SMS_ROW)
    post_room.deliveries.settle(sent.model_copy(update={"state": DeliveryState.SENDING}), sent)
    post_room.clock.hold_at(post_room.clock.now() + timedelta(hours=24))

    post_room.notify(NoticeKind.RECEIPT)

    assert post_room.row(SMS_ROW).state == "AMBIGUOUS"
    assert len(post_room.sent_to()) == 1
