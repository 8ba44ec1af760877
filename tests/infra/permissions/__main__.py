"""Write the record of permissions anew from all tests: `make permissions`.

Plays the tests with every Lambda starting cold, keeps what each test needed that passed, and chooses the journeys that
stand for the needs: few, and end-to-end journeys before tests of one function. Then plays those once more, held to
the new record.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from infra.layout import ROOT
from tests.infra.permissions.comparison import missing, unused
from tests.infra.permissions.hold_to_policies import INTO
from tests.infra.permissions.needs import Need
from tests.infra.permissions.policies import policies
from tests.infra.permissions.record import RECORD, read_all, recorded, write

HEARD = ("journeys", "functions", "campaigns", "shared", "local", "rules")
PLAYED = (0, 1)
"""The answers of pytest once it played tests, all passing or not: those that fail starting cold show nothing."""
PREFERRED = ("tests/journeys/", "tests/functions/", "tests/campaigns/")


def choose(needs: Mapping[str, AbstractSet[Need]], already: Mapping[Need, str]) -> dict[Need, str]:
    """Return a journey for each need: the one that the record names where it still shows it, else few and telling ones.

    Args:
        needs: what each test needed, by its name.
        already: the journeys of the record so far.
    """
    chosen = {need: journey for need, journey in already.items() if need in needs.get(journey, ())}
    journeys = set(chosen.values())
    open_needs = {need for heard in needs.values() for need in heard} - chosen.keys()
    while open_needs:
        journey = min(needs, key=lambda test: _rank(test, needs[test], open_needs, journeys))
        shown = open_needs & needs[journey]
        chosen |= dict.fromkeys(shown, journey)
        journeys.add(journey)
        open_needs -= shown
    return chosen


def _rank(
    test: str, heard: AbstractSet[Need], wanted: AbstractSet[Need], journeys: AbstractSet[str]
) -> tuple[int | str, ...]:
    place = next((n for n, prefix in enumerate(PREFERRED) if test.startswith(prefix)), len(PREFERRED))
    shown = len(heard & wanted)
    return (0 if shown else 1, 0 if test in journeys else 1, place, -shown, len(heard), test)


def listen(arguments: Sequence[str]) -> dict[str, set[Need]]:
    """Play tests; return the needs of each that passed."""
    with tempfile.TemporaryDirectory(prefix="pakn-permissions-") as folder:
        if _pytest(["-m", "not browser", *arguments], {INTO: folder}) not in PLAYED:
            raise SystemExit("no tests were played: the record stays as it is")
        return read_all(Path(folder).glob("*.jsonl"))


def main(arguments: Sequence[str]) -> int:
    """Write the record and say what the policies lack and allow for nothing."""
    everything = not arguments
    played = listen(arguments or [f"tests/{folder}" for folder in HEARD])
    before = {} if everything else dict(recorded())
    write(before | choose(played, recorded()))
    recorded.cache_clear()
    for finding in [*missing(policies()), *unused(policies())]:
        print(finding)
    journeys = sorted(set(recorded().values()))
    print(
        f"{RECORD.relative_to(ROOT)}: {len(recorded())} needs, shown by {len(journeys)} journeys; playing them again"
    )
    return _pytest([*journeys[::-1]], {})


def _pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
