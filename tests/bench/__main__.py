"""Measures, and prints the figures as ratios within one run: machines are noisy, ratios less so.

`make bench` runs all; `make bench ARGS="cold-starts"` one. Nothing here asserts: figures are read, not gated.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.bench import (
    cold_starts,
    desk_costs,
    growth,
    imports,
    local_costs,
    peer_costs,
    petition_costs,
    report_costs,
    root_costs,
    round_costs,
    routing,
    search_costs,
    sweep_costs,
)

BENCHES: dict[str, Callable[[], object]] = {
    "cold-starts": cold_starts.main,
    "imports": imports.main,
    "petition-costs": petition_costs.main,
    "sweep-costs": sweep_costs.main,
    "report-costs": report_costs.main,
    "round-costs": round_costs.main,
    "root-costs": root_costs.main,
    "desk-costs": desk_costs.main,
    "local-costs": local_costs.main,
    "search-costs": search_costs.main,
    "routing": routing.main,
    "growth": growth.main,
    "peer-costs": peer_costs.main,
}


def main(names: list[str]) -> int:
    """Run the named benches, or all of them; one that fails does not stop those after it."""
    unknown = set(names) - BENCHES.keys()
    if unknown:
        print(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.")
        return 2
    if len(names) == 1:
        BENCHES[names[0]]()
        return 0
    codes = [_in_a_process(name) for name in names or BENCHES]
    return int(any(codes))


def _in_a_process(name: str) -> int:
    """Run one bench in a process of its own, and return its exit code: memory and what is kept are nobody else's."""
    print(f"\n=== {name} ===", flush=True)
    return subprocess.run([sys.executable, "-m", __package__, name], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
