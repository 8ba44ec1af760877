"""Log lines: the id of their cause, facts of the list alone, and errors without their texts."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from chalice.local import LambdaContext

from infra.layout import ROOT
from infra.tools.import_graph import syntax_nodes
from shared.platform import correlation, telemetry
from shared.platform.invocations import Triggered
from tests.support.log_capture import Lines

ID = "0d3f1c9e-5b1a-4f57-9c0e-6a1b2c3d4e5f"
CONTEXT = LambdaContext("pakn-test", memory_size=512, max_runtime_ms=60_000)
NOT_FACTS = {"extra", "exc_info", "stack_info", "stacklevel"}


def raise_words() -> None:
    raise ValueError("Trần Thị Mùa, 0912345678")


def test_line_has_the_ids_of_its_cause_and_of_its_invocation():
    with Lines() as lines, correlation.begun(ID, invocation="lambda-1"):
        telemetry.logger().info("item skipped", job="desk", key="26483190274")

    assert lines.facts() == [
        {
            "message": "item skipped",
            "job": "desk",
            "key": "26483190274",
            "correlation_id": ID,
            "function_request_id": "lambda-1",
        }
    ]


def test_fact_that_is_not_in_the_list_is_dropped():
    with Lines() as lines:
        telemetry.logger().info("item skipped", key="26483190274", petitioner="Trần Thị Mùa")

    assert lines.facts() == [{"message": "item skipped", "key": "26483190274"}]


def test_error_is_logged_by_its_type_and_place_without_its_text():
    with Lines() as lines:
        try:
            raise_words()
        except ValueError as error:
            telemetry.log_failure("unexpected error", error, route="/v1/petitions/{reference}")

    (line,) = lines.facts()
    assert line["error"] == "ValueError"
    assert line["calls"][-1].endswith("raise_words")
    assert "Mùa" not in str(line)


def _schedule() -> dict[str, Any]:
    names = ("version", "account", "region", "detail-type", "source", "time")
    return dict.fromkeys(names, "") | {"id": ID, "detail": {}, "resources": []}


def test_trigger_that_fails_says_so_in_a_line_and_fails():
    app = Triggered("an-app")

    @app.schedule("rate(1 minute)", name="sweep")
    def sweep(event: object) -> None:
        raise_words()

    with Lines() as lines, pytest.raises(Exception, match=r"^$") as raised:
        app.handler_map["sweep"](_schedule(), CONTEXT)

    assert raised.typename == "ValueError", (
        "Lambda writes an error that is raised into the log, with its text"
    )
    (line,) = lines.facts()
    assert (line["message"], line["error"], line["correlation_id"]) == ("invocation failed", "ValueError", ID)
    assert "Mùa" not in str(line)


def test_what_chalice_logs_is_a_line_without_the_values_of_its_message():
    app = Triggered("another-app")

    with Lines() as lines, correlation.begun(ID):
        try:
            raise_words()
        except ValueError:
            app.log.exception("Caught exception for path %s", "/p/a-secret-pass")

    (line,) = lines.facts()
    assert line["template"] == "Caught exception for path %s"
    assert (line["error"], line["correlation_id"]) == ("ValueError", ID)
    assert "pass" not in str(line)
    assert "Mùa" not in str(line)


def test_each_fact_that_the_code_logs_is_in_the_list():
    logged: set[str] = set()
    for path in (*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("chalicelib/**/*.py")):
        for node in syntax_nodes(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("telemetry.log"):
                logged |= {keyword.arg for keyword in node.keywords if keyword.arg}

    assert logged - NOT_FACTS - telemetry.FACTS == set()
    assert len(logged) > 15, "the calls were found"
