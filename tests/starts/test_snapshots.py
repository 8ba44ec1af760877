"""A start from a snapshot keeps nothing of the time before it: no clock, secret, setting, credential or connection.

Lambda is played by `tests/starts/restored.py`: what is in memory before the snapshot, two starts find after it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.identity.reference import pin_of
from tests.bench.first_events import http_event
from tests.starts.played import AFTER, NEW_ACCESS, NEW_KEY, NEW_URL, play
from tests.support.people import CITIZEN, CONTENT
from tests.support.system import System


def an_event(function: str, system: System) -> dict[str, Any]:
    if function == "intake":
        petition = {"content": CONTENT, "petitioner": CITIZEN}
        return http_event("POST", "/v1/petitions", petition, {"idempotency-key": "restored"})
    bearer = {"authorization": f"Bearer {system.access_token('minh.ccvc')}"}
    return http_event("GET", "/v1/petitions", None, bearer)


@pytest.mark.parametrize("function", ["intake", "casework"])
def test_a_snapshot_holds_nothing_of_the_stage_and_starts_use_what_holds_today(function, system, endpoint):
    before, starts = play(function, system, endpoint, an_event(function, system))

    assert before["served"]["statusCode"] in {200, 201}
    assert before["kept"] == []
    for start in starts:
        assert start["answer"]["statusCode"] in {200, 201}
        assert start["signed"]
        assert all(NEW_ACCESS in header for header in start["signed"])
    assert starts[0]["random"] != starts[1]["random"]
    if function == "intake":
        assert_receipts_of_today(before, starts)


def assert_receipts_of_today(before: Mapping[str, Any], starts: list[Any]) -> None:
    """Both starts derive with the new key, at the new time, under the new address."""
    old, receipts = json.loads(before["served"]["body"]), [json.loads(s["answer"]["body"]) for s in starts]
    for receipt in receipts:
        assert receipt["reference"] == receipts[0]["reference"] != old["reference"]
        assert receipt["pin"] == pin_of(NEW_KEY.encode(), receipt["reference"])
        assert receipt["received_at"] == f"{AFTER:%Y-%m-%dT%H:%M:%SZ}"
        assert all(str(link).startswith(NEW_URL) for link in receipt["links"].values())


LEAKS = """
import os, socket, sys
from chalicelib.intake.composition import parts
from shared.platform import aws, clock
sys.kept = [parts(), aws.client("kms"), socket.socket(), clock.now(), {1: os.environ["AWS_SECRET_ACCESS_KEY"] + "."}]
"""


def test_whatever_a_snapshot_would_keep_is_noticed(system, endpoint):
    before, _ = play("intake", system, endpoint, an_event("intake", system), LEAKS)

    noticed = {
        "Parts",
        "IntakeSettings",
        "KMS",
        "Credentials",
        "Session",
        "socket",
        "time in list",
        "secret in list",
    }
    assert noticed <= {*before["kept"]}
