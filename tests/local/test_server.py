"""The server over real HTTP: what scripts rely on at `/local`, and how it starts, refuses and stops."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest

from chalicelib.intake.sms.providers.catalogue import PROVIDERS
from infra.layout import ROOT

HAS_STARTED_AFTER_SECONDS = 90
PETITION = {
    "content": "Tôi nộp hồ sơ tuyển dụng công chức đã 40 ngày mà chưa có kết quả, đề nghị trả lời.",
    "petitioner": {
        "type": "CITIZEN",
        "name": "Nguyễn Văn An",
        "address": "Hà Nội",
        "email": "an@example.com",
    },
    "reply_by": ["EMAIL"],
}


def free_port() -> int:
    """Return a port that is free, and whose successor (moto's) is free."""
    while True:
        with socket.socket() as probe, socket.socket() as next_probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            try:
                next_probe.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class Client:
    """Speaks to one server over one kept connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        raw = body if isinstance(body, bytes | str | None) else json.dumps(body)
        self._connection.request(method, path, raw, headers or {"content-type": "application/json"})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.status, json.loads(text) if is_json and text else text


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    with running_server() as client:
        yield client


@contextmanager
def running_server() -> Iterator[Client]:
    """Run `make up` with nothing in it, until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local", "--port", str(port), "--empty"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    deadline = time.monotonic() + HAS_STARTED_AFTER_SECONDS
    for line in process.stdout:
        if line.startswith("Ready") or time.monotonic() > deadline:
            break
    assert process.poll() is None
    try:
        yield Client(port)
    finally:
        process.send_signal(signal.SIGINT)
        ended_with = process.wait(timeout=HAS_STARTED_AFTER_SECONDS)
    assert ended_with == 0


def wait_for(client: Client, path: str, wanted: Any) -> Any:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        _, answer = client.ask("GET", path)
        if wanted(answer):
            return answer
        time.sleep(0.05)
    pytest.fail(f"{path} never showed what was waited for")


def test_health_tells_the_time(server: Client) -> None:
    status, answer = server.ask("GET", "/local/health")

    assert (status, answer["status"]) == (200, "ok")


def test_without_petitions_the_clock_is_set_to_any_instant(server: Client) -> None:
    status, answer = server.ask("POST", "/local/clock", {"now": "2026-01-28T09:00+07:00"})

    assert (status, answer) == (200, {"now": "2026-01-28T02:00:00Z"})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{", id="no JSON"),
        pytest.param({}, id="nothing"),
        pytest.param({"now": "yesterday"}, id="no instant"),
        pytest.param({"now": "9999-12-31T23:59:59-12:00"}, id="beyond time"),
        pytest.param({"advance_days": "x"}, id="no number"),
        pytest.param({"advance_days": -1}, id="backwards"),
        pytest.param({"advance_days": 1e9}, id="too far"),
        pytest.param({"advance_minutes": True}, id="a boolean"),
        pytest.param({"advance_days": 1, "advance_minutes": 1}, id="two distances"),
        pytest.param('{"advance_days": NaN}', id="not a number"),
    ],
)
def test_a_wrong_wish_for_the_clock_is_refused_and_changes_nothing(server: Client, body: Any) -> None:
    _, before = server.ask("GET", "/local/clock")

    status, answer = server.ask("POST", "/local/clock", body)

    _, after = server.ask("GET", "/local/clock")
    assert (status, answer["code"]) == (400, "invalid-clock")
    assert before["now"][:16] == after["now"][:16]


def test_a_petition_s_receipt_stands_in_the_outbox_a_moment_later(server: Client) -> None:
    server.ask("POST", "/local/clock", {"now": "2026-01-28T09:00+07:00"})
    status, petition = server.ask(
        "POST",
        "/v1/petitions",
        PETITION,
        {"content-type": "application/json", "idempotency-key": "a-petition-of-january"},
    )
    assert status == 201
    assert petition["due_on"] == "2026-02-23"

    (receipt,) = wait_for(
        server,
        f"/local/outbox?reference={petition['reference']}",
        lambda messages: [m for m in messages if m["to"] == "an@example.com"],
    )[:1]

    assert receipt["channel"] == "EMAIL"
    assert "23/02/2026" in receipt["text"]
    assert set(receipt) == {"at", "channel", "to", "subject", "text", "reference"}
    assert re.fullmatch(r"2026-01-28T02:0\d:\d\dZ", receipt["at"])


def test_with_petitions_the_clock_does_not_go_back(server: Client) -> None:
    status, answer = server.ask("POST", "/local/clock", {"now": "2026-01-01T00:00:00Z"})

    assert (status, answer["code"]) == (409, "clock-backwards")


def test_the_queues_are_shown_and_come_to_rest(server: Client) -> None:
    answer = wait_for(
        server, "/local/queues", lambda q: not any(sum(depth.values()) for depth in q["queues"].values())
    )

    assert set(answer["queues"]) == {"routing", "notices", "timers", "parts", "uploads", "receipts"}
    assert answer["stream"] == {"lag": 0, "dead": 0}
    assert answer["failures"]["count"] == 0


def test_officers_and_providers_are_listed(server: Client) -> None:
    _, officers = server.ask("GET", "/local/officers")
    _, providers = server.ask("GET", "/local/providers")

    assert {"username", "password", "name", "roles", "unit", "email"} == set(officers[0])
    assert {provider["name"] for provider in providers} == {*PROVIDERS, "zalo", "hotline", "connect"}
    assert next(provider for provider in providers if provider["name"] == "esms")["credentials"] == {
        "cpid": "local",
        "PrivateKey": "local-esms-key",
    }


@pytest.mark.parametrize(
    ("query", "text"),
    [
        pytest.param("", "Bàn thử nghiệm", id="Vietnamese first"),
        pytest.param("?lang=en", "Workbench", id="English"),
    ],
)
def test_the_workbench_page_asks_no_third_party(server: Client, query: str, text: str) -> None:
    status, page = server.ask("GET", f"/local{query}")

    assert status == 200
    assert text in page
    assert re.findall(r"<script[^>]*src=\"([^\"?]+)", page) == ["/local/assets/workbench.js"]
    assert page.count("<script") == 1
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)


def test_the_clock_s_form_leads_back_to_the_page(server: Client) -> None:
    status, _ = server.ask(
        "POST", "/local/clock", "advance_days=1", {"content-type": "application/x-www-form-urlencoded"}
    )

    assert status == 303


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        pytest.param("GET", "/local/nothing", 404, id="an unknown page of the workbench"),
        pytest.param("DELETE", "/local/clock", 405, id="a method that the clock does not know"),
        pytest.param("HEAD", "/local/health", 200, id="HEAD"),
        pytest.param("GET", "/local/outbox?since=x", 400, id="an instant that is none"),
    ],
)
def test_strange_requests_are_answered(server: Client, method: str, path: str, expected: int) -> None:
    assert server.ask(method, path)[0] == expected


def test_a_chunked_body_arrives(server: Client) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(
        "POST", "/local/clock", iter([b'{"advance', b'_minutes": 1}']), {"content-type": "application/json"}
    )

    assert connection.getresponse().status == 200


def test_an_endless_body_is_refused_before_it_is_read(server: Client) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", "/v1/petitions")
    connection.putheader("content-length", str(10**12))
    connection.endheaders()

    assert connection.getresponse().status == 413


def test_a_used_port_is_named_and_ends_with_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = subprocess.run(
            [sys.executable, "-m", "infra.local", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert f"Port {port} is in use" in ended.stderr


def test_every_provider_s_example_is_taken_by_the_running_system(server: Client) -> None:
    _, providers = server.ask("GET", "/local/providers")

    answers = {
        provider["name"]: subprocess.run(
            [*shlex.split(provider["example"]), "-o", "-", "-w", "\n%{http_code}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.rpartition("\n")[2]
        for provider in providers
    }

    assert answers == dict.fromkeys(answers, "200") | {"hotline": "201"}


@pytest.mark.parametrize("provider", ["aws", "esms", "infobip", "standard", "vonage", "zalo"])
def test_sms_goes_out_through_each_provider_and_its_receipts_come_back(server: Client, provider: str) -> None:
    server.ask("POST", "/local/providers/outbound", {"sms_providers": provider, "receipts": "at-once"})
    phone = f"+8490{hash(provider) % 10_000_000:07d}"
    petitioner = {"type": "CITIZEN", "name": "Nguyễn Văn An", "address": "Hà Nội", "phone": phone}
    petition = PETITION | {"petitioner": petitioner, "reply_by": ["SMS"]}
    _, receipt = server.ask("POST", "/v1/petitions", petition, {"idempotency-key": f"through-{provider}"})
    outbox = f"/local/outbox?reference={receipt['reference']}"
    wait_for(server, outbox, lambda sent: any(message["channel"] == "SMS" for message in sent))

    answers = [
        server.ask("POST", "/local/providers/receipts", {"provider": provider, "status": status, "to": phone})
        for status in ("delivered", "unknown")
    ]

    # What is unknown of Zalo is another kind of event, which is acknowledged like all that is no receipt.
    assert [answer["status"] for _, answer in answers] == [200, 200 if provider == "zalo" else 422]
