"""Reads receipts while a provider's key changes: with the credentials in force, of before, or stored since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chalicelib.notifier.account import Account
from chalicelib.notifier.receipts.receipt import (
    Reading,
    ReceiptReader,
    ReceiptRefusedError,
    ReceiptRequest,
    ReceiptUnverifiableError,
)
from shared.platform.provider_credentials import (
    ProviderCredentials,
    UnusableCredentialsError,
    report_unusable,
)


class ChangingKeyReceipts:
    """Reads the receipts of a provider that proves them with a secret we share."""

    def __init__(
        self, build: Callable[[Account], ReceiptReader], account: Account, credentials: ProviderCredentials
    ) -> None:
        """Take the reader's builder, the account it is built for, and the credentials of all providers."""
        self._build = build
        self._account = account
        self._credentials = credentials

    def read(self, request: ReceiptRequest) -> Sequence[Reading]:
        """Return the readings of a request that one of the credentials proves.

        Raises:
            ReceiptRefusedError: none does, or there are none; `rule` is that of the first.
            ReceiptUnverifiableError: none does, and one of them cannot be used.
        """
        refused: ReceiptRefusedError | None = None
        unusable: UnusableCredentialsError | None = None
        for entry in self._credentials.of(self._account.provider):
            try:
                return self._build(self._account_with(entry)).read(request)
            except ReceiptRefusedError as error:
                refused = refused or error
            except UnusableCredentialsError as error:
                unusable = error
        if unusable is not None:
            report_unusable(self._account.provider, unusable)
            raise ReceiptUnverifiableError
        raise refused or ReceiptRefusedError("not-configured")

    def _account_with(self, entry: Mapping[str, str]) -> Account:
        return replace(self._account, read_credentials=lambda: {self._account.provider: entry})
