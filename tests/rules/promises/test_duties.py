"""Kept, late or unmet: one verdict for petitioner, officer and leader."""

from datetime import date

import pytest

from shared.domain.petition.change import Change
from shared.domain.petition.facts import PetitionerUpdated, TimeLimitReached
from shared.domain.petition.lifecycle import Action, State
from shared.domain.promises.duties import DutyKind, DutyStatus, duties
from shared.domain.promises.evidence import Proof, Telling
from shared.domain.promises.wake_ups import due_now
from tests.support.builders import CALENDAR, SECOND_DUE_ON, TERMS, a_petition, vietnam

K, S = DutyKind, DutyStatus


def verdicts(petition, now, evidence=None):
    result = duties(petition, TERMS, CALENDAR, now, evidence)
    return {(d.kind, d.n): (d.due_on.isoformat(), d.standing) for d in result}


def answered(on, at="09:00", **facts):
    petition = a_petition(State.AWAITING_APPROVAL, **facts)
    return petition.approve(Change.by_officer("binh", vietnam(on, at), "approve"))


@pytest.mark.parametrize(
    ("now", "status"),
    [
        pytest.param(vietnam("2026-06-01", "09:01"), S.OPEN, id="just received"),
        pytest.param(vietnam("2026-06-22", "23:59"), S.OPEN, id="the last minute of the last day"),
        pytest.param(vietnam("2026-06-23", "00:00"), S.UNMET, id="the first minute after it"),
    ],
)
def test_unanswered_petition_is_open_until_the_end_of_its_last_day(now, status):
    assert verdicts(a_petition(State.IN_PROGRESS), now)[K.ANSWER, 1] == ("2026-06-22", status)


@pytest.mark.parametrize(
    ("on", "at", "status"),
    [
        pytest.param("2026-06-22", "23:59", S.KEPT, id="answered in the last minute"),
        pytest.param("2026-06-23", "00:00", S.LATE, id="answered a minute later"),
    ],
)
def test_answer_is_kept_or_late_by_the_end_of_the_day(on, at, status):
    assert verdicts(answered(on, at), vietnam("2026-07-30"))[K.ANSWER, 1] == ("2026-06-22", status)


@pytest.mark.parametrize(
    ("on", "status"),
    [
        pytest.param("2026-06-11", None, id="in time: nothing is owed"),
        pytest.param("2026-06-18", S.UNMET, id="afterwards: it was owed, and stays missed"),
    ],
)
def test_publication_is_owed_no_more_once_the_consent_is_withdrawn(on, status):
    petition = answered("2026-06-10")
    withdrawn = petition.withdraw_consent(Change.by_petitioner(vietnam(on), "withdraw-consent"))

    verdict = verdicts(withdrawn, vietnam("2026-07-30")).get((K.PUBLICATION, 1))

    assert (verdict and verdict[1]) == status
    reminders = [wake.action for wake in due_now(withdrawn, TERMS, CALENDAR, vietnam("2026-07-01"))]
    assert Action.REMIND_PUBLICATION not in reminders


def test_each_update_is_owed_until_the_answer_comes_and_not_after():
    petition = a_petition(State.IN_PROGRESS)

    assert verdicts(petition, vietnam("2026-06-30")).keys() == {(K.ANSWER, 1)}
    assert verdicts(petition, vietnam("2026-07-10", "07:00"))[K.UPDATE, 1] == ("2026-07-01", S.UNMET)
    assert verdicts(petition, vietnam("2026-07-10", "07:00"))[K.UPDATE, 2] == ("2026-07-10", S.OPEN)
    assert not {(K.UPDATE, 1)} & verdicts(answered("2026-07-01"), vietnam("2026-08-30")).keys()


def test_update_that_came_after_an_outage_is_late_for_the_one_it_speaks_for():
    petition, now = a_petition(State.IN_PROGRESS), vietnam("2026-07-10", "08:00")
    for due in due_now(petition, TERMS, CALENDAR, now):
        facts = TimeLimitReached(n=due.n, anchor=due.anchor)
        petition = petition.record(due.action, Change.by_timer(now, due.change_id), facts=facts)

    result = verdicts(petition, now)

    assert result[K.UPDATE, 1][1] is S.LATE
    assert result[K.UPDATE, 2][1] is S.KEPT


@pytest.mark.parametrize(
    ("published_on", "now", "status"),
    [
        pytest.param("2026-06-10", "2026-06-30", S.KEPT, id="published on the second working day"),
        pytest.param("2026-06-11", "2026-06-30", S.LATE, id="a day later"),
        pytest.param(None, "2026-06-10", S.OPEN, id="still time"),
        pytest.param(None, "2026-06-11", S.UNMET, id="not published in time"),
    ],
)
def test_result_is_published_within_two_working_days(published_on, now, status):
    """Approved on Monday 8 June: due on Wednesday 10 June."""
    petition = answered("2026-06-08")
    if published_on:
        petition = petition.record(Action.PUBLISH, Change.by_officer("b", vietnam(published_on), "p"))

    assert verdicts(petition, vietnam(now))[K.PUBLICATION, 1] == ("2026-06-10", status)


@pytest.mark.parametrize(
    ("reopened_on", "owed"),
    [
        pytest.param("2026-06-09", False, id="disputed while there was time to publish"),
        pytest.param("2026-06-15", True, id="disputed after the time had passed"),
    ],
)
def test_disputed_answer_owes_no_publication(reopened_on, owed):
    petition = answered("2026-06-08").reopen(
        Change.by_petitioner(vietnam(reopened_on), "r"),
        unit="TTB",
        reason="Chưa đúng.",
        due_on=date(2026, 7, 29),
    )

    assert ((K.PUBLICATION, 1) in verdicts(petition, vietnam("2026-06-30"))) is owed


def test_answer_that_may_not_be_published_owes_no_publication():
    assert (K.PUBLICATION, 1) not in verdicts(
        answered("2026-06-08", may_publish=False), vietnam("2026-06-30")
    )


def test_forwarding_is_owed_within_five_working_days():
    forwarded = a_petition(State.FORWARDED)

    assert verdicts(forwarded, vietnam("2026-06-30"))[K.FORWARDING, 1] == ("2026-06-08", S.KEPT)
    assert verdicts(forwarded, vietnam("2026-06-30"))[K.ANSWER, 1][1] is S.KEPT


def test_withdrawn_petition_leaves_nothing_open():
    assert verdicts(a_petition(State.WITHDRAWN), vietnam("2026-09-01")) == {}


def test_second_look_is_a_promise_of_its_own_and_the_first_verdict_stands():
    reopened = a_petition(State.REOPENED)

    result = verdicts(reopened, vietnam("2026-07-21"))

    assert result[K.ANSWER, 1] == ("2026-06-22", S.KEPT)
    assert result[K.SECOND_ANSWER, 1] == (SECOND_DUE_ON.isoformat(), S.UNMET)


def updated(petition, n, anchor, on):
    facts = PetitionerUpdated(n=n, anchor=anchor.isoformat())
    return petition.record(
        Action.UPDATE_PETITIONER, Change.by_timer(vietnam(on), f"timer:{anchor}:{n}"), facts=facts
    )


def test_updates_missed_after_a_reopening_are_owed_like_those_before_it():
    """The second answer was due on 20 July: updates were owed on 29 July and 7 August."""
    reopened = a_petition(State.REOPENED)

    result = verdicts(reopened, vietnam("2026-08-10"))

    assert result[K.UPDATE, 1] == ("2026-07-29", S.UNMET)
    assert result[K.UPDATE, 2] == ("2026-08-07", S.UNMET)
    assert (K.UPDATE, 3) not in result


def test_update_after_a_reopening_is_kept_by_the_one_that_counts_from_the_second_due_date():
    reopened = updated(a_petition(State.REOPENED), 1, SECOND_DUE_ON, "2026-07-29")

    result = verdicts(reopened, vietnam("2026-08-10"))

    assert [result[K.UPDATE, n][1] for n in (1, 2)] == [S.KEPT, S.UNMET]


def test_updates_of_both_rounds_are_numbered_through():
    """Answered on 3 July, so the update of 1 July was owed before; none is owed between the rounds."""
    petition = answered("2026-07-03").reopen(
        Change.by_petitioner(vietnam("2026-07-06"), "reopen"), "VPB", SECOND_DUE_ON, reason=None
    )

    result = verdicts(petition, vietnam("2026-07-30"))

    assert result[K.UPDATE, 1] == ("2026-07-01", S.UNMET)
    assert result[K.UPDATE, 2] == ("2026-07-29", S.UNMET)


def test_no_update_is_owed_after_the_second_answer():
    reopened = a_petition(State.REOPENED)
    answered_again = (
        reopened.accept(Change.by_officer("lan", vietnam("2026-07-10"), "accept-2"), handler="lan")
        .draft_answer(Change.by_officer("lan", vietnam("2026-07-11"), "draft-2"), "Đã xem xét lại.")
        .approve(Change.by_officer("binh", vietnam("2026-07-13"), "approve-2"))
    )

    result = verdicts(answered_again, vietnam("2026-09-10"))

    assert result[K.SECOND_ANSWER, 1] == (SECOND_DUE_ON.isoformat(), S.KEPT)
    assert not [key for key in result if key[0] is K.UPDATE]


# --- and the petitioner knows -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "telling", "status"),
    [
        pytest.param("2026-06-08", "2026-06-08", S.KEPT, id="told the same day"),
        pytest.param(
            "2026-06-22", "2026-06-24", S.KEPT, id="word may take two working days after the last day"
        ),
        pytest.param("2026-06-08", "2026-06-11", S.LATE, id="but no longer, however early the answer was"),
        pytest.param("2026-06-23", "2026-06-23", S.LATE, id="word at once does not mend a late answer"),
        pytest.param("2026-06-08", None, S.AWAITING_PROOF, id="nothing shows yet that they know"),
        pytest.param("2026-06-23", None, S.AWAITING_PROOF, id="nor of a late one"),
    ],
)
def test_answer_is_kept_only_on_evidence_that_the_petitioner_was_notified(done, telling, status):
    petition = answered(done)
    evidence = {petition.version: Telling(at=vietnam(telling), proof=Proof.RECEIPT)} if telling else {}

    assert verdicts(petition, vietnam("2026-07-30"), evidence)[K.ANSWER, 1] == ("2026-06-22", status)


def test_duty_names_when_and_how_the_petitioner_was_notified():
    petition = answered("2026-06-08")
    telling = Telling(at=vietnam("2026-06-09"), proof=Proof.CALL)

    (duty,) = (
        item
        for item in duties(petition, TERMS, CALENDAR, vietnam("2026-07-01"), {petition.version: telling})
        if item.kind is K.ANSWER
    )

    assert (duty.done_at, duty.told_at, duty.proof) == (
        vietnam("2026-06-08", "09:00"),
        telling.at,
        Proof.CALL,
    )


def test_petitioner_whom_nobody_could_reach_was_not_notified():
    petition = answered("2026-06-08")

    assert verdicts(petition, vietnam("2026-07-01"), {petition.version: None})[K.ANSWER, 1][1] is S.UNREACHED


def test_what_is_not_done_needs_no_evidence_to_be_unmet():
    assert verdicts(a_petition(State.IN_PROGRESS), vietnam("2026-06-23"), {})[K.ANSWER, 1][1] is S.UNMET


def test_publication_proves_itself():
    petition = answered("2026-06-08").record(
        Action.PUBLISH, Change.by_officer("b", vietnam("2026-06-09"), "p")
    )

    assert verdicts(petition, vietnam("2026-06-30"), {})[K.PUBLICATION, 1][1] is S.KEPT


def test_lane_of_denunciations_tells_the_petitioner_nothing_and_needs_no_proof():
    assert verdicts(a_petition(State.RESTRICTED), vietnam("2026-06-30"), {})[K.ANSWER, 1][1] is S.KEPT
