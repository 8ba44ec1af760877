"""Rules of design §3 and of style that hold for every file and that import-linter cannot see."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from infra.layout import FUNCTIONS, ROOT
from infra.tools.import_graph import source_files, syntax_nodes, syntax_tree
from tests.architecture.sources import dotted, imports, place

PRODUCTION = source_files("shared", "functions")
READS_TIME = {
    "date.today",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "time.time",
    "time.time_ns",
}
READS_ENVIRONMENT = {"os.environ", "os.getenv", "os.environb", "os.putenv"}
DOMAIN_LIBRARIES = {"idna", "phonenumbers", "pydantic", "pydantic_core"}
VAGUE = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}


def test_the_rules_below_see_the_code():
    seen = {path.relative_to(ROOT).as_posix() for path in PRODUCTION}

    assert {
        "shared/platform/clock.py",
        "shared/platform/settings.py",
        "shared/domain/petition/petition.py",
    } <= seen


def test_only_shared_settings_reads_the_environment():
    readers = {
        place(path, node)
        for path in PRODUCTION
        if path != ROOT / "shared" / "platform" / "settings.py"
        for node in syntax_nodes(path)
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in READS_ENVIRONMENT
    }
    importers = {
        place(path, node)
        for path in PRODUCTION
        for node in syntax_nodes(path)
        if isinstance(node, ast.ImportFrom)
        and node.module == "os"
        and {a.name for a in node.names} & {"environ", "getenv"}
    }

    assert readers | importers == set()


def test_only_shared_clock_reads_the_time():
    readers = {
        place(path, node)
        for path in PRODUCTION
        if path != ROOT / "shared" / "platform" / "clock.py"
        for node in syntax_nodes(path)
        if isinstance(node, ast.Attribute) and dotted(node) in READS_TIME
    }

    assert readers == set()


def test_only_the_tables_speak_to_dynamodb():
    outside = [path for path in PRODUCTION if not path.is_relative_to(ROOT / "shared" / "tables")]
    clients = {
        place(path, node)
        for path in PRODUCTION
        if path not in {ROOT / "shared" / "tables" / name for name in ("dynamo.py", "batches/batch_get.py")}
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Call)
        and dotted(node.func).endswith(("client", "resource"))
        and any(isinstance(arg, ast.Constant) and arg.value == "dynamodb" for arg in node.args)
    }
    borrowers = {
        place(path, node)
        for path in outside
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "shared.tables.dynamo"
        and not {alias.name for alias in node.names} <= {"retry_when_stale", "stored_instant"}
    }

    assert clients | borrowers == set()


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import os\nos.environ['X']", id="os.environ"),
        pytest.param("import os\nos.getenv('X')", id="os.getenv"),
    ],
)
def test_reading_the_environment_is_recognised(source):
    names = {dotted(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}

    assert names & READS_ENVIRONMENT


@pytest.mark.parametrize(
    "source", ["datetime.now(UTC)", "datetime.datetime.now()", "date.today()", "time.time()"]
)
def test_reading_the_time_is_recognised(source):
    names = {dotted(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}

    assert names & READS_TIME


@pytest.mark.parametrize("path", source_files("shared/domain"), ids=lambda path: path.stem)
def test_the_domain_imports_only_the_standard_library_pydantic_and_itself(path):
    foreign = {
        module
        for module in imports(path)
        if module.partition(".")[0] not in sys.stdlib_module_names | DOMAIN_LIBRARIES
        and not module.startswith("shared.domain")
    }

    assert foreign == set()
    assert not {"os", "socket", "subprocess"} & set(imports(path))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_its_own_code_shared_code_and_libraries(function):
    foreign = {
        (place(path, syntax_tree(path)), module)
        for path in source_files(f"functions/{function}")
        for module in imports(path)
        if (module.startswith("chalicelib.") and not module.startswith(f"chalicelib.{function}"))
        or module.partition(".")[0] in {"app", "functions", "infra", "tests"}
    }

    assert foreign == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_door_knows_chalice_and_its_own_function_only(function):
    libraries = {module.partition(".")[0] for module in imports(ROOT / "functions" / function / "app.py")}

    assert libraries - sys.stdlib_module_names <= {"chalice", "chalicelib", "shared"}


def test_shared_code_imports_no_function():
    assert {
        path for path in source_files("shared") if any(m.startswith("chalicelib") for m in imports(path))
    } == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_chalicelib_is_a_namespace_so_that_all_functions_live_in_one_process(function):
    assert not (ROOT / "functions" / function / "chalicelib" / "__init__.py").exists()
    assert (ROOT / "functions" / function / "chalicelib" / function / "__init__.py").exists()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_shared_code_reaches_the_package_by_a_link_that_cannot_go_stale(function):
    link = ROOT / "functions" / function / "vendor" / "shared"

    assert link.is_symlink()
    assert link.readlink() == Path("../../../shared")
    assert link.resolve() == ROOT / "shared"


def test_every_folder_and_module_says_its_purpose():
    everything = [*PRODUCTION, *source_files("infra", "tests")]
    names = {part for path in everything for part in path.relative_to(ROOT).with_suffix("").parts}

    assert names & VAGUE == set()


def test_every_module_says_why_it_exists():
    silent = {
        place(path, syntax_tree(path))
        for path in [*PRODUCTION, *source_files("infra")]
        if path.stat().st_size and not ast.get_docstring(syntax_tree(path))
    }

    assert silent == set()


def test_tests_replace_nothing_behind_the_codes_back():
    patching = {
        place(path, syntax_tree(path))
        for path in source_files("tests")
        if any(module.startswith("unittest.mock") or module == "mock" for module in imports(path))
    }

    assert patching == set()


def test_test_folders_are_no_packages():
    assert list((ROOT / "tests").rglob("__init__.py")) == []


READS_REQUESTS = {"json_body", "query_params", "raw_body"}
"""Attributes of Chalice's request that hold what its caller wrote."""
READERS_OF_REQUESTS = {
    "shared/web/requests.py",
    # Bodies are signed: their adapters read them byte for byte, and what a person wrote is cleaned behind them.
    "functions/intake/chalicelib/intake/webhooks/requests.py",
    "functions/notifier/chalicelib/notifier/endpoints.py",
}


def test_what_callers_write_is_read_in_one_place_that_cleans_it():
    places = [
        place(path, node)
        for path in PRODUCTION
        if path.relative_to(ROOT).as_posix() not in READERS_OF_REQUESTS
        for node in syntax_nodes(path)
        if (
            (
                isinstance(node, ast.Attribute)
                and node.attr in READS_REQUESTS
                and dotted(node.value) == "request"
            )
            or (isinstance(node, ast.Call) and dotted(node.func) == "raw_body")
        )
    ]

    assert places == [], "read it by shared.web.requests: json_body, json_facts, form_pairs, query_text"
