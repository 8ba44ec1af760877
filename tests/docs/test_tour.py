"""The README's tour really takes ten minutes: what it names is there, and short enough."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from infra.layout import ROOT
from infra.tools.import_graph import syntax_nodes

LINES_IN_TEN_MINUTES = 800
README = (ROOT / "README.md").read_text("utf-8")
TOUR = README.partition("## Ten-minute tour")[2].partition("\n## ")[0]


def stops() -> Iterator[tuple[Path, list[str]]]:
    """The files of the tour, each with the names to read in it; without names it is read whole."""
    for path, names in re.findall(r"`([\w/.]+\.py)`((?:\s+`\w+`)*)", TOUR):
        yield ROOT / path, re.findall(r"\w+", names)


def lines_of(path: Path, name: str) -> int:
    """The lines of a function, a class or a table in a file."""
    for node in syntax_nodes(path):
        match node:
            case ast.FunctionDef(name=defined) | ast.ClassDef(name=defined) if defined == name:
                return (node.end_lineno or 0) - node.lineno + 1
            case ast.AnnAssign(target=ast.Name(id=defined)) | ast.Assign(targets=[ast.Name(id=defined)]) if (
                defined == name
            ):
                return (node.end_lineno or 0) - node.lineno + 1
            case _:
                pass
    raise AssertionError(f"{path.relative_to(ROOT)} defines no {name}")


def test_tour_has_about_ten_stops_and_takes_ten_minutes():
    read = {
        (path, name): lines_of(path, name) if name else len(path.read_text("utf-8").splitlines())
        for path, names in stops()
        for name in names or [""]
    }

    assert len(re.findall(r"^\d+\. ", TOUR, re.MULTILINE)) in range(8, 13)
    assert sum(read.values()) <= LINES_IN_TEN_MINUTES, read
