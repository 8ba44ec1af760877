"""Locks the functions' requirements, transitive ones with their hashes, at the versions that were locked and tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

from infra.deployment.packaging.runtime import DEFAULT_ARCHITECTURE, PYTHON, Target
from infra.deployment.packaging.wheels import markers_of, requirements_of


def locked_versions(lock: Path) -> dict[str, str]:
    """Return the version of each distribution in a lock file, by normalised name; of two, that for the runtime."""
    environment = markers_of(Target(PYTHON, DEFAULT_ARCHITECTURE))
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in requirements_of(lock.read_text("utf-8"))
        if each.marker is None or each.marker.evaluate(environment)
    }


def lock_requirements(function: Path, lock: Path) -> None:
    """Write a function's `requirements.txt` from its `requirements.in`, at the versions of the project's lock.

    It fits every Python from 3.11, like the lock itself: markers say what only older ones need, and no distribution is
    taken without one of these hashes.

    Raises:
        CalledProcessError: nothing fits.
    """
    command = [
        sys.executable, "-m", "uv", "pip", "compile", str(function / "requirements.in"),
        "--constraints", str(lock), "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--quiet",
        "--universal", "--python-version", "3.11",
        "--custom-compile-command", "make lock", "-o", str(function / "requirements.txt"),
    ]  # fmt: skip
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
