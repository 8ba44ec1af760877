"""The catalogue of SMS providers and docs/webhooks.md name the same providers, credentials and ways to reply."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.intake.sms.providers.catalogue import PROVIDERS, Provider
from chalicelib.intake.sms.webhook import ForgedWebhookError
from shared.platform.provider_credentials import UnusableCredentialsError

DOCUMENT = (Path(__file__).resolve().parents[5] / "docs" / "webhooks.md").read_text("utf-8")
NETWORKS = "networks"
"""May be said of every provider."""


def documented_rows() -> dict[str, list[str]]:
    """The table under "SMS providers": method, proof, time limit and reply, by provider."""
    section = DOCUMENT.split("## SMS providers")[1].split("\n##")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {name.strip("`"): cells for name, *cells in rows[1:]}


def documented_credentials() -> dict[str, Any]:
    (example,) = re.findall(r"```json\n(\{\n  \"esms\".*?)```", DOCUMENT, re.DOTALL)
    credentials: dict[str, Any] = json.loads(example)
    return credentials


@pytest.mark.parametrize(("name", "provider"), PROVIDERS.items())
def test_row_says_the_method_and_where_the_reply_goes(name: str, provider: Provider):
    adapter: Any = provider.adapter
    method, _proof, _limit, reply = documented_rows()[name]

    assert method.split()[0] == adapter.method
    assert reply.startswith("in the answer") == adapter.replies_inline


@pytest.mark.parametrize(("name", "provider"), PROVIDERS.items())
def test_example_of_the_secret_has_every_credential(name: str, provider: Provider):
    shown = set(documented_credentials()[name]) - {NETWORKS}

    assert shown == {*provider.required, *provider.optional}


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_has_its_section(name: str):
    assert re.search(rf"^### .*\(`{name}`\)$", DOCUMENT, re.MULTILINE)


@pytest.mark.parametrize(
    ("provider", "missing"),
    [
        pytest.param(name, credential, id=f"{name} without {credential}")
        for name, provider in PROVIDERS.items()
        for credential in provider.required
    ],
)
def test_a_missing_credential_stops_the_webhook(provider: str, missing: str):
    credentials = dict.fromkeys(PROVIDERS[provider].required, "x")
    del credentials[missing]
    expected = UnusableCredentialsError if credentials else ForgedWebhookError

    with pytest.raises(expected, match=missing if credentials else "not-configured"):
        PROVIDERS[provider].webhook(credentials)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_that_we_only_send_through_is_not_configured(provider: str):
    with pytest.raises(ForgedWebhookError, match="not-configured"):
        PROVIDERS[provider].webhook({"url": "https://api.example.vn", "sender": "BO NOI VU"})
