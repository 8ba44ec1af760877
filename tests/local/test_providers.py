"""The examples at /local/providers are signed as each provider signs; our adapters and their own packages take them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from chalicelib.intake.hotline.hotline_webhook import HotlineWebhook
from chalicelib.intake.sms.providers.esms import EsmsWebhook
from chalicelib.intake.sms.providers.infobip import InfobipWebhook
from chalicelib.intake.sms.providers.standard_webhooks import StandardSmsWebhook
from chalicelib.intake.sms.providers.twilio import TwilioWebhook
from chalicelib.intake.sms.providers.vonage import VonageWebhook
from chalicelib.intake.sms.webhook import WebhookRequest
from infra.local.emulation.sns import LocalSns
from infra.local.providers.signed_requests import Provider, Signer, all_providers

PUBLIC_URL = "http://localhost:8088"
NOW = datetime.fromisoformat("2026-11-03T09:00:00+07:00")
SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo5ODc2NTQ="
CREDENTIALS = {
    "esms": {"cpid": "local", "private_key": "local-esms-key"},
    "twilio": {"account_sid": "AC" + "0" * 32, "auth_token": "local-twilio-token"},
    "standard": {"secret": SECRET},
    "infobip": {"username": "local", "password": "local-password"},
    "vonage": {"api_key": "local", "signature_secret": "local-secret"},
    "hotline": {"secret": SECRET},
}


def provider(name: str) -> Provider:
    signer = Signer(PUBLIC_URL, CREDENTIALS, LocalSns("arn:aws:sns:ap-southeast-1:123456789012:sms"))
    return next(candidate for candidate in all_providers(signer, NOW) if candidate.name == name)


def curl(command: str) -> tuple[str, str, dict[str, str], bytes]:
    """Read a curl command as curl would: method, URL, headers, body."""
    words = iter(shlex.split(command)[1:])
    url, headers, form, body = "", {}, [], b""
    for word in words:
        match word:
            case "-sS":
                pass
            case "-H":
                header, _, value = next(words).partition(": ")
                headers[header] = value
            case "--data-urlencode":
                field, _, value = next(words).partition("=")
                form.append((field, value))
            case "--data-binary":
                body = next(words).encode()
            case _:
                url = word
    if form:
        from urllib.parse import urlencode

        body = urlencode(form).encode()
    return ("POST" if body else "GET"), url, headers, body


def as_request(command: str) -> WebhookRequest:
    method, url, headers, body = curl(command)
    parts = urlsplit(url)
    fields: Mapping[str, Any] = {
        "method": method,
        "path": parts.path,
        "query": parse_qs(parts.query, keep_blank_values=True),
        "headers": headers,
        "body": body,
        "source_ip": "127.0.0.1",
        "public_url": PUBLIC_URL,
    }
    return WebhookRequest(**fields)


@pytest.mark.parametrize(
    ("name", "adapter"),
    [
        pytest.param("esms", EsmsWebhook("local", "local-esms-key"), id="eSMS"),
        pytest.param("twilio", TwilioWebhook("local-twilio-token"), id="Twilio"),
        pytest.param("standard", StandardSmsWebhook(SECRET), id="Standard Webhooks"),
        pytest.param("infobip", InfobipWebhook("local", "local-password"), id="Infobip"),
        pytest.param("vonage", VonageWebhook("local-secret", api_key="local"), id="Vonage"),
    ],
)
def test_our_adapter_takes_the_example_as_one_message_of_a_petition(name: str, adapter: Any) -> None:
    (message,) = adapter.read(as_request(provider(name).example), NOW)

    assert message.sender == "+84912345678"
    assert message.content.startswith("PAKN ")


def test_our_hotline_adapter_takes_the_example() -> None:
    call = HotlineWebhook(SECRET).read(as_request(provider("hotline").example), NOW)

    assert call.petitioner is not None
    assert call.summary


def test_twilio_s_own_validator_takes_the_example() -> None:
    _, url, headers, body = curl(provider("twilio").example)

    validator = RequestValidator("local-twilio-token")
    assert validator.validate(url, dict(parse_qsl(body.decode())), headers["X-Twilio-Signature"])


@pytest.mark.parametrize("name", ["esms", "twilio", "standard", "infobip", "vonage", "hotline", "connect"])
def test_each_example_is_a_new_message(name: str) -> None:
    assert provider(name).example != provider(name).example


@pytest.mark.parametrize("name", ["esms", "twilio", "standard", "infobip", "vonage", "hotline", "connect"])
def test_method_and_path_are_those_of_the_example(name: str) -> None:
    tested = provider(name)
    method, url, _, _ = curl(tested.example)

    assert (tested.method, tested.path) == (method, urlsplit(url).path)


def test_the_hotline_example_is_json() -> None:
    assert json.loads(curl(provider("hotline").example)[3])["callId"]
