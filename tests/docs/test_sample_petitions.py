"""The sample petitions still fit the system: they show every state, and none is refused."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.seed import petitions as seed
from infra.seed.petitions import samples
from shared.domain.calendar import deadlines
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Channel
from shared.tables.petition_items import petition_of
from tests.support.system import System

PRESENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday afternoon in Vietnam, the day before a holiday."""


@pytest.fixture
def played(system: System) -> seed.Played:
    """The outcome of the samples."""
    system.reset(PRESENT)
    result = seed.play(system, until=PRESENT)
    system.travel(PRESENT)
    return result


def test_every_sample_ends_as_it_is_meant_to(system: System, played: seed.Played):
    now = {petition.reference: petition for petition in map(petition_of, system.items("petitions"))}

    assert played.refused == ()
    assert {sample.name: now[played.references[sample.name]].state for sample in samples()} == {
        sample.name: sample.ends for sample in samples()
    }
    assert sum(p.is_unanswered and deadlines.is_overdue(p.due_on, PRESENT) for p in now.values()) >= 3
    assert system.dead_letters() == 0


def test_samples_show_every_state_and_every_channel():
    assert {sample.ends for sample in samples()} == set(State)
    assert {sample.channel for sample in samples()} == set(Channel)


def test_samples_are_received_over_sixty_days():
    days = [sample.days_ago for sample in samples()]

    assert min(days) == 0
    assert 50 <= max(days) <= 60


@pytest.mark.parametrize(
    "present",
    [
        pytest.param(datetime(2026, 11, 22, 17, 5, tzinfo=UTC), id="just after midnight in Vietnam"),
        pytest.param(datetime(2027, 2, 10, 3, 0, tzinfo=UTC), id="after Tết"),
        pytest.param(datetime(2026, 7, 5, 9, 0, tzinfo=UTC), id="on a Sunday"),
    ],
)
def test_everything_happens_before_the_present_and_in_order(present: datetime):
    events = seed.timeline(samples(), present)

    assert all(event.at < present for event in events)
    for sample in samples():
        life = [event for event in events if event.sample == sample]
        assert [event.number for event in life] == list(range(len(sample.steps) + 1))


def test_people_of_the_samples_are_invented():
    text = Path(seed.__file__).with_name("petitions.json").read_text("utf-8")
    facts = json.loads(text)

    assert all(
        re.fullmatch(r"\S+@[\w.-]+\.example", address) for address in re.findall(r"[^\"\s]+@[^\"\s]+", text)
    )
    phones = [sample["petition"]["petitioner"].get("phone", "") for sample in facts if "petition" in sample]
    assert all(phone == "" or phone.startswith("0912 000 0") for phone in phones)
    assert all(sample.get("sender", "849120000").startswith("849120000") for sample in facts)
