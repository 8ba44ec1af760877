"""A withdrawal can be undone within three working days, and no other end is a dead end either."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import SIDE_EXITS, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.procedures import disputes, withdrawals
from shared.domain.promises.duties import DutyKind, DutyStatus, duties
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from shared.domain.promises.wake_ups import next_wake
from tests.support.builders import CALENDAR, RECEIVED_AT, SECOND_DUE_ON, TERMS, a_petition, vietnam

S = State
OPEN = [S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.AWAITING_INFORMATION, S.AWAITING_APPROVAL, S.REOPENED]


def withdrawn(before: Petition, on: str = "2026-06-03") -> Petition:
    return before.withdraw(Change.by_petitioner(vietnam(on), "withdraw"), None)


def undone(petition: Petition, on: str = "2026-06-05", at: str = "09:00") -> Petition:
    return withdrawals.undo(petition, Change.by_petitioner(vietnam(on, at), "undo"), TERMS, CALENDAR)


def verdicts(petition: Petition, now: str) -> dict[DutyKind, DutyStatus]:
    return {duty.kind: duty.standing for duty in duties(petition, TERMS, CALENDAR, vietnam(now))}


@pytest.mark.parametrize("state", OPEN)
def test_undone_withdrawal_leaves_the_petition_as_it_was(state: State):
    before = a_petition(state)

    after = undone(withdrawn(before))

    names = ("state", "unit", "handler", "due_on", "lane", "draft", "answer", "parent")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert after.version == before.version + 2


def test_merged_petition_goes_back_to_work_by_itself():
    after = undone(withdrawn(a_petition(S.MERGED)))

    assert (after.state, after.parent) == (S.ASSIGNED, None)


@pytest.mark.parametrize(
    ("on", "at", "is_possible"),
    [
        pytest.param("2026-06-03", "23:00", True, id="on the same day"),
        pytest.param("2026-06-08", "23:59", True, id="on the third working day, a weekend between"),
        pytest.param("2026-06-09", "00:00", False, id="after it"),
    ],
)
def test_withdrawal_is_undone_within_three_working_days(on, at, is_possible):
    petition = withdrawn(a_petition(S.IN_PROGRESS))

    assert f"{withdrawals.undo_until(petition, TERMS, CALENDAR)}" == "2026-06-08"
    assert withdrawals.may_undo(petition, TERMS, CALENDAR, vietnam(on, at)) is is_possible
    if not is_possible:
        with pytest.raises(ActionNotPossibleError):
            undone(petition, on, at)


@pytest.mark.parametrize("state", [state for state in State if state is not S.WITHDRAWN])
def test_nothing_else_is_undone(state: State):
    assert not withdrawals.may_undo(a_petition(state), TERMS, CALENDAR, RECEIVED_AT)


def test_clock_runs_on_as_if_nothing_had_happened():
    before = a_petition(S.IN_PROGRESS)
    after = undone(withdrawn(before))

    now = vietnam("2026-06-05")
    assert next_wake(after, TERMS, CALENDAR, now) == next_wake(before, TERMS, CALENDAR, now)
    assert verdicts(withdrawn(before), "2026-07-10") == {}
    assert verdicts(after, "2026-06-10") == {DutyKind.ANSWER: DutyStatus.OPEN}
    assert verdicts(after, "2026-07-10") == verdicts(before, "2026-07-10")


def test_second_withdrawal_counts_although_the_first_was_undone():
    again = undone(withdrawn(a_petition(S.IN_PROGRESS)))
    again = again.withdraw(Change.by_petitioner(vietnam("2026-06-10"), "again"), None)

    assert verdicts(again, "2026-07-10") == {}
    assert f"{withdrawals.undo_until(again, TERMS, CALENDAR)}" == "2026-06-15"


def test_petitioner_is_notified_of_both_and_the_handler_that_work_goes_on():
    petition = undone(withdrawn(a_petition(S.IN_PROGRESS)))
    withdrawal, undoing = petition.history[-2:]

    assert notices_after(petition, withdrawal) == ((NoticeKind.WITHDRAWN, Audience.PETITIONER),)
    assert notices_after(petition, undoing) == (
        (NoticeKind.RESUMED, Audience.PETITIONER),
        (NoticeKind.RESUMED, Audience.HANDLER),
    )


# --- reopening what ended without an answer ----------------------------------------------------------


def reopened(petition: Petition, name: str = "reopen", on: str = "2026-06-30") -> Petition:
    change = Change.by_officer("binh", vietnam(on), name)
    return petition.reopen(change, "VCCVC", SECOND_DUE_ON, reason="Chuyển nhầm.")


@pytest.mark.parametrize("end", sorted(SIDE_EXITS))
def test_every_end_without_an_answer_is_reopened_as_often_as_it_takes(end: State):
    petition = reopened(a_petition(end))
    again = petition.record(
        Action.REFUSE, Change.by_officer("lan", vietnam("2026-07-01"), "refuse"), text="Lý do"
    )

    assert petition.state is S.REOPENED
    assert reopened(again, "again").state is S.REOPENED


@pytest.mark.parametrize("end", sorted(SIDE_EXITS))
def test_such_a_reopening_is_no_second_look(end: State):
    petition = reopened(a_petition(end))

    assert petition.second_look is None
    assert not disputes.is_second_look(petition)


def test_answer_after_it_may_still_be_looked_at_again_once():
    petition = reopened(a_petition(S.REFUSED)).accept(
        Change.by_officer("minh", vietnam("2026-07-01"), "a"), handler="minh"
    )
    petition = petition.draft_answer(Change.by_officer("minh", vietnam("2026-07-01"), "d"), "Trả lời.")
    answered = petition.approve(Change.by_officer("binh", vietnam("2026-07-02"), "p"))

    second = reopened(answered, "second")

    assert second.second_look == second.history[-1]
    ended = second.record(Action.REFUSE, Change.by_officer("lan", vietnam("2026-07-03"), "r"), text="Lý do")
    assert reopened(ended, "third").second_look == second.history[-1]


def test_second_look_is_taken_once_all_the_same():
    petition = reopened(a_petition(S.ANSWERED))
    petition = petition.model_copy(update={"state": S.ANSWERED})

    with pytest.raises(ActionNotPossibleError):
        reopened(petition, "again")


def test_each_round_owes_an_answer_of_its_own():
    petition = reopened(a_petition(S.REFUSED), on="2026-06-10")
    petition = petition.record(
        Action.GUIDE, Change.by_officer("lan", vietnam("2026-07-01"), "g"), text="Xin mời"
    )
    third = petition.reopen(
        Change.by_officer("binh", vietnam("2026-07-06"), "c"), "VCCVC", SECOND_DUE_ON, reason="x"
    )

    owed = [
        (duty.kind, duty.n, duty.standing) for duty in duties(third, TERMS, CALENDAR, vietnam("2026-07-06"))
    ]

    assert owed == [
        (DutyKind.ANSWER, 1, DutyStatus.KEPT),
        (DutyKind.SECOND_ANSWER, 1, DutyStatus.KEPT),
        (DutyKind.SECOND_ANSWER, 2, DutyStatus.OPEN),
    ]


def test_withdrawn_petition_that_is_reopened_owes_only_the_new_answer():
    petition = reopened(withdrawn(a_petition(S.IN_PROGRESS)))

    assert verdicts(petition, "2026-07-01") == {DutyKind.SECOND_ANSWER: DutyStatus.OPEN}


def test_forwarded_matter_that_comes_back_is_an_ordinary_one():
    forwarded = a_petition(S.FORWARDED).model_copy(update={"lane": Lane.FORWARDING})

    assert reopened(forwarded).lane is Lane.ORDINARY


def test_erased_petition_is_not_reopened():
    erased = a_petition(S.REFUSED).erase(Change.by_timer(RECEIVED_AT + timedelta(days=2000), "erase"))

    with pytest.raises(ActionNotPossibleError):
        reopened(erased)
