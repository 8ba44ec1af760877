"""A merged petition waits for its parent, ends as its parent ends, and can be split again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.facts import Dispatch, Forwarded
from shared.domain.petition.history import letter_of
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.procedures import merging
from shared.domain.promises import wake_ups
from shared.domain.promises.duties import DutyKind, DutyStatus, duties
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from tests.support.builders import CALENDAR, RECEIVED_AT, TERMS, a_petition, vietnam

A, S = Action, State
PARENT, CHILD = "26111111111", "26222222222"
MERGED_AT = RECEIVED_AT + timedelta(hours=1)
LATER = RECEIVED_AT + timedelta(days=2)


def merged(state: State = S.ASSIGNED, parent: Petition | None = None) -> Petition:
    child = a_petition(state, reference=CHILD)
    parent = parent or a_petition(S.ASSIGNED, reference=PARENT)
    return merging.merge(child, Change.by_officer("lan", MERGED_AT, "merge"), parent, text="Xử lý chung.")


@pytest.mark.parametrize(
    ("parent", "state", "kind"),
    [
        pytest.param(S.ANSWERED, S.ANSWERED, NoticeKind.ANSWERED, id="answered"),
        pytest.param(S.PUBLISHED, S.ANSWERED, NoticeKind.ANSWERED, id="published at once"),
        pytest.param(S.CLOSED, S.ANSWERED, NoticeKind.ANSWERED, id="answered and closed"),
        pytest.param(S.REFUSED, S.REFUSED, NoticeKind.REFUSED, id="refused"),
        pytest.param(S.FORWARDED, S.FORWARDED, NoticeKind.FORWARDED, id="forwarded"),
        pytest.param(S.GUIDED, S.GUIDED, NoticeKind.GUIDED, id="guided"),
    ],
)
def test_child_ends_as_its_parent_and_its_sender_is_notified(parent, state, kind):
    settled = a_petition(parent, reference=PARENT)

    child = merging.what_follows(merged(), settled, at=LATER)

    assert child.state is state
    assert child.reference == CHILD
    assert child.answer == settled.answer
    assert notices_after(child, child.history[-1]) == ((kind, Audience.PETITIONER),)
    assert merging.what_follows(child, settled, at=LATER).version <= child.version + 1
    assert child.is_intact


@pytest.mark.parametrize(
    ("of_child", "of_parent", "is_counted"),
    [
        pytest.param({}, {}, True, id="an ordinary one"),
        pytest.param({"complained_unit": "NONE"}, {}, True, id="about the conduct of nobody of ours"),
        pytest.param(
            {"complained_unit": "VCCVC"}, {}, False, id="a complaint, in a matter that the unit may read"
        ),
        pytest.param(
            {"complained_unit": "VCCVC"}, {"complained_unit": "VCCVC"}, True, id="about the same unit"
        ),
        pytest.param(
            {"complained_unit": "VCCVC"}, {"complained_unit": "TTRA"}, False, id="about another unit"
        ),
        pytest.param({"lane": Lane.RESTRICTED}, {}, False, id="a denunciation"),
        pytest.param(
            {"lane": Lane.RESTRICTED}, {"lane": Lane.RESTRICTED}, True, id="in another denunciation"
        ),
    ],
)
def test_only_what_each_reader_of_the_parent_may_know_of_is_counted(of_child, of_parent, is_counted):
    parent = a_petition(S.ASSIGNED, reference=PARENT).model_copy(update=of_parent)
    child = merged(parent=parent).model_copy(update=of_child)

    assert merging.is_counted(child, parent) is is_counted


@pytest.mark.parametrize("state", [S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.AWAITING_APPROVAL])
def test_nothing_follows_while_the_parent_is_worked_on(state):
    child = merged()

    assert merging.what_follows(child, a_petition(state, reference=PARENT), at=LATER) is child


SENT = Forwarded(
    body="Bộ Giáo dục và Đào tạo", sent_by=Dispatch.POST, sent_on=LATER.date(), letter_number="12/BNV"
)


def forwarded_together(letter: Forwarded) -> tuple[Petition, Petition]:
    """Return a parent that was forwarded, and its child, which was forwarded with it."""
    parent = a_petition(S.ASSIGNED, reference=PARENT)
    child = merged(parent=parent)
    parent = parent.forward(Change.by_officer("lan", LATER, "forward"), "Chuyển.", letter)
    return parent, merging.what_follows(child, parent, at=LATER)


def test_child_of_a_forwarded_parent_has_a_letter_of_its_own_sent_as_the_parents():
    _parent, child = forwarded_together(SENT)

    letter = letter_of(child.history)
    assert letter is not None
    assert (letter.facts.body, letter.facts.sent_by) == (SENT.body, Dispatch.POST)
    assert (letter.facts.sent_on, letter.facts.letter_number) == (SENT.sent_on, SENT.letter_number)


def test_letter_of_a_child_is_recorded_as_sent_once_its_parents_is_and_its_sender_is_notified():
    parent, child = forwarded_together(Forwarded(body=SENT.body))
    before = letter_of(child.history)

    sent = parent.send_letter(Change.by_officer("lan", LATER, "sent"), "Đã gửi qua bưu điện.", SENT)
    notified = merging.what_follows(child, sent, at=LATER)
    again = merging.what_follows(notified, sent, at=LATER)

    assert before is not None
    assert before.facts.sent_by is None, "a letter that was only written is not said to be sent"
    assert merging.what_follows(child, parent, at=LATER) is child
    assert (notified.history[-1].action, notified.history[-1].text) == (A.SEND_LETTER, "Đã gửi qua bưu điện.")
    assert (NoticeKind.FORWARDED, Audience.PETITIONER) in notices_after(notified, notified.history[-1])
    assert again is notified


def test_letter_that_an_officer_recorded_on_the_child_stands():
    parent, child = forwarded_together(Forwarded(body=SENT.body))
    own = SENT.model_copy(update={"letter_number": "99/BNV", "sent_by": Dispatch.EMAIL})
    child = child.send_letter(Change.by_officer("lan", LATER, "own"), "Đã gửi riêng.", own)

    sent = parent.send_letter(Change.by_officer("lan", LATER, "sent"), "Đã gửi.", SENT)

    assert merging.what_follows(child, sent, at=LATER) is child


def test_child_of_an_answered_parent_has_no_letter():
    child = merging.what_follows(merged(), a_petition(S.ANSWERED, reference=PARENT), at=LATER)

    assert child.state is S.ANSWERED
    assert letter_of(child.history) is None


def test_child_that_joins_a_reopened_parent_waits_for_the_second_answer():
    reopened = a_petition(S.REOPENED, reference=PARENT)
    child = merged(parent=reopened)

    assert merging.what_follows(child, reopened, at=LATER) is child


def test_parent_reopened_before_the_answer_was_carried_over_still_answers_its_child():
    child = merging.merge(
        a_petition(S.ASSIGNED, reference=CHILD),
        Change.by_officer("lan", RECEIVED_AT - timedelta(hours=1), "merge"),
        a_petition(S.ASSIGNED, reference=PARENT),
        text=None,
    )

    followed = merging.what_follows(child, a_petition(S.REOPENED, reference=PARENT), at=LATER)

    assert followed.state is S.ANSWERED


def test_withdrawn_parent_leaves_its_child_to_itself():
    child = merging.what_follows(merged(), a_petition(S.WITHDRAWN, reference=PARENT), at=LATER)

    assert (child.state, child.parent) == (S.ASSIGNED, None)


def test_restricted_parent_takes_its_child_along_and_nobody_is_pointed_at_it():
    child = merging.what_follows(merged(), a_petition(S.RESTRICTED, reference=PARENT), at=LATER)

    assert (child.state, child.parent) == (S.RESTRICTED, None)
    assert all(audience is not Audience.PETITIONER for _, audience in notices_after(child, child.history[-1]))


def test_child_follows_its_parent_into_another_and_nobody_is_notified_again():
    child, root = merged(), a_petition(S.IN_PROGRESS, reference="26333333333")
    parent = merging.merge(
        a_petition(S.ASSIGNED, reference=PARENT), Change.by_officer("lan", MERGED_AT, "up"), root, text=None
    )

    followed = merging.follow_into(child, parent, root, at=LATER)

    assert (followed.state, followed.parent) == (S.MERGED, root.reference)
    assert notices_after(followed, followed.history[-1]) == ()


def test_circle_is_split():
    child, parent = merged(), a_petition(S.MERGED, reference=PARENT)

    followed = merging.follow_into(child, parent, child, at=LATER)

    assert (followed.state, followed.parent) == (S.ASSIGNED, None)


@pytest.mark.parametrize("state", [S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.AWAITING_INFORMATION, S.REOPENED])
def test_split_brings_back_the_state_before_and_the_due_date_never_moved(state):
    before = a_petition(state, reference=CHILD)
    child = merging.merge(
        before, Change.by_officer("lan", MERGED_AT, "m"), a_petition(S.ASSIGNED, reference=PARENT), text=None
    )

    split = merging.split(child, Change.by_officer("lan", MERGED_AT, "split"), reason="Việc khác")

    assert (split.state, split.due_on, split.unit, split.handler) == (
        state,
        before.due_on,
        before.unit,
        before.handler,
    )


def test_question_that_was_answered_while_merged_is_not_asked_again():
    child = merged(S.AWAITING_INFORMATION).supplement(Change.by_petitioner(LATER, "bs"), "Năm 2025.")

    split = merging.split(child, Change.by_officer("lan", MERGED_AT, "split"), reason="Việc khác")

    assert split.state is S.IN_PROGRESS


def test_only_a_merged_petition_can_be_split():
    with pytest.raises(ActionNotPossibleError):
        merging.split(a_petition(S.ASSIGNED), Change.by_officer("lan", MERGED_AT, "split"), reason="…")


def test_merging_settles_no_duty_and_the_parents_answer_does():
    child, now = merged(), vietnam("2026-07-30")

    def answering(petition: Petition) -> DutyStatus:
        (duty,) = (d for d in duties(petition, TERMS, CALENDAR, now) if d.kind is DutyKind.ANSWER)
        return duty.standing

    assert answering(child) is DutyStatus.UNMET
    answered = merging.what_follows(child, a_petition(S.ANSWERED, reference=PARENT), at=LATER)
    assert answering(answered) is DutyStatus.KEPT


@pytest.mark.parametrize(
    ("parents_day", "expected"),
    [
        pytest.param(RECEIVED_AT - timedelta(days=3), {A.UPDATE_PETITIONER}, id="the parent is due first"),
        pytest.param(
            RECEIVED_AT + timedelta(days=9),
            {A.UPDATE_PETITIONER, A.WARN_HANDLER, A.WARN_UNIT_HEAD, A.ESCALATE},
            id="the child is due first",
        ),
    ],
)
def test_child_warns_by_itself_only_when_its_own_day_comes_first(parents_day, expected):
    child = merged(parent=a_petition(S.ASSIGNED, reference=PARENT, received_at=parents_day))

    assert {item.action for item in wake_ups.wake_ups(child, TERMS, CALENDAR, RECEIVED_AT)} == expected


def test_answered_child_is_closed_after_silence_and_asked_for_no_publication():
    child = merging.what_follows(merged(), a_petition(S.ANSWERED, reference=PARENT), at=LATER)

    assert [item.action for item in wake_ups.wake_ups(child, TERMS, CALENDAR, LATER)] == [A.CLOSE]
