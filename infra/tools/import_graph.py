"""The import graph of the repository's own code: read by the architecture tests and by the picture of the rooms."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from infra.layout import ROOT

Graph = Mapping[str, frozenset[str]]


def source_files(*folders: str) -> list[Path]:
    """Return the Python files below folders of the repository; links to shared/ are not followed."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in paths if not {"vendor", "build"} & set(path.relative_to(ROOT).parts))


def module_name(path: Path) -> str:
    """Return the dotted name of a file: `intake.sms.commands`, `shared.domain.errors`, `intake.app`.

    The folders `functions/<name>/chalicelib` are left out, because each function's package has the function's name.
    """
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "functions":
        parts = parts[3:] if parts[2] == "chalicelib" else parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def syntax_tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


@cache
def syntax_nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of a file's syntax tree; walking it takes longer than parsing."""
    return tuple(ast.walk(syntax_tree(path)))


def import_graph(paths: Iterable[Path], *, local_imports: bool = True) -> dict[str, frozenset[str]]:
    """Return which modules each module imports, among the given files.

    Args:
        paths: the files; imports of anything else are left out.
        local_imports: whether imports inside functions count too.
    """
    modules = {module_name(path): path for path in paths}
    return {
        module: frozenset(_imported_modules(path, modules, local_imports=local_imports) - {module})
        for module, path in modules.items()
    }


def _imported_modules(path: Path, modules: Collection[str], *, local_imports: bool) -> set[str]:
    skipped = set() if local_imports else {node for _, node in imports_inside_functions(path)}
    return {
        name
        for node in syntax_nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in skipped
        for name in _names(node, modules)
    }


def _names(node: ast.Import | ast.ImportFrom, modules: Collection[str]) -> Iterator[str]:
    """Yield the modules behind one import statement; `from package import module` is an import of the module."""
    if isinstance(node, ast.Import):
        candidates = [alias.name for alias in node.names]
    else:
        package = node.module or ""
        candidates = [f"{package}.{alias.name}" for alias in node.names]
    for candidate in candidates:
        name = candidate.removeprefix("chalicelib.")
        while name and name not in modules:
            name = name.rpartition(".")[0]
        if name:
            yield name


def imports_inside_functions(path: Path) -> list[tuple[str, ast.Import | ast.ImportFrom]]:
    """Return the import statements inside functions and methods, each with the name of its function."""
    return [
        (function.name, node)
        for function in syntax_nodes(path)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def room_of(module: str, rooms: Collection[str]) -> str:
    """Return the innermost package that holds a module; a module beside the packages is a room of its own.

    So is a `__main__`, which may start whatever is above its package.
    """
    package = "" if module.endswith(".__main__") else module
    while package and package not in rooms:
        package = package.rpartition(".")[0]
    return package or module


def room_graph(graph: Graph, rooms: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the graph between rooms: an arrow wherever a module of one imports a module of another."""
    arrows: dict[str, set[str]] = {}
    for module, imported in graph.items():
        room = room_of(module, rooms)
        arrows.setdefault(room, set()).update({room_of(name, rooms) for name in imported} - {room})
    return {room: frozenset(targets) for room, targets in arrows.items()}


def circles(graph: Graph) -> list[list[str]]:
    """Return the circles of a graph: its strongly connected components of two nodes and more (Tarjan)."""
    search = _Tarjan(graph)
    for node in sorted(graph):
        if node not in search.index:
            search.visit(node)
    return sorted(sorted(component) for component in search.components if len(component) > 1)


class _Tarjan:
    """One run of Tarjan's algorithm."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.index: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.stack: list[str] = []
        self.components: list[list[str]] = []

    def visit(self, node: str) -> None:
        """Number a node and all that it reaches; close its component when it is the root of one."""
        self.index[node] = self.low[node] = len(self.index)
        self.stack.append(node)
        for target in sorted(self.graph.get(node, frozenset())):
            if target not in self.index:
                self.visit(target)
                self.low[node] = min(self.low[node], self.low[target])
            elif target in self.stack:
                self.low[node] = min(self.low[node], self.index[target])
        if self.low[node] == self.index[node]:
            start = self.stack.index(node)
            self.components.append(self.stack[start:])
            del self.stack[start:]
