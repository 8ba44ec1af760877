"""Keeps the functions' requirements at the versions that were locked and tested."""

from __future__ import annotations

import re
from pathlib import Path

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^]]*\])?(==(?P<version>[^ ;\\]+))?")


def _normal(name: str) -> str:
    """Return a distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_versions(lock: Path) -> dict[str, str]:
    """Return the version of each distribution in a lock file, by normalised name."""
    pins = (_PIN.match(line) for line in lock.read_text().splitlines() if line and line[0].isalpha())
    return {_normal(p["name"]): p["version"] for p in pins if p and p["version"]}


def pinned(requirements: str, versions: dict[str, str]) -> str:
    """Return requirements with each line at its locked version; comments and empty lines stay.

    Raises:
        KeyError: a requirement is not in the lock.
    """
    lines = []
    for line in requirements.splitlines():
        match = _PIN.match(line)
        if match is None:
            lines.append(line)
        else:
            lines.append(f"{match['name']}{match['extras'] or ''}=={versions[_normal(match['name'])]}")
    return "\n".join(lines) + "\n"
