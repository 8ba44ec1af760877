"""Names a second Python for the domain's tests: `python -m infra.tools.second_python`, called by `make domain`.

It prints the path of an interpreter of another minor version than the one that runs this, the deployed one first; or
says on standard error that there is none, which is no failure.
"""

from __future__ import annotations

import sys
from pathlib import Path

from infra.deployment.packaging.interpreter import find
from infra.deployment.packaging.runtime import PYTHON

SUPPORTED = ("3.14", "3.13", "3.12", "3.11")
"""The versions that the local stack and the tests run under."""


def second(running: str) -> Path | None:
    """Return an interpreter of another supported version, the deployed one first; None if there is none."""
    others = [version for version in (PYTHON, *SUPPORTED) if version != running]
    return next((path for version in others if (path := find(version)) is not None), None)


def main() -> int:
    """Print the path, or say that there is none."""
    running = "{}.{}".format(*sys.version_info[:2])
    path = second(running)
    if path is None:
        print(
            f"No second Python beside {running}: the domain's tests run under one version only",
            file=sys.stderr,
        )
    else:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
