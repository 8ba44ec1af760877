"""Least privilege, both ways: what journeys need is allowed, what is allowed some journey needs."""

from __future__ import annotations

import pytest

from infra.layout import ROOT
from tests.infra.permissions.comparison import missing, refused_after_all, too_wide, unused
from tests.infra.permissions.mutations import mutants
from tests.infra.permissions.needs import Need
from tests.infra.permissions.policies import permissions, policies, policy_files, without
from tests.infra.permissions.record import RECORD, line_of, recorded

LAMBDAS = sorted(policy_files())


@pytest.mark.parametrize("who", LAMBDAS)
def test_a_lambda_may_do_everything_that_a_journey_needs(who):
    assert list(missing({who: policies()[who]})) == []


@pytest.mark.parametrize("who", LAMBDAS)
def test_a_lambda_may_do_nothing_that_no_journey_needs(who):
    assert list(unused({who: policies()[who]})) == []


@pytest.mark.parametrize("who", LAMBDAS)
def test_a_policy_allows_named_actions_on_named_resources_of_its_stage(who):
    assert {statement["Effect"] for statement in policies()[who]} == {"Allow"}
    assert list(too_wide({who: policies()[who]})) == []


def test_what_a_condition_keeps_from_a_lambda_is_kept_from_it():
    assert list(refused_after_all(policies())) == []


def test_the_journey_that_stands_for_a_need_is_there():
    journeys = {journey.partition("[")[0] for journey in recorded().values()}
    gone = {
        journey
        for journey in journeys
        for file, _, name in [journey.partition("::")]
        if not (ROOT / file).is_file()
        or f"def {name.rpartition('::')[2]}(" not in (ROOT / file).read_text("utf-8")
    }

    assert gone == set(), (
        f"renamed or removed: name another journey in {RECORD.relative_to(ROOT)}, or `make permissions`"
    )


def test_the_record_is_in_order_and_says_everything_once():
    lines = RECORD.read_text("utf-8").splitlines()

    assert lines == [line_of(need, journey) for need, journey in sorted(recorded().items())]


def test_whoever_removes_a_permission_reads_whose_journey_ends():
    needed = Need("router/on_route", "dynamodb:GetItem", "dynamodb:table/pakn-${Stage}-petitions")
    (permission,) = (each for each in permissions(policies()) if each.allows(needed))

    (finding,) = missing(without({needed.who: policies()[needed.who]}, permission))

    assert finding.startswith("removed dynamodb:GetItem from router/on_route: needed by '")
    assert finding.endswith("allow it in functions/router/.chalice/policy-on_route.json")


def test_every_change_of_a_policy_is_noticed():
    survivors = [mutant.what for mutant in mutants() if not mutant.noticed()]

    assert survivors == []
