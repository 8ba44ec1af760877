"""The OpenAPI document in words, part by part: rendered here, so no reader has to ask a third party for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


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


class Part(NamedTuple):
    """One part of the API: the operations of a tag, and every schema that they use."""

    tag: str
    about: str
    operations: tuple[dict[str, Any], ...]
    schemas: tuple[Schema, ...]


def parts_of(document: Mapping[str, Any]) -> dict[str, Part]:
    """Return the parts of a document by tag, in its order."""
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    described = document["components"]["schemas"]
    parts = {}
    for tag in document["tags"]:
        own = tuple(each for each in operations if tag["name"] in each["tags"])
        schemas = tuple(schema_of(name, described[name]) for name in sorted(_used(own, described)))
        parts[tag["name"]] = Part(tag["name"], tag["description"], own, schemas)
    return parts


def _used(described: Any, schemas: Mapping[str, Any]) -> set[str]:
    """Return the names of the schemas to which a description leads, directly or through others."""
    names: set[str] = set()
    waiting = [described]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            name = str(each.get("$ref", "")).rpartition("/")[2]
            if name and name not in names:
                names.add(name)
                waiting.append(schemas[name])
            waiting += [value for key, value in each.items() if key != "example"]
        elif isinstance(each, list | tuple):
            waiting += each
    return names


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
