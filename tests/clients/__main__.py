"""Generates clients from both OpenAPI documents and plays the whole life of a petition with them: `make clients`.

Python: openapi-python-client, from a lock of its own. TypeScript: openapi-typescript and openapi-fetch, checked by tsc,
where Node.js is there; redocly looks at both documents first. Then two public programs read what is for everybody:
georeport Open311, and frictionless the catalogue with its tables. Everything generated stands under build/clients.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from chalicelib.casework.api.openapi import document as desk_document
from chalicelib.intake.api.openapi import document as petitions_document
from tests.local.test_server import running_server

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "clients"
PYTHON, NODE = BUILD / "python", BUILD / "node"
DOCUMENTS = {"petitions": petitions_document, "desk": desk_document}
OLDEST_NODE = 20
COPIED = ("package.json", "package-lock.json", ".npmrc", "tsconfig.json", "redocly.yaml", "whole_life.ts")


def main() -> int:
    """Generate, check, play."""
    started = time.monotonic()
    for name, document in DOCUMENTS.items():
        (BUILD / f"{name}.json").write_text(json.dumps(document(), ensure_ascii=False, indent=1), "utf-8")
    _generate_python()
    has_node = _is_node_there()
    if has_node:
        _generate_typescript()
    with running_server() as server:
        host = f"http://127.0.0.1:{server.port}"
        _run(BUILD / "venv" / "bin" / "python", HERE / "whole_life.py", host, env={"PYTHONPATH": str(PYTHON)})
        _say("the Python clients played the whole life of a petition, and a machine account read its queue")
        if has_node:
            _run("node", NODE / "out" / "whole_life.js", host)
            _say(
                "the TypeScript client played the whole life of a petition, and a machine account took one to work"
            )
        _run(BUILD / "venv" / "bin" / "python", HERE / "open311_reader.py", host)
        _say("georeport read services, requests and published answers of Open311, in JSON and XML")
        _run(BUILD / "venv" / "bin" / "frictionless", "validate", f"{host}/v1/open-data/datapackage.json")
        _say("frictionless found the catalogue and its tables valid")
    _say(f"{time.monotonic() - started:.0f} s")
    return 0


def _generate_python() -> None:
    """Generate a package of each document; what the generator leaves out is an error."""
    shutil.rmtree(PYTHON, ignore_errors=True)
    PYTHON.mkdir(parents=True)
    tools = BUILD / "venv" / "bin"
    for name in DOCUMENTS:
        _run(
            tools / "openapi-python-client",
            "generate",
            "--path",
            BUILD / f"{name}.json",
            "--meta",
            "none",
            "--output-path",
            PYTHON / f"pakn_{name}_client",
            "--fail-on-warning",
            env={"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        )


def _is_node_there() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        _say("Node.js is not there: redocly and the TypeScript client were left out")
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        _say(
            f"Node.js {version} is older than {OLDEST_NODE}: redocly and the TypeScript client were left out"
        )
        return False
    return True


def _generate_typescript() -> None:
    """Install what is locked, look at both documents with redocly, generate types, and check the program with tsc."""
    NODE.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.copyfile(HERE / name, NODE / name)
    _run("npm", "ci", "--silent", cwd=NODE)
    tools = NODE / "node_modules" / ".bin"
    documents = [BUILD / f"{name}.json" for name in DOCUMENTS]
    _run(tools / "redocly", "lint", "--format", "stylish", *documents, cwd=NODE)
    for name in DOCUMENTS:
        source = BUILD / f"{name}.json"
        options = ("--default-non-nullable=false", "--output", f"{name}.ts")
        _run(tools / "openapi-typescript", source, *options, cwd=NODE)
    _run(tools / "tsc", cwd=NODE)


def _run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Run a program; what it says is shown only if it fails, which ends this one."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | {"REDOCLY_TELEMETRY": "off"} | (env or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def _say(text: str) -> None:
    sys.stdout.write(f"clients: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
