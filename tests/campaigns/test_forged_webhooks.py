"""Nothing forged gets in: thousands of forged requests, judged by us and by the providers' own validators.

`make test` tries 300 for each provider and endpoint, 3,300 in all; `make proof` 10,000 for each.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl, urlencode

import jwt
import pytest
from standardwebhooks.webhooks import Webhook
from twilio.request_validator import RequestValidator

from chalicelib.intake.sms.providers.standard_webhooks import StandardSmsWebhook
from chalicelib.intake.sms.webhook import ForgedWebhookError, WebhookError, WebhookRequest
from infra.local.emulation.functions import HttpResponse
from shared.domain.errors import InvalidInputError
from shared.platform import secrets
from tests.campaigns.forged_receipts import RECEIPTS, GatewayReceipts
from tests.campaigns.forged_webhooks import (
    NETWORK,
    PUBLIC_URL,
    SCHEMES,
    Moment,
    Scheme,
    Standard,
    Twilio,
    Vonage,
    forgeries,
    is_taken,
    tricks_on,
)
from tests.support.answers import constant_headers
from tests.support.system import System

ORDINARY, FULL = 300, 10_000
GUIDE = Path(__file__).parents[2] / "docs" / "webhooks.md"
each_scheme = pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
each_receipt = pytest.mark.parametrize("scheme", RECEIPTS, ids=lambda scheme: scheme.name)
each = pytest.mark.parametrize(
    "scheme",
    [
        *(pytest.param(scheme, id=scheme.name) for scheme in SCHEMES),
        *(pytest.param(scheme, id=f"receipts of {scheme.name}") for scheme in RECEIPTS),
    ],
)


@pytest.fixture(autouse=True)
def moment() -> None:
    """Let the test happen now: the judges do not believe what is five minutes old."""
    Moment.renew()


@each
def test_a_genuine_request_is_taken_by_us_and_by_the_judge(scheme: Scheme) -> None:
    random = Random(1)

    for _ in range(20):
        request = scheme.sign(scheme.message(random))

        assert is_taken(scheme, request)
        assert scheme.judge(request)


def campaign(scheme: Scheme, count: int, seed: int) -> Counter[str]:
    """Send forgeries; return how many of each kind were refused. Each is, or says what the genuine one said."""
    refused: Counter[str] = Counter()
    for trick, genuine, forged in forgeries(scheme, count, seed):
        try:
            messages = is_taken(scheme, forged)
        except (WebhookError, InvalidInputError):
            refused[trick] += 1
            continue
        # Only a change that leaves what is signed as it was may pass, and then it means the same message.
        assert scheme.judge(forged), f"{trick}: taken, and the provider's own validator refuses it"
        assert messages in (is_taken(scheme, genuine), []), f"{trick}: taken, and it says something else"
    return refused


@each
def test_no_forgery_is_taken(scheme: Scheme) -> None:
    refused = campaign(scheme, ORDINARY, seed=2018)

    assert refused == expected(scheme, ORDINARY)


@pytest.mark.full
@each
def test_no_forgery_of_ten_thousand_is_taken(scheme: Scheme) -> None:
    refused = campaign(scheme, FULL, seed=6)

    assert refused == expected(scheme, FULL)


def expected(scheme: Scheme, count: int) -> Counter[str]:
    """Every forgery is refused."""
    tried = list(tricks_on(scheme))
    return Counter({trick: len(range(n, count, len(tried))) for n, trick in enumerate(tried)})


# --- the table in the guide ---------------------------------------------------------------------------


def table(schemes: Sequence[Scheme]) -> str:
    """Return a table of docs/webhooks.md: what is tried on whom, and how often in the ordinary run."""
    names = [scheme.name for scheme in schemes]
    tricks = dict.fromkeys(trick for scheme in schemes for trick in tricks_on(scheme))
    counts = {scheme.name: expected(scheme, ORDINARY) for scheme in schemes}
    rows = [
        f"| {trick} | {' | '.join(str(counts[name][trick] or '–') for name in names)} |" for trick in tricks
    ]
    total = f"| **all, none taken** | {' | '.join(str(counts[name].total()) for name in names)} |"
    head = f"| forged how | {' | '.join(f'`{name}`' for name in names)} |"
    return "\n".join([head, "|---|" + "---:|" * len(names), *rows, total])


@pytest.mark.parametrize("schemes", [SCHEMES, RECEIPTS], ids=["messages", "receipts"])
def test_the_guide_shows_what_is_tried(schemes: Sequence[Scheme]) -> None:
    expected_table = table(schemes)
    assert expected_table in GUIDE.read_text(encoding="utf-8"), f"docs/webhooks.md lacks:\n\n{expected_table}"


# --- the campaign itself can fail ---------------------------------------------------------------------


class WithoutSignature(Twilio):
    """An adapter that forgot to look at the signature."""

    def read(self, request: WebhookRequest) -> object:
        form = dict(parse_qsl(request.body.decode("latin-1"), keep_blank_values=True))
        right = RequestValidator(self.key).compute_signature(f"{PUBLIC_URL}/sms/twilio", form)
        return super().read(self.with_proof(request, str(right)))


class WithoutBodyHash(Vonage):
    """An adapter that trusts the token and forgot the body, as a library does that only reads the token."""

    def read(self, request: WebhookRequest) -> object:
        try:
            jwt.decode(self.proof_of(request).partition(" ")[2], self.key, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            raise ForgedWebhookError("token") from None
        return [request.body]


class WithoutAge(Standard):
    """An adapter that takes what was signed at any time."""

    def read(self, request: WebhookRequest) -> object:
        timestamp = request.header("webhook-timestamp") or "0"
        at = datetime.fromtimestamp(int(timestamp), UTC)
        return [sms.content for sms in StandardSmsWebhook(self.key).read(request, at)]


class ReceiptsOfAnyAge(GatewayReceipts):
    """A door that takes a receipt whenever it was signed."""

    def read(self, request: WebhookRequest) -> object:
        at = datetime.fromtimestamp(int(request.header("webhook-timestamp") or "0"), UTC)
        body = request.body.decode("utf-8", "replace")
        if Webhook(self.key).sign(request.header("webhook-id") or "", at, body) != self.proof_of(request):
            raise ForgedWebhookError("signature")
        return [json.loads(body)["data"]["id"]]


@pytest.mark.parametrize(
    "broken",
    [WithoutSignature(), WithoutBodyHash(), WithoutAge(), ReceiptsOfAnyAge()],
    ids=lambda broken: type(broken).__name__,
)
def test_the_campaign_notices_an_adapter_that_forgot_something(broken: Scheme) -> None:
    with pytest.raises(AssertionError, match="taken, and"):
        campaign(broken, ORDINARY, seed=2018)


# --- through the door ---------------------------------------------------------------------------------


@pytest.fixture
def door(system: System) -> Iterator[System]:
    """The system with every provider open to its network only."""
    system.reset(Moment.at)
    client, name = system.local.cloud.client("secretsmanager"), system.local.cloud.outputs["ProvidersSecret"]
    original = client.get_secret_value(SecretId=name)["SecretString"]
    opened = {scheme.name: {**scheme.credentials, "networks": [NETWORK]} for scheme in (*RECEIPTS, *SCHEMES)}
    client.put_secret_value(SecretId=name, SecretString=json.dumps(opened))
    secrets.forget()
    yield system
    client.put_secret_value(SecretId=name, SecretString=original)
    secrets.forget()


def knock(door: System, request: WebhookRequest) -> HttpResponse:
    query = urlencode(dict(request.query), doseq=True)
    return door.http(
        request.method,
        f"{request.path}?{query}" if query else request.path,
        headers=request.headers,
        body=request.body,
        source_ip=request.source_ip,
    )


def everything(door: System) -> str:
    return str([door.items(table) for table in ("petitions", "throttle", "deliveries")])


REFUSED_BEFORE_SNS_IS_ASKED = {
    "somebody else's topic, rightly signed",
    "a certificate from elsewhere",
    "signature version 1",
    "another method",
    "too large, rightly signed",
    "from another network, headers claim ours",
}
"""Tricks on `aws` that a test can send: for others the endpoint asks the real SNS for its certificate."""


@each_scheme
def test_at_the_door_all_refusals_look_alike_and_change_nothing(door: System, scheme: Scheme) -> None:
    before = everything(door)

    answers = {
        (answer.status, answer.body, constant_headers(answer))
        for trick, _, forged in forgeries(scheme, len(tricks_on(scheme)), seed=1)
        if forged.method in {"GET", "POST"}
        if scheme.name != "aws" or trick in REFUSED_BEFORE_SNS_IS_ASKED
        for answer in [knock(door, forged)]
    }

    assert [(status, body) for status, body, _ in answers] == [(403, b"refused\n")]
    assert everything(door) == before


@each_receipt
def test_at_the_door_of_receipts_all_refusals_look_alike_and_change_nothing(
    door: System, scheme: Scheme
) -> None:
    before = everything(door)

    answers = {
        (answer.status, answer.body, constant_headers(answer))
        for _, _, forged in forgeries(scheme, len(tricks_on(scheme)), seed=1)
        for answer in [knock(door, forged)]
    }

    assert [(status, body) for status, body, _ in answers] == [(403, b"")]
    assert everything(door) == before


@each_receipt
def test_at_the_door_of_receipts_a_genuine_one_is_acknowledged(door: System, scheme: Scheme) -> None:
    assert knock(door, scheme.sign(scheme.message(Random(3)))).status == 200


@pytest.mark.parametrize(
    "scheme", [scheme for scheme in SCHEMES if scheme.name != "aws"], ids=lambda each: each.name
)
def test_at_the_door_a_genuine_request_takes_effect_once_however_often_it_is_replayed(
    door: System, scheme: Scheme
) -> None:
    random = Random(3)
    messages = [replace(scheme.message(random), text=f"PAKN viec thu {n}") for n in range(4)]
    requests = [scheme.sign_for(message, door.local.wiring.public_url) for message in messages]

    answers = [knock(door, request) for request in [*requests, *requests[::-1], *requests]]

    assert {answer.status for answer in answers} == {201 if scheme.name == "hotline" else 200}
    assert len({answer.body for answer in answers}) in {1, len(requests)}
    assert len(door.items("petitions")) == len(requests)
