"""The page that shows the OpenAPI document to people: rendered here, so no reader has to ask a third party for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.intake.api.openapi import document
from chalicelib.intake.site.frame import page


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


def api_reference(request: Request) -> Response:
    """Show every operation and schema of the public API."""
    described = document()
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = described["components"]["schemas"]
    return page(
        request,
        "api.html",
        info=described["info"],
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
            return " or ".join(in_words(one) for one in schema[word])
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
    return [said.format(schema[name]) for name, said in words.items() if name in schema]
