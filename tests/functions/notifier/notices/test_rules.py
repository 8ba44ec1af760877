"""The notifier's pure rules: rest at night, notices that became void, channels in order."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from chalicelib.notifier.contact_policy.quiet_hours import QuietHours
from chalicelib.notifier.notices.channels import channels_of
from chalicelib.notifier.notices.supersession import SUPERSEDED_WHEN, is_superseded
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.petition.facts import facts_of
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Channel, Lane
from shared.domain.petition.values.petitioner import Identity, Petitioner, ReplyBy
from shared.domain.promises.notices import NoticeKind

NIGHT = QuietHours(time(21), time(7))


def local(hour: int, minute: int = 0, day: int = 3) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        pytest.param(NIGHT, local(20, 59), None, id="20:59 is still day"),
        pytest.param(NIGHT, local(21), local(7, day=4), id="at 21:00 rest begins"),
        pytest.param(NIGHT, local(23, 30), local(7, day=4), id="23:30 waits for the morning"),
        pytest.param(NIGHT, local(0), local(7), id="midnight waits for the same day's morning"),
        pytest.param(NIGHT, local(6, 59), local(7), id="06:59 waits a minute"),
        pytest.param(NIGHT, local(7), None, id="at 07:00 it is day"),
        pytest.param(QuietHours(time(12), time(14)), local(13), local(14), id="a rest within one day"),
        pytest.param(QuietHours(time(12), time(14)), local(11), None, id="before a rest within one day"),
        pytest.param(QuietHours(None, time(7)), local(2), None, id="no rest at all"),
        pytest.param(QuietHours(time(7), time(7)), local(2), None, id="a rest without length"),
    ],
)
def test_when_rest_ends(hours, now, ends):
    assert hours.end_of(now.astimezone(UTC)) == ends


@pytest.mark.parametrize(
    ("action", "ago", "waits"),
    [
        pytest.param(Action.RECEIVE, timedelta(minutes=1), False, id="who just sent hears at once"),
        pytest.param(Action.SUPPLEMENT, timedelta(minutes=15), False, id="for a quarter of an hour"),
        pytest.param(Action.RECEIVE, timedelta(minutes=16), True, id="and no longer"),
        pytest.param(Action.APPROVE, timedelta(0), True, id="an officer's act waits"),
        pytest.param(Action.UPDATE_PETITIONER, timedelta(0), True, id="the clock's act waits"),
    ],
)
def test_only_who_acted_just_now_is_answered_at_night(action, ago, waits):
    now = local(23).astimezone(UTC)
    entry = Entry(seq=1, at=now - ago, action=action, by="x", state=State.RECEIVED, change_id="x")

    assert (NIGHT.held_until(entry, now) is not None) == waits


def a_petition(state: State, **facts) -> Petition:
    return Petition(
        reference="26483190275",
        state=state,
        channel=Channel.WEB,
        content="x",
        petitioner=Petitioner(),
        received_at=local(9),
        due_on=local(9).date(),
        terms="x",
        calendar="x",
        submission="x",
        body_digest="x",
        **facts,
    )


def an_entry(action: Action = Action.NOTE, **facts: str) -> Entry:
    return Entry(
        seq=1,
        at=local(9),
        action=action,
        by="x",
        state=State.ASSIGNED,
        change_id="x",
        facts=facts_of(action, facts),
    )


HOLDS = {
    NoticeKind.INFORMATION_NEEDED: (a_petition(State.AWAITING_INFORMATION), an_entry()),
    NoticeKind.REMINDER_TO_COMPLETE: (a_petition(State.AWAITING_INFORMATION), an_entry()),
    NoticeKind.INCOMPLETE: (a_petition(State.AWAITING_INFORMATION), an_entry()),
    NoticeKind.WITHDRAWN: (a_petition(State.WITHDRAWN), an_entry()),
    NoticeKind.RESUMED: (a_petition(State.IN_PROGRESS), an_entry()),
    NoticeKind.SPLIT: (a_petition(State.ASSIGNED), an_entry()),
    NoticeKind.OVERDUE_UPDATE: (a_petition(State.AWAITING_APPROVAL), an_entry()),
    NoticeKind.DUE_DATE_MOVED: (
        a_petition(State.ASSIGNED),
        an_entry(Action.MOVE_DUE_DATE, **{"from": "2026-11-02", "to": "2026-11-03"}),
    ),
    NoticeKind.ASSIGNED: (a_petition(State.ASSIGNED, unit="TL"), an_entry(Action.ASSIGN, unit="TL")),
    NoticeKind.SUPPLEMENTED: (a_petition(State.IN_PROGRESS), an_entry()),
    NoticeKind.DRAFT_WAITING: (a_petition(State.AWAITING_APPROVAL), an_entry()),
    NoticeKind.DRAFT_RETURNED: (a_petition(State.IN_PROGRESS), an_entry()),
    NoticeKind.WARNING: (a_petition(State.IN_PROGRESS), an_entry()),
    NoticeKind.ESCALATION: (a_petition(State.IN_PROGRESS), an_entry()),
    NoticeKind.ACCEPTANCE_DUE: (a_petition(State.ASSIGNED), an_entry()),
    NoticeKind.APPROVAL_DUE: (a_petition(State.AWAITING_APPROVAL), an_entry()),
    NoticeKind.FORWARDING_DUE: (a_petition(State.RECEIVED, lane=Lane.FORWARDING), an_entry()),
    NoticeKind.PUBLICATION_DUE: (a_petition(State.ANSWERED), an_entry()),
    NoticeKind.HANDED_TO_INTAKE: (a_petition(State.RECEIVED), an_entry()),
}


@pytest.mark.parametrize("kind", SUPERSEDED_WHEN)
def test_notice_that_still_holds_is_sent_and_void_once_the_petition_was_withdrawn_or_resumed(kind):
    petition, entry = HOLDS[kind]
    later = State.IN_PROGRESS if kind is NoticeKind.WITHDRAWN else State.WITHDRAWN
    moved_on = petition.model_copy(update={"state": later})

    assert not is_superseded(kind, petition, entry)
    assert is_superseded(kind, moved_on, entry)


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - set(SUPERSEDED_WHEN)))
@pytest.mark.parametrize("state", [State.WITHDRAWN, State.CLOSED, State.RECEIVED])
def test_notice_of_what_has_happened_is_always_sent(kind, state):
    assert not is_superseded(kind, a_petition(state), an_entry())


@pytest.mark.parametrize(
    ("kind", "petition", "entry"),
    [
        pytest.param(
            NoticeKind.DUE_DATE_MOVED,
            a_petition(State.ASSIGNED),
            an_entry(Action.MOVE_DUE_DATE, **{"from": "2026-11-02", "to": "2026-11-02"}),
            id="moved once more",
        ),
        pytest.param(
            NoticeKind.ASSIGNED,
            a_petition(State.ASSIGNED, unit="CCVC"),
            an_entry(Action.ASSIGN, unit="TL"),
            id="went to another unit",
        ),
        pytest.param(
            NoticeKind.ACCEPTANCE_DUE, a_petition(State.IN_PROGRESS), an_entry(), id="was accepted meanwhile"
        ),
        pytest.param(
            NoticeKind.FORWARDING_DUE,
            a_petition(State.RECEIVED),
            an_entry(),
            id="is no longer to be forwarded",
        ),
        pytest.param(NoticeKind.PUBLICATION_DUE, a_petition(State.PUBLISHED), an_entry(), id="was published"),
    ],
)
def test_notice_is_void_when_the_petition_moved_on(kind, petition, entry):
    assert is_superseded(kind, petition, entry)


BOTH = Identity(email="a@b.example", phone="+84912345678")


@pytest.mark.parametrize(
    ("reply_by", "identity", "channels"),
    [
        pytest.param((ReplyBy.EMAIL,), BOTH, "EMAIL PHONE", id="e-mail, at last a call"),
        pytest.param((ReplyBy.SMS, ReplyBy.EMAIL), BOTH, "SMS EMAIL PHONE", id="as chosen"),
        pytest.param(
            (ReplyBy.PHONE, ReplyBy.EMAIL), BOTH, "PHONE EMAIL", id="a call first if that was chosen"
        ),
        pytest.param((ReplyBy.EMAIL,), Identity(email="a@b.example"), "EMAIL", id="no call without a number"),
        pytest.param(
            (ReplyBy.EMAIL, ReplyBy.SMS),
            Identity(phone="+84912345678"),
            "SMS PHONE",
            id="no address, no mail",
        ),
        pytest.param((), BOTH, "EMAIL PHONE", id="nothing chosen: e-mail"),
        pytest.param((), Identity(phone="+84912345678"), "SMS PHONE", id="nothing chosen and no e-mail: SMS"),
        pytest.param((ReplyBy.EMAIL,), Identity(), "", id="an erased identity: no way"),
    ],
)
def test_channels_are_tried_in_order(reply_by, identity, channels):
    assert " ".join(channel for channel, _address in channels_of(reply_by, identity)) == channels
