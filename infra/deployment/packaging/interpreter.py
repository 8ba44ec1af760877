"""Finds a Python of the pinned version on this machine, and makes it what Lambda's is: boto3, and nothing else.

A package is tried under it (`make rehearse`, tests/infra). Without one, the same sources are packed with this
machine's wheels, for the rehearsal alone, and the rehearsal prints so.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.deployment.packaging.runtime import (
    GLIBC,
    PYTHON,
    Target,
    machine_architecture,
    target,
    target_of_machine,
)
from infra.layout import ROOT

LOCK = ROOT / "requirements" / "runtime.lock"
ENVIRONMENTS = ROOT / "build" / "runtimes"
_ASK = "import sys; print('{}.{}'.format(*sys.version_info[:2]))"


@dataclass(frozen=True)
class Runnable:
    """The target and the interpreter of packages that run on this machine.

    Attributes:
        target: what their libraries are resolved for.
        base: the interpreter.
        description: one sentence that the rehearsal prints.
    """

    target: Target
    base: Path
    description: str


@cache
def runnable(stage: str = "dev") -> Runnable:
    """Return how a stage's packages can be run here: as they are, or as near to it as this machine allows."""
    interpreter = find(PYTHON)
    if interpreter is None or not _runs_lambdas_wheels():
        own = target_of_machine()
        reason = (
            f"no Python {PYTHON} was found"
            if interpreter is None
            else f"this machine has no glibc {_dotted(GLIBC)}"
        )
        description = f"{reason}: the same sources, with the wheels of this machine for Python {own.python}"
        return Runnable(own, Path(sys.executable), description)
    here, deployed = Target(PYTHON, machine_architecture()), target(stage)
    if here == deployed:
        return Runnable(here, interpreter, f"the very packages of {stage}, under {interpreter}")
    description = (
        f"the packages of {stage}, for {here.architecture} (not {deployed.architecture}), under {interpreter}"
    )
    return Runnable(here, interpreter, description)


def find(version: str) -> Path | None:
    """Return a Python of a minor version, from PATH or `~/.pyenv/versions`, that starts and says so itself."""
    return next((path for path in _candidates(version) if _version_of(path) == version), None)


def _candidates(version: str) -> Iterator[Path]:
    if sys.version_info[:2] == tuple(int(part) for part in version.split(".")):
        yield Path(sys.executable)
    for folder in os.get_exec_path():
        if (named := shutil.which(f"python{version}", path=folder)) is not None:
            yield Path(named)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version}*/bin/python{version}"), reverse=True)


def _version_of(python: Path) -> str | None:
    """Return the minor version; None of what does not start, as pyenv's shims of versions that are not chosen."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", _ASK], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _runs_lambdas_wheels() -> bool:
    name, version = platform.libc_ver()
    return name == "glibc" and tuple(int(part) for part in version.split(".")[:2]) >= GLIBC


def _dotted(version: tuple[int, int]) -> str:
    return "{}.{}".format(*version)


def like_lambda(base: Path, environments: Path = ENVIRONMENTS) -> Path:
    """Return an interpreter that has what Lambda's runtime brings, at the locked versions, and no other library.

    The environment is made once for each lock, under build/.

    Raises:
        CalledProcessError: it cannot be made.
    """
    digest = hashlib.sha256(f"{base}\n".encode() + LOCK.read_bytes()).hexdigest()[:12]
    folder = environments / digest
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    if not ready.exists():
        making = folder.with_name(f"{digest}.{os.getpid()}")
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", str(base), str(making)], check=True)
        subprocess.run(
            [*uv, "pip", "install", "--quiet", "--python", str(making / "bin" / "python"), "--require-hashes",
             "--only-binary", ":all:", "--compile-bytecode", "-r", str(LOCK)],
            check=True,
        )  # fmt: skip
        (making / ".ready").touch()
        try:
            making.rename(folder)
        except OSError:  # somebody else was faster
            shutil.rmtree(making)
    return python
