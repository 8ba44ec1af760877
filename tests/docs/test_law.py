"""docs/law.md leads from each rule of the law to the code that carries it out and to its tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.layout import ROOT
from infra.tools.import_graph import source_files, syntax_nodes

PAGE = (ROOT / "docs" / "law.md").read_text("utf-8")
DOMAIN = (ROOT / "docs" / "domain.md").read_text("utf-8")
# A cited act: "852/QĐ-BNV", "20/2008/NĐ-CP", "91/2025/QH15", "Luật Tố cáo 2018", "Bộ luật Dân sự 2015".
ACT = re.compile(
    r"\d+(?:/\d{4})?/(?:NĐ-CP|QĐ-[A-Z]+[A-Za-z]*|QH\d+|VPCP-\w+)|(?:Luật|Bộ luật) (?!Bảo)\w+ \w+"
)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| basis")
]
Cited = tuple[Path, str]


def cited(cell: str) -> Iterator[Cited]:
    """The paths of a cell, each with the name beside it, "" where there is none."""
    for place in cell.split("<br>"):
        match = re.fullmatch(r"`([^`]+)`(?: `([^`]+)`)?", place)
        assert match is not None, place
        yield ROOT / match[1], match[2] or ""


def defined(path: Path) -> set[str]:
    """The functions, methods and classes of a file."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name for node in syntax_nodes(path) if isinstance(node, kinds)}


def places_of(name: str) -> list[str]:
    """The files that define a name now, for a failing test to say."""
    files = source_files("functions", "shared", "infra", "tests")
    return [str(path.relative_to(ROOT)) for path in files if name in defined(path)]


def acts(text: str) -> set[str]:
    """The acts that a text cites, each under one name."""
    return {" ".join(act.split()) for act in ACT.findall(text)}


def citing() -> Iterator[Cited]:
    """The modules, public classes and functions whose docstring cites an act."""
    for path in source_files("shared", "functions"):
        for node in syntax_nodes(path):
            match node:
                case ast.Module() | ast.FunctionDef() | ast.ClassDef():
                    if acts(ast.get_docstring(node) or ""):
                        name = "" if isinstance(node, ast.Module) else node.name
                        yield path, "" if name.startswith("_") else name
                case _:
                    pass


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_every_place_and_test_exists(row):
    for path, name in [*cited(row[2]), *cited(row[3])]:
        assert path.exists(), path
        assert not name or name in defined(path), (
            f"{name} is not in {path.relative_to(ROOT)} but in {places_of(name)}"
        )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_every_rule_has_code_and_a_test(row):
    _basis, _rule, code, tests = row

    assert all(path.parts[len(ROOT.parts)] in {"functions", "shared", "infra"} for path, _ in cited(code))
    assert all(path.name.startswith("test_") for path, _ in cited(tests))


def test_all_code_that_cites_a_law_is_in_the_index():
    listed = {place for row in ROWS for place in cited(row[2])}
    files = {path for path, _ in listed}

    missing = {
        f"{path.relative_to(ROOT)} {name}"
        for path, name in citing()
        if path not in files or (name and "/domain/" in str(path) and (path, name) not in listed)
    }

    assert missing == set()


def test_all_acts_that_the_domain_page_cites_are_in_the_index():
    assert acts(DOMAIN) - acts(PAGE) == set()


def test_acts_are_recognised():
    assert acts("QĐ 852/QĐ-BNV 2018; NĐ 92/2017/NĐ-CP; Bộ luật Dân sự 2015 Đ.147; 91/2025/QH15") == {
        "852/QĐ-BNV",
        "92/2017/NĐ-CP",
        "Bộ luật Dân sự",
        "91/2025/QH15",
    }
