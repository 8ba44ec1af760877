"""Installs a function's locked libraries for a runtime that need not be this one.

Chalice would take the wheels of the Python that it runs under, and go on without those that it cannot find
(docs/adr/0049). uv resolves for any Python and platform, takes wheels alone, and only those whose hash is locked.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from infra.deployment.packaging.errors import PackageError
from infra.deployment.packaging.runtime import Target

_LAST_LINES = 20
_SCRIPT = re.compile(r"^(\.\./)*bin/")


def install(requirements: Path, into: Path, target: Target, function: str) -> None:
    """Unpack the wheels of a `requirements.txt` into a folder that has nothing else.

    Raises:
        PackageError: a wheel is missing for the target, or its hash is not the locked one; with uv's own words.
    """
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    where = (
        ["--python", sys.executable]
        if target.platform is None
        else ["--python-version", target.python, "--python-platform", target.platform]
    )
    command = [
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(into), *where,
        "--only-binary", ":all:", "--require-hashes", "--no-deps", "--no-installer-metadata",
        "--link-mode", "copy", "--requirements", str(requirements),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise PackageError(function, [f"libraries for {target}:", *lines[-_LAST_LINES:]])
    _forget_this_machine(into)


def _forget_this_machine(folder: Path) -> None:
    """Remove what names the machine: scripts whose first line is an interpreter's path, and their hashes."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    (folder / ".lock").unlink(missing_ok=True)
    for record in folder.glob("*.dist-info/RECORD"):
        lines = [
            line for line in record.read_text("utf-8").splitlines(keepends=True) if not _SCRIPT.match(line)
        ]
        record.write_text("".join(lines), "utf-8")
