"""The inventory of each package, and what it must not hold; the sizes against their ceilings."""

from __future__ import annotations

import copy
import json
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra.deployment.packaging import inventory, sizes
from infra.deployment.packaging.archive import write
from infra.deployment.packaging.errors import PackageError
from infra.deployment.packaging.pins import locked_versions
from infra.layout import FUNCTIONS
from tests.infra.packages import package


def bill_of(function: str) -> dict[str, object]:
    bill: dict[str, object] = json.loads((package(function).archive.parent / "sbom.cdx.json").read_text())
    return bill


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_bill_of_materials_names_every_locked_library_and_chalice(function):
    locked = locked_versions(package(function).workshop / "requirements.txt")

    components = bill_of(function)["components"]

    named = {each["name"]: each["version"] for each in components}  # type: ignore[attr-defined]
    assert named == {**locked, "chalice": named["chalice"]}


def test_the_bill_of_materials_is_valid_cyclonedx():
    text = (package("intake").archive.parent / "sbom.cdx.json").read_text()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_bill_of_materials_names_the_compiled_libraries_that_wheels_bring():
    components = bill_of("intake")["components"]

    (pikepdf,) = [each for each in components if each["name"] == "pikepdf"]  # type: ignore[attr-defined]
    assert any("libqpdf" in each["name"] for each in pikepdf["components"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_licence_list_has_a_line_for_every_library(function):
    lines = (package(function).archive.parent / "licences.md").read_text().splitlines()

    packed = {each.name for each in distributions(path=[str(package(function).workshop / "libraries")])}
    assert {line.split(" | ")[0].removeprefix("| ") for line in lines[4:]} == {*packed, "chalice"}


def with_licence(folder: Path, *fields: str) -> Path:
    about = folder / "x265-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "\n".join(["Metadata-Version: 2.4", "Name: x265", "Version: 1.0", *fields, ""])
    )
    return folder


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(["License-Expression: MIT"], [], id="an expression"),
        pytest.param(["License: BSD"], [], id="a field"),
        pytest.param(["Classifier: License :: OSI Approved :: MIT License"], [], id="a classifier"),
        pytest.param(["License-Expression: GPL-2.0-only OR Apache-2.0"], [], id="a choice"),
        pytest.param(["License-Expression: LGPL-3.0-only"], [], id="LGPL, a shared library"),
        pytest.param([], ["x265 states no licence"], id="none"),
        pytest.param(
            ["License-Expression: GPL-2.0-or-later"],
            ["x265 is under GPL-2.0-or-later: a package with it may not be given away under Apache-2.0"],
            id="GPL",
        ),
    ],
)
def test_a_library_that_the_package_may_not_be_given_away_with_is_found(tmp_path, fields, expected):
    assert list(inventory.findings(with_licence(tmp_path, *fields))) == expected


def test_a_chalice_that_is_not_the_locked_one_is_found():
    (finding,) = inventory.framework_findings("0.0.1")

    assert finding.endswith("packages, and 0.0.1 is locked: run make install")


# ---------------------------------------------------------------- sizes


def test_a_package_above_its_ceiling_is_found():
    size = sizes.Size("router", packed=7 * sizes.MEBIBYTE, unpacked=21 * sizes.MEBIBYTE)

    assert list(size.findings()) == [
        "7.0 MiB packed, above the ceiling of 6 MiB",
        "21.0 MiB unpacked, above the ceiling of 20 MiB",
    ]


def test_every_function_has_a_ceiling_that_lambda_takes():
    assert set(sizes.CEILINGS) == set(FUNCTIONS)
    assert all(unpacked < 250 for _, unpacked in sizes.CEILINGS.values())


def test_the_table_has_a_line_for_each_package():
    table = sizes.table([sizes.Size("router", sizes.MEBIBYTE, 2 * sizes.MEBIBYTE)])

    assert table.splitlines()[2:] == ["| router | 1.0 | 6 | 2.0 | 20 |"]


# ---------------------------------------------------------------- one error, one archive


def test_the_findings_of_a_package_that_another_process_built_arrive_whole():
    error = PackageError("router", ["one", "two"])

    arrived = copy.copy(error)  # by the way that pickle takes

    assert (arrived.function, arrived.findings, str(arrived)) == ("router", ("one", "two"), str(error))


def test_a_library_does_not_overwrite_a_functions_own_file(tmp_path):
    own, library = tmp_path / "own.zip", tmp_path / "app.py"
    library.write_text("another")
    write(own, _empty(tmp_path / "empty.zip"), {"app.py": library})

    with pytest.raises(ValueError, match=r"a library overwrites the function's own app\.py"):
        write(tmp_path / "deployment.zip", own, {"app.py": library})


def _empty(path: Path) -> Path:
    with zipfile.ZipFile(path, "w"):
        return path
