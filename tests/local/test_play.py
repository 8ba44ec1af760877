"""Each provider is played through the system's doors: again, late, replayed, part 2 first, with its receipts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.emulation.functions import HttpRequest
from infra.local.providers.outbound import OUTCOMES
from infra.local.providers.play import PLAYINGS
from infra.local.providers.signed_requests import PROVIDERS
from infra.local.site.workbench import Workbench
from tests.support.system import System

REFUSED = [(provider, "stale") for provider in ("standard", "vonage", "hotline", "aws")]


def bench(system: System, path: str, **facts: Any) -> Any:
    workbench = Workbench(system.local, [], moto_url="")
    method, body = ("POST", json.dumps(facts).encode()) if facts else ("GET", b"")
    answer = workbench.answer(HttpRequest(method, f"/local{path}", {}, body))
    assert answer is not None
    return answer.json()


@pytest.mark.parametrize(
    ("provider", "playing"), [(provider, playing) for provider in PROVIDERS for playing in PLAYINGS[provider]]
)
def test_each_provider_is_played_and_takes_effect_once(system: System, provider: str, playing: str):
    makes_none = provider in {"zalo", "connect"} or (provider, playing) in REFUSED
    taken = 201 if provider == "hotline" else 200

    answers = bench(system, "/providers/messages", **{"provider": provider, "as": playing})

    statuses = {answer["status"] for answer in answers}
    assert statuses == ({403} if (provider, playing) in REFUSED else {taken})
    assert len(answers) == (2 if playing in {"again", "part-2-first"} else 1)
    assert len(system.items("petitions")) == (0 if makes_none else 1)


@pytest.mark.parametrize("provider", ["standard", "vonage", "hotline", "aws"])
def test_a_refused_request_is_listed_with_its_rule_and_nothing_else(system: System, provider: str):
    bench(system, "/providers/messages", **{"provider": provider, "as": "stale"})

    latest = bench(system, "/refusals")[-1]
    assert (latest["provider"], latest["rule"]) == (provider, "age")
    assert set(latest) == {"at", "provider", "rule"}


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"provider": "unheard-of"}, id="no such provider"),
        pytest.param({"provider": "esms", "as": "part-2-first"}, id="a provider that joins parts itself"),
        pytest.param({"provider": "esms", "from": "nobody"}, id="no number"),
    ],
)
def test_what_cannot_be_played_is_said(system: System, facts: dict[str, str]):
    assert bench(system, "/providers/messages", **facts)["status"] == 400


@pytest.mark.parametrize("provider", sorted(OUTCOMES))
def test_a_receipt_needs_a_message_that_was_sent(system: System, provider: str):
    answer = bench(system, "/providers/receipts", provider=provider, status="delivered")

    assert answer["status"] == 409


def test_no_deployed_function_can_have_the_list_of_refused_requests():
    root = Path(__file__).resolve().parents[2]
    deployed = [*(root / "functions").rglob("*.py"), *(root / "shared").rglob("*.py")]

    assert [path for path in deployed if "infra.local" in path.read_text("utf-8")] == []
    assert [path for path in deployed if "/local/refusals" in path.read_text("utf-8")] == []
