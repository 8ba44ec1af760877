"""One runtime for every stage, whatever Python packages are built under."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from infra.deployment.package import complaints
from infra.deployment.packaging import interpreter, runtime
from infra.deployment.packaging.runtime import Target
from infra.layout import FUNCTIONS, ROOT
from tests.infra.packages import package


@pytest.mark.parametrize(
    ("described", "architecture"),
    [
        pytest.param({}, "arm64", id="says nothing"),
        pytest.param({"Architecture": "arm64"}, "arm64", id="arm64"),
        pytest.param({"Architecture": "x86_64"}, "x86_64", id="x86_64"),
    ],
)
def test_a_stage_chooses_its_architecture(tmp_path, described, architecture):
    (tmp_path / "dev.json").write_text(json.dumps(described))

    assert runtime.target("dev", tmp_path) == Target("3.13", architecture, (2, 34))


def test_a_stage_that_asks_for_an_architecture_that_lambda_has_not_is_refused(tmp_path):
    (tmp_path / "dev.json").write_text('{"Architecture": "aarch64"}')

    with pytest.raises(ValueError, match=r"dev\.json: Architecture is one of arm64, x86_64"):
        runtime.target("dev", tmp_path)


@pytest.mark.parametrize("stage", [path.stem for path in (ROOT / "infra" / "stages").glob("*.json")])
def test_every_stage_says_which_architecture_it_has(stage):
    described = json.loads((ROOT / "infra" / "stages" / f"{stage}.json").read_text())

    assert described["Architecture"] in runtime.MACHINES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_lambda_of_the_translated_template_has_the_pinned_runtime(function):
    translated = json.loads((package(function).workshop / "translated.json").read_text())["Resources"]
    lambdas = [each["Properties"] for each in translated.values() if each["Type"] == "AWS::Lambda::Function"]

    assert lambdas
    assert {(each["Runtime"], *each["Architectures"]) for each in lambdas} == {("python3.13", "arm64")}


@pytest.mark.parametrize(
    ("line", "complains"),
    [
        pytest.param("Creating deployment package.", False, id="what it always says"),
        pytest.param("Reusing existing deployment package.", False, id="what it says of a second build"),
        pytest.param("Could not install dependencies:", True, id="a library is left out"),
        pytest.param("Your deployment will continue but may not work correctly", True, id="its own excuse"),
        pytest.param("UserWarning: You are currently running python3.16", True, id="a warning"),
    ],
)
def test_what_chalice_says_it_did_not_do_is_a_finding(line, complains):
    assert list(complaints([line])) == [f"Chalice says: {line}"] * complains


# ---------------------------------------------------------------- the interpreter for it on this machine


def pretending_to_be(folder: Path, name: str, answer: str, *, code: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {answer}\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_an_interpreter_is_found_in_the_path(tmp_path, monkeypatch):
    named = pretending_to_be(tmp_path / "bin", "python3.99", "3.99")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert interpreter.find("3.99") == named


def test_a_shim_that_does_not_start_is_passed_over_for_what_pyenv_has(tmp_path, monkeypatch):
    pretending_to_be(tmp_path / "shims", "python3.99", "not chosen", code=127)
    installed = pretending_to_be(tmp_path / "pyenv" / "versions" / "3.99.1" / "bin", "python3.99", "3.99")
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))

    assert interpreter.find("3.99") == installed


def test_no_interpreter_is_invented(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    assert interpreter.find("3.99") is None


def test_without_the_pinned_python_packages_are_rehearsed_with_this_machines_wheels_and_it_is_said(
    monkeypatch,
):
    monkeypatch.setattr(interpreter, "find", lambda _: None)

    chosen = interpreter.runnable.__wrapped__("dev")

    version = "{}.{}".format(*sys.version_info[:2])
    assert (chosen.target.python, chosen.target.glibc, chosen.base) == (version, None, Path(sys.executable))
    assert chosen.description == (
        f"no Python 3.13 was found: the same sources, with the wheels of this machine for Python {version}"
    )
