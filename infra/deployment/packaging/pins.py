"""Locks the functions' requirements, transitive ones with their hashes, at the versions that were locked and tested."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^]]*\])?(==(?P<version>[^ ;\\]+))?")


def _normal(name: str) -> str:
    """Return a distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_versions(lock: Path) -> dict[str, str]:
    """Return the version of each distribution in a lock file, by normalised name.

    Of two for different Pythons, uv writes that of the older one first: the one of Lambda.
    """
    pins = (_PIN.match(line) for line in lock.read_text().splitlines() if line and line[0].isalpha())
    versions: dict[str, str] = {}
    for match in pins:
        if match and match["version"]:
            versions.setdefault(_normal(match["name"]), match["version"])
    return versions


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
