"""Lets schemathesis send requests to an API in this process, and holds each answer to the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.local.emulation.functions import HttpRequest
from tests.support.system import System

SMOKE, FULL = 1, 100
"""Examples for each operation in `make test` and in `make proof`."""
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

Request = schemathesis.Case[Any]


class Api:
    """The API that an OpenAPI document describes, behind WSGI, which schemathesis speaks."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.system: System
        """The running system; a fixture sets it before the first request."""
        self.schema = schemathesis.openapi.from_dict(document)
        self.schema.app = self._answer

    def operations(self) -> list[Any]:
        """Return every operation of the document, for `pytest.mark.parametrize`."""
        results: list[Any] = list(self.schema.get_all_operations())
        return [result.ok() for result in results]

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as the system does, but never compressed: who calls over WSGI reads the bytes as they come."""
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and name != "HTTP_ACCEPT_ENCODING"
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        path = environ.get("REQUEST_URI") or environ["PATH_INFO"]
        if environ.get("QUERY_STRING") and "?" not in path:
            path = f"{path}?{environ['QUERY_STRING']}"
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        request = HttpRequest(environ["REQUEST_METHOD"], path, headers, body, "127.0.0.1")
        response = self.system.local.http(request)
        start(f"{response.status} {HTTPStatus(response.status).phrase}", list(response.headers))
        return [response.body]


def examples(count: int, *phases: Phase) -> settings:
    """Return settings that try the same examples each time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


def try_requests(operation: Any, check: Callable[[Request], None], count: int) -> None:
    """Check made-up requests of an operation, some that the document allows and some that it forbids.

    The operation is handed to Hypothesis when the test runs: schemathesis's own `parametrize` prepares the boundary
    cases of all operations whenever tests are collected, which takes seconds.
    """
    modes = operation.schema.config.generation.modes
    requests = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @examples(count, Phase.generate)
    @given(request=requests)
    def every_answer_keeps_to_the_document(request: Request) -> None:
        check(request)

    every_answer_keeps_to_the_document()
