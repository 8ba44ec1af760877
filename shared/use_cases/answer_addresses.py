"""Addresses of published answers, `/cong-khai/<id>-<slug>`: the id names the answer, the slug is for people to read.

The id holds what the answer's name holds, so an address is resolved by one read of the table, without an index.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shared.domain.identity.gsm7 import unaccented
from shared.tables.dynamo import stored_instant

_EPOCH = datetime(2018, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_INSTANT = 6
"""Letters of the second of publication in base 36: enough until 2087."""
_SUBMISSION = 8
"""Letters of a name that tell answers of one second apart."""
_ADDRESS = re.compile(r"([0-9a-z]{6})([0-9a-f]{8})(?:-([0-9a-z-]*))?")
LONGEST_SLUG = 80


class AnswerAddress(NamedTuple):
    """An address that was asked for."""

    name: str
    """The name of the answer."""
    slug: str


def slug_of(title: str) -> str:
    """Return a title as a part of an address: ASCII words in small letters, cut between words."""
    words = re.findall(r"[a-z0-9]+", unaccented(title).casefold())
    slug = "-".join(words)
    if len(slug) <= LONGEST_SLUG:
        return slug
    return slug[: LONGEST_SLUG + 1].rpartition("-")[0] or slug[:LONGEST_SLUG]


def answer_address(name: str, title: str) -> str:
    """Return the address of a published answer on this site.

    Args:
        name: of the answer, e.g. `2026-11-27T03:04:05Z#0a1b2c3d`.
        title: its question; the slug is made of it.
    """
    instant, _, submission = name.partition("#")
    seconds = int((datetime.fromisoformat(instant) - _EPOCH) / timedelta(seconds=1))
    letters = ""
    for _place in range(_INSTANT):
        seconds, digit = divmod(seconds, len(_DIGITS))
        letters = _DIGITS[digit] + letters
    slug = slug_of(title)
    return f"/cong-khai/{letters}{submission}{'-' if slug else ''}{slug}"


def permanent(address: str) -> str:
    """Return an address without its slug: it leads to the answer too, and stays when the title changes."""
    start = len("/cong-khai/")
    return address[: start + _INSTANT + _SUBMISSION]


def first_published(address: str) -> str:
    """Return the instant in an address: of the answer's first publication, e.g. `2026-11-27T03:04:05Z`."""
    return _instant_of(id_of(address)[:_INSTANT])


def id_of(address: str) -> str:
    """Return the id in an address."""
    return permanent(address).rpartition("/")[2]


def read_address(part: str) -> AnswerAddress | None:
    """Return the name and the slug in the last part of an address; None where it can name no answer."""
    match = _ADDRESS.fullmatch(part)
    if match is None:
        return None
    return AnswerAddress(f"{_instant_of(match[1])}#{match[2]}", match[3] or "")


def _instant_of(letters: str) -> str:
    return stored_instant(_EPOCH + timedelta(seconds=int(letters, len(_DIGITS))))
