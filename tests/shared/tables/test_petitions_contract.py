"""The contract of the petitions table, on moto and on the campaigns' store in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.queues import Filter, QueueReader
from shared.domain.access.roles import Role
from shared.domain.errors import StaleVersionError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane
from shared.domain.petition.values.petitioner import MOST_CONTACTS
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.dynamo import ATTEMPTS
from shared.tables.petition_items import (
    CONTACT_INDEXES,
    FINISHED,
    WAKE_SHARDS,
    StoredPetition,
    stored_petition,
)
from shared.tables.petitions import Petitions
from tests.support.builders import RECEIVED_AT, REFERENCE, a_petition
from tests.support.memory_store import MemoryDirectory, MemoryPetitions
from tests.support.system import System

LISTED = {
    State.ASSIGNED,
    State.AWAITING_INFORMATION,
    State.IN_PROGRESS,
    State.AWAITING_APPROVAL,
    State.ANSWERED,
    State.REOPENED,
    State.RESTRICTED,
}
"""States that ask something of a unit; a fresh petition has no unit yet."""
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture(params=["moto", "memory"])
def petitions(request: pytest.FixtureRequest) -> Iterator[Petitions]:
    """An empty store."""
    if request.param == "memory":
        clock.use(lambda: RECEIVED_AT)
        yield MemoryPetitions(MemoryDirectory())
        clock.use(None)
        return
    running: System = request.getfixturevalue("running_system")
    running.reset(at=RECEIVED_AT)
    outputs = running.local.cloud.outputs
    yield Petitions(outputs["PetitionsTable"], Directory(outputs["DirectoryTable"]))


def everything_due(petitions: Petitions, until) -> list[tuple[str, object]]:
    return [due for shard in range(WAKE_SHARDS) for due in petitions.due(shard, until)]


def test_petition_comes_back_as_it_was_stored(petitions: Petitions):
    petition = a_petition(State.AWAITING_INFORMATION)

    assert petitions.add(petition) is None
    assert petitions.get(REFERENCE) == petition
    assert petitions.get("26000000000") is None


def test_reference_that_is_taken_gives_back_who_has_it(petitions: Petitions):
    first, second = a_petition(), a_petition(submission="9" * 32)
    petitions.add(first)

    assert petitions.add(second) == first
    assert petitions.get(REFERENCE) == first


def test_change_on_an_old_version_is_refused_and_changes_nothing(petitions: Petitions):
    petition = a_petition(State.ASSIGNED)
    petitions.add(petition)
    mine = petition.accept(Change.by_officer("a", RECEIVED_AT, "mine"), handler="a")
    theirs = petition.add_note(Change.by_officer("b", RECEIVED_AT, "theirs"), "ghi chú")
    petitions.save(theirs, petition.version)

    with pytest.raises(StaleVersionError) as refused:
        petitions.save(mine, petition.version)

    assert refused.value.current_version == theirs.version
    assert petitions.get(REFERENCE) == theirs


def test_write_that_comes_again_after_its_reply_was_lost_is_taken_for_done(petitions: Petitions):
    petition = a_petition(State.ASSIGNED)
    petitions.add(petition)
    accepted = petition.accept(Change.by_officer("a", RECEIVED_AT, "mine"), handler="a")

    petitions.save(accepted, petition.version)
    petitions.save(accepted, petition.version)

    assert petitions.get(REFERENCE) == accepted


def noted(petition: Petition, name: str) -> Petition:
    return petition.add_note(Change.by_officer("b", RECEIVED_AT, name), "ghi chú")


def test_change_is_made_of_the_petition_as_others_left_it(petitions: Petitions):
    read = a_petition(State.ASSIGNED)
    petitions.add(read)
    petitions.save(noted(read, "theirs"), read.version)

    saved = petitions.change(read, lambda petition: noted(petition, "mine"))

    assert [entry.change_id for entry in saved.history[read.version :]] == ["theirs", "mine"]
    assert petitions.get(REFERENCE) == saved


def test_change_that_changes_nothing_writes_nothing(petitions: Petitions):
    read = a_petition(State.ASSIGNED)

    assert petitions.change(read, lambda petition: petition) is read
    assert petitions.get(REFERENCE) is None


def test_change_gives_up_after_a_bounded_number_of_lost_races(petitions: Petitions):
    read = a_petition(State.ASSIGNED)
    petitions.add(read)
    attempts: list[str] = []

    def overtaken(petition: Petition) -> Petition:
        attempts.append(f"theirs {len(attempts)}")
        petitions.save(noted(petition, attempts[-1]), petition.version)
        return noted(petition, "mine")

    with pytest.raises(StaleVersionError):
        petitions.change(read, overtaken)

    stored = petitions.get(REFERENCE)
    assert stored is not None
    assert [entry.change_id for entry in stored.history[read.version :]] == attempts
    assert len(attempts) == ATTEMPTS


def test_only_what_is_due_is_listed_and_what_was_done_leaves_the_list(petitions: Petitions):
    petition = a_petition()
    petitions.add(petition)

    assert everything_due(petitions, RECEIVED_AT + TEN_MINUTES - timedelta(seconds=1)) == []
    assert everything_due(petitions, RECEIVED_AT + TEN_MINUTES) == [(REFERENCE, RECEIVED_AT + TEN_MINUTES)]
    assert petitions.next_wake_at() == RECEIVED_AT + TEN_MINUTES

    routed = petition.hand_to_intake(Change.by_timer(RECEIVED_AT, "timer:hand-to-intake:receipt:1"), "TTTT")
    petitions.save(routed, petition.version)

    assert everything_due(petitions, RECEIVED_AT + TEN_MINUTES) == []


@pytest.mark.parametrize(
    ("segments", "limit"),
    [
        pytest.param(1, 200, id="one page"),
        pytest.param(1, 7, id="some pages"),
        pytest.param(8, 2, id="segments"),
    ],
)
def test_every_petition_is_on_exactly_one_page_of_the_reconciliation(
    petitions: Petitions, segments: int, limit: int
):
    references = [f"2600000{number:04d}" for number in range(30)]
    for reference in references:
        petitions.add(a_petition(reference=reference))

    stored: list[StoredPetition] = []
    for segment in range(segments):
        start = None
        while True:
            page, start = petitions.page(start, segment=segment, segments=segments, limit=limit)
            assert len(page) <= limit
            stored += page
            if start is None:
                break

    assert sorted(row.petition.reference for row in stored) == references
    assert all(row.wake_at == RECEIVED_AT + TEN_MINUTES for row in stored)


def test_person_is_found_by_the_key_of_their_contact(petitions: Petitions):
    petitions.add(a_petition(State.ANSWERED))

    assert petitions.of_contact("c" * 32) == [(REFERENCE, RECEIVED_AT)]
    assert petitions.of_contact("d" * 32) == []


def with_contacts(reference: str, *keys: str, days_ago: int = 0) -> Petition:
    petition = a_petition(reference=reference, received_at=RECEIVED_AT - timedelta(days=days_ago))
    petitioner = petition.petitioner.model_copy(update={"contact_keys": keys})
    return petition.model_copy(update={"petitioner": petitioner})


def test_person_is_found_by_each_contact_on_file_newest_first(petitions: Petitions):
    four = tuple(letter * 32 for letter in "cdef")
    petitions.add(with_contacts("26000000001", *four, days_ago=2))
    petitions.add(with_contacts("26000000002", "f" * 32, days_ago=1))
    petitions.add(with_contacts("26000000003", "d" * 32, "f" * 32))

    listed = {key: [name for name, _ in petitions.of_contact(key)] for key in four}

    assert listed == {
        "c" * 32: ["26000000001"],
        "d" * 32: ["26000000003", "26000000001"],
        "e" * 32: ["26000000001"],
        "f" * 32: ["26000000003", "26000000002", "26000000001"],
    }
    assert [name for name, _ in petitions.of_contact("f" * 32, limit=2)] == ["26000000003", "26000000002"]
    assert [name for name, _ in petitions.of_first_contact("f" * 32)] == ["26000000002"]


def test_each_contact_that_a_petition_may_have_has_an_index():
    assert len(CONTACT_INDEXES) == MOST_CONTACTS


class TestDesk:
    """The `desk` index, which only the real table has."""

    @pytest.fixture
    def table(self, running_system: System) -> Petitions:
        """The real one."""
        running_system.reset(at=RECEIVED_AT)
        outputs = running_system.local.cloud.outputs
        return Petitions(outputs["PetitionsTable"], Directory(outputs["DirectoryTable"]))

    @pytest.mark.parametrize(
        ("state", "is_listed"),
        [(state, state in LISTED) for state in State],
    )
    def test_desk_lists_what_still_asks_something_of_an_officer(self, table: Petitions, state, is_listed):
        petition = a_petition(state)
        table.add(petition)

        cards, cursor = table.desk(petition.unit or "TTTT")

        assert ([card.reference for card in cards] == [REFERENCE]) is is_listed
        assert cursor is None

    def test_desk_is_paged_by_due_date_to_the_end(self, table: Petitions):
        for number in range(7):
            at = RECEIVED_AT - timedelta(days=number)
            table.add(a_petition(State.ASSIGNED, reference=f"2600000000{number}", received_at=at))

        seen, cursor = table.desk("VCCVC", limit=3)
        while cursor:
            more, cursor = table.desk("VCCVC", limit=3, after=cursor)
            seen += more

        assert len({card.reference for card in seen}) == 7
        assert [card.due_on for card in seen] == sorted(card.due_on for card in seen)

    def test_desk_is_paged_within_a_day_too_and_ends_with_the_day_asked_for(self, table: Petitions):
        due_on = a_petition(State.ASSIGNED).due_on
        references = [f"2600000000{number}" for number in range(7)]
        for reference in reversed(references):
            table.add(a_petition(State.ASSIGNED, reference=reference))

        first, cursor = table.desk("VCCVC", limit=4, due_until=due_on)
        rest, end = table.desk("VCCVC", limit=4, after=cursor, due_until=due_on)

        assert [card.reference for card in (*first, *rest)] == references
        assert end is None
        assert table.desk("VCCVC", due_until=due_on - timedelta(days=1)) == ([], None)

    @pytest.mark.parametrize("state", list(State))
    def test_finished_petition_stands_in_the_list_of_its_state_alone(self, table: Petitions, state: State):
        petition = a_petition(state)
        table.add(petition)

        listed = {
            finished
            for finished in FINISHED
            for _, card in table.finished(petition.unit or "", finished)[0]
            if card.reference == REFERENCE
        }

        assert listed == ({state} & FINISHED)

    def test_finished_petitions_are_paged_the_latest_first_to_the_end(self, table: Petitions):
        for number in range(7):
            at = RECEIVED_AT - timedelta(days=number)
            table.add(a_petition(State.CLOSED, reference=f"2600000000{number}", received_at=at))

        seen, cursor = table.finished("VCCVC", State.CLOSED, limit=3)
        while cursor:
            more, cursor = table.finished("VCCVC", State.CLOSED, limit=3, before=cursor)
            seen += more

        assert len({card.reference for _, card in seen}) == 7
        assert [position for position, _ in seen] == sorted((p for p, _ in seen), reverse=True)

    def test_queue_lists_finished_petitions_to_those_who_may_know_of_them(self, table: Petitions):
        table.add(a_petition(State.CLOSED))
        table.add(a_petition(State.CLOSED, reference="26000000001", complained_unit="VCCVC"))
        denunciation = a_petition(State.CLOSED, reference="26000000002")
        table.add(denunciation.model_copy(update={"lane": Lane.RESTRICTED}))
        reader = QueueReader(table, MemoryDirectory())
        handler = DeskOfficer("minh.ccvc", "Minh", "VCCVC", frozenset({Role.HANDLER}))

        page = reader.page(handler, queue="VCCVC", only=Filter(state=State.CLOSED))

        assert [line.reference for line in page.petitions] == [REFERENCE]
        assert page.cursor is None
        assert reader.page(handler, queue="VCCVC", only=Filter(state=State.REFUSED)).petitions == ()

    def test_stored_petition_says_when_it_is_missing_from_its_list(self, table: Petitions):
        petition = a_petition(State.CLOSED)
        item = table.item(petition)

        by_earlier_code = {k: v for k, v in item.items() if k not in {"unit", "due_on", "card"}}

        assert stored_petition(item).is_in_its_list
        assert not stored_petition(by_earlier_code).is_in_its_list

    def test_stored_petition_says_when_it_lacks_the_key_of_a_contact(self, table: Petitions):
        item = table.item(with_contacts(REFERENCE, *(letter * 32 for letter in "cdef")))

        by_earlier_code = {name: value for name, value in item.items() if name != "third_contact_key"}

        assert stored_petition(item).is_in_its_list
        assert not stored_petition(by_earlier_code).is_in_its_list

    def test_published_answer_carries_no_reference(self, table: Petitions):
        table.add(a_petition(State.PUBLISHED))

        (answer,), _cursor = table.published("2026-06")

        assert answer.answer == "Trả lời."
        assert REFERENCE not in answer.model_dump_json()
