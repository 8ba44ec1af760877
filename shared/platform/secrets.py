"""Secrets in Secrets Manager: the identifiers' keys and the providers' credentials."""

from __future__ import annotations

import json
import re
import secrets as randomness
import uuid
from datetime import UTC, datetime
from functools import cache, partial

from shared.domain.identity.identifier_keys import Keyring, Keys
from shared.platform import aws, clock

_BYTES_OF_A_KEY = 48
_LABEL = "%Y%m%dT%H%M%SZ"
_KEY = re.compile(r"key-(?P<number>\d+)-from-(?P<since>\d{8}T\d{6}Z)")


@cache
def keyring(secret_name: str) -> Keyring:
    """Return the identifiers' keys: one AWS call when one is first needed, later one in half an hour at most."""
    return Keyring(partial(_text, secret_name), clock.now)


def announce_key(secret_name: str, asked_at: datetime) -> datetime | None:
    """Add a key of the system's own randomness to the identifiers' secret; nobody gets to see it.

    The version's label says from when on which key is in force: it can be read without the secret.

    Args:
        secret_name: the secret.
        asked_at: the instant of the request: one that was answered before adds nothing.

    Returns:
        The instant from which the new key is in force; None where none was added.
    """
    now = clock.now()
    keys = Keys.of(_text(secret_name))
    if keys.keys[-1].since > asked_at:
        return None
    after = keys.with_another(randomness.token_urlsafe(_BYTES_OF_A_KEY).encode(), now)
    since = after.keys[-1].since
    aws.client("secretsmanager").put_secret_value(
        SecretId=secret_name,
        ClientRequestToken=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{secret_name}/{int(asked_at.timestamp())}")),
        SecretString=after.text(),
        VersionStages=["AWSCURRENT", f"key-{len(after.keys)}-from-{since.astimezone(UTC):{_LABEL}}"],
    )
    return since


def announced_keys(secret_name: str) -> dict[int, datetime]:
    """Return the instants from which keys are in force, by number from 2; read from labels, not from the secret."""
    labels = aws.client("secretsmanager").describe_secret(SecretId=secret_name).get("VersionIdsToStages", {})
    keys = [_KEY.fullmatch(label) for each in labels.values() for label in each]
    return dict(
        sorted(
            (int(key["number"]), datetime.strptime(key["since"], _LABEL).replace(tzinfo=UTC))
            for key in keys
            if key
        )
    )


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
