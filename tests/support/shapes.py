"""The shape of what is stored, as a set of lines: each attribute, each value of an enumeration, at every depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.domain.base_model import BaseModel
from shared.domain.petition.facts import FACTS, Facts


class Attribute(NamedTuple):
    """One line of a shape."""

    path: str
    """E.g. `history[].facts.unit`."""
    form: str
    """Its type, or `= VALUE` for a value of an enumeration."""
    is_optional: bool

    def __str__(self) -> str:
        return f"{self.path} {self.form}{' (optional)' if self.is_optional else ''}"


def shape_of(model: type[BaseModel]) -> set[Attribute]:
    """Return the shape in which a model is stored."""
    schema = model.model_json_schema(by_alias=True, mode="validation")
    return set(_of(schema, schema.get("$defs", {}), "", is_optional=False))


def shape_of_facts() -> set[Attribute]:
    """Return the shape of the facts: those of every action, and those that each action has of its own."""
    common = shape_of(Facts)
    return {attribute._replace(path=f".history[].facts{attribute.path}") for attribute in common} | {
        attribute._replace(path=f".history[].facts<{action}>{attribute.path}")
        for action, model in FACTS.items()
        for attribute in shape_of(model) - common
    }


def _of(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], path: str, *, is_optional: bool
) -> Iterator[Attribute]:
    if "$ref" in schema:
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **schema}
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if choices:
        for choice in choices:
            yield from _of(choice, definitions, path, is_optional=is_optional)
        return
    if values := schema.get("enum", [schema["const"]] if "const" in schema else []):
        yield Attribute(path, "enumeration", is_optional)
        for value in values:
            yield Attribute(path, f"= {value}", is_optional=False)
        return
    if schema.get("type") == "array":
        yield Attribute(path, "array", is_optional)
        for item in [schema["items"]] if "items" in schema else schema.get("prefixItems", []):
            yield from _of(item, definitions, f"{path}[]", is_optional=False)
        return
    if "properties" not in schema:
        yield Attribute(path, schema.get("format", schema.get("type", "any")), is_optional)
        return
    yield Attribute(path, "object", is_optional)
    for name, attribute in schema["properties"].items():
        is_required = name in schema.get("required", ())
        yield from _of(attribute, definitions, f"{path}.{name}", is_optional=not is_required)


def paths_in(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of all attributes that a document has."""
    yield path
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from paths_in(each, f"{path}.{name}")
    if isinstance(value, list):
        for each in value:
            yield from paths_in(each, f"{path}[]")
