"""Events on the local stack: the built-in program, its page, and the commands of docs/webhooks.md."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from infra.layout import ROOT
from infra.local.subscriber import FORGED, HOLDS, STALE, UNKNOWN, Subscriber
from tests.local.test_server import PETITION, Client, free_port, running_server, wait_for

NOW = datetime.fromisoformat("2026-11-03T09:00:00+07:00")
KEY = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo5ODc2NTQ="
OTHER = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo5ODc2NTU="
BODY = b'{"type":"petition.received","data":{"reference":"26483190275"}}'


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    with running_server() as client:
        yield client


def request(key: str = KEY, at: datetime = NOW) -> dict[str, str]:
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(key).sign("evt_1", at.astimezone(UTC), BODY.decode()),
    }


@pytest.mark.parametrize(
    ("headers", "body", "verdict"),
    [
        pytest.param(request(), BODY, HOLDS, id="signed"),
        pytest.param(
            request() | {"webhook-signature": f"v1,eA== {request()['webhook-signature']}"},
            BODY,
            HOLDS,
            id="signed with two keys, one of them ours",
        ),
        pytest.param(request(OTHER), BODY, FORGED, id="another key"),
        pytest.param(request(), BODY + b" ", FORGED, id="another body"),
        pytest.param(request() | {"webhook-id": "evt_2"}, BODY, FORGED, id="another id"),
        pytest.param({}, BODY, FORGED, id="no headers"),
        pytest.param(request() | {"webhook-timestamp": "soon"}, BODY, FORGED, id="no time"),
        pytest.param(request(), b"\xff", FORGED, id="no text"),
        pytest.param(request(at=NOW - timedelta(minutes=6)), BODY, STALE, id="old"),
    ],
)
def test_event_is_shown_with_whether_its_signature_holds(
    headers: dict[str, str], body: bytes, verdict: str
) -> None:
    subscriber = Subscriber(lambda: NOW)

    subscriber.take("local", headers, body)

    assert [event["signature"] for event in subscriber.latest(lambda _: (KEY,))] == [verdict]


def test_event_of_no_subscription_is_shown_as_such() -> None:
    subscriber = Subscriber(lambda: NOW)
    subscriber.take("nobody", request(), BODY)

    assert [event["signature"] for event in subscriber.latest(lambda _: None)] == [UNKNOWN]


def test_signature_that_held_still_holds_when_the_key_was_changed_since() -> None:
    subscriber = Subscriber(lambda: NOW)
    subscriber.take("local", request(), BODY)
    subscriber.latest(lambda _: (KEY,))

    assert [event["signature"] for event in subscriber.latest(lambda _: (OTHER,))] == [HOLDS]


def test_built_in_program_is_notified_of_a_petition_out_of_the_box(server: Client) -> None:
    _, sent = server.ask("POST", "/v1/petitions", PETITION)

    events = wait_for(
        server, "/local/events?subscription=local", lambda events: {e["type"] for e in events} >= {RECEIVED}
    )

    assert {event["signature"] for event in events} == {HOLDS}
    assert {event["reference"] for event in events} == {sent["reference"]}
    assert "petition.received" in server.ask("GET", "/local/pages/events")[1]


RECEIVED = "petition.received"
_UNTIL = "for turn in {{1..300}}; do {} && break; sleep 0.2; done"
"""Waits a minute at most: a busy machine takes longer than the three seconds of the page."""
UNTIL_LISTED = _UNTIL.format("curl -s $S/local/events | grep -q holds")
UNTIL_PRINTED = _UNTIL.format("grep -q 'webhook.test {' printed.txt")


def commands() -> tuple[list[str], str]:
    """Return the shell commands of the section, and its program."""
    text = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    section = text.partition("### Receive events in five minutes")[2].partition("\n## ")[0]
    (program,) = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    return re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL), program


def test_commands_of_the_documentation_lead_to_an_event_that_is_verified(
    server: Client, tmp_path: Path
) -> None:
    shell, program = commands()
    port = free_port()
    (tmp_path / "receive.py").write_text(program.replace("9000", str(port)))
    script = "\n".join(["set -eu", "exec > printed.txt", *shell, UNTIL_PRINTED, "kill %1"])
    script = script.replace("sleep 3", UNTIL_LISTED)
    for before, after in (("8088", str(server.port)), ("9000", str(port)), ("python3", sys.executable)):
        script = script.replace(before, after)

    done: Any = subprocess.run(
        ["bash", "-m", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    printed = (tmp_path / "printed.txt").read_text()
    assert done.returncode == 0, done.stderr
    assert '"signature": "holds"' in printed
    assert re.search(r"webhook\.test \{'subscription': 'my-app'\}", printed), printed
