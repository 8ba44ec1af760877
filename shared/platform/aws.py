"""AWS clients, made only when a request needs them.

A client costs about 90 ms of a cold start, so none is made on import. They come from botocore, the
library beneath boto3, because boto3's resource layer is never used here and its import alone costs
some 100 ms (docs/adr/0005-cold-starts.md; `make bench` prints the figures).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

ATTEMPTS = 3
"""Attempts of the SDK at one call before it reports an error."""


_S3: dict[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}
"""Signs links for the bucket's own region: the global address answers with a redirect that a form does not survive."""


@cache
def _definitions() -> Loader:
    """Return the reader of the services' definitions, which keeps what it read of botocore's files."""
    loader: Loader = botocore.session.get_session().get_component("data_loader")
    return loader


@cache
def _session() -> botocore.session.Session:
    session = botocore.session.get_session()
    session.register_component("data_loader", _definitions())
    return session


@cache
def client(service: str, attempts: int = ATTEMPTS) -> Any:
    """Return this process's client of an AWS service, e.g. `client("dynamodb")`.

    Region, credentials and `AWS_ENDPOINT_URL` come from the environment, as for every AWS tool. A call that must
    not happen twice without our knowing (sending an e-mail) asks for one attempt.
    """
    config = Config(
        connect_timeout=2,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": attempts},
        **(_S3 if service == "s3" else {}),
    )
    return _session().create_client(service, config=config)


def read_definitions(services: Iterable[str]) -> None:
    """Read what clients of these services are made from, so that the first one costs 5 ms instead of 50.

    Clients are made for it and dropped again: they hold credentials and, after a call, connections.
    """
    for service in services:
        client(service)
    forget()


def forget() -> None:
    """Drop all clients: the next call makes new ones, with the credentials of then."""
    client.cache_clear()
    _session.cache_clear()
