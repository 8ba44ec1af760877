"""The daily root of all histories: a Merkle tree over their latest hashes, and the statement that is signed.

A leaf stands for the head of one history. It is an HMAC under the history's first hash, which only the petitioner and
the ministry know, so leaves and paths tell nobody which petitions there are. Pure: what is signed and stored is the
SLA timer's matter. The recipe for outsiders: docs/verifying.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

NOTHING_BEFORE = "0" * 64
"""The predecessor that the first root names."""


class Statement(NamedTuple):
    """The statement that is signed for one day: its tree, and the root of the day before."""

    day: date
    histories: int
    tree: str
    previous: str
    withheld: int = 0
    """The number of histories that failed their verification and are in no tree until they pass it."""
    restored: tuple[str, ...] = ()
    """The restorations of the stored data on that day, each as `restored_line` writes it."""

    @property
    def text(self) -> str:
        """The statement as it is signed, byte for byte in UTF-8.

        Its second version names what was withheld, its third to which moment the stored data went back.
        """
        withheld = f"withheld: {self.withheld}\n" if self.withheld else ""
        restored = "".join(f"restored: {line}\n" for line in self.restored)
        version = 3 if restored else 2 if withheld else 1
        return (
            f"pakn-root-v{version}\nday: {self.day}\ncount: {self.histories}\n{withheld}{restored}"
            f"tree: {self.tree}\nprevious: {self.previous}\n"
        )

    @property
    def root(self) -> str:
        """The day's root: the SHA-256 of the statement, which the next day's statement names."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def restored_line(number: int, to: datetime, at: datetime) -> str:
    """Return a restoration as statements name it: its number, the moment gone back to, and when that was done."""
    return f"{number} {to.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def leaf_of(reference: str, version: int, first_hash: str, last_hash: str) -> str:
    """Return the leaf that stands for a history's head."""
    message = f"{reference}:{version}:{last_hash}"
    return hmac.new(first_hash.encode(), message.encode(), hashlib.sha256).hexdigest()


def tree_of(leaves: Iterable[str]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return a tree's top, and each leaf's path to it: neighbours from below, with `L` or `R` for their side.

    Leaves are sorted, so that their order tells nothing; an odd one at the end goes up by itself.
    """
    level = [(_hashed(b"\x00", bytes.fromhex(leaf)), [leaf]) for leaf in sorted(set(leaves))]
    paths: dict[str, list[str]] = {leaf: [] for _hash, (leaf,) in level}
    while len(level) > 1:
        above = []
        for left, right in zip(level[::2], level[1::2], strict=False):
            to_the_right, to_the_left = f"R{right[0].hex()}", f"L{left[0].hex()}"
            for leaf in left[1]:
                paths[leaf].append(to_the_right)
            for leaf in right[1]:
                paths[leaf].append(to_the_left)
            above.append((_hashed(b"\x01", left[0] + right[0]), left[1] + right[1]))
        if len(level) % 2:
            above.append(level[-1])
        level = above
    top = level[0][0].hex() if level else hashlib.sha256(b"").hexdigest()
    return top, {leaf: tuple(path) for leaf, path in paths.items()}


def top_of(leaf: str, path: Iterable[str]) -> str:
    """Return the top of the tree that a leaf's path leads to."""
    reached = _hashed(b"\x00", bytes.fromhex(leaf))
    for step in path:
        neighbour = bytes.fromhex(step[1:])
        reached = _hashed(b"\x01", neighbour + reached if step[0] == "L" else reached + neighbour)
    return reached.hex()


def _hashed(prefix: bytes, content: bytes) -> bytes:
    """Hash with a prefix that keeps leaves and nodes apart, so that no node passes for a leaf (RFC 6962)."""
    return hashlib.sha256(prefix + content).digest()
