"""The steps of the browser tests, in the order in which they are taken: acts, waits, and looks at a page.

Playwright's `click` and `press` return before the page that they lead to is there. A look at once (axe, `evaluate`,
`inner_text`, `url`), or `goto`, meets the page before, the next one, or neither: one test in ten thousand fails.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from infra.layout import ROOT

BROWSER_TESTS = ROOT / "tests" / "browser"
ACTS = {"click", "dblclick", "press", "select_option", "tap"}
STAYS = {"Tab"}
"""Keys that lead to no other page."""
WAITS = {"expect", "wait_for", "wait_for_function", "wait_for_selector", "wait_for_url"}
"""`wait_for_load_state` is none of them: the page that is left is loaded."""
WAITING_BLOCKS = {"expect_download", "expect_navigation", "expect_popup", "expect_response"}
LOOKS = {
    *(
        "all",
        "all_inner_texts",
        "all_text_contents",
        "axe",
        "bounding_box",
        "content",
        "count",
        "eval_on_selector_all",
    ),
    *("evaluate", "evaluate_all", "get_attribute", "inner_html", "inner_text", "input_value", "is_checked"),
    *(
        "is_disabled",
        "is_enabled",
        "is_hidden",
        "is_visible",
        "pdf",
        "screenshot",
        "text_content",
        "title",
        "_axe",
    ),
}
LEAVES = {"go_back", "go_forward", "goto", "reload"}
"""These cut off a page that is still on its way, and wait for their own."""


@dataclass
class Steps:
    """The effect of a function on a page, seen from its caller."""

    early_look: int = 0
    """The line of its first look that comes before any wait, where it has one."""
    waits: bool = False
    open_act: int = 0
    """The line of its last act, where nothing waits for the page after it."""
    findings: list[tuple[int, int]] = field(default_factory=list)
    """Lines of acts, and of the looks that follow them at once."""


class Module:
    """A module of browser tests: its functions and methods, and the steps of each."""

    def __init__(self, tree: ast.Module, others: dict[str, Module]) -> None:
        self._tree = tree
        self._others = others
        self._steps: dict[ast.FunctionDef, Steps] = {}

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        """All functions, also methods and those inside others."""
        return [node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef)]

    @cached_property
    def _methods(self) -> dict[str, ast.FunctionDef]:
        classes = [node for node in self._tree.body if isinstance(node, ast.ClassDef)]
        return {
            node.name: node for each in classes for node in each.body if isinstance(node, ast.FunctionDef)
        }

    @cached_property
    def _named(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in self.functions if node not in self._methods.values()}

    @cached_property
    def _imported(self) -> dict[str, Module]:
        return {
            alias.name: self._others[node.module]
            for node in self._tree.body
            if isinstance(node, ast.ImportFrom) and node.module in self._others
            for alias in node.names
        }

    @cached_property
    def _texts(self) -> dict[str, str]:
        """Constants of the module, by their names: scripts that a page runs, for some."""
        return {
            ast.unparse(node.targets[0]): node.value.value
            for node in self._tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        }

    def steps_of(self, function: ast.FunctionDef) -> Steps:
        """Return the steps of a function; one that calls itself does nothing there."""
        if function not in self._steps:
            self._steps[function] = Steps()
            self._steps[function] = _Reader(self).read(function)
        return self._steps[function]

    def helper(self, call: ast.Call) -> Steps | None:
        """Return the steps of a function or method of these tests that is called; none of Playwright's."""
        match call.func:
            case ast.Name(id=name) if name in self._named:
                return self.steps_of(self._named[name])
            case ast.Name(id=name) if name in self._imported:
                return self._imported[name].steps_of_function(name)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if (
                owner != "page" and name in self._methods
            ):
                return self.steps_of(self._methods[name])
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner != "page":
                return next(
                    filter(None, (each.steps_of_method(name) for each in self._imported.values())), None
                )
        return None

    def steps_of_function(self, name: str) -> Steps | None:
        """Return the steps of the function with a name, where the module has it."""
        return self.steps_of(self._named[name]) if name in self._named else None

    def steps_of_method(self, name: str) -> Steps | None:
        """Return the steps of the method with a name, where a class of the module has it."""
        return self.steps_of(self._methods[name]) if name in self._methods else None

    def submits(self, call: ast.Call) -> bool:
        """Return whether a script that is run sends a form."""
        return any("submit" in self._texts.get(text := ast.unparse(each), text) for each in call.args)


class _Reader:
    """Reads the steps of one function."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._steps = Steps()

    def read(self, function: ast.FunctionDef) -> Steps:
        for statement in function.body:
            self._statement(statement)
        return self._steps

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                return
            case ast.With():
                for item in node.items:
                    self._expression(item.context_expr)
                self._block(node.body)
                if any(_name(item.context_expr) in WAITING_BLOCKS for item in node.items):
                    self._wait()
            case ast.For():
                self._expression(node.iter)
                self._block(node.body, times=2)
            case ast.While():
                self._expression(node.test)
                self._block(node.body)
                self._expression(node.test)
                self._block(node.body)
            case ast.If():
                self._expression(node.test)
                before = self._steps.open_act
                self._block(node.body)
                after, self._steps.open_act = self._steps.open_act, before
                self._block(node.orelse)
                self._steps.open_act = self._steps.open_act or after
            case ast.Try():
                self._block([*node.body, *(each for handler in node.handlers for each in handler.body)])
                self._block([*node.orelse, *node.finalbody])
            case _:
                self._expression(node)

    def _block(self, body: list[ast.stmt], times: int = 1) -> None:
        for statement in body * times:
            self._statement(statement)

    def _expression(self, node: ast.AST) -> None:
        """Take the steps of an expression from the inside out, as Python does."""
        if isinstance(node, ast.Lambda):
            return
        for child in ast.iter_child_nodes(node):
            self._expression(child)
        if isinstance(node, ast.Attribute) and node.attr == "url" and isinstance(node.ctx, ast.Load):
            self._look(node.lineno)
        if isinstance(node, ast.Call):
            self._call(node)

    def _call(self, call: ast.Call) -> None:
        name = _name(call)
        if (steps := self._module.helper(call)) is not None:
            self._take(steps, call.lineno)
        elif name in WAITS:
            self._wait()
        elif name in LEAVES:
            self._look(call.lineno)
            self._wait()
        elif name in ACTS and not _stays(call):
            self._steps.open_act = call.lineno
        elif name in LOOKS and (isinstance(call.func, ast.Attribute) or name == "axe"):
            self._look(call.lineno)
            if name == "evaluate" and self._module.submits(call):
                self._steps.open_act = call.lineno

    def _take(self, steps: Steps, line: int) -> None:
        if steps.early_look:
            self._look(line)
        if steps.waits:
            self._wait()
        if steps.open_act:
            self._steps.open_act = line

    def _look(self, line: int) -> None:
        if self._steps.open_act:
            self._steps.findings.append((self._steps.open_act, line))
            self._steps.open_act = 0
        if not self._steps.waits and not self._steps.early_look:
            self._steps.early_look = line

    def _wait(self) -> None:
        self._steps.open_act = 0
        self._steps.waits = True


def _name(node: ast.expr) -> str:
    """Return the last name of what is called."""
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _stays(call: ast.Call) -> bool:
    return any(isinstance(each, ast.Constant) and each.value in STAYS for each in call.args)


def modules(sources: dict[str, str]) -> dict[str, Module]:
    """Return the modules with these names and sources."""
    read: dict[str, Module] = {}
    read.update((name, Module(ast.parse(source), read)) for name, source in sources.items())
    return read


def early_looks(sources: dict[str, str]) -> Iterator[str]:
    """Yield the places where a page is looked at after an act that may lead away from it."""
    for name, module in modules(sources).items():
        lines = {line for function in module.functions for line in module.steps_of(function).findings}
        yield from (
            f"{name}:{look} looks at the page that line {act} may leave" for act, look in sorted(lines)
        )


def browser_sources(folder: Path = BROWSER_TESTS) -> dict[str, str]:
    """Return the sources of the browser tests, by the names under which they import each other."""
    return {f"tests.browser.{path.stem}": path.read_text("utf-8") for path in folder.glob("*.py")}
