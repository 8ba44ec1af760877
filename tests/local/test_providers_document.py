"""docs/webhooks.md beside the running stack: the form of each provider's requests, and what is entered to play it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from infra.local.emulation.functions import HttpRequest
from infra.local.providers.play import PLAYINGS
from infra.local.providers.signed_requests import PROVIDERS, all_providers
from infra.local.site.workbench import Workbench
from tests.local.test_providers import curl
from tests.support.system import System

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text("utf-8")
HEADINGS = {"hotline": "## The hotline's call report", "connect": "## Amazon Connect: tracking by keypad"}
ANY = "…"


def section(provider: str) -> str:
    """Return the section about a provider, up to the next heading."""
    if provider in HEADINGS:
        _, _, text = DOCUMENT.partition(f"\n{HEADINGS[provider]}")
    else:
        (heading,) = re.findall(rf"\n### .*\(`{provider}`\)\n", DOCUMENT)
        _, _, text = DOCUMENT.partition(heading)
    return re.split(r"\n##", text)[0]


def blocks(provider: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", section(provider), re.DOTALL)


# --- what a provider sends -----------------------------------------------------------------------------


def names_in(value: Any) -> Any:
    """Return the shape of JSON: the names of its members, however deep."""
    if isinstance(value, dict):
        return {name: names_in(member) for name, member in value.items()}
    return [names_in(member) for member in value] if isinstance(value, list) else None


def shape(method: str, path: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    parts = urlsplit(path)
    names = {name.lower() for name in headers}
    query = [name for name, _ in parse_qsl(parts.query)]
    is_json = body.startswith("{")
    sent = names_in(json.loads(body)) if is_json else [name for name, _ in parse_qsl(body)]
    return {"method": method, "path": parts.path, "headers": names, "query": query, "body": sent}


def documented(provider: str) -> dict[str, Any]:
    (block,) = blocks(provider, "http")
    head, _, body = block.partition("\n\n")
    first, *lines = head.strip().splitlines()
    method, path = first.split()
    return shape(method, path, dict(line.split(": ", 1) for line in lines), body.strip())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_form_in_the_document_is_that_of_the_signed_example(system: System, provider: str):
    examples = {each.name: each for each in all_providers(system.local.signer, system.clock.now())}

    method, url, headers, body = curl(examples[provider].example)

    sent = shape(method, url.removeprefix(system.public_url), headers, body.decode())
    assert documented(provider) == sent


# --- what is entered -----------------------------------------------------------------------------------


def entered(provider: str) -> Iterator[tuple[str, Any, str]]:
    """Yield path, body and documented answer of each command."""
    (block,) = blocks(provider, "sh")
    for command, answer in re.findall(r"^(curl .*)\n# (.*)$", block, re.MULTILINE):
        words = shlex.split(command)
        assert words[:2] == ["curl", "-sS"]
        assert words[3] == "-d"
        yield words[2].removeprefix("localhost:8088"), json.loads(words[4]), answer


def test_every_provider_has_commands_for_each_way_to_play_it():
    shown = {
        provider: {
            body.get("as", "once")
            for path, body, _ in entered(provider)
            if path.endswith("/messages") and body["provider"] == provider
        }
        for provider in PROVIDERS
    }

    assert {provider: set(PLAYINGS[provider]) - shown[provider] for provider in PROVIDERS} == {
        provider: {"again"} if provider == "connect" else set() for provider in PROVIDERS
    }


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_commands_answer_what_stands_below_them(system: System, provider: str):
    workbench = Workbench(system.local, [], moto_url="")

    for path, body, expected in entered(provider):
        answer = workbench.answer(HttpRequest("POST", path, {}, json.dumps(body).encode()))

        assert answer is not None
        pattern = ".*".join(map(re.escape, expected.split(ANY)))
        assert re.fullmatch(pattern + ".*" * expected.endswith(ANY), answer.body.decode()), (
            body,
            answer.body,
        )
    system.local.send_through("esms")


def test_the_table_at_a_glance_says_for_each_whether_its_reply_has_the_pin(system: System):
    rows = DOCUMENT.partition("## Nine providers at a glance")[2].strip().split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]
    claims = {re.findall("`(\\w+)`", row[0])[0]: row[1] for row in cells}

    assert list(claims) == list(PROVIDERS)
    assert {len(row) for row in cells} == {7}
    workbench = Workbench(system.local, [], moto_url="")
    for provider in ("esms", "twilio", "standard", "infobip", "vonage", "aws"):
        order = {"provider": provider, "from": f"091200{PROVIDERS.index(provider):04}"}
        answer = workbench.answer(
            HttpRequest("POST", "/local/providers/messages", {}, json.dumps(order).encode())
        )
        system.local.settle()

        assert answer is not None
        replies = [message.text for message in system.outbox() if message.to.endswith(order["from"][1:])]
        assert ("PIN" in answer.body.decode()) is ("**with**" in claims[provider])
        assert bool(replies) is ("**without**" in claims[provider])
        assert not any("PIN " in reply for reply in replies)
