"""Which entries keep or miss a promise: routing within ten minutes, the answer by its day, each counted once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.promises.targets import (
    NOTIFIED_WITHIN,
    TARGETS,
    Kept,
    Promise,
    is_notified_in_time,
    outcomes,
    time_to_route,
)
from tests.support.builders import RECEIVED_AT, a_petition, vietnam

RECEIVED = a_petition(State.RECEIVED)
ROUTED_AT = RECEIVED.stored_at + timedelta(seconds=4)


def handed_over(at: datetime, *, by_timer: bool) -> Petition:
    change = Change.by_timer(at, "c") if by_timer else Change.by_router(at, "c")
    return RECEIVED.hand_to_intake(change, "VPB")


@pytest.mark.parametrize(
    ("routed", "is_kept"),
    [
        pytest.param(handed_over(ROUTED_AT, by_timer=False), True, id="after seconds"),
        pytest.param(
            handed_over(RECEIVED.stored_at + timedelta(minutes=11), by_timer=False),
            False,
            id="after the timer's time",
        ),
        pytest.param(handed_over(ROUTED_AT, by_timer=True), False, id="by the timer"),
    ],
)
def test_new_petition_finds_its_desk_in_time_or_not(routed: Petition, *, is_kept: bool):
    assert list(outcomes(routed, 1)) == [Kept(Promise.ROUTED, is_kept)]
    assert time_to_route(routed, 1) == routed.history[1].at - RECEIVED.stored_at


def test_only_the_first_routing_counts_and_only_with_its_own_change():
    routed = handed_over(ROUTED_AT, by_timer=False)

    assert list(outcomes(routed, 2)) == []
    assert time_to_route(routed, 2) is None
    assert time_to_route(RECEIVED, 0) is None


def approved(at: datetime, *, is_escalated: bool = False) -> tuple[Petition, int]:
    """Return an answered petition, and the version before its answer."""
    petition = a_petition(State.AWAITING_APPROVAL)
    if is_escalated:
        facts = TimeLimitReached(n=1, anchor=petition.due_on.isoformat())
        change = Change.by_timer(at - timedelta(hours=1), "escalate")
        petition = petition.record(Action.ESCALATE, change, facts=facts, is_visible=False)
    return petition.approve(Change.by_officer("binh", at, "approve")), petition.version


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(approved(vietnam("2026-06-22", "23:59")), [True], id="on the last day"),
        pytest.param(approved(vietnam("2026-06-23", "00:01")), [False], id="a minute later"),
        pytest.param(
            approved(vietnam("2026-06-26"), is_escalated=True), [], id="escalated before: missed then"
        ),
    ],
)
def test_answer_by_the_promised_day(answer: tuple[Petition, int], expected: list[bool]):
    petition, seen = answer

    assert list(outcomes(petition, seen)) == [Kept(Promise.ANSWERED, is_kept) for is_kept in expected]


def test_escalation_misses_the_answer_once_and_not_again_at_the_next_level():
    petition = a_petition(State.AWAITING_APPROVAL)
    version = petition.version
    for n in (1, 2):
        facts = TimeLimitReached(n=n, anchor=petition.due_on.isoformat())
        change = Change.by_timer(vietnam(f"2026-06-2{4 + n}"), f"escalate-{n}")
        petition = petition.record(Action.ESCALATE, change, facts=facts, is_visible=False)

    assert list(outcomes(petition, version)) == [Kept(Promise.ANSWERED, is_kept=False)]


def test_notice_is_in_time_within_the_hour():
    assert is_notified_in_time(RECEIVED_AT, RECEIVED_AT + NOTIFIED_WITHIN)
    assert not is_notified_in_time(RECEIVED_AT, RECEIVED_AT + NOTIFIED_WITHIN + timedelta(seconds=1))


def test_every_promise_has_a_target_below_certainty():
    assert TARGETS.keys() == set(Promise)
    assert all(0.5 < target < 1 for target in TARGETS.values())
