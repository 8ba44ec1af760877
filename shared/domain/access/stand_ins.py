"""Colleagues whose work an officer does besides their own: those who left and were replaced, those who are away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol


class Officer(Protocol):
    """The facts of an officer that decide whose work they take over."""

    @property
    def id(self) -> str:
        """The user name."""

    @property
    def unit(self) -> str:
        """The code of the unit."""

    @property
    def replaced_by(self) -> str | None:
        """The user name of who takes over their petitions."""

    def holds_on(self, day: date) -> bool:
        """Return whether they are in office on a day."""


def replaced(officer: Officer, followed: Iterable[Officer], today: date) -> frozenset[str]:
    """Return those whom an officer replaces, also at one remove: who left after they had replaced somebody."""
    names: set[str] = set()
    following = {officer.id}
    while following:
        following = {
            earlier.id
            for earlier in followed
            if earlier.replaced_by in following
            and earlier.id not in names | {officer.id}
            and (not earlier.holds_on(today) or earlier.unit != officer.unit)
        }
        names |= following
    return frozenset(names)


def receiver(username: str, stand_ins: Mapping[str, str]) -> str:
    """Return the officer who gets new work meant for another: that officer, or who stands in while they are away.

    A stand-in who is away too passes it on; a circle ends with whom it was meant for.

    Args:
        username: whom the work is meant for.
        stand_ins: who stands in for each officer who is away.
    """
    seen, current = {username}, username
    while (stand_in := stand_ins.get(current)) is not None:
        if stand_in in seen:
            return username
        seen.add(stand_in)
        current = stand_in
    return current
