"""Rules that hold for every SMS provider's webhook."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from chalicelib.intake.hotline.hotline_webhook import HotlineCall
from chalicelib.intake.sms.providers.catalogue import PROVIDERS
from chalicelib.intake.sms.webhook import (
    LARGEST_REQUEST,
    ForgedWebhookError,
    InboundSms,
    Part,
    SmsWebhook,
    WebhookRequest,
    WebhookTooLargeError,
    refuse_strange_address,
    sender_number,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CREDENTIALS: dict[str, dict[str, Any]] = {
    "esms": {"cpid": "c", "private_key": "k"},
    "twilio": {"auth_token": "t"},
    "standard": {"secret": "whsec_" + base64.b64encode(b"x" * 24).decode()},
    "infobip": {"username": "u", "password": "p"},
    "vonage": {"signature_secret": "s"},
    "aws": {"topic_arn": "arn:aws:sns:ap-southeast-1:123456789012:t"},
}
METHODS = {"esms": "GET"}


def webhook(provider: str) -> SmsWebhook:
    return PROVIDERS[provider].webhook(CREDENTIALS[provider])


def request(provider: str, **changes: Any) -> WebhookRequest:
    fields: dict[str, Any] = {"method": METHODS.get(provider, "POST"), "path": f"/sms/{provider}"} | changes
    return WebhookRequest(**fields)


def test_every_provider_is_tried_here() -> None:
    assert set(CREDENTIALS) == PROVIDERS.keys()


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_provider_goes_by_its_name(provider: str) -> None:
    assert webhook(provider).name == provider


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="empty"),
        pytest.param({"method": "PATCH"}, id="with a strange method"),
        pytest.param({"body": b"{}"}, id="with an empty object"),
        pytest.param({"body": b"\x00\xff" * 50}, id="with noise"),
        pytest.param({"headers": {"Authorization": "Bearer x"}}, id="with a made-up token"),
        pytest.param({"query": {"sign": "x", "content": ["a", "b"]}}, id="with a made-up query"),
        pytest.param({"body": b"x" * (LARGEST_REQUEST + 1)}, id="too large"),
    ],
)
def test_request_that_is_not_genuine_is_not_said_to_be_malformed(
    provider: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(ForgedWebhookError):
        webhook(provider).read(request(provider, **changes), NOW)


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_size_is_looked_at_before_anything_else(provider: str) -> None:
    with pytest.raises(WebhookTooLargeError):
        webhook(provider).read(request(provider, body=b"x" * (LARGEST_REQUEST + 1)), NOW)


@pytest.mark.parametrize(
    ("source_ip", "is_taken"),
    [
        pytest.param("203.0.113.7", True, id="from the provider's network"),
        pytest.param("198.51.100.1", True, id="from its other address"),
        pytest.param("203.0.114.7", False, id="from elsewhere"),
        pytest.param("2001:db8::1", False, id="from an IPv6 address"),
        pytest.param("", False, id="from nowhere"),
        pytest.param("203.0.113.7, 10.0.0.1", False, id="from a forwarded list"),
    ],
)
def test_only_the_providers_networks_may_call_where_they_are_known(source_ip: str, is_taken: bool) -> None:  # noqa: FBT001
    call = request("esms", source_ip=source_ip, headers={"X-Forwarded-For": "203.0.113.7"})

    refuse_strange_address(call, ())
    if is_taken:
        refuse_strange_address(call, ("203.0.113.0/24", "198.51.100.1/32"))
    else:
        with pytest.raises(ForgedWebhookError):
            refuse_strange_address(call, ("203.0.113.0/24", "198.51.100.1/32"))


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_acknowledgement_is_a_success_that_nobody_stores(provider: str) -> None:
    sms = InboundSms(provider, "1", "+84901234567", "x", None, "k")

    reply = webhook(provider).reply([sms], "Da nhan")

    assert reply.status == 200
    assert reply.headers["Cache-Control"] == "no-store"
    assert ("Da nhan" in reply.body) is webhook(provider).replies_inline


GUIDE = (Path(__file__).parents[4] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def example(beginning: str) -> dict[str, Any]:
    """Return the JSON example of docs/webhooks.md in which `beginning` stands."""
    (block,) = [text for text in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL) if beginning in text]
    parsed: dict[str, Any] = json.loads(block)
    return parsed


def test_guide_has_a_row_for_every_provider() -> None:
    rows = set(re.findall(r"^\| `([a-z]+)` \| (?:GET|POST)", GUIDE, re.MULTILINE))

    assert rows == PROVIDERS.keys()
    assert set(example('"esms"')) == PROVIDERS.keys() | {"hotline"}


def test_guides_credentials_are_those_that_the_code_reads() -> None:
    for provider, credentials in CREDENTIALS.items():
        assert set(credentials) <= set(example('"esms"')[provider])


def test_guides_sms_event_is_read_as_it_stands() -> None:
    body = json.dumps(example("sms.received")).encode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(CREDENTIALS["standard"]["secret"]).sign("msg_1", NOW, body.decode()),
    }

    (sms,) = webhook("standard").read(request("standard", headers=headers, body=body), NOW)

    assert sms.part == Part("77", 1, 2)


def test_guides_call_report_is_read_as_it_stands() -> None:
    report = HotlineCall.model_validate(example("callId"))

    assert report.summary
    assert report.petitioner
    named = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", GUIDE, re.MULTILINE))))
    assert {field.alias for field in HotlineCall.model_fields.values()} <= named


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("84901234567", "+84901234567", id="without a plus"),
        pytest.param("+84901234567", "+84901234567", id="with a plus"),
        pytest.param("0901234567", "+84901234567", id="in local form"),
        pytest.param("901234567", "+84901234567", id="without country code and zero"),
        pytest.param("841659876543", "+84359876543", id="an old 11-digit number"),
        pytest.param("14255550182", "+14255550182", id="a foreign number without a plus"),
        pytest.param("385916242493", "+385916242493", id="a Croatian one"),
        pytest.param("84100000000", "+84100000000", id="one that the numbering tables do not know"),
        pytest.param("8088", None, id="a short code"),
        pytest.param("VIETTEL", None, id="a name"),
        pytest.param("", None, id="nothing"),
        pytest.param("0000000000", None, id="zeros"),
        pytest.param("1" * 16, None, id="too many digits"),
        pytest.param("٨٤٩٠١٢٣٤٥٦٧", None, id="digits that no network sends"),
    ],
)
def test_sender_is_a_number_that_can_be_answered(written: str, number: str | None) -> None:
    assert sender_number(written) == number


@given(st.one_of(st.text(max_size=20), st.from_regex(r"\+?[0-9]{1,17}", fullmatch=True)))
def test_any_sender_is_a_number_or_nobody(text: str) -> None:
    number = sender_number(text)

    assert number is None or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit())
    assert number is None or sender_number(number) == number
