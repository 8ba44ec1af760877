"""Our account with a provider: what its sender and the reader of its receipts are built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.notifier.settings import NotifierSettings
from shared.domain.identity.identifier_keys import Keyring
from shared.platform import secrets

Credentials = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """An account with one provider; secrets are read when they are needed, not when the account is built."""

    provider: str
    settings: NotifierSettings
    read_credentials: Callable[[], Mapping[str, Credentials]]
    """Returns the providers' secret: credentials by provider."""
    keyring: Keyring
    """The identifiers' keys."""

    @property
    def credentials(self) -> Credentials:
        """The provider's entry of the secret; empty when it has none."""
        return self.read_credentials().get(self.provider, {})

    @property
    def receipts_url(self) -> str:
        """The address that the provider sends its receipts to."""
        return f"{self.settings.public_url.rstrip('/')}/receipts/{self.provider}"


def account_with(provider: str, configuration: NotifierSettings) -> Account:
    """Return our account with a provider, with its credentials in Secrets Manager."""
    return Account(
        provider,
        configuration,
        read_credentials=lambda: secrets.providers(configuration.providers_secret),
        keyring=secrets.keyring(configuration.identifiers_secret),
    )
