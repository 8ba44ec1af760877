"""The identifiers' keys while they change: every process agrees which key was in force at an instant."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.identity.identifier_keys import ANNOUNCED_FOR, READING_HOLDS_FOR, Keyring, Keys

START = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
FIRST = json.dumps({"key": "first"})
MINUTES = st.integers(min_value=0, max_value=600)


class Stage:
    """A secret, the clock, and the processes that read it."""

    def __init__(self) -> None:
        self.at = START
        self.text = FIRST
        self.reads = 0

    def keyring(self) -> Keyring:
        return Keyring(self._read, lambda: self.at)

    def _read(self) -> str:
        self.reads += 1
        return self.text

    def announce(self, secret: bytes) -> None:
        self.text = Keys.of(self.text).with_another(secret, self.at).text()


@given(
    pauses=st.lists(st.tuples(MINUTES, st.sampled_from(["ask", "announce", "start"])), max_size=25),
    skew=st.integers(min_value=0, max_value=20),
)
def test_processes_agree_on_the_key_of_every_instant_whenever_they_read(
    pauses: list[tuple[int, str]], skew: int
) -> None:
    stage = Stage()
    processes = [stage.keyring()]
    instants = [START]
    agreed: dict[datetime, bytes] = {}
    for number, (minutes, what) in enumerate(pauses):
        stage.at += timedelta(minutes=minutes)
        if what == "announce":
            seen, stage.at = (
                stage.at,
                stage.at - timedelta(minutes=skew),
            )  # its clock is behind, or its write is slow
            stage.announce(f"key {number}".encode())
            stage.at = seen
        if what == "start":
            processes.append(stage.keyring())
        instants.append(stage.at)
        for instant in instants:
            (key,) = {process.at(instant) for process in processes}
            assert agreed.setdefault(instant, key) == key, "and it stays so"
        assert {process.names() for process in processes} == {b"first"}


def test_key_is_in_force_an_hour_after_it_was_announced_and_the_one_before_for_what_is_older() -> None:
    stage = Stage()
    keyring = stage.keyring()
    stage.announce(b"second")

    stage.at += ANNOUNCED_FOR - timedelta(seconds=1)
    assert keyring.current() == b"first"
    stage.at += timedelta(seconds=1)
    assert (keyring.current(), keyring.at(START), keyring.names()) == (b"second", b"first", b"first")


def test_what_lasts_is_proved_by_the_keys_of_its_time_and_by_no_earlier_one() -> None:
    stage = Stage()
    keyring = stage.keyring()
    for name in (b"second", b"third"):
        stage.announce(name)
        stage.at += timedelta(days=1)

    assert keyring.since(stage.at) == (b"third",)
    assert keyring.since(stage.at - timedelta(hours=22)) == (b"third",)
    assert keyring.since(stage.at - timedelta(hours=23, minutes=30)) == (b"third", b"second")
    assert keyring.every() == (b"third", b"second", b"first")


def test_instant_to_come_has_the_key_of_now() -> None:
    stage = Stage()
    keyring = stage.keyring()
    stage.announce(b"second")
    stage.at += READING_HOLDS_FOR

    assert keyring.at(stage.at + timedelta(days=400)) == b"first"


def test_secret_is_read_when_it_is_needed_and_again_only_for_what_is_newer_than_the_reading() -> None:
    stage = Stage()
    keyring = stage.keyring()
    assert stage.reads == 0
    keyring.names()
    for days in range(20):
        stage.at += timedelta(days=days)
        keyring.at(START + READING_HOLDS_FOR - timedelta(seconds=1))
        keyring.names()
    assert stage.reads == 1
    keyring.current()
    keyring.current()
    assert stage.reads == 2


@pytest.mark.parametrize("text", ['{"other": "x"}', '{"keys": []}'])
def test_secret_without_a_key_gives_none(text: str) -> None:
    stage = Stage()
    stage.text = text

    with pytest.raises((KeyError, IndexError)):
        stage.keyring().names()


def test_code_from_before_finds_no_key_in_the_secret_with_two() -> None:
    stage = Stage()
    stage.announce(b"second")

    assert "key" not in json.loads(stage.text)
    assert Keys.of(stage.text).coming(START) == Keys.of(stage.text).keys[1]
    assert Keys.of(FIRST).coming(START) is None
    assert Keys.of(Keys.of(FIRST).text()) == Keys.of(FIRST)
