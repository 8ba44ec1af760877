"""The providers' credentials while they change: two are valid at once, and a new one is found without a new process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from shared.domain.errors import PetitionError
from shared.platform import clock, secrets, telemetry

PREVIOUS = "-previous"
"""The end of the name of an entry with the credentials of before: `standard-previous` beside `standard`."""
READ_AGAIN_AFTER = timedelta(minutes=1)
"""The secret is read anew at most so often, however many proofs fail."""

Credentials = Mapping[str, Mapping[str, str]]


class UnusableCredentialsError(PetitionError):
    """An entry of the secret cannot prove anything: it lacks a credential, or has one of the wrong form.

    Nobody can tell then whether a request is genuine. The text names the rule, never a credential.
    """

    code = "credentials-unusable"


@contextmanager
def refusing_unusable() -> Iterator[None]:
    """Say of an error that building something from an entry raises that the entry cannot be used.

    Raises:
        UnusableCredentialsError: a credential is missing (KeyError) or has the wrong form (ValueError).
    """
    try:
        yield
    except KeyError as error:
        raise UnusableCredentialsError(f"without {error.args[0]}") from None
    except ValueError as error:
        raise UnusableCredentialsError(str(error)) from None


def report_unusable(provider: str, error: UnusableCredentialsError) -> None:
    """Log and count an entry that an operator has to mend."""
    telemetry.count("CredentialsUnusable", by={"provider": provider})
    telemetry.logger().error("credentials of a provider cannot be used", provider=provider, reason=str(error))


class ProviderCredentials:
    """The secret `pakn-{stage}/providers` of this process: credentials by provider.

    Args:
        secret_name: its name in Secrets Manager; it is read when it is first needed.
    """

    def __init__(self, secret_name: str) -> None:
        self._secret_name = secret_name
        self._read_at: datetime | None = None

    def __call__(self) -> Credentials:
        """Return the credentials as they were last read."""
        if self._read_at is None:
            self._read_at = clock.now()
        return secrets.providers(self._secret_name)

    def of(self, provider: str) -> Iterator[Mapping[str, str]]:
        """Yield the credentials that may prove a provider's request, until one of them does.

        These are the ones in force, those of before, and, where neither proved it and the secret has changed since it
        was read, both of today.
        """
        stored = self()
        yield from _entries(stored, provider)
        if self._read_again() != stored:
            yield from _entries(self(), provider)

    def _read_again(self) -> Credentials:
        now = clock.now()
        if self._read_at is None or now - self._read_at >= READ_AGAIN_AFTER:
            secrets.providers.cache_clear()
            self._read_at = now
        return self()


def _entries(credentials: Credentials, provider: str) -> Iterator[Mapping[str, str]]:
    for name in (provider, f"{provider}{PREVIOUS}"):
        if credentials.get(name):
            yield credentials[name]
