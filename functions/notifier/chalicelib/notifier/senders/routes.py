"""In which order a channel's providers are tried: one setting, pure rules.

`esms:3 http:1 aws` lets eSMS and the gateway share the messages three to one, and takes AWS when neither can.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

_ROUTE = re.compile(r"([a-z][a-z0-9]{0,19})(?::([1-9][0-9]{0,2}))?", re.ASCII)


class Route(NamedTuple):
    """One provider; those with a weight share the messages, those without follow in the order written."""

    provider: str
    weight: int | None = None


def routes_in(text: str) -> tuple[Route, ...]:
    """Return the routes that a setting names.

    Raises:
        ValueError: it names none, one twice, or is written otherwise.
    """
    found = [_ROUTE.fullmatch(word) for word in text.split()]
    routes = tuple(Route(one[1], int(one[2]) if one[2] else None) for one in found if one is not None)
    if not routes or len(routes) != len(found) or len({one.provider for one in routes}) != len(routes):
        raise ValueError("write providers as `esms:3 http:1 aws`")
    return routes


def in_order(routes: Sequence[Route], message: str) -> tuple[str, ...]:
    """Return the providers in the order to try them for one message: the same each time for the same message."""
    shared = sorted((one for one in routes if one.weight), key=lambda one: _lot(one, message))
    return tuple(one.provider for one in (*shared, *(one for one in routes if not one.weight)))


def _lot(route: Route, message: str) -> float:
    """Draw a lot that wins as often as the weight says (weighted rendezvous hashing)."""
    digest = hashlib.sha256(f"{message}|{route.provider}".encode()).digest()
    share = (int.from_bytes(digest[:8]) + 1) / (2**64 + 1)
    return -math.log(share) / (route.weight or 1)
