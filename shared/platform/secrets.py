"""Secrets, read from Secrets Manager once per process: the identifiers' key and the providers' credentials."""

from __future__ import annotations

import json
from functools import cache

from shared.platform import aws


@cache
def identifiers_key(secret_name: str) -> bytes:
    """Return the HMAC key of `shared.domain.identity.reference` (one AWS call on a cold start, then none)."""
    value = aws.client("secretsmanager").get_secret_value(SecretId=secret_name)["SecretString"]
    return str(json.loads(value)["key"]).encode()


@cache
def providers(secret_name: str) -> dict[str, dict[str, str]]:
    """Return the providers' credentials, by provider: for checking webhooks and for sending; a list becomes words."""
    value = aws.client("secretsmanager").get_secret_value(SecretId=secret_name)["SecretString"]
    return {
        str(name): {str(k): " ".join(v) if isinstance(v, list) else str(v) for k, v in facts.items()}
        for name, facts in json.loads(value).items()
    }


def forget() -> None:
    """Read the secrets anew on next use (tests)."""
    identifiers_key.cache_clear()
    providers.cache_clear()
