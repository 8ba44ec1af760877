"""The keys of programs that send petitions (ADR 0032): `open311` in the providers' secret, a key for each client."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from shared.domain.errors import TooManyRequestsError
from shared.domain.quotas import Quota
from shared.platform.provider_credentials import PREVIOUS
from shared.providers.simulator import API_KEY_OVER_LIMIT, OVER_LIMIT_FOR_SECONDS


class ApiKeys:
    """Recognises clients by their keys.

    Args:
        credentials: returns the providers' credentials, by provider; called only when a key is shown.
        is_sandbox: whether the key that is always over its limit is one.
    """

    def __init__(
        self, credentials: Callable[[], Mapping[str, Mapping[str, str]]], *, is_sandbox: bool = False
    ) -> None:
        self._credentials = credentials
        self._is_sandbox = is_sandbox

    def client_of(self, api_key: str) -> str | None:
        """Return the name of the client that was given this key, None where nobody was.

        While a client changes its key, the earlier one stands as `NAME-previous` and is the same client's.

        Raises:
            TooManyRequestsError: the sandbox's key that is always over its limit.
        """
        if not api_key:
            return None
        if self._is_sandbox and api_key == API_KEY_OVER_LIMIT:
            wait = OVER_LIMIT_FOR_SECONDS
            raise TooManyRequestsError(wait, Quota("sandbox", 1, 0, wait, wait))
        keys = self._credentials().get("open311", {})
        matching = (
            name.removesuffix(PREVIOUS)
            for name, key in keys.items()
            if key and hmac.compare_digest(key.encode(), api_key.encode())
        )
        return next(matching, None)
