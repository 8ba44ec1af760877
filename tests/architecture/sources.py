"""The repository's Python files as syntax trees, for tests that hold all of them to one rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.layout import ROOT
from infra.tools.import_graph import syntax_nodes


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, wherever in it, with dots; relative ones from their own package."""
    for node in syntax_nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def dotted(node: ast.expr) -> str:
    """Return `datetime.now` of such an expression, or nothing of another."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def place(path: Path, node: ast.AST) -> str:
    """Return where something stands, for a failing test to say."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
