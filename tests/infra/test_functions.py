"""A function stands in every list that has to know of it: a forgotten one is never packaged, checked or started."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from typing import Any

import pytest

from infra.layout import FUNCTIONS, ROOT
from infra.local.emulation import functions as emulation
from infra.local.emulation.functions import load
from infra.local.system import PREFIXES

FOLDERS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TOOLS = PYPROJECT["tool"]
CONTRACTS = {contract["name"]: contract for contract in TOOLS["importlinter"]["contracts"]}


def in_makefile() -> Collection[str]:
    lines = (ROOT / "Makefile").read_text("utf-8").splitlines()
    return (
        next(line for line in lines if line.startswith("FUNCTIONS :=")).removeprefix("FUNCTIONS :=").split()
    )


def with_prefix(prefix: str, names: Collection[str]) -> list[str]:
    return [name.rpartition(prefix)[2] for name in names if prefix in name]


LISTS: dict[str, Collection[str]] = {
    "FUNCTIONS in Makefile": in_makefile(),
    "FUNCTIONS in infra/layout.py": FUNCTIONS,
    "NAMES in infra/local/emulation/functions.py": emulation.NAMES,
    "src of ruff in pyproject.toml": with_prefix("functions/", TOOLS["ruff"]["src"]),
    "mypy_path in pyproject.toml": with_prefix("functions/", TOOLS["mypy"]["mypy_path"].split(":")),
    "pythonpath of pytest in pyproject.toml": with_prefix(
        "functions/", TOOLS["pytest"]["ini_options"]["pythonpath"]
    ),
    "root_packages of import-linter in pyproject.toml": with_prefix(
        "chalicelib.", TOOLS["importlinter"]["root_packages"]
    ),
    "the contract that no function imports another, in pyproject.toml": with_prefix(
        "chalicelib.", CONTRACTS["No function imports another"]["modules"]
    ),
}
PARTS = (
    ".chalice/config.json",
    "chalicelib/{name}/__init__.py",
    "chalicelib/{name}/composition.py",
    "chalicelib/{name}/settings.py",
    "requirements.in",
    "requirements.txt",
    "vendor/shared",
)


@pytest.mark.parametrize("name", LISTS)
def test_every_function_is_in_the_list(name: str):
    assert sorted(LISTS[name]) == FOLDERS, name


@pytest.mark.parametrize("function", FOLDERS)
def test_a_function_has_all_its_parts(function: str):
    folder = ROOT / "functions" / function
    template = ROOT / "infra" / "cloudformation" / "functions" / f"{function}.yaml"

    missing = [part for part in PARTS if not (folder / part.format(name=function)).exists()]

    assert not missing
    assert template.is_file(), f"no merge template {template.relative_to(ROOT)}"


def test_every_function_with_routes_has_its_place_on_the_host():
    apps = load(ROOT / "functions")

    with_routes = {name for name, app in apps.items() if app.routes}

    assert {*PREFIXES.values(), "intake"} == with_routes, "PREFIXES in infra/local/system.py"
