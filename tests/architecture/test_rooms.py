"""The rooms stay: no circles, no crowded folder, no module or function that wants to be two (issue "The house")."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator

import pytest

from infra.layout import FUNCTIONS, ROOT
from infra.tools.import_graph import (
    circles,
    import_graph,
    imports_inside_functions,
    module_name,
    room_graph,
    room_of,
    source_files,
    syntax_nodes,
)

CODE = source_files("functions", "shared", "infra")
ROOMS = {module_name(path) for path in CODE if path.name == "__init__.py"} - {*FUNCTIONS, "shared", "infra"}

MODULES_IN_A_FOLDER = 15
LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 50
LINES_OF_A_DOOR = 40
COMPLEXITY = 12
# Nouns of the field that happen to end like a gerund. Anything else is named by a noun or an imperative.
NOUNS_ENDING_IN_ING = {
    "interleaving",
    "merging",
    "messaging",
    "rendering",
    "routing",
    "screening",
    "wording",
}
# Imports inside functions: only what is heavy and rare, 15 in all.
IMPORTS_INSIDE_FUNCTIONS = {
    "casework": 4,
    "intake": 4,
    "notifier": 1,
    "router": 1,
    "sla_timer": 1,
    "shared": 4,
}


def circles_of_files() -> Iterator[str]:
    yield from (" ".join(circle) for circle in circles(import_graph(CODE)))


def circles_of_rooms() -> Iterator[str]:
    yield from (" ".join(circle) for circle in circles(room_graph(import_graph(CODE), ROOMS)))


def crowded_folders() -> Iterator[str]:
    modules = Counter(path.parent for path in CODE if path.name != "__init__.py")
    yield from (
        str(folder.relative_to(ROOT)) for folder, count in modules.items() if count > MODULES_IN_A_FOLDER
    )


def long_modules() -> Iterator[str]:
    for path in CODE:
        if len(path.read_text("utf-8").splitlines()) > LINES_OF_A_MODULE:
            yield str(path.relative_to(ROOT))


def long_functions() -> Iterator[str]:
    for path in CODE:
        for node in syntax_nodes(path):
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and lines_of(node) > LINES_OF_A_FUNCTION
            ):
                yield f"{path.relative_to(ROOT)}:{node.name}"


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function from its `def` to its end, without its docstring."""
    first = function.body[0]
    is_documented = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def complex_functions() -> Iterator[str]:
    """The findings of ruff without its excuses: complexity, statements, branches, returns."""
    options = [f"lint.mccabe.max-complexity={COMPLEXITY}", "lint.pylint.max-returns=8"]
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--ignore-noqa",
        "--exit-zero",
        "--no-cache",
    ]
    command += ["--output-format", "json", "--select", "C901,PLR0911,PLR0912,PLR0915"]
    command += [part for option in options for part in ("--config", option)]
    answer = subprocess.run(
        [*command, "functions", "shared", "infra"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for violation in json.loads(answer.stdout):
        path = violation["filename"].removeprefix(f"{ROOT}/")
        if "/vendor/" not in path:
            yield f"{path}:{violation['location']['row']}:{violation['code']}"


def long_doors() -> Iterator[str]:
    for function in FUNCTIONS:
        door = ROOT / "functions" / function / "app.py"
        if len(door.read_text("utf-8").splitlines()) > LINES_OF_A_DOOR:
            yield str(door.relative_to(ROOT))


def pages_that_import_the_api() -> Iterator[str]:
    for module, imported in import_graph(CODE).items():
        function, _, rest = module.partition(".")
        if rest.startswith("site."):
            yield from (f"{module} {name}" for name in sorted(imported) if name.startswith(f"{function}.api"))


def modules_named_by_gerunds() -> Iterator[str]:
    for path in [*CODE, *source_files("tests")]:
        last_word = path.stem.rpartition("_")[2]
        if last_word.endswith("ing") and last_word not in NOUNS_ENDING_IN_ING:
            yield str(path.relative_to(ROOT))


RULES = {
    "circle-of-files": circles_of_files,
    "circle-of-rooms": circles_of_rooms,
    "crowded-folder": crowded_folders,
    "long-module": long_modules,
    "long-function": long_functions,
    "complex-function": complex_functions,
    "long-door": long_doors,
    "page-imports-api": pages_that_import_the_api,
    "gerund": modules_named_by_gerunds,
}
INSTEAD = {
    "circle-of-files": "move what both need into a module below them; an import inside a function is a circle too",
    "circle-of-rooms": "rooms are layers: what the lower one needs of the upper moves down or is an argument",
    "crowded-folder": f"at most {MODULES_IN_A_FOLDER} modules stand in a folder: this one wants to be two rooms",
    "long-module": f"at most {LINES_OF_A_MODULE} lines: this module wants to be two",
    "long-function": f"at most {LINES_OF_A_FUNCTION} lines without the docstring: name its steps",
    "complex-function": f"complexity at most {COMPLEXITY}: name its branches, or make them a table",
    "long-door": f"app.py only registers routes and handlers, in at most {LINES_OF_A_DOOR} lines",
    "page-imports-api": "page and API call the same use case; what both need stands below them",
    "gerund": "a module is a noun (`sms/commands`) or an imperative (`send_attempt`), not an -ing",
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rooms_hold(rule: str) -> None:
    assert sorted(RULES[rule]()) == [], INSTEAD[rule]


@pytest.mark.parametrize(
    "container", [*(f"chalicelib.{name}" for name in FUNCTIONS), "shared", "shared.domain"]
)
def test_every_room_has_its_layer_in_the_import_contracts(container: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]

    layered = [contract for contract in contracts if contract.get("containers") == [container]]

    assert [contract["type"] for contract in layered if contract.get("exhaustive")] == ["layers"]


def test_imports_stand_at_the_top_but_for_the_heavy_and_rare() -> None:
    count = Counter(
        module_name(path).partition(".")[0]
        for path in source_files("functions", "shared")
        for _ in imports_inside_functions(path)
    )

    assert {area: number for area, number in count.items() if number > IMPORTS_INSIDE_FUNCTIONS[area]} == {}


# --- the rules see what they are for ----------------------------------------------------------------------


def test_a_circle_is_found_wherever_it_begins() -> None:
    graph = {name: frozenset(targets) for name, targets in {"a": "b", "b": "c", "c": "bd", "d": ""}.items()}

    assert circles(graph) == [["b", "c"]]


def test_two_rooms_are_a_circle_when_no_two_files_are() -> None:
    graph = {
        "x.one.a": frozenset({"x.two.a"}),
        "x.two.a": frozenset[str](),
        "x.two.b": frozenset({"x.one.b"}),
        "x.one.b": frozenset[str](),
    }

    assert circles(graph) == []
    assert circles(room_graph(graph, {"x.one", "x.two"})) == [["x.one", "x.two"]]


def test_the_graph_sees_imports_of_modules_and_of_their_names() -> None:
    graph = import_graph(CODE)

    assert "shared.domain.errors" in graph["shared.domain.petition.space"]
    assert any(name.startswith("router.") for name in graph["router.app"])
    assert any(
        name.startswith("shared.platform") for name in graph["router.app"] | graph["router.composition"]
    )


@pytest.mark.parametrize(
    ("module", "room"),
    [
        pytest.param("intake.sms.commands", "intake.sms", id="in a room"),
        pytest.param("intake.sms.providers.esms", "intake.sms.providers", id="in a room of a room"),
        pytest.param("intake.settings", "intake.settings", id="beside the rooms"),
    ],
)
def test_each_module_is_in_one_room(module: str, room: str) -> None:
    assert room_of(module, ROOMS) == room


def test_a_function_is_measured_without_its_docstring() -> None:
    function = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    x = 1\n    return x').body[0]

    assert isinstance(function, ast.FunctionDef)
    assert lines_of(function) == 3
