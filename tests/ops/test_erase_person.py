"""`ops erase-person`: by a decision, what has ended is erased, and who asked is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.petition.history import fault_of
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.ops.conftest import Ops
from tests.support.people import CITIZEN, CONTENT, Citizen
from tests.support.system import System

DECISION = ("--decision", "12/QD-BNV", "--asked-by", "person")


def stored(reference: str) -> Petition:
    petition = Petitions("pakn-local-petitions", Directory("pakn-local-directory")).get(reference)
    assert petition is not None
    return petition


def withdrawn(system: System) -> Citizen:
    citizen = Citizen(system)
    citizen.send()
    assert citizen.add("withdrawal").status in {200, 201}
    system.settle()
    return citizen


def test_a_person_is_erased_by_a_decision_and_who_asked_is_recorded(system: System, ops: Ops):
    reference = withdrawn(system).reference

    outcome = ops("erase-person", reference, *DECISION, "--yes")
    system.settle()

    petition = stored(reference)
    assert (outcome.code, outcome.output) == (0, "1 petition being erased\n")
    assert (petition.state, petition.history[-1].action) == (State.WITHDRAWN, Action.ERASE)
    assert petition.history[-1].change_id == "erasure:12/QD-BNV"
    assert fault_of(petition.history, petition.submission) is None
    item = str([each for each in system.items("petitions") if each["reference"]["S"] == reference])
    assert CONTENT[:40] not in item
    assert "contact_key" not in item
    line: Any = ops("audit", "--json").rows[-1]
    assert (line["step"], line["asked_by"], line["decision"]) == ("done", "person", "12/QD-BNV")
    assert line["references"] == [reference]
    assert CITIZEN["name"] not in str(line)


def test_what_is_owed_an_answer_stays_and_all_with_the_same_contacts_are_looked_at(system: System, ops: Ops):
    first, second = withdrawn(system).reference, withdrawn(system).reference
    still_open = Citizen(system)
    still_open.send()

    outcome = ops("erase-person", first, *DECISION, "--all", "--yes", "--json")
    system.settle()

    assert set(outcome.rows["references"]) == {first, second}
    assert outcome.rows["left"] == [still_open.reference]
    assert stored(still_open.reference).content
    assert not stored(first).content
    assert not stored(second).content


def test_twice_is_said_and_erases_once(system: System, ops: Ops):
    reference = withdrawn(system).reference
    assert ops("erase-person", reference, *DECISION, "--yes").code == 0
    assert ops("erase-person", reference, *DECISION, "--yes").code == 0, "the first message still waits"
    system.settle()
    version = stored(reference).version

    again = ops("erase-person", reference, *DECISION, "--yes")

    assert (again.code, "Nothing can be erased" in again.errors) == (1, True)
    assert [entry.action for entry in stored(reference).history].count(Action.ERASE) == 1
    assert stored(reference).version == version


def test_dry_run_shows_what_would_become_of_each(system: System, ops: Ops):
    reference = withdrawn(system).reference

    outcome = ops("erase-person", reference, *DECISION, "--dry-run")
    as_json = ops("erase-person", reference, *DECISION, "--dry-run", "--json")
    system.settle()

    assert as_json.rows["references"] == [reference]

    assert "WITHDRAWN  erased" in outcome.output
    assert stored(reference).content


def test_a_petition_that_was_reopened_meanwhile_is_not_erased_and_the_request_does_not_get_lost(
    system: System, ops: Ops
):
    citizen = Citizen(system)
    citizen.send()
    body = f'{{"reference": "{citizen.reference}", "decision": "12/QD-BNV"}}'
    system.local.cloud.client("sqs").send_message(
        QueueUrl=system.local.cloud.queue_url("timers"), MessageBody=body
    )
    for _ in range(14):
        system.travel(minutes=7)

    (row,) = ops("dead", "show", "timers", "--json").rows

    assert (row["step"], row["error"]) == ("erasure by 12/QD-BNV", "ActionNotPossibleError")
    assert stored(citizen.reference).content


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param(("26483190275", *DECISION), "is no reference", id="digit"),
        pytest.param(("26483190274", *DECISION), "There is no petition", id="nobody's"),
    ],
)
def test_what_cannot_be_meant_is_refused(ops: Ops, arguments: tuple[str, ...], text: str):
    outcome = ops("erase-person", *arguments, "--yes")

    assert (outcome.code, text in outcome.errors) == (1, True)


def test_a_decision_is_a_number_and_no_sentence(system: System, ops: Ops):
    reference = withdrawn(system).reference

    outcome = ops("erase-person", reference, "--decision", "bà Mùa xin", "--asked-by", "person", "--yes")

    assert (outcome.code, "is no number of a decision" in outcome.errors) == (1, True)


def test_without_who_asked_and_by_which_decision_nothing_is_done(ops: Ops):
    assert ops("erase-person", "26483190274", "--yes").code != 0
