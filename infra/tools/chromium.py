"""Finds a Chromium for the browser tests, or installs one: `python -m infra.tools.chromium`, called by `make test`.

Looked for in this order: the variable CHROMIUM, PATH (Debian's and others' packages), what Playwright downloaded
before. If there is none: Playwright's own download, then the distribution's package when we may install one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_WITHIN_SECONDS = 600
MISSING = """No Chromium for the browser tests, and none could be installed:
{tried}
Install one (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM to the path of one,
or run the tests without a browser: make test ARGS='-m "not browser"'"""


class NoChromiumError(Exception):
    """There is no Chromium; the text says what was tried and what helps."""


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    return next(_candidates(), None)


def _candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    if named and shutil.which(named):
        yield named
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield from _downloaded()


def _downloaded() -> Iterator[str]:
    """Yield the Chromium that this version of Playwright would start, if it is there."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - mostly one is in PATH

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).is_file():
        yield path


def install() -> Iterator[str]:
    """Try to install one, yielding what did not work."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts += [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]]
    for attempt in attempts:
        if find():
            return
        words = " ".join(attempt[1:] if attempt[0] == sys.executable else attempt)
        print(f"No Chromium yet; trying: {words}", file=sys.stderr)
        try:
            done = subprocess.run(
                attempt,
                check=False,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=INSTALL_WITHIN_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            yield f"{words}: {type(error).__name__}"
            continue
        if done.returncode:
            output = (done.stderr or done.stdout).strip().splitlines()
            yield f"{words}: exit code {done.returncode}" + (f", {output[-1]}" if output else "")


def ensure() -> str:
    """Return the path of a Chromium, installing one if need be.

    Raises:
        NoChromiumError: there is none and none could be installed.
    """
    if path := find():
        return path
    failures = list(install())
    if path := find():
        return path
    raise NoChromiumError(MISSING.format(tried="\n".join(f"  {failure}" for failure in failures)))


def main() -> int:
    """Make sure there is one."""
    try:
        ensure()
    except NoChromiumError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
