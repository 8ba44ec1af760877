"""The programs of the developers' page, word for word as it shows them, run against the local stack."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.test_server import Client, running_server

OLDEST_NODE = 20
PROGRAMS = {
    "curl": ("bash", "-eu", "-o", "pipefail"),
    "python": (sys.executable,),
    "javascript": ("node",),
}
SUFFIXES = {"curl": ".sh", "python": ".py", "javascript": ".mjs"}


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    with running_server() as client:
        yield client


def has_node() -> bool:
    """Return whether there is a Node.js that is young enough."""
    if not shutil.which("node"):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.strip("v\n").split(".")[0]) >= OLDEST_NODE


def shown(page: str, name: str) -> str:
    """Return a program as a reader copies it."""
    program = re.search(rf'<pre [^>]*id="program-{name}"[^>]*><code>(.*?)</code></pre>', page, re.DOTALL)
    assert program
    return html.unescape(program[1])


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_of_the_page_runs_as_it_is(server: Client, tmp_path: Path, name: str, language: str):
    if name == "javascript" and not has_node():
        pytest.skip(f"Node.js {OLDEST_NODE} is not there: the program in JavaScript was not run")
    status, page = server.ask("GET", f"/tai-lieu-api?lang={language}")
    assert status == 200
    program = tmp_path / f"program{SUFFIXES[name]}"
    program.write_text(shown(page, name), "utf-8")

    done = subprocess.run(
        [*PROGRAMS[name], str(program)], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert "RECEIVED" in done.stdout
    assert "supplement" in done.stdout.lower()
