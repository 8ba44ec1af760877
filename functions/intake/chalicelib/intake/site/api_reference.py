"""The page that shows the OpenAPI document to people: rendered here, so no reader has to ask a third party for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import page, site_routes
from shared.web.routes import Routes

Document = Callable[[], dict[str, Any]]
"""Returns the OpenAPI document."""


class Member(NamedTuple):
    """One member of a schema, in words."""

    name: str
    type: str
    is_required: bool
    about: str


class Schema(NamedTuple):
    """One schema of the document: an object's members, or the values of an enumeration."""

    name: str
    about: str
    members: tuple[Member, ...]
    values: tuple[str, ...]


def routes(parts: Callable[[], Parts], document: Document) -> Routes[Parts]:
    """Return the route of this page."""

    def api_reference(parts: Parts, request: Request) -> Response:
        """Show every operation and schema of the public API."""
        return _reference_page(parts, request, document())

    site = site_routes(__name__, parts)
    site.get("/tai-lieu-api", api_reference)
    return site


def _reference_page(parts: Parts, request: Request, document: dict[str, Any]) -> Response:
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = document["components"]["schemas"]
    return page(
        parts,
        request,
        "api.html",
        info=document["info"],
        operations=operations,
        schemas=[schema_of(name, schemas[name]) for name in sorted(schemas)],
        words=in_words,
    )


def schema_of(name: str, schema: dict[str, Any]) -> Schema:
    """Return a schema as the page shows it."""
    required = set(schema.get("required", ()))
    members = tuple(
        Member(member, in_words(facts), member in required, facts.get("description", ""))
        for member, facts in schema.get("properties", {}).items()
    )
    values = tuple(str(value) for value in schema.get("enum", ()))
    return Schema(name, schema.get("description", ""), members, values)


def in_words(schema: dict[str, Any]) -> str:
    """Say what a schema asks for: `string, at most 200`, `ReplyBy[]`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(in_words(choice) for choice in schema[word])
    if "const" in schema or "enum" in schema:
        return " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"{in_words(schema.get('items', {}))}[]"
    return ", ".join([*_kind(schema), *_bounds(schema)])


def _kind(schema: dict[str, Any]) -> list[str]:
    kind = str(schema.get("type", "any"))
    return [f"{kind} ({schema['format']})" if "format" in schema else kind]


def _bounds(schema: dict[str, Any]) -> list[str]:
    words = {
        "minLength": "at least {}",
        "maxLength": "at most {}",
        "minimum": "from {}",
        "maximum": "to {}",
        "maxItems": "at most {} items",
        "pattern": "{}",
    }
    return [phrase.format(schema[name]) for name, phrase in words.items() if name in schema]
