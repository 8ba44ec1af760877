"""Nobody is written to more often than they bear, nor where messages come back from or are not wanted."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.notifier.contact_policy.contact_policy import is_permanent
from chalicelib.notifier.contact_policy.daily_limit import DailyLimit
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.deliveries import DeliveryState
from shared.domain.promises.notices import NoticeKind
from tests.functions.notifier.conftest import EMAIL, PHONE, PostRoom

RECEIPT = NoticeKind.RECEIPT
MAIL_ROW = "1#RECEIPT#PETITIONER#EMAIL"
DAY, NEXT_DAY = date(2026, 11, 3), date(2026, 11, 4)


def a_limit(post_room: PostRoom, per_day: int) -> DailyLimit:
    return DailyLimit(post_room.system.local.cloud.outputs["ThrottleTable"], per_day)


def test_address_gets_so_many_messages_a_day_and_the_same_one_counts_once(post_room: PostRoom):
    limit = a_limit(post_room, 2)

    admitted = [limit.admits("somebody", name, DAY) for name in ("a", "b", "a", "c", "b")]

    assert admitted == [True, True, True, False, True]
    assert limit.admits("somebody", "c", NEXT_DAY)
    assert limit.admits("another", "c", DAY)


def test_limit_of_none_is_no_limit(post_room: PostRoom):
    limit = a_limit(post_room, 0)

    assert all(limit.admits("somebody", str(number), DAY) for number in range(50))


def test_message_beyond_the_limit_of_the_day_is_sent_in_the_morning(post_room: PostRoom):
    petition = post_room.a_petition(ReplyBy.EMAIL)
    limit = a_limit(post_room, 30)
    for number in range(30):
        assert limit.admits(post_room.key_of(EMAIL), f"other/{number}", DAY)

    post_room.notify(RECEIPT)
    today = post_room.sent_to()
    for _ in range(3):
        post_room.wait(hours=8)

    assert petition.reference
    assert today == []
    assert post_room.sent_to() == [("EMAIL", EMAIL)]
    assert post_room.is_done()


def bounced(post_room: PostRoom, reason: str) -> None:
    """Let the mail that was sent come back, and the notice be looked at again."""
    sent = post_room.row(MAIL_ROW)
    post_room.deliveries.prove(
        sent.reference, sent.notice, DeliveryState.FAILED, at=post_room.clock.now(), reason=reason
    )
    post_room.notify(RECEIPT)


def test_hard_bounce_ends_as_a_call_and_the_next_notice_does_not_try_the_address_again(post_room: PostRoom):
    petition = post_room.a_petition(ReplyBy.EMAIL)
    post_room.notify(RECEIPT)

    bounced(post_room, "ses-Bounce-Permanent-General")
    changed = petition.record(Action.REQUEST_INFORMATION, Change.by_officer("x", post_room.clock.now(), "q"))
    post_room.save(petition, changed)
    post_room.notify(NoticeKind.INFORMATION_NEEDED, seq=2)

    assert post_room.sent_to() == [("EMAIL", EMAIL), ("PHONE", PHONE), ("PHONE", PHONE)]
    assert post_room.suppressions.has(post_room.key_of(EMAIL))
    assert post_room.row("2#INFORMATION_NEEDED#PETITIONER#EMAIL").reason == "address-suppressed"


def test_passing_bounce_suppresses_nothing(post_room: PostRoom):
    post_room.a_petition(ReplyBy.EMAIL)
    post_room.notify(RECEIPT)

    bounced(post_room, "ses-Bounce-Transient-MailboxFull")

    assert not post_room.suppressions.has(post_room.key_of(EMAIL))


@pytest.mark.parametrize(
    ("reason", "lasting"),
    [
        pytest.param("ses-Bounce-Permanent-General", True, id="no such mailbox"),
        pytest.param("ses-Bounce-Permanent-Suppressed", True, id="on the provider's own list"),
        pytest.param("ses-Complaint", True, id="its owner complained"),
        pytest.param("ses-Bounce-Transient-MailboxFull", False, id="full today"),
        pytest.param("ses-Bounce-Undetermined", False, id="nobody knows"),
        pytest.param("said-stop", False, id="kept elsewhere"),
        pytest.param(None, False, id="no reason known"),
    ],
)
def test_which_failures_last(reason, lasting):
    assert is_permanent(reason) is lasting
