"""The catalogue of providers is whole: a module on each side, and both sides read the credentials alike."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import pytest
from moto import mock_aws
from standardwebhooks import Webhook

from chalicelib.notifier.account import Account
from chalicelib.notifier.provider_order import parse_choices
from chalicelib.notifier.providers import PROVIDERS, Senders, receipt_readers
from chalicelib.notifier.receipts.receipt import ReceiptRefusedError, ReceiptRequest
from chalicelib.notifier.senders.sender import Message
from chalicelib.notifier.settings import NotifierSettings
from shared.domain.promises.deliveries import DeliveryChannel
from shared.platform import aws, clock, secrets
from shared.platform.provider_credentials import READ_AGAIN_AFTER
from shared.platform.settings import SettingsError
from tests.support.builders import keyring_of

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
SETTINGS = {
    "stage": "local",
    "petitions_table": "petitions",
    "directory_table": "directory",
    "identifiers_secret": "identifiers",
    "attachments_bucket": "attachments",
    "deliveries_table": "deliveries",
    "throttle_table": "throttle",
    "seal_key_id": "seal",
    "providers_secret": "providers",
    "notices_queue_url": "http://localhost/notices",
    "mail_from": "pakn@bnv.example",
    "public_url": "https://pakn.example/",
}


def configuration(**settings: str) -> NotifierSettings:
    return NotifierSettings.model_validate({**SETTINGS, **settings})


def account(provider: str) -> Account:
    """Return an account without any credentials."""
    return Account(provider, configuration(), dict, keyring_of("key"))


@pytest.mark.parametrize("name", PROVIDERS)
def test_provider_is_one_module_on_each_side(name: str):
    assert find_spec(f"chalicelib.notifier.senders.{name}")
    assert find_spec(f"chalicelib.notifier.receipts.{name}")


@pytest.mark.parametrize("name", PROVIDERS)
def test_sender_has_the_name_of_its_row(name: str):
    assert PROVIDERS[name].build_sender(account(name)).name == name


@pytest.mark.parametrize("name", sorted(PROVIDERS.keys() - {"esms"}))
def test_without_credentials_a_provider_promises_no_receipts_and_none_is_taken(name: str):
    provider = PROVIDERS[name]

    assert not provider.build_sender(account(name)).proves
    with pytest.raises(ReceiptRefusedError):
        provider.build_receipts(account(name)).read(ReceiptRequest({}, b"{}", NOW))


def test_esms_promises_receipts_because_each_message_carries_an_address_that_only_we_can_derive():
    esms = PROVIDERS["esms"]

    assert esms.build_sender(account("esms")).proves
    with pytest.raises(ReceiptRefusedError):
        esms.build_receipts(account("esms")).read(ReceiptRequest({}, b"", NOW, token="0" * 32))


@pytest.mark.parametrize("choices", ["esms ses", "esms nobody"])
def test_setting_that_names_no_provider_of_sms_is_refused_when_the_parts_are_built(choices: str):
    unknown = parse_choices(choices)[1].provider

    with pytest.raises(SettingsError, match=rf"SMS_PROVIDERS \({unknown}\)"):
        Senders(configuration(sms_providers=choices))


class Named:
    """A sender that has nothing but its name."""

    proves = False
    deduplicates_for = timedelta(0)

    def __init__(self, account: Account) -> None:
        self.name = account.provider

    def send(self, message: Message) -> str:
        raise NotImplementedError


def test_senders_of_sms_come_in_the_order_of_the_setting_and_email_goes_to_ses(
    monkeypatch: pytest.MonkeyPatch,
):
    for name in ("esms", "http"):
        monkeypatch.setitem(PROVIDERS, name, PROVIDERS[name]._replace(build_sender=Named))
    senders = Senders(configuration(sms_providers="http esms"))

    assert [sender.name for sender in senders.of(DeliveryChannel.SMS, "x-1-RECEIPT")] == ["http", "esms"]
    assert [sender.name for sender in senders.of(DeliveryChannel.EMAIL, "x-1-RECEIPT")] == ["ses"]


def test_address_for_receipts_is_below_the_public_url():
    assert account("vonage").receipts_url == "https://pakn.example/receipts/vonage"


class StoredSecret:
    """The providers' secret in moto, and the readers of a warm notifier."""

    def __init__(self) -> None:
        self._client = aws.client("secretsmanager")
        secrets.forget()
        self._client.create_secret(Name="providers", SecretString="{}")

    def store(self, **entries: dict[str, str]) -> None:
        self._client.put_secret_value(SecretId="providers", SecretString=json.dumps(entries))


def gateway_event(secret: str, at: datetime) -> ReceiptRequest:
    body = json.dumps({"type": "sms.delivered", "data": {"id": "x"}}).encode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }
    return ReceiptRequest(headers, body, at)


def test_receipts_are_proven_by_the_key_in_force_of_before_and_stored_since(monkeypatch: pytest.MonkeyPatch):
    first, second, third = (
        f"whsec_{base64.b64encode(letter * 24).decode()}" for letter in (b"1", b"2", b"3")
    )
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    with mock_aws():
        aws.forget()
        secret, at = StoredSecret(), NOW
        clock.use(lambda: at)
        secret.store(**{"http": {"secret": second}, "http-previous": {"secret": first}})
        reader = receipt_readers(configuration())["http"]
        taken = [len(reader.read(gateway_event(key, at))) for key in (first, second)]

        secret.store(http={"secret": third})
        at += READ_AGAIN_AFTER

        assert taken == [1, 1]
        assert len(reader.read(gateway_event(third, at))) == 1
        with pytest.raises(ReceiptRefusedError):
            reader.read(gateway_event(first, at))
    clock.use(None)
    aws.forget()
    secrets.forget()
