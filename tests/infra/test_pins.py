"""The installed versions are the locked ones: the same versions on a machine, in CI and in Lambda."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from infra.deployment.packaging.pins import locked_versions
from infra.layout import FUNCTIONS, ROOT

LOCK = ROOT / "requirements" / "dev.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement: str) -> str:
    return re.split(r"[\[=<>~ ]", requirement, maxsplit=1)[0].lower()


def blocks_of(path: Path) -> list[str]:
    """Return the text of each distribution of a lock file: its pin, and its hashes."""
    return [block for block in re.split(r"\n(?=[a-z0-9])", path.read_text()) if block[0].isalnum()]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_runs_on_the_locked_versions(function):
    locked = locked_versions(LOCK)
    of_function = locked_versions(ROOT / "functions" / function / "requirements.txt")

    assert of_function
    assert {name: locked[name] for name in of_function} == of_function


@pytest.mark.parametrize("function", FUNCTIONS)
def test_everything_a_function_runs_on_has_hashes_and_comes_from_no_named_registry(function):
    path = ROOT / "functions" / function / "requirements.txt"

    blocks = blocks_of(path)

    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|index-url|--find-links|file:", path.read_text()) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_locks_what_it_requires_and_what_that_requires(function):
    required = (ROOT / "functions" / function / "requirements.in").read_text().splitlines()
    locked = locked_versions(ROOT / "functions" / function / "requirements.txt")

    assert {name_of(line) for line in required} <= set(locked)
    assert {"pydantic-core", "typing-extensions"} <= set(locked), "what pydantic requires"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_function_requires_stands_among_the_projects_dependencies(function):
    lines = (ROOT / "functions" / function / "requirements.in").read_text().splitlines()

    assert {name_of(line) for line in lines} <= {name_of(each) for each in PROJECT["project"]["dependencies"]}


def test_everything_the_project_asks_for_is_locked():
    requirements = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]

    assert {name_of(each) for each in requirements} <= set(locked_versions(LOCK))


def test_every_locked_distribution_has_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK.read_text())
    without = [
        block.splitlines()[0] for block in blocks if block[0].isalnum() and "--hash=sha256:" not in block
    ]

    assert without == []


def test_the_lock_names_no_registry():
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links|file:", LOCK.read_text()) == []
