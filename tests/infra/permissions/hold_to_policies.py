"""Holds every test to the policies while it runs: no call is refused, and a journey makes the calls it stands for.

`tests/conftest.py` calls `heard` around each test. With `PAKN_RECORD_CALLS` set to a folder (`make permissions`) tests
are held to nothing; what those that pass needed is written there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from infra.layout import ROOT
from tests.infra.permissions.needs import Need
from tests.infra.permissions.policies import allows, policies, policy_files
from tests.infra.permissions.record import RECORD, line_of, shown_by
from tests.infra.permissions.recorder import Recorder

INTO = "PAKN_RECORD_CALLS"


@contextmanager
def heard(recorder: Recorder, test: str) -> Iterator[None]:
    """Hear the calls of one test; those of its fixtures were heard since the test before it.

    Raises:
        AssertionError: the policies refuse one of its calls, or it does not make those that the record says it makes.
    """
    into = os.environ.get(INTO)
    shown = shown_by().get(test, frozenset())
    recorder.begin(cold=bool(into or shown))
    passed = False
    try:
        yield
        passed = True
    finally:
        needs, by_fixtures = recorder.end()
        if into:
            _write(Path(into), test, needs if passed else frozenset())
    if into:
        return
    refused = sorted(need for need in needs | by_fixtures if not _is_allowed(need))
    assert not refused, advice(refused, test)
    lost = sorted(shown - needs)
    assert not lost, (
        f"{RECORD.relative_to(ROOT)} says that this test shows why {lost[0].who} needs {lost[0]}, but it no longer "
        "does: run `make permissions`, which looks for another test or says that the permission can go"
    )


def advice(refused: list[Need], test: str) -> str:
    """Return the advice about calls that a Lambda may not make."""
    files = policy_files()
    return "\n".join(
        [
            "a Lambda made a call that its policy refuses. If it is meant:",
            *(f"  allow {each} in {files[each.who].relative_to(ROOT)}" for each in refused),
            f'  and add to {RECORD.relative_to(ROOT)}, or run `make permissions ARGS="{test}"`:',
            *(line_of(each, test) for each in refused),
        ]
    )


@cache
def _is_allowed(need: Need) -> bool:
    return allows(policies()[need.who], need)


def _write(folder: Path, test: str, needs: AbstractSet[Need]) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with (folder / f"{worker}.jsonl").open("a", encoding="utf-8") as out:
        for need in sorted(needs):
            out.write(f"{line_of(need, test)}\n")
