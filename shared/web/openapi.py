"""Makes an OpenAPI 3.1 document from a table of routes and the models that check requests and shape answers.

Intake and casework each have such a table; a test of each keeps it and `app.py` together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

import pydantic
from pydantic import ConfigDict
from pydantic.json_schema import models_json_schema

from shared.domain.base_model import BaseModel
from shared.web.describe.strings import describe_strings
from shared.web.describe.webhooks import Webhook, described, models_of, schemes_of

_REF = "#/components/schemas/{model}"
_OF_ALL: dict[int, str] = {
    415: "The body is of another content type than the one described",
    503: "Nothing is taken just now; the same request succeeds later",
}
"""The meaning of problems that are the same in every API."""
_TOO_MANY = 429
_WITH_RETRY_AFTER = frozenset({_TOO_MANY, 503})
_RATE_LIMITS: dict[str, Any] = {
    "RateLimit-Policy": {
        "description": "The limits of the caller, `q` requests in `w` seconds each, by name",
        "schema": {
            "type": "string",
            "pattern": '^"[a-z]+";q=[0-9]+;w=[0-9]+(, "[a-z]+";q=[0-9]+;w=[0-9]+)*$',
        },
    },
    "RateLimit": {
        "description": "Of each limit the requests that are left, `r`, until it begins anew in `t` seconds",
        "schema": {
            "type": "string",
            "pattern": '^"[a-z]+";r=[0-9]+;t=[0-9]+(, "[a-z]+";r=[0-9]+;t=[0-9]+)*$',
        },
    },
}
"""Headers of draft-ietf-httpapi-ratelimit-headers; an answer has them where the caller was counted."""
_ALWAYS_OPEN = frozenset({"/health"})
"""Paths that are served while all others are closed."""
_PIN = "X-Petition-Pin"


def one_of(title: str, values: Iterable[str]) -> dict[str, Any]:
    """Return the schema of a text that is one of some; generators make one class of all with the same title."""
    return {"type": "string", "title": title, "enum": list(values)}


_TAG = {"type": "string", "pattern": '^"[0-9a-f]{32}"$'}

IF_NONE_MATCH = {
    "in": "header",
    "description": "The `ETag` of the answer that the caller has: 304 without a body, where it is still the same.",
    "schema": {"type": "string", "maxLength": 1_000},
}
"""The parameter `If-None-Match` of public operations."""

LANG = {
    "in": "query",
    "description": "Language of labels and errors.",
    "schema": one_of("Language", ("vi", "en")),
}
"""The parameter `lang`."""
AFTER = {
    "in": "query",
    "description": "`cursor` of the page before, or an instant, e.g. `2026-11-03T00:00:00Z`; none: only a cursor.",
    "schema": {
        "type": "string",
        "pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$",
    },
}
"""The parameter `after` of the feeds of changes."""


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
    error: str | None = None
    """The reason for refusing a token (RFC 6749, 5.2)."""
    scope: str | None = None
    """The scope that a machine account's token lacks."""
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
    """Types that an answer may have besides JSON; one that ends with `+json` stands in its place."""
    located: tuple[int, ...] = ()
    """The statuses whose answer bears `Location`."""
    body_media: str = "application/json"
    """The type of the body."""
    scopes: Mapping[str, str] = MappingProxyType({})
    """Further schemes by which it may be called (keys of `Words.security`), each with the scope that it needs."""

    quotas: tuple[str, ...] = ()
    """The limits whose state stands in the headers of every answer that was counted."""
    is_public: bool = False
    """True if the answer is the same for everybody: it has an entity tag, and comes once to whoever sends that back."""

    @property
    def tag(self) -> str:
        """The part of the API that it belongs to: the first word of its path."""
        words = [word for word in self.path.split("/") if word and word != "v1"]
        return words[0].partition(".")[0]


class Security(NamedTuple):
    """A scheme that proves whose a request is; operations name it among their parameters, by its header."""

    name: str
    scheme: Mapping[str, Any]
    is_optional: bool = False


class Words(NamedTuple):
    """The description of an API as a whole."""

    title: str
    """Generators make the name of a package of it: Latin letters, a few words."""
    version: str
    description: str
    server: str
    problems: Mapping[int, str]
    """The meaning of each status of a problem."""
    security: Mapping[str, Security]
    """The schemes that prove whose a request is, by header."""
    tags: Mapping[str, str]
    """The meaning of each tag."""
    examples: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    """Bodies by operation: that of its `request`, and those of its `answers` by status."""
    webhooks: tuple[Webhook, ...] = ()
    """The requests that are sent by themselves; their tag is `webhooks`."""


def describe(
    operations: Iterable[Operation], parameters: Mapping[str, Mapping[str, Any]], words: Words
) -> dict[str, Any]:
    """Return the document of a table of routes; `parameters` are those that the routes name."""
    operations = tuple(operations)
    inputs = [(operation.body, "validation") for operation in operations if operation.body]
    outputs = [(m, "serialization") for operation in operations for m in operation.answers.values() if m]
    outputs += models_of(words.webhooks)
    wanted = list(dict.fromkeys([*inputs, *outputs, (Problem, "serialization")]))
    _, schemas = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
    describe_strings(schemas["$defs"])
    parameters, enumerations = _shared_enumerations(parameters)
    schemas["$defs"] |= enumerations
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, parameters, words
        )
    tags = [*dict.fromkeys(operation.tag for operation in operations), *(["webhooks"] * bool(words.webhooks))]
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": words.title,
            "version": words.version,
            "description": words.description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": words.server}],
        "tags": [{"name": tag, "description": words.tags[tag]} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {each.name: dict(each.scheme) for each in words.security.values()}
            | schemes_of(words.webhooks),
        },
    }
    if words.webhooks:
        document["webhooks"] = described(words.webhooks, "webhooks")
    return document


def _shared_enumerations(
    parameters: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Mapping[str, Any]], dict[str, Any]]:
    """Return the parameters with their titled enumerations moved to the schemas: generators make one class of each."""
    enumerations: dict[str, Any] = {}
    referring: dict[str, Mapping[str, Any]] = {}
    for name, parameter in parameters.items():
        schema = parameter["schema"]
        if "title" in schema:
            enumerations[schema["title"]] = schema
            schema = {"$ref": _REF.format(model=schema["title"])}
        referring[name] = {**parameter, "schema": schema}
    return referring, enumerations


def _operation(
    operation: Operation, parameters: Mapping[str, Mapping[str, Any]], words: Words
) -> dict[str, Any]:
    example = words.examples.get(operation.name, {})
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            {"name": name, **parameters[name]}
            for name in _parameters_of(operation)
            if name not in words.security
        ],
        "security": _security(operation, words.security),
        "responses": {
            **{str(status): _answer(model, operation, status) for status, model in operation.answers.items()},
            **({"304": {"description": "Unchanged since `If-None-Match`"}} if operation.is_public else {}),
            **{
                str(status): _problem({**_OF_ALL, **words.problems}[status], status)
                for status in _problems_of(operation)
            },
        },
    }
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {operation.body_media: {"schema": _reference(operation.body)}},
        }
        _show(described["requestBody"], example.get("request"))
    for status, answer in described["responses"].items():
        _show(answer, example.get("answers", {}).get(status))
    return described


def _show(described: dict[str, Any], example: Any) -> None:
    """Add an example to a body's first type."""
    if example is not None:
        next(iter(described["content"].values()))["example"] = example


def _parameters_of(operation: Operation) -> tuple[str, ...]:
    return (*operation.parameters, "If-None-Match") if operation.is_public else operation.parameters


def _problems_of(operation: Operation) -> list[int]:
    """Return the statuses of an operation's problems: its own, and those that follow from what it takes."""
    of_body = {415} if operation.body else set()
    of_language = {422} if "lang" in operation.parameters else set()
    of_pin = {404, _TOO_MANY} if _PIN in operation.parameters else set()
    of_closed = set() if operation.path in _ALWAYS_OPEN else {503}
    return sorted({*operation.problems} | of_body | of_language | of_pin | of_closed)


def _security(operation: Operation, security: Mapping[str, Security]) -> list[dict[str, list[str]]]:
    """Return the sets of schemes of which one proves whose a request is; an empty one says that none is needed."""
    schemes = [security[name] for name in operation.parameters if name in security]
    needed: dict[str, list[str]] = {each.name: [] for each in schemes if not each.is_optional}
    added: list[dict[str, list[str]]] = [{each.name: []} for each in schemes if each.is_optional]
    by_scope: list[dict[str, list[str]]] = [
        {security[name].name: [scope]} for name, scope in operation.scopes.items()
    ]
    if needed:
        return [needed, *(needed | each for each in added), *by_scope]
    return [*added, *by_scope, {}] if added else by_scope


def _answer(model: type[pydantic.BaseModel] | None, operation: Operation, status: int) -> dict[str, Any]:
    if status == HTTPStatus.NO_CONTENT:
        return {"description": "Done; the answer has no body"}
    schema = _reference(model) if model else {"type": "object"}
    content = {media_type: {"schema": schema} for media_type in _json_types(operation)} | {
        media_type: {"schema": {"type": "string", "contentMediaType": media_type}}
        for media_type in operation.media
        if not media_type.endswith("+json")
    }
    answer: dict[str, Any] = {"description": "Done", "content": content}
    if operation.is_public:
        answer["headers"] = {
            "ETag": {"description": "The tag of these very bytes (RFC 9110, 8.8.3)", "schema": _TAG},
            "Access-Control-Allow-Origin": {
                "description": "Pages of other sites may read it",
                "schema": {"type": "string", "const": "*"},
            },
        }
    if status in operation.located:
        answer["headers"] = {
            "Location": {
                "description": "The address of what was made",
                "schema": {"type": "string", "format": "uri-reference"},
            }
        }
    if operation.quotas or operation.scopes:
        answer["headers"] = answer.get("headers", {}) | _RATE_LIMITS
    return answer


def _json_types(operation: Operation) -> tuple[str, ...]:
    """Return the types of JSON that an answer has: its own, or else plain JSON."""
    return tuple(each for each in operation.media if each.endswith("+json")) or ("application/json",)


def _problem(meaning: str, status: int) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "description": meaning,
        "content": {"application/problem+json": {"schema": _reference(Problem)}},
    }
    if status in _WITH_RETRY_AFTER:
        problem["headers"] = {
            "Retry-After": {
                "description": "Seconds until the same request may succeed",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    if status == _TOO_MANY:
        problem["headers"] |= _RATE_LIMITS
    return problem


def _reference(model: type[pydantic.BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
