"""Guarded properties of the translated templates: none is gone, and none goes without a test that names it."""

from __future__ import annotations

import pytest

from tests.infra.guards.mutations import mutants
from tests.infra.guards.rules import GUARDS, findings
from tests.infra.guards.translated import translated


def test_every_guarded_property_is_what_it_has_to_be():
    assert list(findings(translated())) == []


def test_every_guard_guards_something():
    types = {
        resource["Type"] for template in translated().values() for resource in template["Resources"].values()
    }

    assert {guard.type for guard in GUARDS} - types == set()


@pytest.mark.parametrize(
    ("title", "name", "key", "finding"),
    [
        pytest.param(
            "platform", "Petitions", "PointInTimeRecoverySpecification", "platform: Petitions", id="table"
        ),
        pytest.param(
            "router",
            "OnChangeOnChangeDynamodbEventSource",
            "DestinationConfig",
            "router: OnChange",
            id="stream",
        ),
    ],
)
def test_a_property_that_is_gone_is_named(title, name, key, finding):
    templates = translated()
    del templates[title]["Resources"][name]["Properties"][key]

    (named,) = findings(templates)

    assert named.startswith(finding)
    assert named.endswith(f".{key} is gone")


def test_every_property_of_a_guarded_kind_is_guarded():
    survivors = [mutant.what for mutant in mutants() if not mutant.noticed()]

    assert survivors == []
