"""Reads what a CloudFormation template says, for the resources that moto's CloudFormation does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags read as their long forms."""


def _tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    raise TypeError(f"unknown YAML node {node!r}")


_Loader.add_multi_constructor("!", _tag)


_LOGIC: dict[str, Callable[[list[Any]], bool]] = {
    "Fn::Equals": lambda operands: operands[0] == operands[1],
    "Fn::Not": lambda operands: not operands[0],
}


def read(path: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return a template with `Ref` and `Fn::Sub` of its parameters and its conditions worked out.

    References to resources stay as they are.
    """
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    conditions = {
        name: _resolve(condition, parameters, {})
        for name, condition in document.get("Conditions", {}).items()
    }
    resolved: dict[str, Any] = _resolve(document, parameters, conditions)
    return resolved


def of_type(document: Mapping[str, Any], resource_type: str) -> list[dict[str, Any]]:
    """Return the properties of each resource of a type."""
    return [
        dict(resource["Properties"])
        for resource in document["Resources"].values()
        if resource["Type"] == resource_type
    ]


def _resolve(value: Any, parameters: Mapping[str, str], conditions: Mapping[str, bool]) -> Any:
    if isinstance(value, list):
        return [_resolve(item, parameters, conditions) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _resolve(item, parameters, conditions) for name, item in value.items()}
    if len(inner) != 1:
        return inner
    ((name, argument),) = inner.items()
    if name == "Ref" and argument in parameters:
        return parameters[argument]
    if name == "Fn::Sub" and isinstance(argument, str):
        return re.sub(r"\$\{(\w+)\}", lambda m: parameters.get(m[1], m[0]), argument)
    if name in _LOGIC:
        return _LOGIC[name](argument)
    if name == "Fn::If" and argument[0] in conditions:
        return argument[1] if conditions[argument[0]] else argument[2]
    return inner
