"""A petition can always be written: whatever people send, answers of full length and the clock's entries fit its item.

Sizes are those of the item as it is stored, counted as DynamoDB counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.errors import ActionNotPossibleError, InvalidInputError, PetitionFullError
from shared.domain.petition import space
from shared.domain.petition.change import Change
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import MOVES, UNANSWERED, Action, State
from shared.domain.petition.petition import MAX_CONTENT, Petition
from shared.domain.petition.values.answer import Citation, Publication
from shared.domain.petition.values.attachments import Attachment, BelongsTo, Limits
from shared.domain.petition.values.petitioner import ReplyBy, SealedPart
from shared.domain.promises.wake_ups import due_now, next_wake
from shared.tables.petition_items import item_bytes, item_of
from shared.tables.public_answers import PublicAnswer
from tests.support.builders import CALENDAR, RECEIVED_AT, SECOND_DUE_ON, TERMS, a_petition

DYNAMODB = 400 * 1024
FULL = "ệ" * MAX_CONTENT
"""A text of full length, each character three bytes in UTF-8."""
CITATIONS = tuple(Citation(number="ệ" * 190, article="ệ" * 4) for _ in range(10))
"""About 6,000 bytes: as many as the form takes."""


class Life:
    """A petition under way; each step has its own name and time."""

    def __init__(self, petition: Petition) -> None:
        self.petition = petition
        self.at = RECEIVED_AT
        self.refusals: list[Exception] = []

    def try_to(self, verb: Callable[[Petition, Change], Petition]) -> bool:
        """Do something if it is possible and there is space for it."""
        try:
            self.petition = verb(self.petition, self._change())
        except (ActionNotPossibleError, InvalidInputError) as refusal:
            self.refusals.append(refusal)
            return False
        return True

    def must(self, verb: Callable[[Petition, Change], Petition]) -> None:
        """Do something that nobody may prevent, and measure what is stored then."""
        self.petition = verb(self.petition, self._change())
        assert self.stored_bytes() <= DYNAMODB

    def _change(self) -> Change:
        self.at += timedelta(minutes=1)
        return Change(f"officer:{'o' * 40}", self.at, f"step:{self.petition.version}:{'c' * 64}")

    def stored_bytes(self) -> int:
        wake_at = next_wake(self.petition, TERMS, CALENDAR, self.at)
        return item_bytes(item_of(self.petition, wake_at))

    def let_time_pass(self, until: datetime) -> None:
        """Let the clock do all that falls due, as the timer does it."""
        while (wake := next_wake(self.petition, TERMS, CALENDAR, self.at)) and wake <= until:
            self.at = max(self.at, wake)
            for due in due_now(self.petition, TERMS, CALENDAR, self.at)[:1]:
                self.petition = self.petition.record(
                    due.action,
                    Change.by_timer(self.at, due.change_id),
                    facts=TimeLimitReached(n=due.n, anchor=due.anchor),
                )
        assert self.stored_bytes() <= DYNAMODB


def a_file(belongs_to: BelongsTo, number: int, at: datetime) -> Attachment:
    return Attachment(
        id=f"{number:032x}",
        belongs_to=belongs_to,
        filename="ệ" * 96 + ".pdf",
        by="petitioner",
        declared_at=at,
    )


def declared(belongs_to: BelongsTo) -> Callable[[Petition, Change], Petition]:
    def declare(petition: Petition, change: Change) -> Petition:
        file = a_file(belongs_to, petition.version, change.at)
        return petition.declare_file(change, file, Limits(files=1_000))

    return declare


SEALED = SealedPart(at=RECEIVED_AT, ciphertext="A" * 5_700)

WHAT_PEOPLE_DO: dict[str, Callable[[Petition, Change], Petition]] = {
    "supplement": lambda p, c: p.supplement(c, FULL),
    "short supplement": lambda p, c: p.supplement(c, "Xin bổ sung."),
    "identity by SMS": lambda p, c: p.supplement(c, None, sealed=SEALED),
    "contact": lambda p, c: p.add_contact(c, SEALED, (c.id[:32],), (ReplyBy.SMS,)),
    "pin": lambda p, c: p.send_pin(c, ReplyBy.SMS),
    "file": declared(BelongsTo.PETITION),
    "question": lambda p, c: p.request_information(c, FULL),
    "note": lambda p, c: p.add_note(c, FULL[:1_000], progress=FULL[:1_000]),
    "opening": lambda p, c: p.record_opening(c, FULL[:1_000]),
    "accept": lambda p, c: p.accept(c, handler="minh.ccvc"),
    "officer's file": declared(BelongsTo.ANSWER),
    "draft": lambda p, c: p.draft_answer(c, FULL, citations=CITATIONS),
    "return": lambda p, c: p.return_draft(c, FULL[:1_000]),
}


def answer(life: Life) -> None:
    """Bring a petition to a full answer, published in full, from wherever it is."""
    if life.petition.state in {State.RECEIVED, State.REOPENED}:
        life.must(lambda p, c: p.record(Action.ASSIGN, c, unit="CCVC"))
    if life.petition.state is State.ASSIGNED:
        life.must(lambda p, c: p.accept(c, handler="minh.ccvc"))
    if life.petition.state is not State.AWAITING_APPROVAL:
        life.must(lambda p, c: p.draft_answer(c, FULL, citations=CITATIONS))
    life.must(lambda p, c: p.approve(c))
    life.must(
        lambda p, c: p.publish(
            c,
            Publication(subject="ệ" * 200, content=FULL, answer=FULL, citations=CITATIONS, published_at=c.at),
        )
    )


@given(steps=st.lists(st.sampled_from(sorted(WHAT_PEOPLE_DO)), min_size=5, max_size=60))
@settings(deadline=None)
def test_answers_of_full_length_and_all_entries_of_the_clock_fit_whatever_people_do(steps: list[str]) -> None:
    life = Life(a_petition(content=FULL, subject="ệ" * 200))
    for step in steps:
        life.try_to(WHAT_PEOPLE_DO[step])

    life.let_time_pass(life.at + timedelta(days=200))
    answer(life)
    life.try_to(lambda p, c: p.rate(c, 1, None))
    life.must(lambda p, c: p.reopen(c, "VPB", SECOND_DUE_ON, reason=FULL[:2_000]))
    life.let_time_pass(life.at + timedelta(days=200))
    answer(life)

    assert life.petition.is_intact


@pytest.mark.parametrize("step", sorted(WHAT_PEOPLE_DO))
def test_one_thing_done_without_end_leaves_space_for_all_else(step: str) -> None:
    life = Life(a_petition(State.IN_PROGRESS, content=FULL))
    for _ in range(150):
        if not life.try_to(WHAT_PEOPLE_DO[step]):
            life.try_to(WHAT_PEOPLE_DO["short supplement"])

    answer(life)
    life.must(lambda p, c: p.reopen(c, "VPB", SECOND_DUE_ON, reason=FULL[:2_000]))
    life.let_time_pass(life.at + timedelta(days=200))
    answer(life)


def test_petitioners_words_are_refused_before_they_take_half_of_the_item() -> None:
    life = Life(a_petition(State.IN_PROGRESS))
    supplements = 0
    while life.try_to(WHAT_PEOPLE_DO["supplement"]):
        supplements += 1

    assert supplements >= 3
    assert space.petitioners_bytes(life.petition) < DYNAMODB / 2
    assert isinstance(life.refusals[-1], PetitionFullError)
    assert life.refusals[-1].problems == (("content", "petition-full"),)


def test_after_the_refusal_of_a_text_its_sender_can_still_attach_rate_and_withdraw() -> None:
    life = Life(a_petition(State.IN_PROGRESS))
    while life.try_to(WHAT_PEOPLE_DO["supplement"]):
        pass
    while life.try_to(WHAT_PEOPLE_DO["short supplement"]):
        pass

    assert all(life.try_to(WHAT_PEOPLE_DO["file"]) for _ in range(Limits().files))
    answered = Life(life.petition)
    answer(answered)
    assert answered.try_to(lambda p, c: p.rate(c, 1, FULL[:2_000]))
    assert life.try_to(lambda p, c: p.withdraw(c, FULL[:2_000]))


def test_petition_that_earlier_code_let_be_overfilled_still_takes_official_acts() -> None:
    life = Life(a_petition(content=9 * FULL))

    assert not life.try_to(WHAT_PEOPLE_DO["short supplement"])
    assert not life.try_to(WHAT_PEOPLE_DO["note"])
    life.must(lambda p, c: p.record(Action.ASSIGN, c, unit="CCVC"))
    life.must(WHAT_PEOPLE_DO["accept"])
    life.must(lambda p, c: p.draft_answer(c, FULL))
    life.must(lambda p, c: p.approve(c))


def test_seal_of_a_petition_that_is_full_moves_to_another_key_and_its_answers_fit_still() -> None:
    life = Life(a_petition(State.IN_PROGRESS, content=FULL))
    while life.try_to(WHAT_PEOPLE_DO["note"]):
        pass
    seal = tuple(SealedPart(at=life.at, ciphertext="c" * 400) for _ in range(3))

    life.petition = life.petition.move_seal(Change.by_timer(life.at, "reseal:key:1"), seal, "ệ" * 200)

    assert life.petition.petitioner.seal == seal
    assert life.petition.fault is None
    answer(life)


def test_files_have_a_limit_of_their_own() -> None:
    life = Life(a_petition(State.IN_PROGRESS))
    while life.try_to(WHAT_PEOPLE_DO["file"]):
        pass

    refusal = life.refusals[-1]
    assert isinstance(refusal, InvalidInputError)
    assert refusal.problems == (("filename", "too-many-files"),)


def test_estimates_are_never_below_what_is_stored() -> None:
    for state in State:
        petition = a_petition(state, content=FULL)

        assert space.stored_bytes(petition) >= item_bytes(item_of(petition, None)) - _public_texts(petition)


def _public_texts(petition: Petition) -> int:
    item = item_of(petition, None)
    return len(str(item["public"]).encode()) if "public" in item else 0


def test_published_texts_stand_twice_only_where_there_is_space() -> None:
    life = Life(a_petition(State.IN_PROGRESS, content=FULL))
    answer(life)
    full = life.petition.model_copy(update={"content": 9 * FULL})

    published = [
        PublicAnswer.model_validate_json(str(item_of(petition, None)["public"]))
        for petition in (life.petition, full)
    ]

    assert [(public.is_abridged, bool(public.content), bool(public.answer)) for public in published] == [
        (False, True, True),
        (True, False, False),
    ]


def test_every_action_has_its_place_in_the_shares() -> None:
    """All actions that are neither kept free nor a petitioner's are officers', and ask for free space."""
    officers = set(MOVES) - space._ALWAYS_FIT - set(space._LEAVES_FREE) - {Action.ATTACH}

    assert not officers & space._OF_THE_CLOCK
    assert Action.ASSIGN in officers
    assert UNANSWERED  # the clock runs in these states
