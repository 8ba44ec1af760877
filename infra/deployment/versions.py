"""Old versions of the Lambdas: each deployment publishes one, and nobody but us removes them.

SAM keeps versions when it forgets them, so that a shift of traffic can be undone. They count against the account's
75 GB of code, and a version with a snapshot (SnapStart) costs by the hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

KEPT = 3
"""Latest versions of a Lambda that stay; those that an alias names stay as well."""


def tidy(lambdas: Any, names: Iterable[str]) -> list[str]:
    """Remove the versions of some Lambdas but the latest and those that an alias names; return the removed."""
    removed = []
    for name in names:
        pages = lambdas.get_paginator("list_versions_by_function").paginate(FunctionName=name)
        numbers = sorted(
            int(each["Version"])
            for page in pages
            for each in page["Versions"]
            if each["Version"] != "$LATEST"
        )
        named = _named_by_an_alias(lambdas, name)
        for number in numbers[:-KEPT]:
            if number not in named:
                lambdas.delete_function(FunctionName=name, Qualifier=str(number))
                removed.append(f"{name}:{number}")
    return removed


def _named_by_an_alias(lambdas: Any, name: str) -> set[int]:
    named: set[str] = set()
    for alias in lambdas.list_aliases(FunctionName=name)["Aliases"]:
        named |= {
            alias["FunctionVersion"],
            *alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
        }
    return {int(version) for version in named if version.isdigit()}
