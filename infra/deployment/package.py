"""Builds the packages: each function's zip and template, made by Chalice, merged and checked.

`make package`, `infra.deployment.deploy` and `infra.deployment.rehearse` call it. Chalice has no word for partial
batch responses, dead letters of streams, imports from other stacks; a merge template
(infra/cloudformation/functions/<name>.yaml) adds them.
Chalice merges silently whatever it is given, so everything added here is checked afterwards: names against what
Chalice made, the translated template by cfn-lint, the zip by opening it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import gateway
from infra.deployment import templates
from infra.deployment.pins import lock_requirements
from infra.deployment.templates import REGION

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
FUNCTIONS = ("casework", "intake", "notifier", "router", "sla_timer")
PLACEHOLDER_CODE = "s3://artifacts-bucket/package.zip"

Template = dict[str, Any]


class PackageError(Exception):
    """A package or its template is not fit to be deployed; the text lists every finding."""

    def __init__(self, function: str, findings: Sequence[str]) -> None:
        self.function = function
        self.findings = tuple(findings)
        super().__init__("\n".join([f"{function}: not fit to be deployed", *(f"  {f}" for f in findings)]))


@dataclass(frozen=True)
class Package:
    """One function, ready to be deployed: its zip and its SAM template (CodeUri names no bucket yet)."""

    function: str
    archive: Path
    template: Template

    def with_code_at(self, uri: str) -> Template:
        """Return the template with every Lambda's code at an S3 address, or at the zip's own path."""
        template = json.loads(json.dumps(self.template))
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = uri
        return dict(template)


def build(
    function: str,
    stage: str = "dev",
    *,
    into: Path = BUILD,
    functions: Path = ROOT / "functions",
    merges: Path = ROOT / "infra" / "cloudformation" / "functions",
) -> Package:
    """Package one function with Chalice, merge, check.

    Chalice runs on a clean copy: links followed, without bytecode and tests, so that a package depends on nothing
    but its sources and several can be built at once.

    Raises:
        PackageError: naming everything that is wrong with the zip or the template.
    """
    workshop = into / stage / function
    shutil.rmtree(workshop, ignore_errors=True)
    source = _copy_source(functions / function, workshop / "source")
    merge = merges / f"{function}.yaml"
    output = workshop / "package"
    _run_chalice(function, source, stage, merge, output)

    template = gateway.behind_one_resource(templates.read(output / "sam.yaml"))
    package = Package(function, output / "deployment.zip", template)
    findings = [
        *templates.unknown_names(merge, template),
        *archive_findings(package.archive, function),
        *templates.findings(package.with_code_at(PLACEHOLDER_CODE), workshop / "translated.json"),
    ]
    if findings:
        raise PackageError(function, findings)
    return package


def _copy_source(directory: Path, source: Path) -> Path:
    if not (directory / "vendor" / "shared").is_dir():
        raise PackageError(directory.name, ["vendor/shared is not a link to shared/: the zip would lack it"])
    shutil.copytree(
        directory,
        source,
        ignore=shutil.ignore_patterns("__pycache__", "*.py[co]", "tests", "deployments", ".mypy_cache"),
    )
    return source


def _run_chalice(function: str, source: Path, stage: str, merge: Path, output: Path) -> None:
    command = [
        sys.executable, "-c", "from chalice.cli import main; main()", "--project-dir", str(source),
        "package", "--stage", stage, "--merge-template", str(merge), str(output),
    ]  # fmt: skip
    # Chalice imports app.py: it must find the copy only, neither the repository nor settings of a running stack.
    passed = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "TMPDIR")
    environment = {
        k: v
        for k, v in os.environ.items()
        if k in passed or k.startswith("PIP_") or k.lower().endswith("_proxy")
    }
    environment |= {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(source / "vendor"),
        "SOURCE_DATE_EPOCH": "315532800",
    }
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise PackageError(
            function, [line for line in (done.stdout + done.stderr).splitlines() if line][-20:]
        )


def archive_findings(archive: Path, function: str) -> Iterator[str]:
    """Yield the files that a function's zip lacks, and those that should not be in it."""
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        wheels = {name: opened.read(name).decode() for name in names if name.endswith(".dist-info/WHEEL")}
    for name, wheel in wheels.items():
        if re.search(r"^Tag: \S+-linux_\S+$", wheel, re.MULTILINE):
            yield f"{archive.name} holds a library that was built on this machine, not for Lambda: {name.split('/')[0]}"
    for needed in ("app.py", "shared/domain/petition/petition.py", "chalice/app.py"):
        if needed not in names:
            yield f"{archive.name} lacks {needed}"
    if not any(name.startswith(f"chalicelib/{function}/") for name in names):
        yield f"{archive.name} lacks chalicelib/{function}/"
    for name in names:
        parts = name.split("/")
        own = parts[0] in {"app.py", "chalicelib", "shared"}
        if name.endswith((".pyc", ".pyo")) or "__pycache__" in parts:
            yield f"{archive.name} holds bytecode: {name}"
        if own and ("tests" in parts or parts[-1].startswith("test_") or parts[-1] == "conftest.py"):
            yield f"{archive.name} holds a test: {name}"
        if parts[0] == "chalicelib" and len(parts) > 1 and parts[1] in FUNCTIONS and parts[1] != function:
            yield f"{archive.name} holds another function's code: {name}"


def pin(functions: Path = ROOT / "functions", lock: Path = ROOT / "requirements" / "dev.lock") -> None:
    """Write each function's requirements.txt anew, with hashes, at the versions in the lock."""
    for function in FUNCTIONS:
        lock_requirements(functions / function, lock)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build one function's package, or all five."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.deployment.package", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("function", nargs="?", default="all", choices=[*FUNCTIONS, "all"])
    parser.add_argument("--stage", default="dev")
    parser.add_argument(
        "--pin", action="store_true", help="only write the locked versions into functions/*/requirements.txt"
    )
    options = parser.parse_args(arguments)
    if options.pin:
        pin()
        return 0
    try:
        for function in FUNCTIONS if options.function == "all" else (options.function,):
            package = build(function, options.stage)
            size = package.archive.stat().st_size / 2**20
            print(f"{function:10} {size:5.1f} MiB  {package.archive.relative_to(ROOT)}")
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
