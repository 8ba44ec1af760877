"""The life of a petition: the table, and what holds on every walk through it."""

from datetime import date, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.domain.errors import ActionNotPossibleError
from shared.domain.figures.replay import as_it_stood
from shared.domain.petition.change import Change
from shared.domain.petition.facts import (
    FILED,
    AnsweredWithParent,
    ChannelsChosen,
    ContactAdded,
    DueDateMoved,
    Facts,
    FileDeclared,
    FileKept,
    FileOpened,
    FileRejected,
    Finding,
    PinSent,
    Screened,
)
from shared.domain.petition.lifecycle import (
    MOVES,
    UNANSWERED,
    Action,
    State,
    possible_actions,
    target_of,
)
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.attachments import BelongsTo, Rejection
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises import wake_ups
from tests.support.builders import CALENDAR, RECEIVED_AT, SECOND_DUE_ON, TERMS, a_petition, vietnam

S, A = State, Action


@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        pytest.param(S.RECEIVED, A.ROUTE, S.ASSIGNED, id="router gives it to a unit"),
        pytest.param(S.RECEIVED, A.HAND_TO_INTAKE, S.RECEIVED, id="router cannot tell"),
        pytest.param(S.ASSIGNED, A.ACCEPT, S.IN_PROGRESS, id="unit accepts"),
        pytest.param(S.ASSIGNED, A.RETURN_TO_INTAKE, S.RECEIVED, id="wrongly routed"),
        pytest.param(S.IN_PROGRESS, A.DRAFT_ANSWER, S.AWAITING_APPROVAL, id="draft is handed in"),
        pytest.param(S.AWAITING_APPROVAL, A.RETURN_DRAFT, S.IN_PROGRESS, id="draft misses the point"),
        pytest.param(S.AWAITING_APPROVAL, A.APPROVE, S.ANSWERED, id="answer is approved"),
        pytest.param(S.ANSWERED, A.PUBLISH, S.PUBLISHED, id="answer becomes public"),
        pytest.param(S.PUBLISHED, A.CLOSE, S.CLOSED, id="silent long enough"),
        pytest.param(S.CLOSED, A.REOPEN, S.REOPENED, id="second look"),
        *(
            pytest.param(end, A.REOPEN, S.REOPENED, id=f"{end} is no dead end")
            for end in (S.REFUSED, S.FORWARDED, S.GUIDED, S.WITHDRAWN)
        ),
        pytest.param(
            S.WITHDRAWN, A.UNDO_WITHDRAWAL, S.WITHDRAWN, id="undone: the verb decides where it goes back to"
        ),
        pytest.param(S.IN_PROGRESS, A.FORWARD, S.FORWARDED, id="another body's matter"),
        pytest.param(S.RECEIVED, A.RESTRICT, S.RESTRICTED, id="a denunciation"),
        pytest.param(S.RESTRICTED, A.RETURN_TO_INTAKE, S.RECEIVED, id="it was none after all"),
        pytest.param(S.IN_PROGRESS, A.WITHDRAW, S.WITHDRAWN, id="petitioner withdraws"),
    ],
)
def test_action_leads_from_state_to_state(state, action, expected):
    assert target_of(action, state) is expected


@pytest.mark.parametrize(
    ("state", "action"),
    [
        pytest.param(S.RECEIVED, A.APPROVE, id="nothing to approve"),
        pytest.param(S.ANSWERED, A.DRAFT_ANSWER, id="answered already"),
        pytest.param(S.ANSWERED, A.WITHDRAW, id="too late to withdraw"),
        pytest.param(S.RESTRICTED, A.ASSIGN, id="a denunciation is never given to a unit"),
        pytest.param(S.RESTRICTED, A.PUBLISH, id="a denunciation is never published"),
        pytest.param(S.WITHDRAWN, A.ACCEPT, id="withdrawn is over"),
        pytest.param(S.AWAITING_APPROVAL, A.REFUSE, id="a draft has to be decided first"),
        pytest.param(S.RECEIVED, A.RATE, id="nothing to rate yet"),
    ],
)
def test_impossible_action_is_refused_with_its_facts(state, action):
    with pytest.raises(ActionNotPossibleError) as refused:
        target_of(action, state)

    assert (refused.value.action, refused.value.state) == (action, state)


def test_every_action_has_a_row_in_the_table():
    missing = [action.value for action in Action if action not in MOVES]

    assert not missing, f"no row in MOVES (lifecycle.py) for {missing}"


def test_receive_creates_the_petition_and_is_possible_in_no_state():
    assert MOVES[Action.RECEIVE].sources == frozenset()
    with pytest.raises(ActionNotPossibleError):
        target_of(Action.RECEIVE, State.RECEIVED)


def test_every_state_can_be_reached_and_none_is_a_dead_end():
    reached = {State.RECEIVED} | {move.target for move in MOVES.values() if move.target}
    final = {s for s in State if not any(MOVES[a].target not in (None, s) for a in possible_actions(s))}

    assert reached == set(State)
    assert final == set()


@pytest.mark.parametrize("state", State)
def test_builder_leads_to_every_state_with_an_intact_history(state):
    petition = a_petition(state)

    assert petition.state is state
    assert petition.is_intact


def test_waiting_petition_goes_back_to_the_work_it_came_from():
    at_work = a_petition(S.AWAITING_INFORMATION).supplement(
        Change.by_petitioner(RECEIVED_AT, "s"), "Năm 2026."
    )
    unassigned = (
        a_petition()
        .request_information(Change.by_officer("lan", RECEIVED_AT, "ask"), "?")
        .supplement(Change.by_petitioner(RECEIVED_AT, "s"), "Năm 2026.")
    )

    assert at_work.state is S.IN_PROGRESS
    assert unassigned.state is S.RECEIVED


def test_petition_is_reopened_only_once():
    reopened = a_petition(S.REOPENED)
    answered_again = (
        reopened.accept(Change.by_officer("x", RECEIVED_AT, "2"), handler="x")
        .draft_answer(Change.by_officer("x", RECEIVED_AT, "3"), "B")
        .approve(Change.by_officer("y", RECEIVED_AT, "4"))
    )

    with pytest.raises(ActionNotPossibleError):
        answered_again.reopen(Change.by_petitioner(RECEIVED_AT, "5"), "VPB", SECOND_DUE_ON, reason=None)


def test_petition_that_may_not_be_published_is_not():
    kept_private = a_petition(S.ANSWERED, may_publish=False)

    with pytest.raises(ActionNotPossibleError):
        kept_private.publish(
            Change.by_officer("binh", RECEIVED_AT, "p"),
            Publication(subject="s", content="c", answer="a", published_at=RECEIVED_AT),
        )


def test_erasing_forgets_the_person_and_keeps_the_record():
    closed = a_petition(S.CLOSED)

    erased = closed.erase(Change.by_timer(vietnam("2031-06-02"), "erase"))

    assert erased.content == erased.subject == ""
    assert not erased.petitioner.seal
    assert not erased.petitioner.contact_keys
    assert erased.answer is not None
    assert erased.answer.text == ""
    assert [e.action for e in erased.history[:-1]] == [e.action for e in closed.history]
    assert all(e.text is None and e.note is None for e in erased.history)
    assert erased.is_intact


def test_a_withdrawal_is_not_undone_once_the_texts_were_erased():
    withdrawn = a_petition(S.WITHDRAWN)
    erased = withdrawn.erase(Change.by_timer(vietnam("2031-06-02"), "erase"))
    change = Change.by_petitioner(vietnam("2031-06-03"), "undo")

    with pytest.raises(ActionNotPossibleError):
        erased.undo_withdrawal(change)


FACTS_NEEDED: dict[Action, Facts] = {
    A.SEND_PIN: PinSent(channel=ReplyBy.SMS),
    A.ADD_CONTACT: ContactAdded(parts_before=1, chosen_before=(ReplyBy.EMAIL,)),
    A.CHOOSE_CHANNELS: ChannelsChosen(chosen_before=(ReplyBy.EMAIL,)),
    A.SCREEN: Screened(entry=1, finding=Finding.NOTHING),
    A.ANSWER_WITH_PARENT: AnsweredWithParent(parent="26333333333", settled_as=A.APPROVE),
    A.ATTACH: FileDeclared(attachment="a", belongs_to=BelongsTo.PETITION),
    A.KEEP_ATTACHMENT: FileKept(attachment="a", sha256="5"),
    A.REJECT_ATTACHMENT: FileRejected(attachment="a", reason=Rejection.EMPTY),
    A.OPEN_ATTACHMENT: FileOpened(attachment="a"),
    A.MOVE_DUE_DATE: DueDateMoved(moved_from=date(2026, 6, 22), moved_to=date(2026, 6, 23)),
}
"""Facts of those actions without a verb below that every entry of theirs has."""


class PetitionLife(RuleBasedStateMachine):
    """Any sequence of possible actions keeps the promises that do not depend on the way."""

    @initialize()
    def receive(self):
        self.petition = a_petition()
        self.count = 0
        self.before = [self.petition]

    def change(self):
        self.count += 1
        return Change.by_officer("a", RECEIVED_AT + timedelta(hours=self.count), f"c{self.count}")

    @rule(data=st.data())
    @precondition(lambda self: bool(possible_actions(self.petition.state)))
    def act(self, data):
        p = self.petition
        action = data.draw(st.sampled_from(possible_actions(p.state)))
        change = self.change()
        if data.draw(st.booleans(), label="word is held"):
            change = change.held_until(change.at + timedelta(minutes=90))
        verbs = {
            A.SUPPLEMENT: lambda: p.supplement(change, "thêm"),
            A.ACCEPT: lambda: p.accept(change, handler="a"),
            A.ASSIGN: lambda: p.assign(change, "VCCVC"),
            A.RETURN_TO_INTAKE: lambda: p.return_to_intake(change, "TTTT", reason="nhầm"),
            A.DRAFT_ANSWER: lambda: p.draft_answer(change, "trả lời"),
            A.APPROVE: lambda: p.approve(change),
            A.REOPEN: lambda: p.reopen(change, "VPB", SECOND_DUE_ON, reason=None),
            A.ERASE: lambda: p.erase(change),
            A.UNDO_WITHDRAWAL: lambda: p.undo_withdrawal(change),
            A.RESTRICT: lambda: p.restrict(change, "TTRA"),
            A.CLASSIFY: lambda: p.classify(
                change,
                field=data.draw(st.sampled_from([None, "CCVC", "TL"])),
                kind=data.draw(st.sampled_from([None, *Kind])),
                lane=Lane.ORDINARY,
                complained_unit=data.draw(st.sampled_from([None, "VTL"])),
            ),
            A.RATE: lambda: p.rate(change, 2, None),
            A.TAKE_BACK: lambda: p.take_back(change),
        }
        try:
            self.petition = verbs.get(
                action, lambda: p.record(action, change, facts=FACTS_NEEDED.get(action))
            )()
        except ActionNotPossibleError:
            is_over = action is A.TAKE_BACK and not p.is_held(change.at)
            leads_on = action is not A.TAKE_BACK and p.is_held(change.at)
            is_erased = action is A.UNDO_WITHDRAWAL and p.last(A.ERASE)
            assert action is A.REOPEN or is_erased or is_over or leads_on
        else:
            assert self.petition.version == p.version + 1
            assert self.petition.history[: p.version] == p.history or action is A.ERASE
            self.before.append(self.petition)
            if action is A.TAKE_BACK:
                self.stands_where_it_stood(p)

    def stands_where_it_stood(self, decided):
        """An action that is taken back changed nothing of the petition, and nobody outside knew of it meanwhile."""
        assert decided.held is not None
        now = self.petition.history[-1].at
        before = self.before[decided.held.entry - 2]
        outside = decided.as_known_outside(now)
        for petition in (self.petition, outside):
            for name in ("state", "unit", "handler", "lane", "parent", "draft", "answer", "due_on"):
                assert getattr(petition, name) == getattr(before, name), name
        assert outside.history == before.as_known_outside(now).history
        assert self.petition.held is None

    def teardown(self):
        """Every moment of this life can be reconstructed from its history."""
        for then in self.before:
            past = as_it_stood(self.petition.outline(), then.history[-1].at)

            assert past is not None
            assert past.state is then.state
            assert [getattr(past, name) for name in FILED] == [getattr(then, name) for name in FILED]
            assert (past.rating and past.rating.score) == (then.rating and then.rating.score)

    @invariant()
    def history_is_whole(self):
        assert self.petition.is_intact
        assert [e.seq for e in self.petition.history] == list(range(1, self.petition.version + 1))
        assert self.petition.history[-1].state is self.petition.state

    @invariant()
    def what_was_promised_never_moves_by_itself(self):
        promised = SECOND_DUE_ON if self.petition.last(A.REOPEN) else date(2026, 6, 22)
        assert self.petition.due_on == promised
        assert self.petition.received_at == RECEIVED_AT

    @invariant()
    def an_unanswered_petition_is_always_woken(self):
        if self.petition.state in UNANSWERED:
            assert wake_ups.next_wake(self.petition, TERMS, CALENDAR, RECEIVED_AT) is not None


TestPetitionLife = PetitionLife.TestCase
