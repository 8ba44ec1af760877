"""Call tasks: a list for the operators, each call recorded, nothing lost and nobody called twice for one notice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.deliveries import CALL_AGAIN_AFTER, CallOutcome, Delivery, possible_outcomes
from shared.domain.promises.evidence import Proof
from shared.domain.promises.notices import NoticeKind
from shared.tables.deliveries import ClaimLostError
from shared.use_cases.evidence import evidence_of
from tests.functions.notifier.conftest import REFERENCE, PostRoom


@pytest.fixture
def call(post_room: PostRoom) -> Delivery:
    post_room.a_petition(ReplyBy.PHONE)
    post_room.notify(NoticeKind.RECEIPT)
    (task,) = post_room.deliveries.open_calls(post_room.clock.now())
    return task


def test_call_task_is_listed_with_what_to_say_and_without_whom_to_call(post_room: PostRoom, call: Delivery):
    assert call.reference == REFERENCE
    assert "26 4831 9027 5" in (call.text or "")
    assert "912345678" not in str(post_room.system.items("deliveries"))


def test_message_that_arrives_again_opens_no_second_call_even_after_the_first_was_made(
    post_room: PostRoom, call: Delivery
):
    post_room.deliveries.record_call(call, CallOutcome.REACHED, "operator", post_room.clock.now())

    post_room.notify(NoticeKind.RECEIPT)

    assert post_room.deliveries.open_calls(post_room.clock.now()) == ()
    assert post_room.row(call.notice).state == "DONE"
    assert post_room.row(call.notice).handled_by == "operator"


def test_who_does_not_answer_is_called_again_later_and_three_times_in_all(
    post_room: PostRoom, call: Delivery
):
    for attempt in (1, 2):
        call = post_room.deliveries.record_call(
            call, CallOutcome.NO_ANSWER, "operator", post_room.clock.now()
        )
        assert call.attempt == attempt
        assert post_room.deliveries.open_calls(post_room.clock.now()) == ()
        post_room.clock.hold_at(post_room.clock.now() + CALL_AGAIN_AFTER)
        assert post_room.deliveries.open_calls(post_room.clock.now()) == (call,)

    post_room.deliveries.record_call(call, CallOutcome.NO_ANSWER, "operator", post_room.clock.now())

    assert post_room.row(call.notice).state == "LETTER"
    assert [delivery.notice for delivery in post_room.deliveries.open_calls(post_room.clock.now())] == [
        call.notice
    ]


def test_wrong_number_leads_to_a_letter_at_once(post_room: PostRoom, call: Delivery):
    post_room.deliveries.record_call(call, CallOutcome.WRONG_NUMBER, "operator", post_room.clock.now())

    assert post_room.row(call.notice).state == "LETTER"
    assert possible_outcomes(post_room.row(call.notice))[0] is CallOutcome.LETTER


@pytest.mark.parametrize(
    ("outcome", "state", "proof"),
    [
        pytest.param(CallOutcome.LETTER, "DONE", Proof.LETTER, id="posted"),
        pytest.param(CallOutcome.REACHED, "DONE", Proof.CALL, id="called back"),
        pytest.param(CallOutcome.UNREACHABLE, "FAILED", None, id="no way left"),
    ],
)
def test_letter_ends_as_evidence_or_as_known_to_be_unreachable(
    post_room: PostRoom, call: Delivery, outcome, state, proof
):
    at = post_room.clock.now()
    letter = post_room.deliveries.record_call(call, CallOutcome.WRONG_NUMBER, "operator", at)

    post_room.deliveries.record_call(letter, outcome, "operator", at)

    assert post_room.row(call.notice).state == state
    assert post_room.deliveries.open_calls(at + timedelta(days=9)) == ()
    telling = evidence_of(post_room.deliveries, REFERENCE)[1]
    assert (telling.proof if telling else None) == proof


def test_who_asks_to_be_called_later_is_listed_then(post_room: PostRoom, call: Delivery):
    at = post_room.clock.now()
    later = at + timedelta(hours=8)

    post_room.deliveries.record_call(call, CallOutcome.CALL_LATER, "operator", at, later)

    assert post_room.deliveries.open_calls(later - timedelta(minutes=1)) == ()
    assert [delivery.attempt for delivery in post_room.deliveries.open_calls(later)] == [1]


def test_two_operators_cannot_both_record_the_same_call(post_room: PostRoom, call: Delivery):
    post_room.deliveries.record_call(call, CallOutcome.NO_ANSWER, "first", post_room.clock.now())

    with pytest.raises(ClaimLostError):
        post_room.deliveries.record_call(call, CallOutcome.REACHED, "second", post_room.clock.now())

    assert post_room.row(call.notice).handled_by == "first"


def test_recording_whose_reply_was_lost_may_be_repeated(post_room: PostRoom, call: Delivery):
    at = post_room.clock.now()
    post_room.deliveries.record_call(call, CallOutcome.REACHED, "first", at)

    assert post_room.deliveries.record_call(call, CallOutcome.REACHED, "first", at).state == "DONE"
