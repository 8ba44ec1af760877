"""Builds the packages: each function's zip and template, made by Chalice, merged and checked.

`make package`, `infra.deployment.deploy` and `infra.rehearsal` call it. Chalice has no word for partial
batch responses, dead letters of streams, imports from other stacks; a merge template
(infra/cloudformation/functions/<name>.yaml) adds them.
Chalice merges silently whatever it is given, so everything added here is checked afterwards: names against what
Chalice made, the translated template by cfn-lint, the zip by opening it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from infra import gateway
from infra.deployment import templates
from infra.deployment.packaging import archive, inventory, libraries, runtime, sizes, wheels
from infra.deployment.packaging.errors import PackageError
from infra.deployment.packaging.pins import lock_requirements, locked_versions
from infra.deployment.packaging.runtime import Target
from infra.deployment.packaging.sizes import Size
from infra.deployment.templates import REGION
from infra.layout import BUILD, FUNCTIONS, LOCK, ROOT

PLACEHOLDER_CODE = "s3://artifacts-bucket/package.zip"
_COMPLAINT = re.compile(
    r"could not|cannot|can't|unable|not support|not be found|may not work|missing|warning|error|fail|skipp",
    re.IGNORECASE,
)

Template = dict[str, Any]


@dataclass(frozen=True)
class Package:
    """One function, ready to be deployed: its zip and its SAM template (CodeUri names no bucket yet)."""

    function: str
    archive: Path
    template: Template

    @property
    def workshop(self) -> Path:
        """Return the folder in which it was built."""
        return self.archive.parents[1]

    @property
    def size(self) -> Size:
        """Return the size of its zip, packed and unpacked."""
        return sizes.measure(self.function, self.archive)

    def with_code_at(self, uri: str, settings: str = "") -> Template:
        """Return the template with every Lambda's code at an S3 address, or at the zip's own path.

        Args:
            uri: Where the zip is.
            settings: What identifies the parameters of the deployment (`with_settings`).
        """
        template = json.loads(json.dumps(self.template))
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = uri
        return with_settings(template, settings) if settings else dict(template)


def with_settings(template: Template, settings: str) -> Template:
    """Return a SAM template whose Lambdas bear what identifies the parameters of a deployment.

    SAM publishes a version when a property of a Lambda differs as text, and there a parameter is its name, whatever its
    value. Without this a setting that alone was changed would reach no alias.
    """
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Description"] = f"Settings {settings}"
    return dict(template)


def build(
    function: str,
    stage: str = "dev",
    *,
    into: Path = BUILD,
    functions: Path = ROOT / "functions",
    merges: Path = ROOT / "infra" / "cloudformation" / "functions",
    target: Target | None = None,
) -> Package:
    """Package one function: Chalice makes the template and packs our own code, uv brings the libraries; merge, check.

    Chalice runs on a clean copy: links followed, without bytecode and tests, so that a package depends on nothing
    but its sources and several can be built at once. It is shown no requirements: what it would take depends on the
    Python it runs under.

    Args:
        function: its folder's name.
        stage: whose settings Chalice reads, and whose architecture the libraries are for.
        into: the folder to build in.
        functions: the folder of the functions' sources.
        merges: the folder of the merge templates.
        target: other libraries than the stage's, for a rehearsal on this machine.

    Raises:
        PackageError: naming everything that is wrong with the zip or the template.
    """
    target = target or runtime.target(stage)
    workshop = into / stage / function
    shutil.rmtree(workshop, ignore_errors=True)
    source = _copy_source(functions / function, workshop / "source")
    merge = merges / f"{function}.yaml"
    output = workshop / "chalice"
    findings = [*_run_chalice(function, source, stage, merge, output)]

    template = runtime.pin(gateway.behind_one_resource(templates.read(output / "sam.yaml")), target)
    package = Package(function, workshop / "package" / "deployment.zip", template)
    findings += [
        *_assemble(package, target),
        *templates.unknown_names(merge, template),
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
    (source / "requirements.txt").rename(source.parent / "requirements.txt")
    (source / "requirements.txt").touch()
    return source


def _assemble(package: Package, target: Target) -> Iterator[str]:
    """Put Chalice's zip and the target's libraries together; yield the findings about the libraries."""
    installed, function = package.workshop / "libraries", package.function
    locked = package.workshop / "requirements.txt"
    libraries.install(locked, installed, target, function)
    roots = (package.workshop / "source" / "requirements.in").read_text("utf-8")
    yield from wheels.findings(installed, target, locked.read_text("utf-8"), roots)
    try:
        archive.write(
            package.archive, package.workshop / "chalice" / "deployment.zip", archive.files_of(installed)
        )
    except ValueError as error:
        yield str(error)
        return
    yield from archive.findings(package.archive, function, FUNCTIONS)
    yield from inventory.findings(installed)
    yield from inventory.framework_findings(locked_versions(LOCK)[inventory.FRAMEWORK])
    yield from package.size.findings()
    inventory.write(package.archive, installed, function, target)


def _run_chalice(function: str, source: Path, stage: str, merge: Path, output: Path) -> Iterator[str]:
    """Let Chalice package, and yield the lines in which it says that it could not do something."""
    command = [
        sys.executable, "-c", "from chalice.cli import main; main()", "--project-dir", str(source),
        "package", "--stage", stage, "--merge-template", str(merge), str(output),
    ]  # fmt: skip
    # Chalice imports app.py: it must find the copy only, neither the repository nor settings of a running stack.
    passed = ("PATH", "HOME", "LANG", "TMPDIR")
    environment = {name: value for name, value in os.environ.items() if name in passed}
    environment |= {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(source / "vendor"),
    }
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode:
        raise PackageError(function, lines[-20:])
    yield from complaints(lines)


def complaints(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of Chalice's output that say what it did not do: it ends well in spite of them."""
    for line in lines:
        if _COMPLAINT.search(line):
            yield f"Chalice says: {line.strip()}"


def pin(functions: Path = ROOT / "functions", lock: Path = LOCK) -> None:
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
    chosen = FUNCTIONS if options.function == "all" else (options.function,)
    try:
        with ProcessPoolExecutor(max_workers=2) as workers:
            packages = [*workers.map(partial(build, stage=options.stage), chosen)]
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{runtime.target(options.stage)}; zip, inventory and licences in build/{options.stage}/<function>/package/"
    )
    for package in packages:
        print(f"{hashlib.sha256(package.archive.read_bytes()).hexdigest()}  {package.function}")
    table = sizes.table(package.size for package in packages)
    (BUILD / options.stage / "sizes.md").write_text(table, "utf-8")
    print(f"\n{table}", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
