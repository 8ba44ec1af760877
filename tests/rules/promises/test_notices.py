"""Notices that follow from each change, and their audiences: one row for each change."""

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import Petitioner, ReplyBy, SealedPart
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from tests.support.builders import RECEIVED_AT, a_petition

K, W = NoticeKind, Audience


@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        pytest.param(State.RECEIVED, Action.RECEIVE, (K.RECEIPT, W.PETITIONER), id="receipt"),
        pytest.param(
            State.ASSIGNED, Action.ROUTE, (K.ASSIGNED, W.UNIT_HEAD), id="unit learns of its petition"
        ),
        pytest.param(
            State.AWAITING_INFORMATION,
            Action.REQUEST_INFORMATION,
            (K.INFORMATION_NEEDED, W.PETITIONER),
            id="question",
        ),
        pytest.param(State.AWAITING_APPROVAL, Action.DRAFT_ANSWER, (K.DRAFT_WAITING, W.APPROVER), id="draft"),
        pytest.param(State.ANSWERED, Action.APPROVE, (K.ANSWERED, W.PETITIONER), id="answer"),
        pytest.param(State.PUBLISHED, Action.PUBLISH, (K.PUBLISHED, W.PETITIONER), id="publication"),
        pytest.param(State.REFUSED, Action.REFUSE, (K.REFUSED, W.PETITIONER), id="refusal"),
        pytest.param(State.FORWARDED, Action.FORWARD, (K.FORWARDED, W.PETITIONER), id="forwarding"),
        pytest.param(State.GUIDED, Action.GUIDE, (K.GUIDED, W.PETITIONER), id="guidance"),
        pytest.param(State.MERGED, Action.MERGE, (K.MERGED, W.PETITIONER), id="merging"),
        pytest.param(State.CLOSED, Action.CLOSE, (K.CLOSED, W.PETITIONER), id="closing"),
        pytest.param(State.RESTRICTED, Action.RESTRICT, (K.RESTRICTED, W.TASK_FORCE), id="denunciation"),
    ],
)
def test_change_is_followed_by_its_notice(state, action, expected):
    petition = a_petition(state)

    entry = petition.last(action)

    assert entry is not None
    assert expected in notices_after(petition, entry)


@pytest.mark.parametrize(
    ("level", "audience"),
    [(1, W.UNIT_HEAD), (2, W.APPROVER), (3, W.TASK_FORCE), (4, W.TASK_FORCE)],
)
def test_lateness_climbs_the_ladder(level, audience):
    petition = a_petition(State.IN_PROGRESS).record(
        Action.ESCALATE, Change.by_timer(RECEIVED_AT, "e"), facts=TimeLimitReached(n=level, anchor="x")
    )

    assert notices_after(petition, petition.history[-1]) == ((K.ESCALATION, audience),)


@pytest.mark.parametrize(
    ("channel", "reply_by", "is_notified"),
    [
        pytest.param(Channel.WEB, (ReplyBy.EMAIL,), True, id="web, by e-mail"),
        pytest.param(Channel.HOTLINE, (ReplyBy.SMS, ReplyBy.PHONE), True, id="caller wants an SMS"),
        pytest.param(Channel.HOTLINE, (ReplyBy.PHONE,), False, id="caller was just told by the operator"),
        pytest.param(Channel.SMS, (ReplyBy.SMS,), False, id="the reply to the SMS was the receipt"),
    ],
)
def test_receipt_is_not_given_twice(channel, reply_by, is_notified):
    petition = a_petition(channel=channel, petitioner=Petitioner(reply_by=reply_by))

    assert bool(notices_after(petition, petition.history[0])) is is_notified


def test_contact_that_a_caller_adds_later_owes_them_no_receipt_of_the_first_day():
    caller = a_petition(channel=Channel.HOTLINE, petitioner=Petitioner(reply_by=(ReplyBy.PHONE,)))
    added = caller.add_contact(
        Change.by_petitioner(RECEIVED_AT, "c"),
        SealedPart(at=RECEIVED_AT, ciphertext="x"),
        (),
        (ReplyBy.EMAIL,),
    )

    assert notices_after(added, added.history[0]) == ()
