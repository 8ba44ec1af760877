"""The lock of the functions: whoever waits gets it before the one who held it gets it again."""

from __future__ import annotations

import threading

import pytest

from infra.local.emulation.functions import FairLock

LONG = 10


@pytest.fixture
def lock() -> FairLock:
    return FairLock()


def _until_awaited(lock: FairLock) -> None:
    pause = threading.Event()
    for _ in range(1_000):
        if lock.is_awaited:
            return
        pause.wait(LONG / 1_000)
    raise AssertionError("nobody waits")


def test_whoever_waits_comes_before_the_one_who_takes_it_again(lock):
    turns: list[str] = []

    def answer_a_page() -> None:
        with lock:
            turns.append("page")

    page = threading.Thread(target=answer_a_page)
    with lock:
        page.start()
        _until_awaited(lock)
        turns.append("pump")
    with lock:
        turns.append("pump again")
    page.join(LONG)

    assert turns == ["pump", "page", "pump again"]


def test_who_holds_it_takes_it_again_although_others_wait(lock):
    with lock:
        other = threading.Thread(target=lock.__enter__, daemon=True)
        other.start()
        _until_awaited(lock)
        with lock, lock:
            is_held_by_other = not other.is_alive()
    other.join(LONG)

    assert (is_held_by_other, other.is_alive()) == (False, False)


def test_a_failure_lets_it_go(lock):
    with pytest.raises(ZeroDivisionError), lock:
        1 / 0  # noqa: B018 - any failure

    with lock:
        assert not lock.is_awaited
