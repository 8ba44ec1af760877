"""Decisions are taken back before word of them leaves, near the due date in less time, and nothing counts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendar.working_calendar import end_of_day
from shared.domain.errors import (
    ActionNotPossibleError,
    ResultBeingSentError,
    TooLateToTakeBackError,
    WordHeldError,
)
from shared.domain.figures.tallies import tally_of
from shared.domain.petition.change import UNDOABLE, Change
from shared.domain.petition.facts import Forwarded
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.attachments import Attachment, BelongsTo, Limits
from shared.domain.petition.values.petitioner import ReplyBy, SealedPart
from shared.domain.procedures import merging, taking_back
from shared.domain.promises import wake_ups
from shared.domain.promises.duties import duties
from shared.domain.promises.events import events_after
from shared.domain.promises.notices import Audience, Notice, NoticeKind, notices_after
from tests.support.builders import CALENDAR, RECEIVED_AT, TERMS, a_petition, vietnam

TEN = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
DECISIONS: dict[Action, tuple[State, Callable[[Petition, Change], Petition]]] = {
    Action.REFUSE: (State.RECEIVED, lambda p, c: p.refuse(c, "Từ chối.", reason="OTHER")),
    Action.FORWARD: (State.RECEIVED, lambda p, c: p.forward(c, "Đã chuyển.", Forwarded(body="UBND"))),
    Action.GUIDE: (State.ASSIGNED, lambda p, c: p.guide(c, "Mời gửi đơn khiếu nại.")),
    Action.RESTRICT: (State.IN_PROGRESS, lambda p, c: p.restrict(c, "TTRA")),
    Action.APPROVE: (State.AWAITING_APPROVAL, lambda p, c: p.approve(c)),
}
EACH = [pytest.param(action, id=action.value) for action in DECISIONS]


def by(name: str, at: datetime, change_id: str = "") -> Change:
    return Change.by_officer(name, at, change_id or f"{name}:{at}")


def decided(action: Action, within: timedelta = TEN) -> tuple[Petition, Petition, datetime]:
    """Return a petition before and after a decision whose word is held, and the time of the decision."""
    state, decide = DECISIONS[action]
    before = a_petition(state)
    at = before.history[-1].at + MINUTE
    word_at = taking_back.word_at(before, action, at, within, TERMS, CALENDAR)
    return before, decide(before, by("lan", at).held_until(word_at)), at


def facts_of(petition: Petition) -> dict[str, object]:
    names = ("state", "unit", "handler", "lane", "parent", "draft", "answer", "due_on", "publication")
    return {name: getattr(petition, name) for name in names}


def test_every_decision_that_can_be_taken_back_has_a_line_here():
    assert DECISIONS.keys() == UNDOABLE


@pytest.mark.parametrize("action", EACH)
def test_decision_takes_effect_and_its_word_is_held_for_the_setting(action: Action):
    before, after, at = decided(action)

    assert after.state is not before.state
    assert after.is_held(at)
    assert after.history[-1].facts.word_at == at + TEN
    assert after.is_intact


@pytest.mark.parametrize("action", EACH)
def test_taken_back_the_petition_stands_where_it_stood_and_both_stand_in_the_history(action: Action):
    before, after, at = decided(action)

    back = taking_back.take_back(after, by("lan", at + 5 * MINUTE))

    assert facts_of(back) == facts_of(before)
    assert [entry.action for entry in back.history[-2:]] == [action, Action.TAKE_BACK]
    assert back.is_intact
    assert back.in_force == before.history


@pytest.mark.parametrize("action", EACH)
def test_no_time_limit_begins_anew_and_no_figure_counts_it(action: Action):
    before, after, at = decided(action)

    back = taking_back.take_back(after, by("lan", at + 5 * MINUTE))

    later = at + timedelta(days=40)
    assert duties(back, TERMS, CALENDAR, later) == duties(before, TERMS, CALENDAR, later)
    assert tally_of(back, TERMS, CALENDAR, later) == tally_of(before, TERMS, CALENDAR, later)
    assert wake_ups.wake_ups(back, TERMS, CALENDAR, later) == wake_ups.wake_ups(
        before, TERMS, CALENDAR, later
    )


@pytest.mark.parametrize(
    ("who", "after_minutes"),
    [
        pytest.param("binh", 5, id="somebody else"),
        pytest.param("lan", 10, id="word has left"),
        pytest.param("lan", 9.6, id="a request might end after word left"),
    ],
)
@pytest.mark.parametrize("action", EACH)
def test_it_is_too_late_or_not_theirs(action: Action, who: str, after_minutes: float):
    _before, after, at = decided(action)

    with pytest.raises(TooLateToTakeBackError):
        taking_back.take_back(after, by(who, at + after_minutes * MINUTE))


def test_setting_of_zero_holds_nothing():
    _before, after, at = decided(Action.APPROVE, timedelta(0))

    assert after.held is None
    assert after.history[-1].facts.word_at is None
    with pytest.raises(TooLateToTakeBackError):
        taking_back.take_back(after, by("lan", at + MINUTE))


@pytest.mark.parametrize(
    ("at", "minutes"),
    [
        pytest.param("2026-06-19 10:00", 10, id="days before"),
        pytest.param("2026-06-22 10:00", 10, id="in the morning of the due day"),
        pytest.param("2026-06-22 20:25", 5, id="near the evening of the due day"),
        pytest.param("2026-06-22 20:29:30", None, id="half a minute before"),
        pytest.param("2026-06-22 21:00", None, id="after the evening's last hour"),
        pytest.param("2026-06-23 09:00", None, id="overdue"),
    ],
)
def test_near_the_due_date_the_time_is_cut(at: str, minutes: int | None):
    petition = a_petition(State.AWAITING_APPROVAL)
    now = vietnam(*at.split())

    word_at = taking_back.word_at(petition, Action.APPROVE, now, TEN, TERMS, CALENDAR)

    assert word_at == (None if minutes is None else now + minutes * MINUTE)


def test_what_belongs_to_another_body_has_the_day_of_its_forwarding():
    petition = a_petition(State.RECEIVED)
    due_on = vietnam("2026-06-08", "20:26")

    forwarded = taking_back.word_at(petition, Action.FORWARD, due_on, TEN, TERMS, CALENDAR)
    refused = taking_back.word_at(petition, Action.REFUSE, due_on, TEN, TERMS, CALENDAR)

    assert (forwarded, refused) == (due_on + 4 * MINUTE, due_on + TEN)


@given(
    action=st.sampled_from(Action),
    minutes=st.integers(min_value=0, max_value=40),
    passed=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40)),
)
def test_word_is_never_held_beyond_the_setting_or_the_due_day(
    action: Action, minutes: int, passed: timedelta
):
    petition = a_petition(State.AWAITING_APPROVAL)
    at = RECEIVED_AT + passed

    word_at = taking_back.word_at(petition, action, at, minutes * MINUTE, TERMS, CALENDAR)

    if word_at is not None:
        assert action in UNDOABLE
        assert at < word_at <= at + min(minutes * MINUTE, taking_back.LONGEST)
        assert word_at < end_of_day(petition.due_on)


@pytest.mark.parametrize("action", EACH)
def test_outside_nobody_sees_it_while_its_word_is_held_nor_once_it_was_taken_back(action: Action):
    before, after, at = decided(action)
    back = taking_back.take_back(after, by("lan", at + MINUTE))

    assert facts_of(after.as_known_outside(at + MINUTE)) == facts_of(before)
    assert after.as_known_outside(at + MINUTE).history == before.history
    assert after.as_known_outside(at + TEN) == after
    assert not any(events_after(back, entry) for entry in back.history[-2:])


@pytest.mark.parametrize("action", EACH)
def test_second_decision_that_is_taken_back_leaves_the_first_unseen(action: Action):
    before, after, at = decided(action)
    back = taking_back.take_back(after, by("lan", at + 2 * MINUTE))
    again_at = at + 3 * MINUTE
    _, decide = DECISIONS[action]
    again = decide(back, by("lan", again_at).held_until(again_at + TEN))

    outside = again.as_known_outside(again_at + MINUTE)
    twice = taking_back.take_back(again, by("lan", again_at + 2 * MINUTE))

    assert outside.history == back.as_known_outside(again_at).history
    seen = [entry for entry in outside.history if entry.is_visible]
    assert seen == [entry for entry in before.history if entry.is_visible]
    assert facts_of(twice) == facts_of(before)
    assert twice.in_force == before.history


def test_nothing_leads_on_from_a_decision_that_may_still_be_taken_back():
    _before, answered, at = decided(Action.APPROVE)
    publication = Publication(subject="s", content="c", answer="a", published_at=at + MINUTE)

    noted = answered.add_note(by("minh", at + MINUTE), "Ghi chú.")
    with pytest.raises(WordHeldError):
        answered.publish(by("lan", at + MINUTE), publication)
    published = answered.publish(by("lan", at + TEN), publication)

    assert noted.is_held(at + MINUTE)
    assert (published.state, published.held) == (State.PUBLISHED, None)


def test_merged_petitions_follow_once_word_has_left():
    _before, parent, at = decided(Action.APPROVE)
    child = merging.merge(
        a_petition(State.RECEIVED, reference="26045269803"), by("lan", RECEIVED_AT), parent, text=None
    )

    early = merging.what_follows(child, parent, at=at + MINUTE)
    later = merging.what_follows(child, parent, at=at + TEN)
    never = merging.what_follows(child, taking_back.take_back(parent, by("lan", at + MINUTE)), at=at + TEN)

    assert (early, never) == (child, child)
    assert later.state is State.ANSWERED
    assert later.history[-1].facts.word_at is None


def test_what_happened_in_between_happened_in_the_state_before():
    before, after, at = decided(Action.APPROVE)

    back = taking_back.take_back(
        after.add_note(by("minh", at + MINUTE), "Ghi chú."), by("lan", at + 2 * MINUTE)
    )

    noted = back.in_force[-1]
    assert (noted.action, noted.state, noted.seq) == (Action.NOTE, before.state, before.version + 2)
    assert back.history[-2].state is State.ANSWERED


def test_second_answer_that_is_taken_back_leaves_the_first():
    reopened = a_petition(State.REOPENED)
    at = reopened.history[-1].at
    waiting = reopened.accept(by("vui", at), handler="vui").draft_answer(by("vui", at + MINUTE), "Lần hai.")
    answered = waiting.approve(by("binh", at + 2 * MINUTE).held_until(at + 12 * MINUTE))

    back = answered.take_back(by("binh", at + 3 * MINUTE))

    assert answered.answer is not None
    assert answered.answer.text == "Lần hai."
    assert facts_of(back) == facts_of(waiting)


def test_erasing_forgets_what_is_held_too():
    _before, refused, at = decided(Action.REFUSE)

    erased = refused.erase(Change.by_timer(at + timedelta(days=2000), "erase"))

    assert erased.held is None
    assert erased.is_intact


# --- the petitioner acts before they were notified ----------------------------------------------------

FILE = Attachment(
    id="0" * 32, filename="a.pdf", belongs_to=BelongsTo.PETITION, by="petitioner", declared_at=RECEIVED_AT
)
LIMITS = Limits(files=5, bytes_each=10_000_000)
ACTS: dict[Action, Callable[[Petition, Change], Petition]] = {
    Action.SUPPLEMENT: lambda p, c: p.supplement(c, "Tôi gửi thêm số quyết định."),
    Action.WITHDRAW: lambda p, c: p.withdraw(c, "Tôi đã được giải quyết."),
    Action.ATTACH: lambda p, c: p.declare_file(c, FILE, LIMITS),
}
EACH_ACT = [pytest.param(act, id=act.value) for act in ACTS]
SEEN_OUTSIDE = [param for param in EACH if param.values[0] is not Action.RESTRICT]


def by_petitioner(at: datetime) -> Change:
    return Change.by_petitioner(at, f"web:{at}")


@pytest.mark.parametrize("act", EACH_ACT)
@pytest.mark.parametrize("action", SEEN_OUTSIDE)
def test_act_of_the_petitioner_goes_through_and_takes_the_decision_back(action: Action, act: Action):
    before, after, at = decided(action)

    acted = ACTS[act](after, by_petitioner(at + 5 * MINUTE))

    alone = ACTS[act](before, by_petitioner(at + 5 * MINUTE))
    assert [entry.action for entry in acted.history[-3:]] == [action, Action.TAKE_BACK, act]
    assert facts_of(acted) == facts_of(alone)
    assert (acted.petitioner, acted.attachments) == (alone.petitioner, alone.attachments)
    assert acted.is_intact
    assert "chưa được báo" in (acted.history[-2].note or "")
    assert not any(events_after(acted, acted.history[n]) for n in (-2, -3))


@pytest.mark.parametrize("act", EACH_ACT)
@pytest.mark.parametrize("action", SEEN_OUTSIDE)
def test_while_the_result_is_being_sent_the_petitioner_keeps_what_they_wrote(action: Action, act: Action):
    _before, after, at = decided(action)

    with pytest.raises(ResultBeingSentError):
        ACTS[act](after, by_petitioner(at + 9.6 * MINUTE))
    with pytest.raises(ActionNotPossibleError):
        ACTS[act](after, by_petitioner(at + TEN))


def test_approval_that_was_overtaken_waits_for_its_approver_again_and_they_are_notified():
    _before, approved, at = decided(Action.APPROVE)
    _before, refused, _at = decided(Action.REFUSE)

    acted = ACTS[Action.SUPPLEMENT](approved, by_petitioner(at + MINUTE))
    other = ACTS[Action.SUPPLEMENT](refused, by_petitioner(_at + MINUTE))

    waits = Notice(NoticeKind.DRAFT_WAITING, Audience.APPROVER)
    assert acted.state is State.AWAITING_APPROVAL
    assert notices_after(acted, acted.history[-2]) == (waits,)
    assert notices_after(other, other.history[-2]) == ()


def test_denunciation_stays_decided_whatever_its_sender_adds():
    _before, restricted, at = decided(Action.RESTRICT)

    added = ACTS[Action.SUPPLEMENT](restricted, by_petitioner(at + MINUTE))

    assert added.state is State.RESTRICTED
    assert added.history[-2:-1] == restricted.history[-1:]
    with pytest.raises(ActionNotPossibleError):
        ACTS[Action.WITHDRAW](restricted, by_petitioner(at + MINUTE))


@pytest.mark.parametrize("action", EACH)
def test_contact_that_is_added_meanwhile_gets_the_word_too_and_undoes_nothing(action: Action):
    _before, after, at = decided(action)
    contact = SealedPart(at=at, ciphertext="c2VhbGVk")

    added = after.add_contact(by_petitioner(at + MINUTE), contact, ("k" * 32,), (ReplyBy.EMAIL,))

    assert (added.state, added.held) == (after.state, after.held)
    assert added.petitioner.reply_by[0] is ReplyBy.EMAIL


def test_answer_that_its_petitioner_does_not_know_is_not_rated():
    _before, answered, at = decided(Action.APPROVE)

    with pytest.raises(ActionNotPossibleError):
        answered.rate(by_petitioner(at + MINUTE), 5, None)

    assert answered.rate(by_petitioner(at + TEN), 5, None).rating is not None


# --- petitions that joined to be answered together ----------------------------------------------------


def joined_to(parent: Petition, at: datetime) -> tuple[Petition, Petition]:
    """Return a petition that works on a returned draft, and the same one joined for an approval at an instant."""
    own = a_petition(State.AWAITING_APPROVAL, reference="26045269803").return_draft(by("binh", at), "Sửa.")
    change = by("lan", at, "approve:together").held_until(at + TEN)
    return own, merging.merge(own, change, parent, text="Trả lời chung.", answers_at_once=True)


@pytest.mark.parametrize("minutes", [pytest.param(1, id="at once"), pytest.param(600, id="hours later")])
def test_what_joined_for_an_approval_that_is_taken_back_stands_where_it_stood(minutes: int):
    before, approved, at = decided(Action.APPROVE)
    own, joined = joined_to(before, at)
    back = taking_back.take_back(approved, by("lan", at + MINUTE))

    waiting = merging.what_follows(joined, approved, at=at + MINUTE)
    released = merging.what_follows(joined, back, at=at + minutes * MINUTE)
    again = merging.what_follows(released, back, at=at + 601 * MINUTE)

    assert waiting is joined
    assert facts_of(released) == facts_of(own)
    assert released.in_force == own.history
    assert not any(notices_after(released, entry) for entry in released.history[-2:])
    assert again is released
    assert facts_of(joined.as_known_outside(at + MINUTE)) == facts_of(own)


def test_what_joined_is_answered_with_the_next_approval_that_came_before_it_could_leave():
    before, approved, at = decided(Action.APPROVE)
    _own, joined = joined_to(before, at)
    back = taking_back.take_back(approved, by("lan", at + MINUTE))
    anew = back.approve(by("lan", at + 2 * MINUTE).held_until(at + 12 * MINUTE))

    waiting = merging.what_follows(joined, anew, at=at + 3 * MINUTE)
    answered = merging.what_follows(joined, anew, at=at + 12 * MINUTE)

    assert waiting is joined
    assert answered.state is State.ANSWERED


def test_what_waits_for_an_approval_that_failed_half_way_goes_on_waiting():
    before, _approved, at = decided(Action.APPROVE)
    _own, joined = joined_to(before, at)

    assert merging.what_follows(joined, before, at=at + MINUTE) is joined


def test_repeat_whose_petitioner_withdraws_meanwhile_is_withdrawn_from_where_it_stood():
    before, _approved, at = decided(Action.APPROVE)
    own, joined = joined_to(before, at)

    withdrawn = ACTS[Action.WITHDRAW](joined, by_petitioner(at + MINUTE))

    assert withdrawn.state is State.WITHDRAWN
    assert withdrawn.undo_withdrawal(by_petitioner(at + 2 * MINUTE)).state is own.state
