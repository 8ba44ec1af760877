"""The installed versions are the locked ones: the same versions on a machine, in CI and in Lambda."""

from __future__ import annotations

import re
import tomllib

import pytest

from infra.deployment.package import FUNCTIONS, ROOT
from infra.deployment.pins import locked_versions, pinned

LOCK = ROOT / "requirements" / "dev.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement: str) -> str:
    return re.split(r"[\[=<>~ ]", requirement, maxsplit=1)[0].lower()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_runs_on_the_locked_versions(function):
    path = ROOT / "functions" / function / "requirements.txt"

    assert path.read_text() == pinned(path.read_text(), locked_versions(LOCK))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_function_requires_stands_among_the_projects_dependencies(function):
    lines = (ROOT / "functions" / function / "requirements.txt").read_text().splitlines()

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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("pydantic", "pydantic==2.1", id="new"),
        pytest.param("pydantic==1.0", "pydantic==2.1", id="old-version"),
        pytest.param("PyJWT[crypto]==1.0", "PyJWT[crypto]==3.0", id="extras-and-case"),
        pytest.param("# why", "# why", id="comment"),
    ],
)
def test_a_requirement_is_pinned_to_the_lock(line, expected):
    assert pinned(line, {"pydantic": "2.1", "pyjwt": "3.0"}) == f"{expected}\n"


def test_what_is_not_locked_cannot_be_pinned():
    with pytest.raises(KeyError):
        pinned("left-pad", {"pydantic": "2.1"})
