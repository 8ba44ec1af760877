"""The import budget of each function: modules and milliseconds by library, in a fresh interpreter without bytecode.

The milliseconds are the processor's, each module's without those of the modules that it imports: on a busy machine the
clock on the wall, which `-X importtime` reads, says how busy it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from infra.local.emulation.functions import NAMES

_ROOT = Path(__file__).resolve().parents[2]
NO_BYTECODE = "/nowhere"
"""A package holds no bytecode, so Lambda compiles every module at each start."""
_BARE = "import chalice, boto3; [boto3.client(name, 'ap-southeast-1') for name in ('dynamodb', 'sqs')]"
OURS = ("chalicelib", "shared", "app")
STANDARD = "standard library"
_FEWEST_SHOWN = 2.0
_TIMED_IMPORT = """
import sys, time
from importlib.machinery import ExtensionFileLoader, SourceFileLoader
own, inner = {{}}, [0.0]
def timed(real):
    def load(self, module_or_spec):
        name = getattr(module_or_spec, "__name__", None) or module_or_spec.name
        began = time.process_time()
        inner.append(0.0)
        try:
            return real(self, module_or_spec)
        finally:
            spent = time.process_time() - began
            own[name] = own.get(name, 0.0) + spent - inner.pop()
            inner[-1] += spent
    return load
for loader in (ExtensionFileLoader, SourceFileLoader):
    loader.create_module, loader.exec_module = timed(loader.create_module), timed(loader.exec_module)
sys.path[:0] = {paths!r}
{imported}
modules = list(sys.modules)
import json
print(json.dumps([modules, own]))
"""


class Budget(NamedTuple):
    """The most modules that a start may import: of libraries and of our own."""

    libraries: int
    ours: int


CEILINGS = {
    "intake": Budget(libraries=230, ours=335),
    "router": Budget(libraries=177, ours=116),
    "sla_timer": Budget(libraries=178, ours=144),
    "notifier": Budget(libraries=201, ours=225),
    "casework": Budget(libraries=272, ours=400),
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
    return _imports("import app", (str(_ROOT / "functions" / function), str(_ROOT)))


def imports_of_bare() -> Imports:
    """Return the imports of a function that has Chalice, boto3 and two clients, and does nothing."""
    return _imports(_BARE, ())


def _imports(imported: str, paths: tuple[str, ...]) -> Imports:
    environment = {
        **os.environ,
        "PYTHONPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPYCACHEPREFIX": NO_BYTECODE,
    }
    done = subprocess.run(
        [sys.executable, "-c", _TIMED_IMPORT.format(imported=imported, paths=paths)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    modules, own = json.loads(done.stdout)
    milliseconds: Counter[str] = Counter()
    for name, seconds in own.items():
        milliseconds[_library_of(name)] += seconds * 1000
    return Imports(Counter(map(_library_of, modules)), milliseconds)


def _library_of(module: str) -> str:
    library = module.partition(".")[0]
    return STANDARD if library in sys.stdlib_module_names or library.startswith("_") else library


def main() -> None:
    """Print the table: each library's modules and milliseconds, by function, beside those of a bare one."""
    measured = {"bare": imports_of_bare()} | {name: imports_of(name) for name in NAMES}
    total = Counter[str]()
    for each in measured.values():
        total.update(each.milliseconds)
    print(f"{'modules, milliseconds':24}" + "".join(f"{name:>14}" for name in measured))
    for library, _ in total.most_common():
        cells = [(each.modules[library], each.milliseconds[library]) for each in measured.values()]
        if max(ms for _, ms in cells) >= _FEWEST_SHOWN:
            print(f"{library:24}" + "".join(f"{n:5d} {ms:8.0f}" if n else f"{'':14}" for n, ms in cells))
    print(f"{'all':24}" + "".join(f"{'':5} {each.milliseconds.total():8.0f}" for each in measured.values()))
    print(
        f"{'libraries (ceiling)':38}"
        + "".join(_of(measured[n].of_libraries, CEILINGS[n].libraries) for n in NAMES)
    )
    print(f"{'ours (ceiling)':38}" + "".join(_of(measured[n].ours, CEILINGS[n].ours) for n in NAMES))


def _of(number: int, ceiling: int) -> str:
    return f"{number:6d} ({ceiling:5d})"
