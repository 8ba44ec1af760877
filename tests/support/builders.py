"""Builds petitions for tests, with fixed defaults: a test names only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import TERMS_2018, Terms
from shared.domain.calendar.working_calendar import VIETNAM, Override, WorkingCalendar
from shared.domain.identity.identifier_keys import Key, Keyring, Keys
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Channel, Lane, Proposal
from shared.domain.petition.values.petitioner import Petitioner, ReplyBy, SealedPart
from shared.platform import clock

CALENDAR = WorkingCalendar(
    [
        Override(date(2026, 1, 2), "OFF", "12729/VPCP-KGVX"),
        Override(date(2026, 1, 10), "WORK", "12729/VPCP-KGVX"),
    ]
)
TERMS = TERMS_2018
RECEIVED_AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
"""Monday 1 June 2026, 09:00 in Vietnam; due on Monday 22 June (21 June is a Sunday)."""
SECOND_DUE_ON = date(2026, 7, 20)
REFERENCE = "26483190274"


def vietnam(day: str, at: str = "09:00") -> datetime:
    """Return an instant given as people in Vietnam say it."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(at), tzinfo=VIETNAM).astimezone(UTC)


def a_petition(
    state: State = State.RECEIVED,
    *,
    received_at: datetime = RECEIVED_AT,
    terms: Terms = TERMS,
    calendar: WorkingCalendar = CALENDAR,
    **facts: Any,
) -> Petition:
    """Return a petition that came to `state` by the ordinary way, its history complete."""
    petition = Petition(
        **{
            "reference": REFERENCE,
            "state": State.RECEIVED,
            "channel": Channel.WEB,
            "subject": "Thi nâng ngạch",
            "content": "Đề nghị công bố lịch thi nâng ngạch chuyên viên chính năm nay.",
            "petitioner": Petitioner(
                seal=(SealedPart(at=received_at, ciphertext="c2VhbGVk"),),
                contact_keys=("c" * 32,),
                reply_by=(ReplyBy.EMAIL,),
            ),
            "may_publish": True,
            "received_at": received_at,
            "due_on": deadlines.answer_due_on(received_at, terms, calendar),
            "terms": terms.version,
            "calendar": calendar.version,
            "submission": "5" * 32,
            "body_digest": "b" * 32,
            **facts,
        }
    ).record(Action.RECEIVE, Change.by_petitioner(received_at, "receive"))
    return _led_to(petition, state)


_ENDS = {
    State.REFUSED: Action.REFUSE,
    State.FORWARDED: Action.FORWARD,
    State.GUIDED: Action.GUIDE,
    State.MERGED: Action.MERGE,
}


def _led_to(petition: Petition, state: State) -> Petition:
    at = petition.received_at
    if state is State.RECEIVED:
        return petition
    if state is State.RESTRICTED:
        return petition.restrict(Change.by_router(at, "route"), "TTRA")
    proposal = Proposal(lane=Lane.ORDINARY, field="CCVC", because=("nâng ngạch → CCVC",))
    petition = petition.route(Change.by_router(at, "route"), proposal, "VCCVC")
    if state in _ENDS:
        return petition.record(_ENDS[state], Change.by_officer("lan", at, "end"), text="Lý do", draft=None)
    if state is State.WITHDRAWN:
        return petition.withdraw(Change.by_petitioner(at, "withdraw"), None)
    if state is State.ASSIGNED:
        return petition
    return _led_through_work(petition.accept(Change.by_officer("minh", at, "accept"), handler="minh"), state)


def _led_through_work(petition: Petition, state: State) -> Petition:
    at = petition.received_at
    if state is State.AWAITING_INFORMATION:
        return petition.request_information(Change.by_officer("minh", at, "ask"), "Xin cho biết năm thi.")
    if state is State.IN_PROGRESS:
        return petition
    petition = petition.draft_answer(Change.by_officer("minh", at, "draft"), "Trả lời.")
    if state is State.AWAITING_APPROVAL:
        return petition
    petition = petition.approve(Change.by_officer("binh", at, "approve"))
    return _led_beyond_the_answer(petition, state)


def _led_beyond_the_answer(petition: Petition, state: State) -> Petition:
    at = petition.received_at
    if state is State.PUBLISHED:
        from shared.domain.petition.values.answer import Publication

        public = Publication(subject="Thi nâng ngạch", content="…", answer="Trả lời.", published_at=at)
        return petition.publish(Change.by_officer("binh", at, "publish"), public)
    if state is State.CLOSED:
        return petition.close(Change.by_timer(at, "close"))
    if state is State.REOPENED:
        return petition.reopen(Change.by_petitioner(at, "reopen"), "VPB", SECOND_DUE_ON, reason=None)
    return petition


def keyring_of(*secrets: str, since: Sequence[datetime] = ()) -> Keyring:
    """Return identifiers' keys: the first has always been in force, each further one from its instant on."""
    begun = (datetime(1970, 1, 1, tzinfo=UTC), *since)
    keys = Keys(tuple(Key(at, secret.encode()) for at, secret in zip(begun, secrets, strict=True)))
    return Keyring(keys.text, clock.now)
