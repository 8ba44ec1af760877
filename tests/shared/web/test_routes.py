"""Routes hand parts, request and the path's parameters to a view, and answer its errors."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Chalice, Request, Response
from chalice.test import Client

from shared.domain.errors import NotAllowedError, PetitionError
from shared.web.answers import json_answer
from shared.web.requests import raw_body
from shared.web.routes import Routes, answer_problem


def show(parts: str, request: Request, reference: str) -> Response:
    return json_answer({"parts": parts, "reference": reference, "query": dict(request.query_params or {})})


def receive(parts: str, request: Request) -> Response:
    return json_answer({"body": raw_body(request).decode()}, 201)


def refuse(parts: str, request: Request) -> Response:
    raise NotAllowedError


def an_app(
    on_error: Callable[[str, Request, PetitionError], Response] = answer_problem,
    parts: Callable[[], str] = lambda: "the parts",
) -> Chalice:
    routes = Routes(__name__, parts, on_error)
    routes.get("/petitions/{reference}", show)
    routes.post("/petitions", receive)
    routes.get("/refused", refuse)
    app = Chalice("an-app")
    app.register_blueprint(routes)
    return app


def test_a_view_is_given_parts_request_and_the_parameters_of_its_path():
    with Client(an_app()) as client:
        answer = client.http.get("/petitions/26123?lang=en")

    assert answer.json_body == {"parts": "the parts", "reference": "26123", "query": {"lang": "en"}}


def test_a_post_is_taken_whatever_its_content_type():
    with Client(an_app()) as client:
        answer = client.http.post("/petitions", headers={"Content-Type": "text/strange"}, body=b"words")

    assert (answer.status_code, answer.json_body) == (201, {"body": "words"})


def test_an_error_of_ours_becomes_a_problem_in_the_callers_language():
    with Client(an_app()) as client:
        answer = client.http.get("/refused", headers={"Accept-Language": "en"})

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer.json_body["title"] == "Not allowed"


def test_a_module_may_answer_errors_in_its_own_way():
    def page(parts: str, request: Request, error: PetitionError) -> Response:
        return Response(body=f"{parts}: {error.code}", status_code=418)

    with Client(an_app(page)) as client:
        answer = client.http.get("/refused")

    assert (answer.status_code, answer.body) == (418, b"the parts: not-allowed")


def test_parts_are_not_asked_for_when_the_function_is_loaded():
    def unbuilt() -> str:
        raise AssertionError("asked too early")

    assert an_app(parts=unbuilt).routes
