"""The lists of what does not hold a rule yet: they may only shrink.

Run as a module, it removes the lines that no longer offend.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from infra.tools.import_graph import ROOT

FOLDER = ROOT / "tests" / "architecture" / "exceptions"


def listed(rule: str) -> set[str]:
    """Return the things that the lists excuse from a rule for now."""
    lines = [line for path in FOLDER.glob("*.txt") for line in path.read_text("utf-8").splitlines()]
    return {thing for name, _, thing in (line.partition(" ") for line in lines) if name == rule}


def assert_only_listed(rule: str, offenders: Iterable[str], instead: str) -> None:
    """Fail for offenders that are not listed, and for listed things that offend no longer."""
    present, excused = set(offenders), listed(rule)
    assert sorted(present - excused) == [], f"{rule}: {instead}"
    assert sorted(excused - present) == [], (
        f"{rule}: these hold the rule now, so take them off the list: .venv/bin/python -m tests.architecture.offenders"
    )


def shrink(rules: Mapping[str, Callable[[], Iterable[str]]]) -> None:
    """Take everything off the lists that holds its rule now."""
    present = {rule: set(offenders()) for rule, offenders in rules.items()}
    for path in sorted(FOLDER.glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        left = [line for line in lines if line.partition(" ")[2] in present[line.partition(" ")[0]]]
        if left:
            path.write_text("\n".join(left) + "\n", "utf-8")
        else:
            path.unlink()
        sys.stdout.writelines(f"- {line}\n" for line in lines if line not in left)


if __name__ == "__main__":
    from tests.architecture.test_rooms import RULES

    shrink(RULES)
