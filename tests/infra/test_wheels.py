"""Libraries that must not pass: of another machine, another Python, a newer glibc, or not the locked one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from pydantic_core import _pydantic_core

from infra.deployment.packaging.runtime import Target, machine_architecture
from infra.deployment.packaging.wheels import findings

LAMBDA = Target("3.13", "x86_64")
LOCKED = "pillow==13.0.0 \\\n    --hash=sha256:00\n"


def installed(folder: Path, name: str, version: str, tag: str, *requires: str) -> Path:
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir(parents=True)
    required = "".join(f"Requires-Dist: {each}\n" for each in requires)
    (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{required}")
    (about / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")
    return folder


@pytest.mark.parametrize(
    ("tag", "is_fit"),
    [
        pytest.param("cp313-cp313-linux_x86_64", False, id="built on this machine"),
        pytest.param("cp312-cp312-manylinux_2_17_x86_64", False, id="for another Python"),
        pytest.param("cp313-cp313-manylinux_2_35_x86_64", False, id="for a newer glibc"),
        pytest.param("cp313-cp313-manylinux_2_17_aarch64", False, id="for another machine"),
        pytest.param("cp313-cp313-musllinux_1_2_x86_64", False, id="for another libc"),
        pytest.param("cp313-cp313t-manylinux_2_17_x86_64", False, id="for Python without its lock"),
        pytest.param("cp313-cp313-manylinux_2_34_x86_64", True, id="for the runtime's glibc"),
        pytest.param("cp39-abi3-manylinux_2_17_x86_64", True, id="for the stable ABI"),
        pytest.param("cp313-cp313-manylinux2014_x86_64", True, id="by the old name"),
        pytest.param("py3-none-any", True, id="pure Python"),
    ],
)
def test_a_library_that_was_not_built_for_lambda_is_found(tmp_path, tag, is_fit):
    folder = installed(tmp_path, "pillow", "13.0.0", tag)

    reported = list(findings(folder, LAMBDA, LOCKED, "pillow\n"))

    assert reported == [f"pillow was built for {tag}, not for Lambda"] * (not is_fit)


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        pytest.param("pillow==13.0.0\n", [], id="as locked"),
        pytest.param(
            "pillow==13.0.0\nlxml==6.1.3\n", ["lxml 6.1.3 is locked and not in the package"], id="missing"
        ),
        pytest.param('pillow==13.0.0\ntomli==2 ; python_version < "3.12"\n', [], id="for older Pythons"),
        pytest.param(
            "pillow==12.2.0\n",
            ["pillow is 13.0.0 in the package, and locked at 12.2.0"],
            id="another version",
        ),
        pytest.param("", ["pillow is in the package and not locked"], id="not locked"),
    ],
)
def test_what_is_installed_is_what_is_locked(tmp_path, lock, expected):
    folder = installed(tmp_path, "pillow", "13.0.0", "py3-none-any")

    assert list(findings(folder, LAMBDA, lock, "pillow\n")) == expected


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        pytest.param("lxml", ["pillow requires lxml, which is not in the package"], id="absent"),
        pytest.param('lxml; extra == "xml"', [], id="of an extra that nobody asked for"),
        pytest.param('tomli; python_version < "3.11"', [], id="for older Pythons"),
        pytest.param(
            "pillow>=14", ["pillow requires pillow>=14, and 13.0.0 is in the package"], id="too old"
        ),
    ],
)
def test_what_a_library_requires_is_in_the_package(tmp_path, requires, expected):
    folder = installed(tmp_path, "pillow", "13.0.0", "py3-none-any", requires)

    assert list(findings(folder, LAMBDA, LOCKED, "pillow\n")) == expected


def test_an_extra_that_is_asked_for_must_be_there(tmp_path):
    folder = installed(tmp_path, "pillow", "13.0.0", "py3-none-any", 'lxml; extra == "xml"')

    reported = list(findings(folder, LAMBDA, LOCKED, "pillow[xml]\n"))

    assert reported == ['pillow requires lxml; extra == "xml", which is not in the package']


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    """A library with a real compiled file, of this machine: Pydantic's core."""
    folder = installed(tmp_path, "pillow", "13.0.0", "py3-none-any")
    shutil.copy(str(_pydantic_core.__file__), folder / "_imaging.abi3.so")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="compiled files of Linux are looked into")
class TestCompiledFiles:
    def test_one_that_needs_nothing_but_glibc_passes(self, compiled):
        assert list(findings(compiled, here(), LOCKED, "pillow\n")) == []

    def test_one_for_another_machine_is_found(self, compiled):
        other = {"x86_64": "arm64", "arm64": "x86_64"}[here().architecture]

        (finding,) = findings(compiled, Target("3.13", other), LOCKED, "pillow\n")

        assert finding.startswith("_imaging.abi3.so is for EM_")

    def test_one_for_another_python_is_found(self, compiled):
        (compiled / "_imaging.abi3.so").rename(compiled / "_imaging.cpython-312-x86_64-linux-gnu.so")

        (finding,) = findings(compiled, here(), LOCKED, "pillow\n")

        assert finding == "_imaging.cpython-312-x86_64-linux-gnu.so is for CPython 312"

    def test_one_that_needs_a_newer_glibc_than_its_wheel_says_is_found(self, compiled):
        reported = list(findings(compiled, Target("3.13", here().architecture, (2, 5)), LOCKED, "pillow\n"))

        assert reported
        assert all("_imaging.abi3.so needs glibc 2." in each for each in reported)

    def test_one_that_needs_a_library_of_the_system_is_found_unless_the_package_brings_it(
        self, compiled, monkeypatch
    ):
        monkeypatch.setattr("infra.deployment.packaging.wheels.PROVIDED", frozenset())

        reported = list(findings(compiled, here(), LOCKED, "pillow\n"))

        assert "_imaging.abi3.so needs libc.so.6, which Lambda does not have" in reported
        shutil.copy(compiled / "_imaging.abi3.so", compiled / "libc.so.6")
        assert not [each for each in findings(compiled, here(), LOCKED, "pillow\n") if "libc.so.6," in each]


def here() -> Target:
    return Target("3.13", machine_architecture())
