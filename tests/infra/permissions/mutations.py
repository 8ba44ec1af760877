"""Policies with one permission less, one condition less, or one permission more: does the comparison notice?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from tests.infra.permissions.comparison import findings
from tests.infra.permissions.policies import Policies, Statement, permissions, policies, without


@dataclass(frozen=True)
class Mutant:
    """Policies that differ in one thing from the project's own."""

    what: str
    who: str
    statements: tuple[Statement, ...]

    def noticed(self) -> str:
        """Return the comparison's finding about it, "" if there is none."""
        return next(findings({self.who: self.statements}), "")


def mutants() -> Iterator[Mutant]:
    """Yield every policy with one thing changed."""
    original = policies()
    yield from _with_less(original)
    for who, statements in original.items():
        for place, statement in enumerate(statements):
            for what, changed in _changed(statement):
                others = (*statements[:place], changed, *statements[place + 1 :])
                yield Mutant(f"{who}, {statement['Sid']}: {what}", who, others)


def _with_less(original: Policies) -> Iterator[Mutant]:
    for permission in permissions(original):
        less = without({permission.who: original[permission.who]}, permission)
        yield Mutant(f"removed {permission}", permission.who, tuple(less[permission.who]))


def _changed(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Yield a statement with a condition less, a value of a condition less, or something more in it."""
    if conditions := statement.get("Condition"):
        yield "without its conditions", {k: v for k, v in statement.items() if k != "Condition"}
        for operator, keys in conditions.items():
            for key, values in keys.items():
                for value in values if isinstance(values, list) and len(values) > 1 else ():
                    less = json.loads(json.dumps(statement))
                    less["Condition"][operator][key] = [each for each in values if each != value]
                    yield f"without {value} of {key}", less
    if statement["Resource"] != ["*"]:
        yield "on all resources", deepcopy(statement) | {"Resource": ["*"]}
    service = statement["Action"][0].partition(":")[0]
    yield f"every action of {service}", deepcopy(statement) | {"Action": [f"{service}:*"]}
    more = f"{service}:{'Delete' if service != 'logs' else 'Create'}Everything"
    yield "one action more", deepcopy(statement) | {"Action": [*statement["Action"], more]}
    if statement["Resource"] != ["*"]:
        further = f"{statement['Resource'][0]}-of-others"
        yield "one resource more", deepcopy(statement) | {"Resource": [*statement["Resource"], further]}
