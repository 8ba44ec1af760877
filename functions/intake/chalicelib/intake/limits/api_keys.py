"""The keys of programs that send petitions (ADR 0032): `open311` in the providers' secret, a key for each client."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from shared.platform.provider_credentials import PREVIOUS


class ApiKeys:
    """Recognises clients by their keys.

    Args:
        credentials: returns the providers' credentials, by provider; called only when a key is shown.
    """

    def __init__(self, credentials: Callable[[], Mapping[str, Mapping[str, str]]]) -> None:
        self._credentials = credentials

    def client_of(self, api_key: str) -> str | None:
        """Return the name of the client that was given this key, None where nobody was.

        While a client changes its key, the earlier one stands as `NAME-previous` and is the same client's.
        """
        if not api_key:
            return None
        keys = self._credentials().get("open311", {})
        matching = (
            name.removesuffix(PREVIOUS)
            for name, key in keys.items()
            if key and hmac.compare_digest(key.encode(), api_key.encode())
        )
        return next(matching, None)
