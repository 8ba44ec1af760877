"""The HTTP side of a function: a Chalice app to which API Gateway hands every address and every method.

Routes stay Chalice's; the app finds the one that a request is for. What has no route, or another method, gets an
answer in the caller's format and language; so does an error that nobody expected. The headers of every answer are added
here and nowhere else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from chalice.app import Request, Response, RestAPIEventHandler
from typing_extensions import override

from shared.domain.errors import MethodNotAllowedError, PetitionError, UnexpectedError, UnknownAddressError
from shared.platform import clock, correlation
from shared.platform.invocations import Triggered, invocation_of
from shared.web.answers import with_security_headers
from shared.web.incidents import record_incident
from shared.web.problems import problem_answer
from shared.web.requests import language_of, wants_page

PROXY = "/{proxy+}"
"""The resource of API Gateway that stands for every address (infra/gateway.py)."""

_WHENEVER = datetime(2026, 1, 1, tzinfo=UTC)

ErrorAnswer = Callable[[Request, PetitionError], Response]
"""Answers an error in one format."""


class Match(NamedTuple):
    """A route, and what the address has in place of its parameters."""

    route: str
    parameters: dict[str, str]


class WebApp(Triggered):
    """A Chalice app that answers every request itself.

    Args:
        app_name: as Chalice takes it.
        error_page: answers an error with a page; None for a function that people do not visit.
        formats: answers of errors by the beginning of their addresses, where a protocol has its own.
    """

    def __init__(
        self,
        app_name: str,
        error_page: ErrorAnswer | None = None,
        formats: Mapping[str, ErrorAnswer] | None = None,
    ) -> None:
        super().__init__(app_name)
        self._error_page = error_page
        self._formats = formats or {}

    @override
    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer a request of API Gateway's Lambda proxy integration, under the id of its cause."""
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        ids = (correlation.id_of_caller(headers), event["requestContext"].get("requestId"))
        with correlation.begun(*ids, invocation=invocation_of(context)) as name:
            answer = self._answer(event, context)
            answer["headers"] = {**answer["headers"], correlation.HEADER: name}
            return answer

    def _answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        method = event["requestContext"]["httpMethod"]
        address = address_of(event)
        match = self._match(address)
        event = _routed(event, address, match, "GET" if method == "HEAD" else method)
        answer = with_security_headers(self._answered(event, context, match))
        return answer | {"body": "", "isBase64Encoded": False} if method == "HEAD" else answer

    def _answered(self, event: dict[str, Any], context: Any, match: Match | None) -> dict[str, Any]:
        request = Request(event, context)
        self.lambda_context = context
        self.current_request = request
        if match is None:
            return self._refused(request, UnknownAddressError())
        methods = self.routes[match.route]
        if request.method in methods:
            handler = _Handler(self, request)
            answer: dict[str, Any] = handler(event, context)
            return answer
        allowed = ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))
        if request.method == "OPTIONS":
            return {"statusCode": 204, "headers": {"Allow": allowed}, "body": ""}
        refused = self._refused(request, MethodNotAllowedError())
        return refused | {"headers": {**refused["headers"], "Allow": allowed}}

    def _refused(self, request: Request, error: PetitionError) -> dict[str, Any]:
        answer: dict[str, Any] = self.answer_error(request, error).to_dict(self.api.binary_types)
        return answer

    def answer_error(self, request: Request, error: PetitionError) -> Response:
        """Answer an error that belongs to no view, in the caller's format and language."""
        address = address_of(request.to_original_event())
        for beginning, answer in self._formats.items():
            if address.startswith(beginning):
                return answer(request, error)
        if self._error_page and wants_page(request, address):
            try:
                return self._error_page(request, error)
            except Exception as failed:  # noqa: BLE001 - the page of an error must not be another error
                record_incident(failed, request.path)
        return problem_answer(error, language_of(request))

    def answer_first(self) -> None:
        """Answer once what needs neither settings nor AWS: `/health`, and the page of an error in both languages."""
        self(_first_event("/health", "vi"), None)
        for language in ("vi", "en"):
            self.answer_error(Request(_first_event("/", language), None), UnexpectedError("none", _WHENEVER))
        del self.current_request

    def _match(self, address: str) -> Match | None:
        parts = address.split("/")
        for route, names in self._routes_by_parts:
            if len(names) == len(parts) and all(
                name.startswith("{") or name == part for name, part in zip(names, parts, strict=True)
            ):
                parameters = {
                    name.strip("{}"): part
                    for name, part in zip(names, parts, strict=True)
                    if name.startswith("{")
                }
                return Match(route, parameters)
        return None

    @cached_property
    def _routes_by_parts(self) -> list[tuple[str, list[str]]]:
        """The routes, those with fixed words before those with parameters; all are known before a request comes."""
        return [(route, route.split("/")) for route in sorted(self.routes)]


class _Handler(RestAPIEventHandler):
    """Chalice's handler of one request, but for errors that nobody expected."""

    def __init__(self, app: WebApp, request: Request) -> None:
        super().__init__(app.routes, app.api, app.log, debug=False)
        self._app = app
        self.current_request = request

    @override
    def _unhandled_exception_to_response(self) -> Response:
        request = self.current_request
        assert request is not None  # noqa: S101 - set above
        at = clock.now()
        incident = record_incident(sys.exception(), request.path)
        return self._app.answer_error(request, UnexpectedError(incident, at))


def _first_event(path: str, language: str) -> dict[str, Any]:
    headers = {"accept": "text/html", "accept-language": language}
    return {
        "resource": path,
        "path": path,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": path, "httpMethod": "GET", "path": path, "identity": {}},
        "body": None,
        "isBase64Encoded": False,
    }


def address_of(event: Mapping[str, Any]) -> str:
    """Return the address that a request is for, as routes are written: without the function's prefix on the host."""
    resource = str(event.get("resource"))
    address = "/" if resource == "/" else event.get("path") or "/"
    if resource.endswith(PROXY):
        address = f"{resource.removesuffix(PROXY)}/{(event['pathParameters'] or {}).get('proxy', '')}"
    parts = [part for part in str(address).split("/") if part]
    return f"/{'/'.join(parts)}"


def _routed(event: dict[str, Any], address: str, match: Match | None, method: str) -> dict[str, Any]:
    """Return a request as API Gateway would hand it to a function with a resource for each route."""
    route = match.route if match else ""
    context = {**event["requestContext"], "httpMethod": method, "resourcePath": route}
    parameters = match.parameters if match else {}
    return {
        **event,
        "resource": route,
        "path": address,
        "pathParameters": parameters,
        "requestContext": context,
    }
