"""The repository's Python files as syntax trees, for tests that hold all of them to one rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ("casework", "intake", "notifier", "router", "sla_timer")


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below folders of the repository; links to shared/ are not followed."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "vendor" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, wherever in it, with dots; relative ones from their own package."""
    for node in ast.walk(tree(path)):
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
