"""The import budget of each function: modules and milliseconds by library, in a fresh interpreter without bytecode."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from infra.local.emulation.functions import NAMES

_ROOT = Path(__file__).resolve().parents[2]
NO_BYTECODE = "/nowhere"
"""A package holds no bytecode, so Lambda compiles every module at each start."""
OURS = ("chalicelib", "shared", "app")
STANDARD = "standard library"
_MICROSECONDS = re.compile(r"import time: +(\d+) \| +\d+ \| +(\S+)")
_FEWEST_SHOWN = 2.0


class Budget(NamedTuple):
    """The most modules that a start may import: of libraries and of our own."""

    libraries: int
    ours: int


CEILINGS = {
    "intake": Budget(libraries=235, ours=350),
    "router": Budget(libraries=180, ours=120),
    "sla_timer": Budget(libraries=180, ours=145),
    "notifier": Budget(libraries=205, ours=235),
    "casework": Budget(libraries=280, ours=425),
}
"""A test holds a start to these. Whoever raises one looks into `make bench ARGS=imports` first."""


class Imports(NamedTuple):
    """The modules of a start and the milliseconds that they take by themselves, by library."""

    modules: Counter[str]
    milliseconds: Counter[str]

    @property
    def of_libraries(self) -> int:
        """The number of modules of libraries, without the standard one."""
        return sum(n for name, n in self.modules.items() if name not in {*OURS, STANDARD})

    @property
    def ours(self) -> int:
        """The number of modules of our own."""
        return sum(self.modules[name] for name in OURS)


def imports_of(function: str) -> Imports:
    """Return the imports of a function in a fresh interpreter, as Lambda would make them."""
    paths = (str(_ROOT / "functions" / function), str(_ROOT))
    code = f"import sys; sys.path[:0] = {paths!r}\nimport app\nprint(*sys.modules)"
    environment = {
        **os.environ,
        "PYTHONPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPYCACHEPREFIX": NO_BYTECODE,
    }
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    milliseconds: Counter[str] = Counter()
    for micro, name in _MICROSECONDS.findall(done.stderr):
        milliseconds[_library_of(name)] += int(micro) / 1000  # type: ignore[assignment]
    return Imports(Counter(map(_library_of, done.stdout.split())), milliseconds)


def _library_of(module: str) -> str:
    library = module.partition(".")[0]
    return STANDARD if library in sys.stdlib_module_names or library.startswith("_") else library


def main() -> None:
    """Print the table: each library's modules and milliseconds, by function."""
    measured = {name: imports_of(name) for name in NAMES}
    total = Counter[str]()
    for each in measured.values():
        total.update(each.milliseconds)
    print(f"{'modules, milliseconds':24}" + "".join(f"{name:>14}" for name in NAMES))
    for library, _ in total.most_common():
        cells = [(each.modules[library], each.milliseconds[library]) for each in measured.values()]
        if max(ms for _, ms in cells) >= _FEWEST_SHOWN:
            print(f"{library:24}" + "".join(f"{n:5d} {ms:8.0f}" if n else f"{'':14}" for n, ms in cells))
    print(
        f"{'libraries (ceiling)':24}"
        + "".join(_of(measured[n].of_libraries, CEILINGS[n].libraries) for n in NAMES)
    )
    print(f"{'ours (ceiling)':24}" + "".join(_of(measured[n].ours, CEILINGS[n].ours) for n in NAMES))


def _of(number: int, ceiling: int) -> str:
    return f"{number:6d} ({ceiling:5d})"
