"""Prints how much of the code the tests ran, by lines and branches, and fails where the domain falls below its floor.

`make test` runs it on what SlipCover measured. SlipCover instruments our own modules alone, and removes the probes once
they have fired, so it costs a few per cent; a tracer would slow down moto and botocore as well, where most of the time
goes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOMAIN = "shared/domain/"
FLOOR = 95.0
"""Per cent of the lines of `shared/domain`, and of its branches, that the tests must run."""


@dataclass(frozen=True)
class Share:
    """Lines and branches of some files, and how many of them were run."""

    lines_run: int
    lines: int
    branches_run: int
    branches: int

    @property
    def percent_of_lines(self) -> float:
        """Lines that were run, in per cent."""
        return _percent(self.lines_run, self.lines)

    @property
    def percent_of_branches(self) -> float:
        """Branches that were taken, in per cent."""
        return _percent(self.branches_run, self.branches)

    def __str__(self) -> str:
        lines = f"{self.percent_of_lines:.1f} % of {self.lines:,} lines"
        return f"{lines}, {self.percent_of_branches:.1f} % of {self.branches:,} branches"


def share(files: Mapping[str, Any], prefix: str = "") -> Share:
    """Return the share of the files below a path, from SlipCover's JSON."""
    counts = [
        [
            len(figures[name])
            for name in ("executed_lines", "missing_lines", "executed_branches", "missing_branches")
        ]
        for path, figures in files.items()
        if path.startswith(prefix)
    ]
    lines_run, lines_missed, branches_run, branches_missed = (
        sum(column) for column in zip(*counts, strict=True)
    )
    return Share(lines_run, lines_run + lines_missed, branches_run, branches_run + branches_missed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of a report, e.g. `build/coverage.json`; return 1 where the domain is below its floor."""
    (path,) = sys.argv[1:] if arguments is None else arguments
    files = json.loads(Path(path).read_text("utf-8"))["files"]
    domain, whole = share(files, DOMAIN), share(files)
    print(f"Coverage of shared/domain: {domain} (floor: {FLOOR:.0f} % of each)")
    print(f"Coverage of shared and functions: {whole}")
    is_enough = min(domain.percent_of_lines, domain.percent_of_branches) >= FLOOR
    if not is_enough:
        print("shared/domain is below its floor: add the tests that are missing.", file=sys.stderr)
    return 0 if is_enough else 1


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


if __name__ == "__main__":
    sys.exit(main())
