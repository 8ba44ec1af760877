"""Checks of the directory's rows of subscriptions."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from shared.domain.errors import InvalidInputError
from shared.domain.promises.events import EventType
from shared.tables.directory import Directory
from shared.use_cases.subscriptions import KIND, Subscription
from shared.web.requests import validated

Check = Callable[[dict[str, Any]], None]
_MOST_KEYS = 999


class _SubscriptionRow(Subscription):
    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{1,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    address: Annotated[str, Field(min_length=1, max_length=500)]
    events: Annotated[
        tuple[EventType, ...], Field(min_length=1), AfterValidator(lambda each: tuple(dict.fromkeys(each)))
    ]
    contact: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    key_number: Annotated[int, Field(ge=1, le=_MOST_KEYS)] = 1


def checks(directory: Directory, *, is_local: bool) -> dict[str, Check]:
    """Return the check of such rows, for the administration of the directory."""

    def check(row: dict[str, Any]) -> None:
        subscription = validated(_SubscriptionRow, row)
        if not _is_outside(subscription.address, is_local=is_local):
            raise InvalidInputError(("address", "not-https"))
        if subscription.unit is not None and subscription.unit not in directory.units(
            subscription.valid_from
        ):
            raise InvalidInputError(("unit", "unknown"))

    return {KIND: check}


def _is_outside(address: str, *, is_local: bool) -> bool:
    """Return whether an address is https, bears no password, and leads to the public internet as far as it says."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if is_local:
        return parts.scheme in ("http", "https") and bool(host)
    try:
        is_global = ipaddress.ip_address(host).is_global
    except ValueError:
        is_global = "." in host and not host.endswith((".local", ".internal", ".localhost"))
    return parts.scheme == "https" and is_global and parts.username is None and parts.password is None
