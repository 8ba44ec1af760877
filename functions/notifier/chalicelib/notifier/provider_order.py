"""The order in which the SMS providers are tried: the setting `SMS_PROVIDERS`, pure rules.

`esms:3 http:1 aws` lets eSMS and the gateway share the messages three to one, and takes AWS when neither can.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

_CHOICE = re.compile(r"([a-z][a-z0-9]{0,19})(?::([1-9][0-9]{0,2}))?", re.ASCII)


class ProviderChoice(NamedTuple):
    """One provider; those with a weight share the messages, those without one follow in the order written."""

    provider: str
    weight: int | None = None


def parse_choices(text: str) -> tuple[ProviderChoice, ...]:
    """Return the providers that a setting names.

    Raises:
        ValueError: it names none, one twice, or is written otherwise.
    """
    matches = [_CHOICE.fullmatch(word) for word in text.split()]
    choices = tuple(
        ProviderChoice(match[1], int(match[2]) if match[2] else None)
        for match in matches
        if match is not None
    )
    if not choices or len(choices) != len(matches) or len({c.provider for c in choices}) != len(choices):
        raise ValueError("write providers as `esms:3 http:1 aws`")
    return choices


def in_order(choices: Sequence[ProviderChoice], request_id: str) -> tuple[str, ...]:
    """Return the providers in the order to try them for one message: always the same order for the same message."""
    weighted = sorted((c for c in choices if c.weight), key=lambda choice: _rank(choice, request_id))
    return tuple(choice.provider for choice in (*weighted, *(c for c in choices if not c.weight)))


def _rank(choice: ProviderChoice, request_id: str) -> float:
    """Return a number that is the smallest as often as the weight says (weighted rendezvous hashing)."""
    digest = hashlib.sha256(f"{request_id}|{choice.provider}".encode()).digest()
    share = (int.from_bytes(digest[:8]) + 1) / (2**64 + 1)
    return -math.log(share) / (choice.weight or 1)
