"""After sixty bad days nothing was missed and nothing doubled, and the same seed gives the same history.

Smoke: a world of 150 petitions and 20 small ones. Ordinary: another of 150 and 500 small ones. Full: 10,000 petitions,
and 20,000 small worlds.
"""

from __future__ import annotations

from collections import Counter

import pytest

from shared.domain.petition.facts import PetitionerUpdated
from shared.domain.petition.history import entries_of
from shared.domain.petition.lifecycle import UNANSWERED, Action
from shared.domain.promises.notices import notices_after
from shared.domain.promises.wake_ups import due_now
from shared.platform import clock
from tests.campaigns.simulation import Simulation


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((1, 150), id="seed 1"),
        pytest.param((2, 150), id="seed 2", marks=pytest.mark.campaign),
        pytest.param((3, 10_000), id="seed 3, whole", marks=pytest.mark.full),
    ],
)
def played(request: pytest.FixtureRequest) -> Simulation:
    """A run that is over."""
    seed, petitions = request.param
    return Simulation(seed, petitions).run()


def test_the_world_was_bad_enough(played: Simulation):
    """Messages were doubled, and petitions of every fate are there."""
    assert played.delivered["notices"] > 1.2 * len(played.notices)
    states = Counter(petition.state for petition in played.all())
    assert sum(states[state] for state in UNANSWERED) > played.count // 10
    assert len(states) >= 4
    assert any(p.last(Action.UPDATE_PETITIONER) for p in played.all())
    assert any(p.taken_back for p in played.all())


def test_nothing_that_fell_due_was_missed(played: Simulation):
    clock.use(lambda: played.now)
    calendar = played.directory.calendar()

    left = {
        petition.reference: due
        for petition in played.all()
        if (due := due_now(petition, played.directory.terms_of(petition), calendar, played.now))
    }

    clock.use(None)
    assert not left


def test_every_overdue_petitioner_has_heard_the_latest_update(played: Simulation):
    for petition in played.all():
        if petition.is_unanswered:
            numbers = [update.facts.n for update in entries_of(petition.history, PetitionerUpdated)]
            assert (numbers[-1] if numbers else 0) == played.updates_owed(petition)


def test_nothing_was_done_twice(played: Simulation):
    for petition in played.all():
        changes = Counter(entry.change_id for entry in petition.history)
        updates = [update.facts.n for update in entries_of(petition.history, PetitionerUpdated)]
        assert max(changes.values()) == 1
        assert len(updates) == len(set(updates))
        assert petition.is_intact


def test_every_notice_that_follows_from_a_change_was_asked_for_and_no_other(played: Simulation):
    expected = {
        (petition.reference, entry.seq, kind, audience)
        for petition in played.all()
        for entry in petition.history
        if entry.seq not in petition.taken_back
        for kind, audience in notices_after(petition, entry)
    }

    assert set(played.notices) == expected


def test_nobody_is_notified_of_lateness_after_the_answer(played: Simulation):
    for petition in played.all():
        approved = petition.last(Action.APPROVE)
        if approved:
            later = {entry.action for entry in petition.history[approved.seq :]}
            assert not later & {Action.UPDATE_PETITIONER, Action.ESCALATE, Action.WARN_HANDLER}


def test_same_seed_gives_the_same_history():
    first, again, other = (Simulation(seed, 40).run().head() for seed in (7, 7, 8))

    assert first == again != other


CHECKS = (
    test_nothing_that_fell_due_was_missed,
    test_every_overdue_petitioner_has_heard_the_latest_update,
    test_nothing_was_done_twice,
    test_every_notice_that_follows_from_a_change_was_asked_for_and_no_other,
    test_nobody_is_notified_of_lateness_after_the_answer,
)
WORLDS_IN_SMOKE = 20
WORLDS = 500
WORLDS_IN_FULL = 20_000
BLOCK, BLOCK_IN_FULL = 50, 1_000


def play_many(seeds: range) -> None:
    """Play small worlds, each with outages, delays and repetitions of its own."""
    for seed in seeds:
        played = Simulation(seed, petitions=4).run()
        for check in CHECKS:
            check(played)


def test_what_must_hold_holds_in_some_worlds():
    play_many(range(1_000, 1_000 + WORLDS_IN_SMOKE))


@pytest.mark.campaign
@pytest.mark.parametrize("first", range(1_000, 1_000 + WORLDS, BLOCK))
def test_what_must_hold_holds_in_every_one_of_many_worlds(first: int):
    play_many(range(first, first + BLOCK))


@pytest.mark.full
@pytest.mark.parametrize("first", range(10_000, 10_000 + WORLDS_IN_FULL, BLOCK_IN_FULL))
def test_what_must_hold_holds_in_every_one_of_very_many_worlds(first: int):
    play_many(range(first, first + BLOCK_IN_FULL))
