"""How each provider that is paid by account proves its receipts: by what the providers' secret holds of it.

A provider without credentials is closed: none is genuine. Called by the doors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.notifier.receipts import zalo_events
from shared.providers import vonage as vonage_webhooks
from shared.providers.infobip import InfobipCredentials
from shared.providers.standard_webhooks import broken_rule, key_of

Headers = Mapping[str, str]
"""By their names in lower case."""

Account = Mapping[str, str]


def gateway(account: Account, headers: Headers, body: bytes, at: datetime) -> bool:
    """Tell whether the generic gateway signed as Standard Webhooks say."""
    rule = broken_rule(
        key_of(account["secret"]),
        webhook_id=headers.get("webhook-id", ""),
        timestamp=headers.get("webhook-timestamp", ""),
        signatures=headers.get("webhook-signature", ""),
        body=body,
        at=at,
    )
    return rule is None


def vonage(account: Account, headers: Headers, body: bytes, at: datetime) -> bool:
    """Tell whether Vonage signed for our account."""
    rule = vonage_webhooks.broken_rule(
        account["signature_secret"],
        authorization=headers.get("authorization", ""),
        body=body,
        at=at,
        api_key=account.get("api_key", ""),
    )
    return rule is None


def infobip(account: Account, headers: Headers, body: bytes, _at: datetime) -> bool:
    """Tell whether Infobip showed the credentials of our subscription."""
    credentials = InfobipCredentials.of(account)
    return credentials.broken_rule(lambda name: headers.get(name.lower(), ""), body) is None


def zalo(account: Account, headers: Headers, body: bytes, _at: datetime) -> bool:
    """Tell whether Zalo signed for our official account."""
    return zalo_events.is_genuine(
        body,
        headers.get("x-zevent-signature", ""),
        app_id=account["app_id"],
        secret_key=account["oa_secret_key"],
    )


Proof = Callable[[Account, Headers, bytes, datetime], bool]

NEEDED: dict[str, tuple[str, ...]] = {
    "http": ("secret",),
    "vonage": ("signature_secret",),
    "infobip": (),
    "zalo": ("app_id", "oa_secret_key"),
}
"""Without these a provider's receipts cannot be told from forged ones (Infobip: see `proves_receipts`)."""

PROOFS: dict[str, Proof] = {"http": gateway, "vonage": vonage, "infobip": infobip, "zalo": zalo}


def proves_receipts(provider: str, account: Account) -> bool:
    """Tell whether an account's credentials let a provider prove its receipts, so that its silence means something."""
    if provider == "infobip":
        has_basic = bool(account.get("username") and account.get("password"))
        return has_basic or bool(account.get("hmac_secret") and account.get("hmac_header"))
    return all(account.get(name) for name in NEEDED[provider])
