"""A worker that dies between any two of its calls, or whose call fails, neither sends a notice twice nor loses it.

Each AWS call of each journey × each fault; then the message is simply received again. Where nobody can know (an answer
of SES was lost) the delivery is AMBIGUOUS; an SMS provider is called again with the same id; a call needs no provider.
"""

from __future__ import annotations

from itertools import cycle

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.notices import Audience, NoticeKind
from tests.campaigns.faults.injection import Fault
from tests.functions.notifier.conftest import PostRoom

FAULTS = (
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
    Fault.THROTTLE,
    Fault.SERVER_ERROR,
    Fault.LOST_REQUEST,
    Fault.LOST_REPLY,
    Fault.OWN_FAILED_CONDITION,
)
NOTICES = {
    "e-mail to the petitioner": (ReplyBy.EMAIL, NoticeKind.RECEIPT, Audience.PETITIONER, 1),
    "SMS to the petitioner": (ReplyBy.SMS, NoticeKind.RECEIPT, Audience.PETITIONER, 1),
    "call to the petitioner": (ReplyBy.PHONE, NoticeKind.RECEIPT, Audience.PETITIONER, 1),
    "e-mail to the unit's head": (ReplyBy.EMAIL, NoticeKind.ASSIGNED, Audience.UNIT_HEAD, 2),
}
FEWEST_CALLS = 8
REDELIVERIES = ({"minutes": 7}, {"minutes": 61}, {"hours": 1, "minutes": 1}, {"hours": 12})


each_journey = pytest.mark.parametrize("journey", [pytest.param(journey, id=journey) for journey in NOTICES])


@each_journey
def test_each_call_may_fail_once_and_the_notice_is_sent_exactly_once(post_room: PostRoom, journey: str):
    """The smoke of the campaign below: at each call another fault."""
    for number, fault in zip(numbers_of_calls(post_room, journey), cycle(FAULTS), strict=False):
        assert_notified_once(post_room, journey, number, fault)


@pytest.mark.campaign
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.value) for fault in FAULTS])
@each_journey
def test_every_call_may_fail_and_the_notice_is_sent_exactly_once(
    post_room: PostRoom, journey: str, fault: Fault
):
    for number in numbers_of_calls(post_room, journey):
        assert_notified_once(post_room, journey, number, fault)


def numbers_of_calls(post_room: PostRoom, journey: str) -> range:
    """Return the numbers of the calls of a delivery, counted from 1."""
    calls = len(notify_with(post_room, journey, {}))
    assert calls >= FEWEST_CALLS
    return range(1, calls + 1)


def assert_notified_once(post_room: PostRoom, journey: str, number: int, fault: Fault) -> None:
    """Deliver a notice with one fault; it is sent once, or ambiguous."""
    post_room.system.reset()
    seen = notify_with(post_room, journey, {number: fault})

    where = f"{seen[number - 1]}, {fault}"
    out, states = len(post_room.sent_to()), set(post_room.rows().values())
    assert states <= {"SENT", "OPEN", "AMBIGUOUS"}, where
    assert len(states) == 1, where
    if states == {"AMBIGUOUS"}:
        assert journey.startswith("e-mail"), where
        assert out <= 1, where
    else:
        assert out == 1, where
    assert post_room.is_done(), where


def notify_with(post_room: PostRoom, journey: str, plan: dict[int, Fault]) -> list[str]:
    """Deliver a notice with these faults, then only redeliver its message; return the calls of the first time."""
    chosen, kind, audience, seq = NOTICES[journey]
    petition = post_room.a_petition(chosen)
    if seq > 1:
        post_room.save(
            petition, petition.assign(Change.by_officer("x", post_room.clock.now(), "assign"), "TL")
        )
    post_room.system.local.cold_start()
    with post_room.system.faults.at(plan):
        post_room.notify(kind, audience, seq=seq)
        seen = [str(call) for call in post_room.system.faults.calls]
    for pause in REDELIVERIES:
        if post_room.is_done():
            break
        post_room.wait(**pause)
    return seen
