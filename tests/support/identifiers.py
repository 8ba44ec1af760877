"""The identifiers' secret of the local stack, made anew after a test that adds keys to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shared.domain.identity.identifier_keys import Keys
from shared.platform import secrets
from tests.support.system import System

SECRET = "pakn-local/identifiers"


def stored_keys(system: System) -> list[bytes]:
    """Return the keys in the secret, the first one first."""
    text = system.local.cloud.client("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"]
    return [key.secret for key in Keys.of(text).keys]


@contextmanager
def identifiers_put_back(system: System) -> Iterator[None]:
    """Make the secret anew at the end, without the labels of keys that were added."""
    client = system.local.cloud.client("secretsmanager")
    before = client.get_secret_value(SecretId=SECRET)["SecretString"]
    try:
        yield
    finally:
        client.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
        client.create_secret(Name=SECRET, SecretString=before)
        secrets.forget()
        system.local.forget_parts()
