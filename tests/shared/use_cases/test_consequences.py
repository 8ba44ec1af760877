"""The table of consequences: every action has a row, every consequence comes about in one known way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from shared.domain.petition.facts import (
    AnsweredWithParent,
    Assigned,
    FileKept,
    Merged,
    TakenBack,
    TimeLimitReached,
)
from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import merging, screening
from shared.domain.promises.consequences import AFTER, ALWAYS, Consequence
from shared.domain.promises.notices import notices_after
from shared.use_cases.consequences import (
    FOUND,
    SENT,
    SETTLED_AFTER,
    WRITTEN,
    Queue,
    missing_requests,
    requests_after,
)
from tests.support.builders import a_petition


def test_every_action_has_a_row():
    assert set(Action) - AFTER.keys() == set(), "Say in shared/domain/promises/consequences.py what follows."


def test_every_consequence_comes_about_in_exactly_one_way():
    listed = [*SENT, *WRITTEN, *FOUND]

    assert sorted(listed) == sorted(Consequence)


def test_what_follows_from_every_entry_needs_no_message_unless_a_program_subscribed():
    assert set(ALWAYS) == WRITTEN.keys() | FOUND.keys() | {Consequence.ANNOUNCE}


def test_every_consequence_follows_from_something():
    assert {*ALWAYS, *(consequence for row in AFTER.values() for consequence in row)} == set(Consequence)


def telling_facts(action: Action) -> Iterator[object]:
    """Yield facts under which an entry of an action notifies people, besides those of its row in `MOVES`."""
    if action is Action.ESCALATE:
        yield TimeLimitReached(n=1, anchor="2026-11-23")
    if action is Action.KEEP_ATTACHMENT:
        yield FileKept.model_construct(attachment="a", completes=True, sha256="")
    if action is Action.ANSWER_WITH_PARENT:
        yield AnsweredWithParent.model_construct(parent="p", settled_as=Action.APPROVE)
    if action in {Action.ROUTE, Action.ASSIGN}:
        yield Assigned.model_construct(unit="u", tells="PETITIONER")
    if action is Action.MERGE:
        yield Merged.model_construct(parent="p", follows=None)
    if action is Action.TAKE_BACK:
        yield TakenBack.model_construct(entry=1, taken_back=Action.APPROVE, overtaken=True)


@pytest.mark.parametrize("action", Action)
def test_who_notifies_somebody_says_so_in_its_row(action: Action):
    petition = a_petition(State.CLOSED)
    entry = petition.history[-1].model_copy(update={"action": action})
    entries = [entry, *(entry.model_copy(update={"facts": facts}) for facts in telling_facts(action))]
    may_tell = any(notices_after(petition, each) for each in entries) or bool(MOVES[action].notices)

    assert (Consequence.TELL in AFTER[action]) is (may_tell or action is Action.SCREEN)


@pytest.mark.parametrize(
    ("consequence", "actions"),
    [
        pytest.param(Consequence.SCREEN, screening.WRITTEN_LATER, id="texts that a petitioner added"),
        pytest.param(Consequence.LEAD, merging.BECOMING, id="what becomes of a parent"),
    ],
)
def test_row_agrees_with_the_procedure_that_it_starts(consequence: Consequence, actions: frozenset[Action]):
    assert {action for action, row in AFTER.items() if consequence in row} == actions


class Nothing:
    """Surroundings in which nothing was done."""

    def delivery_names(self) -> list[str]:
        return []

    def epoch_at(self, at: datetime) -> int:
        return 0

    def relative(self, reference: str) -> Petition | None:
        return None

    def had_subscribers(self, on: date) -> bool:
        return True

    def is_in_quarantine(self, key: str) -> bool:
        return True


@pytest.mark.parametrize("state", State)
def test_what_is_missing_once_all_is_lost_was_sent_before(state: State):
    petition = a_petition(state)
    now = petition.history[-1].at + SETTLED_AFTER

    missing = missing_requests(petition, Nothing(), now)

    sent = requests_after(petition, 0)
    for queue in (Queue.ROUTING, Queue.NOTICES):
        assert set(missing[queue]) <= set(sent[queue])
    assert len(missing[Queue.NOTICES]) == len(set(missing[Queue.NOTICES]))


def test_nothing_is_missed_while_its_message_may_still_be_on_its_way():
    petition = a_petition(State.RECEIVED)

    missing = missing_requests(petition, Nothing(), petition.history[-1].at)

    assert missing == {queue: [] for queue in Queue}


def test_messages_after_several_entries_are_sent_once_each():
    petition = a_petition(State.CLOSED)

    requests = requests_after(petition, 0)

    assert requests[Queue.ROUTING]
    assert all(len(messages) == len(set(messages)) for messages in requests.values())
    assert requests[Queue.UPLOADS] == [], "the bucket announces files itself"
