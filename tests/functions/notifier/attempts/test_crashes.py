"""A worker that dies between any two of its calls, or whose call fails, neither tells twice nor loses a notice.

Each AWS call of each way of telling × each fault; then the message is simply received again. What nobody can know
(the answer of SES was lost) stands as AMBIGUOUS; an SMS provider is asked again with the same id; a call task is a
row of our own.
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


each_way = pytest.mark.parametrize("way", [pytest.param(way, id=way) for way in NOTICES])


@each_way
def test_each_call_may_fail_once_and_the_notice_is_told_exactly_once(post_room: PostRoom, way: str):
    """The smoke of the campaign below: at each call another fault."""
    for number, fault in zip(numbers_of_calls(post_room, way), cycle(FAULTS), strict=False):
        assert_told_once(post_room, way, number, fault)


@pytest.mark.campaign
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.value) for fault in FAULTS])
@each_way
def test_every_call_may_fail_and_the_notice_is_told_exactly_once(post_room: PostRoom, way: str, fault: Fault):
    for number in numbers_of_calls(post_room, way):
        assert_told_once(post_room, way, number, fault)


def numbers_of_calls(post_room: PostRoom, way: str) -> range:
    """Return the numbers of the calls that telling makes, counted from 1."""
    calls = len(told_with(post_room, way, {}))
    assert calls >= FEWEST_CALLS
    return range(1, calls + 1)


def assert_told_once(post_room: PostRoom, way: str, number: int, fault: Fault) -> None:
    """Tell a notice with one fault; it is told once, or nobody can know."""
    post_room.system.reset()
    seen = told_with(post_room, way, {number: fault})

    where = f"{seen[number - 1]}, {fault}"
    out, states = len(post_room.told()), set(post_room.rows().values())
    assert states <= {"SENT", "OPEN", "AMBIGUOUS"}, where
    assert len(states) == 1, where
    if states == {"AMBIGUOUS"}:
        assert way.startswith("e-mail"), where
        assert out <= 1, where
    else:
        assert out == 1, where
    assert post_room.is_done(), where


def told_with(post_room: PostRoom, way: str, plan: dict[int, Fault]) -> list[str]:
    """Tell a notice with these faults, then only let its message come again; return the first round's calls."""
    chosen, kind, audience, seq = NOTICES[way]
    petition = post_room.a_petition(chosen)
    if seq > 1:
        post_room.save(
            petition, petition.assign(Change.by_officer("x", post_room.clock.now(), "assign"), "TL")
        )
    post_room.system.local.cold_start()
    with post_room.system.faults.at(plan):
        post_room.tell(kind, audience, seq=seq)
        seen = [str(call) for call in post_room.system.faults.calls]
    for pause in REDELIVERIES:
        if post_room.is_done():
            break
        post_room.wait(**pause)
    return seen
