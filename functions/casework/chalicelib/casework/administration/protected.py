"""Which changes of the directory one person must not make alone: what reaches citizens, or readers of denunciations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared.tables.recorded_rows import BY_WHOM, RecordedRow, version_before, version_of

PROTECTED_KINDS = frozenset({"template", "terms"})
"""Kinds of which every change is protected: citizens read them, or their rights follow from them."""
OFFICERS_FACTS = ("email", "roles", "reads_restricted", "confirms_changes", "unit")
"""Facts of an officer that decide what reaches whom."""
FACTS_THAT_DECIDE = {"unit": ("parent",), "field": ("unit", "forward_to")}
"""Facts of other rows that decide who reads: a unit's line knows of no complaint about it; a field leads to a unit."""
FACTS_OF_MACHINES = ("unit", "roles", "scopes", "machine", "sha256", "address", "events")
"""Facts of a machine account, of its secret, or of a subscription, that decide who reads what through it."""
RULES_THAT_DO_NOT_DECIDE = frozenset({"edition", "hints"})
"""Types of routing rules that only help to rank; every other type can decide who reads a petition."""


def is_protected(kind: str, row: Mapping[str, Any], versions: Iterable[RecordedRow]) -> bool:
    """Return whether a change needs a second person.

    Args:
        kind: of the row.
        row: the version as it would be written.
        versions: of the row, as they are stored.
    """
    versions = tuple(versions)
    stored = version_of(versions, str(row["valid_from"]))
    if stored is not None and _without_author(stored.facts) == _without_author(row):
        return False
    before = stored or version_before(versions, str(row["valid_from"]))
    match kind:
        case "routing-rule":
            types = {row.get("type"), before.facts.get("type") if before else row.get("type")}
            return not types <= RULES_THAT_DO_NOT_DECIDE
        case "officer":
            return before is None or _rights(before.facts) != _rights(row) or _is_longer(before.facts, row)
        case "unit":
            return before is not None and _differ(before.facts, row, FACTS_THAT_DECIDE[kind])
        case "machine" | "machine-secret" | "subscription":
            return (
                before is None
                or _differ(before.facts, row, FACTS_OF_MACHINES)
                or _comes_back(before.facts, row)
            )
        case "field":
            return before is None or _differ(before.facts, row, FACTS_THAT_DECIDE[kind])
        case _:
            return kind in PROTECTED_KINDS


def _without_author(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in BY_WHOM}


def _differ(before: Mapping[str, Any], row: Mapping[str, Any], names: Iterable[str]) -> bool:
    return any((before.get(name) or None) != (row.get(name) or None) for name in names)


def _rights(facts: Mapping[str, Any]) -> dict[str, Any]:
    rights = {name: facts.get(name) or None for name in OFFICERS_FACTS}
    return rights | {"roles": frozenset(facts.get("roles") or ())}


def _comes_back(facts: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Return whether a machine account, or its secret, that was ended would hold again, or longer than before."""
    return bool(facts.get("is_ended")) > bool(row.get("is_ended")) or _is_longer(facts, row)


def _is_longer(before: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Return whether an officer whose row ends would stay, or come back."""
    return bool(before.get("valid_to")) and str(row.get("valid_to") or "9") > str(before["valid_to"])
