"""One contract for every provider: what it answers becomes sent, not now, never, or nobody knows."""

from __future__ import annotations

import base64
import json
import quopri
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.notifier.providers import PROVIDERS
from chalicelib.notifier.senders.aws import AwsSmsSender
from chalicelib.notifier.senders.esms import EsmsSmsSender
from chalicelib.notifier.senders.http import GatewaySmsSender
from chalicelib.notifier.senders.infobip import InfobipSmsSender
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    RejectedByProviderError,
    Sender,
    TemporarySendError,
    UnknownOutcomeError,
)
from chalicelib.notifier.senders.ses import SesEmailSender, mime, notice_of, tag_of
from chalicelib.notifier.senders.vonage import VonageSmsSender
from chalicelib.notifier.senders.zalo import ZaloSender
from shared.platform import aws

MESSAGE = Message(
    reference="26483190275",
    notice="1#REMINDER_TO_COMPLETE#PETITIONER#SMS",
    to="+84912345678",
    text="PAKN 26483190275 da co ket qua",
)
MAIL = Message(
    reference="26483190275",
    notice="12#ANSWERED#PETITIONER#EMAIL",
    to="binh@thu.example",
    subject="Kết quả trả lời phản ánh, kiến nghị mã 26 4831 9027 5, rất dài để phải gập dòng",
    text="Kính gửi Ông/Bà,\nđã có kết quả.",
    html="<p>Kính gửi Ông/Bà</p>",
)


@dataclass(frozen=True)
class Answer:
    """One recorded answer of a provider; a status of 0 closes the connection without any."""

    status: int
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    slow: bool = False


class Provider:
    """A provider on this machine that answers what was recorded and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer = Answer(200)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/send"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def body(self) -> dict[str, Any]:
        requests: dict[str, Any] = json.loads(self.requests[-1][1])
        return requests

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                provider.requests.append((dict(self.headers.items()), body))
                answer = provider.answer
                if answer.slow:
                    time.sleep(0.2)
                if not answer.status:
                    self.close_connection = True
                    return
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(raw)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's own word
                pass

        return Handler


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture(autouse=True)
def _aws(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS's own senders ask the same machine."""
    for name, value in {
        "AWS_ENDPOINT_URL": provider.url.removesuffix("/send"),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "ap-southeast-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", raising=False)  # of the local stack
    aws.forget()
    yield
    aws.forget()


SENDERS: dict[str, tuple[Callable[[str], Sender], Message]] = {
    "esms": (
        lambda url: EsmsSmsSender(url, api_key="key", secret_key="secret", brandname="BO NOI VU"),
        MESSAGE,
    ),
    "http": (lambda url: GatewaySmsSender(url, token="token", sender="BNV"), MESSAGE),
    "ses": (lambda _url: SesEmailSender("PAKN Bộ Nội vụ <pakn@bnv.example>"), MAIL),
    "aws": (lambda _url: AwsSmsSender("BNV"), MESSAGE),
    "zalo": (
        lambda url: ZaloSender(url, template_id="t", access_token="token", forget_token=lambda: None),
        MESSAGE,
    ),
    "vonage": (
        lambda url: VonageSmsSender(url, api_key="key", api_secret="secret", sender="BNV"),
        MESSAGE,
    ),
    "infobip": (lambda url: InfobipSmsSender(url, api_key="key", sender="BNV"), MESSAGE),
}

OVER_HTTP = ("esms", "http", "zalo", "vonage", "infobip")


def infobip_answer(group: str, name: str, description: str = "") -> Answer:
    status = {"groupId": 1, "groupName": group, "id": 26, "name": name, "description": description}
    return Answer(
        200, {"messages": [{"messageId": "the-id", "status": status, "destination": "84912345678"}]}
    )


TAKEN = {
    "esms": Answer(200, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": "the-id"}),
    "http": Answer(202, {"id": "the-id"}),
    "ses": Answer(200, {"MessageId": "the-id"}),
    "aws": Answer(200, {"MessageId": "the-id"}),
    "zalo": Answer(200, {"error": 0, "message": "Success", "data": {"msg_id": "the-id"}}),
    "vonage": Answer(202, {"message_uuid": "the-id"}),
    "infobip": infobip_answer("PENDING", "PENDING_ACCEPTED"),
}


def aws_error(status: int, code: str) -> Answer:
    return Answer(status, {"__type": code, "message": "binh@thu.example"}, {"x-amzn-ErrorType": code})


def esms_code(code: str) -> Answer:
    return Answer(200, {"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": "0912345678 ..."})


def zalo_code(code: int) -> Answer:
    return Answer(200, {"error": code, "message": "0912345678 ..."})


TROUBLE = [
    *(
        (f"esms {code}", "esms", esms_code(code), PermanentSendError)
        for code in ("99", "108", "118", "146", "177")
    ),
    *(
        (f"esms {code}", "esms", esms_code(code), TemporarySendError)
        for code in ("101", "102", "103", "104", "140")
    ),
    *(
        (f"zalo {code}", "zalo", zalo_code(code), RejectedByProviderError)
        for code in (-108, -114, -118, -119, -139)
    ),
    *((f"zalo {code}", "zalo", zalo_code(code), TemporarySendError) for code in (-115, -124, -131, -144)),
    *((f"zalo {code}, of no source", "zalo", zalo_code(code), UnknownOutcomeError) for code in (-125, -133)),
    *(
        (f"{name} {status}", name, Answer(status), TemporarySendError)
        for name in ("vonage", "infobip")
        for status in (401, 402, 403)
    ),
    ("vonage 422", "vonage", Answer(422, {"title": "0912345678"}), PermanentSendError),
    (
        "infobip no credit",
        "infobip",
        infobip_answer("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"),
        TemporarySendError,
    ),
    (
        "infobip rejected",
        "infobip",
        infobip_answer("REJECTED", "REJECTED_DESTINATION", "0912345678"),
        RejectedByProviderError,
    ),
    ("infobip without a status", "infobip", Answer(200, {"messages": []}), UnknownOutcomeError),
    ("zalo unknown error", "zalo", zalo_code(-100), UnknownOutcomeError),
    ("zalo undocumented code", "zalo", zalo_code(-999), UnknownOutcomeError),
    ("esms undocumented code", "esms", esms_code("777"), UnknownOutcomeError),
    ("esms without a code", "esms", Answer(200, {"ok": True}), UnknownOutcomeError),
    *((f"{name} 503", name, Answer(503), TemporarySendError) for name in OVER_HTTP),
    *((f"{name} 429", name, Answer(429), TemporarySendError) for name in OVER_HTTP),
    *((f"{name} 400", name, Answer(400), PermanentSendError) for name in OVER_HTTP),
    *((f"{name} 500", name, Answer(500), UnknownOutcomeError) for name in OVER_HTTP),
    *((f"{name} 504", name, Answer(504), UnknownOutcomeError) for name in OVER_HTTP),
    *((f"{name} no JSON", name, Answer(200, b"<html>"), UnknownOutcomeError) for name in OVER_HTTP),
    *((f"{name} no object", name, Answer(200, [1]), UnknownOutcomeError) for name in OVER_HTTP),
    *(
        (
            f"{name} redirected",
            name,
            Answer(302, b"", {"Location": "http://127.0.0.1:9/"}),
            PermanentSendError,
        )
        for name in OVER_HTTP
    ),
    *((f"{name} closed", name, Answer(0), UnknownOutcomeError) for name in SENDERS),
    ("ses rejected", "ses", aws_error(400, "MessageRejected"), PermanentSendError),
    ("ses bad request", "ses", aws_error(400, "BadRequestException"), PermanentSendError),
    ("ses undocumented 4xx", "ses", aws_error(400, "NewException"), PermanentSendError),
    ("ses throttled", "ses", aws_error(429, "TooManyRequestsException"), TemporarySendError),
    ("ses paused", "ses", aws_error(400, "SendingPausedException"), TemporarySendError),
    ("ses 500", "ses", aws_error(500, "InternalFailure"), UnknownOutcomeError),
    ("ses 503", "ses", aws_error(503, "ServiceUnavailable"), UnknownOutcomeError),
    ("aws opted out", "aws", aws_error(409, "ConflictException"), PermanentSendError),
    ("aws invalid", "aws", aws_error(400, "ValidationException"), PermanentSendError),
    ("aws throttled", "aws", aws_error(429, "ThrottlingException"), TemporarySendError),
    ("aws 500", "aws", aws_error(500, "InternalServerException"), UnknownOutcomeError),
]


def test_every_provider_is_held_by_the_contract_of_senders():
    assert SENDERS.keys() == PROVIDERS.keys(), "give it a row in SENDERS and TAKEN"
    assert {row[1] for row in TROUBLE} == PROVIDERS.keys(), "give it its errors in TROUBLE"


@pytest.mark.parametrize("name", SENDERS)
def test_message_that_is_taken_returns_the_providers_id(provider: Provider, name: str):
    make, message = SENDERS[name]
    provider.answer = TAKEN[name]

    assert make(provider.url).send(message) == "the-id"
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("name", "answer", "expected"), [pytest.param(*facts, id=title) for title, *facts in TROUBLE]
)
def test_trouble_is_read_from_one_table_and_never_retried_by_the_sender(
    provider: Provider, name: str, answer: Answer, expected: type[Exception]
):
    make, message = SENDERS[name]
    provider.answer = answer

    with pytest.raises(expected) as raised:
        make(provider.url).send(message)

    assert type(raised.value) is expected
    assert len(provider.requests) == 1
    for personal in (message.to, message.to[3:], "0912345678", message.text):
        assert personal not in f"{raised.value!r}{raised.value}"


@pytest.mark.parametrize("name", SENDERS)
def test_provider_that_does_not_listen_is_tried_again_later(name: str, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", nobody)
    aws.forget()
    make, message = SENDERS[name]

    with pytest.raises(TemporarySendError):
        make(f"{nobody}/send").send(message)


# --- what is sent ---------------------------------------------------------------------------------------


def test_esms_gets_its_documented_fields(provider: Provider):
    provider.answer = TAKEN["esms"]
    sender = EsmsSmsSender(
        provider.url,
        api_key="k",
        secret_key="s",
        brandname="BO NOI VU",
        callback_url=lambda request_id: f"https://x/{request_id}",
    )

    sender.send(MESSAGE)

    request_id = "26483190275-1-REMINDER_TO_COMPLETE"
    assert provider.body() == {
        "ApiKey": "k",
        "SecretKey": "s",
        "Brandname": "BO NOI VU",
        "Phone": "84912345678",
        "Content": MESSAGE.text,
        "SmsType": "2",
        "IsUnicode": "0",
        "RequestId": request_id,
        "CallbackUrl": f"https://x/{request_id}",
    }
    assert len(request_id) <= 50


UNACCENTED, ACCENTED = "PAKN 26483190275 da co ket qua", "PAKN 26483190275 đã có kết quả"


@pytest.mark.parametrize(
    ("text", "is_unicode"),
    [
        pytest.param(UNACCENTED, "0", id="unaccented"),
        pytest.param(f"{UNACCENTED} [xem: ~5€]", "0", id="signs of the extension table"),
        pytest.param(ACCENTED, "1", id="a template that keeps accents"),
    ],
)
def test_esms_gets_the_encoding_of_the_text(provider: Provider, text: str, is_unicode: str):
    provider.answer = TAKEN["esms"]

    SENDERS["esms"][0](provider.url).send(replace(MESSAGE, text=text))

    assert (provider.body()["Content"], provider.body()["IsUnicode"]) == (text, is_unicode)


@pytest.mark.parametrize("name", [*OVER_HTTP, "aws"])
def test_accents_reach_every_provider_as_they_were_written(provider: Provider, name: str):
    provider.answer = TAKEN[name]

    SENDERS[name][0](provider.url).send(replace(MESSAGE, text=ACCENTED))

    assert ACCENTED in str(provider.body())


def test_esms_answer_that_it_knows_the_request_means_taken(provider: Provider):
    provider.answer = esms_code("124")

    assert SENDERS["esms"][0](provider.url).send(MESSAGE) == ""


def test_only_providers_with_a_key_of_their_own_are_asked_twice():
    windows = {name: make("http://x").deduplicates_for for name, (make, _) in SENDERS.items()}

    assert windows == {
        "esms": timedelta(hours=23),
        "http": timedelta(hours=23),
        "ses": timedelta(0),
        "aws": timedelta(0),
        "zalo": timedelta(0),
        "vonage": timedelta(0),
        "infobip": timedelta(0),
    }


def test_zalo_gets_its_template_and_forgets_a_token_that_is_no_longer_good(provider: Provider):
    forgotten: list[bool] = []
    sender = ZaloSender(
        provider.url, template_id="t", access_token="tok", forget_token=lambda: forgotten.append(True)
    )
    provider.answer = zalo_code(-124)

    with pytest.raises(TemporarySendError):
        sender.send(MESSAGE)

    headers = {name.lower(): value for name, value in provider.requests[0][0].items()}
    assert headers["access_token"] == "tok"
    assert provider.body() == {
        "phone": "84912345678",
        "template_id": "t",
        "template_data": {"reference": "26483190275", "text": MESSAGE.text},
        "tracking_id": "26483190275-1-REMINDER_TO_COMPLETE",
    }
    assert forgotten == [True]


def test_vonage_gets_the_address_for_its_callback(provider: Provider):
    provider.answer = TAKEN["vonage"]
    sender = VonageSmsSender(
        provider.url, api_key="k", api_secret="s", sender="BNV", callback_url="https://x/r"
    )

    sender.send(MESSAGE)

    assert provider.requests[0][0]["Authorization"] == "Basic azpz"
    assert provider.body() == {
        "channel": "sms",
        "message_type": "text",
        "to": "84912345678",
        "from": "BNV",
        "text": MESSAGE.text,
        "client_ref": "26483190275-1-REMINDER_TO_COMPLETE",
        "webhook_url": "https://x/r",
        "webhook_version": "v1",
    }
    assert sender.proves


def test_infobip_gets_the_id_to_name_in_its_report(provider: Provider):
    provider.answer = TAKEN["infobip"]
    sender = InfobipSmsSender(provider.url, api_key="k", sender="BNV", proves=True)

    sender.send(MESSAGE)

    assert provider.requests[0][0]["Authorization"] == "App k"
    (sms,) = provider.body()["messages"]
    assert sms == {
        "sender": "BNV",
        "destinations": [{"to": "84912345678"}],
        "content": {"text": MESSAGE.text},
        "webhooks": {
            "contentType": "application/json",
            "callbackData": "26483190275-1-REMINDER_TO_COMPLETE",
        },
    }
    assert sender.proves


@pytest.mark.parametrize("name", ["vonage", "infobip", "zalo"])
def test_without_a_way_to_prove_receipts_silence_means_nothing(name: str):
    assert not SENDERS[name][0]("http://x").proves


@pytest.mark.parametrize("name", OVER_HTTP)
def test_answer_that_does_not_come_in_time_is_an_unknown_outcome(
    provider: Provider, name: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chalicelib.notifier.senders.post_json.TIMEOUT_SECONDS", 0.05)
    provider.answer = Answer(200, TAKEN[name].body, slow=True)

    with pytest.raises(UnknownOutcomeError):
        SENDERS[name][0](provider.url).send(MESSAGE)

    assert len(provider.requests) == 1


def test_gateway_gets_token_and_idempotency_key(provider: Provider):
    provider.answer = TAKEN["http"]

    SENDERS["http"][0](provider.url).send(MESSAGE)

    headers = {name.lower(): value for name, value in provider.requests[0][0].items()}
    assert headers["authorization"] == "Bearer token"
    assert headers["idempotency-key"] == MESSAGE.request_id
    assert provider.body()["to"] == "+84912345678"


def test_mail_is_ascii_with_text_and_html_and_says_that_it_is_automatic():
    raw = mime(MAIL, "PAKN Bộ Nội vụ <pakn@bnv.example>")

    mail = message_from_bytes(raw, policy=policy.default)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert mail["From"] == "PAKN Bộ Nội vụ <pakn@bnv.example>"
    assert mail["To"] == "binh@thu.example"
    assert mail["Subject"] == MAIL.subject
    assert mail["X-PAKN-Reference"] == "26483190275"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<26483190275.12.ANSWERED.PETITIONER.EMAIL@bnv.example>"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip().splitlines() == MAIL.text.splitlines()
    assert "<p>Kính gửi Ông/Bà</p>" in html.get_content()


ENCODED_WORD = re.compile(r"=\?utf-8\?([bq])\?([^?]*)\?=")


def decoded_by_hand(raw: bytes, header: str) -> str:
    """Return a header as a reader that knows RFC 2047 and nothing else shows it: no blank between encoded words."""
    unfolded = re.sub(r"\r\n(?=[ \t])", "", raw.partition(b"\r\n\r\n")[0].decode("ascii"))
    line = next(line for line in unfolded.split("\r\n") if line.startswith(f"{header}: "))
    joined = re.sub(r"\?=\s+=\?", "?==?", line.removeprefix(f"{header}: "))

    def decode(match: re.Match[str]) -> str:
        encoding, word = match.groups()
        content = (
            base64.b64decode(word) if encoding == "b" else quopri.decodestring(word.encode(), header=True)
        )
        return content.decode("utf-8")

    return ENCODED_WORD.sub(decode, joined)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), max_size=300))
@example("Nhắc việc: hồ sơ 26 4831 9027 5 có dự thảo trả lời đang chờ phê duyệt từ ngày 03/11/2026")
@example("Dự thảo trả lời hồ sơ 26 4831 9027 5 chờ phê duyệt")
@example("PAKN 26 4831 9027 5: an English subject that is long enough to be folded into two lines or three")
@example("=?utf-8?b?eA==?= typed by somebody")
def test_subject_keeps_every_blank_whoever_decodes_it(subject: str):
    subject = " ".join(subject.split())
    mail = replace(MAIL, subject=subject)

    raw = mime(mail, "Hệ thống tiếp nhận phản ánh và kiến nghị của Bộ Nội vụ <pakn@bnv.example>")

    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
    assert decoded_by_hand(raw, "Subject") == subject
    assert (
        decoded_by_hand(raw, "From")
        == "Hệ thống tiếp nhận phản ánh và kiến nghị của Bộ Nội vụ <pakn@bnv.example>"
    )


@pytest.mark.parametrize(
    "subject", ["Kết quả\r\nBcc: somebody@else.example", "Result\nBcc: somebody@else.example"]
)
def test_line_end_in_a_subject_makes_no_header(subject: str):
    mail = message_from_bytes(mime(replace(MAIL, subject=subject), "pakn@bnv.example"), policy=policy.default)

    assert mail["Bcc"] is None
    assert mail["Subject"] == " ".join(subject.splitlines())


@pytest.mark.parametrize(
    "notice",
    [
        "1#RECEIPT#PETITIONER#EMAIL",
        "12#WARNING#UNIT_HEAD#EMAIL#nga.tienluong",
        "2#ASSIGNED#HANDLER#EMAIL#a.b.c",
    ],
)
def test_delivery_is_found_again_by_its_tag(notice: str):
    assert notice_of(tag_of(notice)) == notice


def test_message_shows_neither_reader_nor_text_when_it_is_printed():
    assert repr(MAIL) == "Message(reference='26483190275', notice='12#ANSWERED#PETITIONER#EMAIL')"
