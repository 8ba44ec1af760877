"""The functions' packages as `make package` builds them, built once for the tests that look into them."""

from __future__ import annotations

import ast
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.deployment.package import Package, build
from infra.deployment.packaging import libraries
from infra.deployment.packaging.interpreter import like_lambda, runnable
from infra.deployment.packaging.runtime import target

LAMBDA_PROVIDES = (
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "six",
    "snapshot_restore_py",
    "urllib3",
)
"""The libraries of AWS Lambda's Python runtime (docs.aws.amazon.com/lambda, "Runtime-included SDK versions")."""

_FOLDER = TemporaryDirectory(prefix="pakn-packages-")


STARTED_APART = ("chalicelib.intake.uploads.renew",)
"""Modules that a process of their own is started with; no import leads to them."""


def values_of(key: str, node: Any) -> Iterator[Any]:
    """Yield every value of a key, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values_of(key, value)
    elif isinstance(node, list):
        for value in node:
            yield from values_of(key, value)


@cache
def package(function: str) -> Package:
    """Return a function's package, as it is deployed."""
    return build(function, into=Path(_FOLDER.name))


@cache
def opened(function: str) -> Path:
    """Return the folder into which a function's zip was unpacked: the very one, or with libraries that run here."""
    deployed, here = package(function), runnable().target
    folder = Path(_FOLDER.name) / "opened" / function
    packed = deployed.archive
    if here != target("dev"):
        libraries.install(deployed.workshop / "requirements.txt", folder, here, function)
        packed = deployed.workshop / "chalice" / "deployment.zip"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder


def python(function: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter that finds the package and Lambda's runtime, no more."""
    return subprocess.run(
        [like_lambda(runnable().base), "-I", "-B", "-c",
         f"import sys; sys.path[:0] = [{str(opened(function))!r}]\n{code}"],
        cwd=opened(function),
        capture_output=True,
        env={},
        text=True,
        check=False,
    )  # fmt: skip


def imported_from_door(function: str) -> dict[str, str]:
    """Return every module that app.py can reach, also by an import inside a function, and who imports it."""
    folder = opened(function)
    entries = ["app", *(module for module in STARTED_APART if _own_file(folder, module))]
    reached = dict.fromkeys(entries, "")
    waiting = entries
    while waiting:
        name = waiting.pop()
        if (file := _own_file(folder, name)) is None:
            continue
        for module in _imports(file, name):
            if module not in reached:
                reached[module] = name
                waiting.append(module)
    return reached


def _own_file(folder: Path, module: str) -> Path | None:
    """Return the file of our own module; libraries are not followed."""
    if module.partition(".")[0] not in {"app", "chalicelib", "shared"}:
        return None
    path = folder.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _imports(file: Path, module: str) -> Iterator[str]:
    package_parts = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(_without_type_checking(ast.parse(file.read_text("utf-8")))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package_parts[: len(package_parts) - node.level + 1] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _without_type_checking(tree: ast.Module) -> ast.Module:
    """Leave out what only a type checker imports."""

    class Dropper(ast.NodeTransformer):
        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node

    remaining: ast.Module = Dropper().visit(tree)
    return remaining
