"""Keys that sign events: another key of the identifiers changes none, the next number leaves the earlier one behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from shared.platform import clock
from shared.use_cases.subscriptions import Subscription, signing_keys
from tests.support.builders import keyring_of, vietnam

CAME = vietnam("2026-06-10", "15:00")
"""The instant from which the second key is in force."""


@pytest.fixture(autouse=True)
def _later() -> Iterator[None]:
    clock.use(lambda: CAME + timedelta(days=90))
    yield
    clock.use(None)


def a_version(day: str, number: int, name: str = "app") -> Subscription:
    return Subscription(
        id=name,
        valid_from=date.fromisoformat(day),
        name="A program",
        address=f"https://program.example/{day}",
        events=(),
        contact="program@example.vn",
        key_number=number,
    )


def keys_under(*secrets: str, stored: list[Subscription]) -> tuple[str, ...]:
    since: tuple[datetime, ...] = (CAME,) if len(secrets) > 1 else ()
    return signing_keys(stored[-1], stored, keyring_of(*secrets, since=since).at)


def test_another_key_of_the_identifiers_changes_no_programs_key():
    for stored in (
        [a_version("2026-01-01", 1)],
        [a_version("2026-01-01", 1), a_version("2026-03-01", 2)],
        [a_version("2026-01-01", 1), a_version("2026-07-01", 1)],  # another address, long after
        [a_version("2026-06-10", 1)],  # on the very day, before it was in force
    ):
        assert keys_under("first", "second", stored=stored) == keys_under("first", stored=stored)


def test_the_next_number_leaves_the_key_of_before_behind_and_the_number_before_stays():
    stored = [a_version("2026-01-01", 1), a_version("2026-06-11", 2)]
    new, old = keys_under("first", "second", stored=stored)

    assert new != keys_under("first", stored=stored)[0], "who has the key of before cannot sign"
    assert old == keys_under("first", stored=stored)[1] == keys_under("first", stored=stored[:1])[0]
    later = [*stored, a_version("2026-08-01", 2)]
    assert keys_under("first", "second", stored=later) == (new, old), (
        "a change of something else changes no key"
    )


def test_number_that_never_came_has_a_key_all_the_same():
    stored = [a_version("2026-01-01", 1, "another"), a_version("2026-06-12", 5)]

    assert len({*keys_under("first", "second", stored=stored)}) == 2
