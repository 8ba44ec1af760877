"""The glossary is the only source of names: its words are in the code, and the rooms of the code are in it."""

from __future__ import annotations

import ast
import re

import pytest

from infra.layout import FUNCTIONS, ROOT
from infra.tools.import_graph import source_files, syntax_nodes
from tests.architecture.test_words import BARE_NAMES, IN_SENTENCES
from tests.docs.test_documentation import plain, quoted, table_after

PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = table_after(PAGE, "# Glossary")
CODE = source_files("functions", "shared", "infra")
# Folders that are no words of ours: the layout that Chalice asks for, layers, and what AWS or a standard calls so.
LAYOUT = {
    *FUNCTIONS, "functions", "chalicelib", "shared", "infra",
    "access", "administration", "api", "assets", "calendar", "deployment", "domain", "emulation", "figures", "hourly",
    "identity", "limits", "nightly", "open311", "platform", "procedures", "promises", "published", "seed", "site",
    "sms", "tables", "tools", "use_cases", "values", "web",
}  # fmt: skip


def names() -> set[str]:
    """All names that the code defines: modules, folders, classes, functions, attributes, parameters."""
    defined = {part for path in CODE for part in path.relative_to(ROOT).with_suffix("").parts}
    for path in CODE:
        for node in syntax_nodes(path):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                    defined.add(name)
                case ast.Name(id=name, ctx=ast.Store()):
                    defined.add(name)
                case _:
                    pass
    return defined


NAMES = names()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_word_is_in_the_code(row):
    assert set(quoted(row[2])) - NAMES == set()


def test_every_room_is_called_by_a_word_of_the_glossary():
    words = {row[0].replace(" ", "_").lower() for row in ROWS} | {
        name for row in ROWS for name in quoted(row[2])
    }
    allowed = words | {f"{word}s" for word in words} | LAYOUT

    rooms = {part for path in CODE for part in path.relative_to(ROOT).parts[:-1]}

    assert rooms - allowed == set()


def test_layout_lists_no_folder_that_is_gone():
    assert {part for path in CODE for part in path.relative_to(ROOT).parts[:-1]} >= LAYOUT


def test_words_that_are_not_used_are_those_of_the_list():
    rows = table_after(PAGE, "## Words that are not used")

    *sentences, bare = [(plain(row[0]), row[1]) for row in rows]

    assert sorted(sentences) == sorted((word, instead) for word, (_, instead) in IN_SENTENCES.items())
    assert set(re.findall(r"\w+", bare[0].partition(" (")[0])) == BARE_NAMES.keys()
    assert {bare[1]} == set(BARE_NAMES.values())
