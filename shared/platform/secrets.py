"""Secrets in Secrets Manager: the identifiers' keys and the providers' credentials."""

from __future__ import annotations

import json
from functools import cache, partial

from shared.domain.identity.keyring import Keyring
from shared.platform import aws, clock


@cache
def keyring(secret_name: str) -> Keyring:
    """Return the identifiers' keys: one AWS call when one is first needed, later one in half an hour at most."""
    return Keyring(partial(_text, secret_name), clock.now)


@cache
def providers(secret_name: str) -> dict[str, dict[str, str]]:
    """Return the providers' credentials, by provider: for checking webhooks and for sending; a list becomes words."""
    return {
        str(name): {str(k): " ".join(v) if isinstance(v, list) else str(v) for k, v in facts.items()}
        for name, facts in json.loads(_text(secret_name)).items()
    }


def _text(secret_name: str) -> str:
    return str(aws.client("secretsmanager").get_secret_value(SecretId=secret_name)["SecretString"])


def forget() -> None:
    """Read the secrets anew on next use (tests)."""
    keyring.cache_clear()
    providers.cache_clear()
