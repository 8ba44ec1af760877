"""The oldest petition without a unit is measured from the stored petitions, whatever became of its messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.sla_timer.hourly.unrouted import Unrouted
from infra.local.emulation.cloud import STAGE
from infra.local.emulation.logs import lambda_of
from shared.tables.outlines import Outlines
from tests.support.people import Citizen
from tests.support.system import System


@pytest.fixture
def unrouted(system: System) -> Unrouted:
    return Unrouted(Outlines(system.local.cloud.outputs["PetitionsTable"]))


def test_petition_whose_changes_were_lost_is_the_oldest(
    system: System, unrouted: Unrouted, caplog: pytest.LogCaptureFixture
):
    routed, lost = Citizen(system), Citizen(system)
    routed.send()
    system.local.cloud.client("events").disable_rule(Name=lambda_of(STAGE, "router.on_change"))
    lost.send()
    system.lose_changes()

    age = unrouted.measure(system.clock.now() + timedelta(minutes=40))

    assert age == timedelta(minutes=40)
    assert [getattr(record, "reference", None) for record in caplog.records] == [lost.reference]


def test_lost_petition_is_named_beside_more_than_one_call_reads(
    system: System, unrouted: Unrouted, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.tables.outlines.FEW", 1)
    Citizen(system).send()
    system.local.cloud.client("events").disable_rule(Name=lambda_of(STAGE, "router.on_change"))
    Citizen(system).send()
    system.lose_changes()

    assert unrouted.measure(system.clock.now() + timedelta(minutes=40)) == timedelta(minutes=40)


def test_petitions_of_earlier_days_are_left_out(system: System, unrouted: Unrouted):
    system.local.cloud.client("events").disable_rule(Name=lambda_of(STAGE, "router.on_change"))
    Citizen(system).send()
    system.lose_changes()

    assert unrouted.measure(system.clock.now() + timedelta(days=3)) == timedelta()


def test_without_such_a_petition_the_age_is_nothing(system: System, unrouted: Unrouted):
    Citizen(system).send()

    assert unrouted.measure(system.clock.now() + timedelta(hours=1)) == timedelta()
