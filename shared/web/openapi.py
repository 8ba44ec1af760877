"""Makes an OpenAPI 3.1 document from a table of routes and the models that check requests and shape answers.

Intake and casework each have such a table; a test of each keeps it and `app.py` together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pydantic
from pydantic import ConfigDict
from pydantic.json_schema import models_json_schema

from shared.domain.base_model import BaseModel

_REF = "#/components/schemas/{model}"


class InputProblem(BaseModel):
    """One rule that the input broke."""

    model_config = ConfigDict(frozen=True)

    field: str
    rule: str
    message: str
    start: int | None = None
    """The first character that breaks the rule, where that is a place in a text."""
    end: int | None = None


class Problem(BaseModel):
    """An error (RFC 9457); `code` is stable."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[InputProblem] | None = None
    retry_after: int | None = None
    ticket: str | None = None
    challenge: str | None = None
    current_version: int | None = None


class Health(BaseModel):
    """The health of a function."""

    model_config = ConfigDict(frozen=True)

    status: str


class Operation(NamedTuple):
    """One route of an API."""

    method: str
    path: str
    name: str
    summary: str
    answers: dict[int, type[pydantic.BaseModel] | None]
    body: type[pydantic.BaseModel] | None = None
    parameters: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    media: tuple[str, ...] = ()
    """Types that an answer may have besides JSON."""


class Words(NamedTuple):
    """The description of an API as a whole."""

    title: str
    version: str
    description: str
    server: str
    problems: Mapping[int, str]
    """The meaning of each status of a problem."""


def describe(
    operations: Iterable[Operation], parameters: Mapping[str, Mapping[str, Any]], words: Words
) -> dict[str, Any]:
    """Return the document of a table of routes; `parameters` are those that the routes name."""
    operations = tuple(operations)
    inputs = [(operation.body, "validation") for operation in operations if operation.body]
    outputs = [(m, "serialization") for operation in operations for m in operation.answers.values() if m]
    wanted = list(dict.fromkeys([*inputs, *outputs, (Problem, "serialization")]))
    _, schemas = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, parameters, words.problems
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": words.title,
            "version": words.version,
            "description": words.description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": words.server}],
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(
    operation: Operation, parameters: Mapping[str, Mapping[str, Any]], problems: Mapping[int, str]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [{"name": name, **parameters[name]} for name in operation.parameters],
        "responses": {
            **{str(status): _answer(model, operation.media) for status, model in operation.answers.items()},
            **{str(status): _problem(problems[status]) for status in operation.problems},
        },
    }
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _reference(operation.body)}},
        }
    return described


def _answer(model: type[pydantic.BaseModel] | None, media: tuple[str, ...]) -> dict[str, Any]:
    schema = _reference(model) if model else {"type": "object"}
    content = {"application/json": {"schema": schema}} | {
        media_type: {"schema": {"type": "string"}} for media_type in media
    }
    return {"description": "Done", "content": content}


def _problem(meaning: str) -> dict[str, Any]:
    return {
        "description": meaning,
        "content": {"application/problem+json": {"schema": _reference(Problem)}},
    }


def _reference(model: type[pydantic.BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
