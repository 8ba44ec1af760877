"""Petitions that earlier code stored are read to the same values and written to the same attributes.

`stored_petitions.json` has items of the petitions table as they were written before the facts of history entries had
types: each state, each action, each fact. It is never generated anew; items of later shapes are added to it.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.petition.facts import (
    FACTS,
    AnsweredWithParent,
    Assigned,
    ChannelsChosen,
    ContactAdded,
    DueDateMoved,
    Facts,
    FileDeclared,
    FileKept,
    FileOpened,
    FileRejected,
    Finding,
    Forwarded,
    Merged,
    Noted,
    PetitionerUpdated,
    PinSent,
    Rated,
    Reassigned,
    Receipt,
    Refused,
    Reopened,
    ReturnedToIntake,
    Screened,
    Split,
    TakenBack,
    TimeLimitReached,
    facts_of,
)
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import BelongsTo, Rejection
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.petition.values.petitioner import ReplyBy
from shared.tables.documents import PETITION

STORED: dict[str, dict[str, Any]] = {
    stored["name"]: stored["item"]
    for stored in json.loads((Path(__file__).parent / "stored_petitions.json").read_text("utf-8"))
}
SECOND_SCHEMA = json.loads(
    (Path(__file__).parents[2] / "stored" / "golden" / "petition-2.json").read_text("utf-8")
)
ITEMS = [pytest.param(item, id=name) for name, item in STORED.items()]


def petition_of(item: dict[str, Any]) -> Petition:
    return Petition.model_validate_json(item["body"]["S"])


def test_the_stored_petitions_have_each_state_and_action_of_the_version_that_wrote_them() -> None:
    petitions = [petition_of(item) for item in STORED.values()]

    assert len({petition.state for petition in petitions}) == 15
    assert len({entry.action for petition in petitions for entry in petition.history}) == 48


@pytest.mark.parametrize("item", ITEMS)
def test_a_stored_petition_is_read_with_its_chain_intact(item: dict[str, Any]) -> None:
    petition = petition_of(item)

    assert petition.is_intact
    assert petition.history[-1].hash == item["last_hash"]["S"]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("attribute", ["body", "outline"])
def test_a_stored_petition_is_written_as_it_was_read(item: dict[str, Any], attribute: str) -> None:
    petition = Petition.model_validate_json(item[attribute]["S"])

    assert json.loads(petition.model_dump_json(exclude_defaults=True)) == json.loads(item[attribute]["S"])


@pytest.mark.parametrize("item", ITEMS)
def test_the_outline_of_a_stored_petition_is_the_stored_outline(item: dict[str, Any]) -> None:
    petition = petition_of(item)

    outline = PETITION.text_of(petition.outline(), PETITION.number_of(petition), exclude_defaults=True)

    assert json.loads(outline) == json.loads(item["outline"]["S"])


DUE_ON = date(2026, 6, 22)
READ = [
    ("SMS with a part missing", Receipt(missing_parts="2/3", due_on=DUE_ON)),
    ("routed, corrected, disputed", Receipt(province="79", due_on=DUE_ON)),
    (
        "routed, corrected, disputed",
        Assigned(unit="VCCVC", field="CCVC", kind=Kind.REGULATION, tells="PETITIONER"),
    ),
    ("routed, corrected, disputed", ReturnedToIntake(unit="TTTT", from_unit="VCCVC")),
    (
        "routed, corrected, disputed",
        Facts(field="TL", kind=Kind.CONDUCT, lane=Lane.ORDINARY, complained_unit="VTL"),
    ),
    (
        "routed, corrected, disputed",
        Facts(field="TTRA", kind=None, lane=Lane.FORWARDING, complained_unit=None),
    ),
    ("routed, corrected, disputed", Assigned(unit="VCCVC", field="CCVC", tells="PETITIONER")),
    ("routed, corrected, disputed", ReturnedToIntake(unit="VPB", from_unit="VCCVC", dispute="open")),
    ("routed, corrected, disputed", Assigned(unit="VTL", dispute="decided", tells="PETITIONER")),
    ("routed, corrected, disputed", Facts(unit="VTL", handler="tuan")),
    ("routed, corrected, disputed", FileDeclared(attachment=f"{1:032x}", belongs_to=BelongsTo.PETITION)),
    ("routed, corrected, disputed", FileKept(attachment=f"{1:032x}", sha256="ab" * 32, completes=True)),
    ("routed, corrected, disputed", FileRejected(attachment=f"{2:032x}", reason=Rejection.INFECTED)),
    ("routed, corrected, disputed", FileOpened(attachment=f"{1:032x}")),
    ("routed, corrected, disputed", Screened(entry=18, finding=Finding.NOTHING)),
    ("screened and restricted", Screened(entry=4, finding=Finding.MAY_DENOUNCE, unit="TTTT", handler=None)),
    ("screened and restricted", Facts(unit="TTRA", lane=Lane.RESTRICTED)),
    ("overdue", TimeLimitReached(n=3, anchor="2026-06-22")),
    ("overdue", Noted(expected_on=date(2026, 7, 8))),
    (
        "overdue",
        PetitionerUpdated(
            n=1, anchor="2026-06-22", next_update_on=date(2026, 7, 10), expected_on=date(2026, 7, 8)
        ),
    ),
    ("overdue", PetitionerUpdated(n=2, anchor="2026-06-22", next_update_on=date(2026, 7, 21))),
    (
        "overdue",
        DueDateMoved(
            moved_from=DUE_ON, moved_to=date(2026, 6, 24), reason="calendar", due_on=date(2026, 6, 24)
        ),
    ),
    ("overdue", ContactAdded(parts_before=1, chosen_before=(ReplyBy.EMAIL,))),
    ("overdue", PinSent(channel=ReplyBy.SMS)),
    ("withdrawn by telephone", ContactAdded(parts_before=0, chosen_before=())),
    ("reassigned", Reassigned(handler="quang", from_handler="minh", instead_of="thao")),
    ("spam", Refused(reason="SPAM")),
    ("forwarded and erased", Forwarded(body="UBND tỉnh A")),
    ("published and rated", Rated(score=2)),
    ("second look", Reopened(unit="VPB", handler=None, first_due_on=DUE_ON, due_on=DUE_ON)),
    ("merged and split", Merged(parent="26483190235", parent_due_on=DUE_ON)),
    ("merged and split", Split(unit="VCCVC", parent="26483190235")),
    (
        "refused with its parent",
        AnsweredWithParent(parent="26483190239", settled_as=Action.REFUSE, reason="OTHER"),
    ),
    (
        "forwarded with the parent of its parent",
        AnsweredWithParent(parent="26483190241", settled_as=Action.FORWARD, body="UBND"),
    ),
]


@pytest.mark.parametrize(
    ("name", "facts"),
    [pytest.param(name, facts, id=f"{name}: {type(facts).__name__}") for name, facts in READ],
)
def test_a_stored_fact_is_read_with_its_type(name: str, facts: Facts) -> None:
    read = [entry.facts for entry in petition_of(STORED[name]).history]

    (same,) = {type(other) for other in read if other == facts}
    assert same is type(facts)


def test_each_model_of_facts_is_read_from_what_was_stored() -> None:
    petitions = [*map(petition_of, STORED.values()), *map(Petition.model_validate, SECOND_SCHEMA)]
    read = {type(entry.facts) for petition in petitions for entry in petition.history}

    assert read == {Facts, *FACTS.values()}


def test_a_fact_that_this_code_does_not_know_stays_as_it_is_stored() -> None:
    stored = {"score": "4", "since": "2027"}

    assert facts_of(Action.RATE, stored).stored() == stored


@given(st.sampled_from(Action), st.dictionaries(st.from_regex(r"x_[a-z]+", fullmatch=True), st.text()))
def test_unknown_facts_of_any_action_are_written_as_they_were_read(
    action: Action, stored: dict[str, str]
) -> None:
    needed = NEEDED.get(FACTS.get(action, Facts), {})

    assert facts_of(action, stored | needed).stored() == stored | needed


NEEDED: dict[type[Facts], dict[str, str]] = {
    ContactAdded: {"parts_before": "0"},
    ChannelsChosen: {"chosen_before": "SMS"},
    PinSent: {"channel": "SMS"},
    Rated: {"score": "1"},
    Screened: {"entry": "0", "found": "nothing"},
    AnsweredWithParent: {"parent": "26333333333", "as": "guide"},
    Reopened: {"first_due_on": "2026-06-22"},
    DueDateMoved: {"from": "2026-06-22", "to": "2026-06-23"},
    TakenBack: {"entry": "2", "taken_back": "refuse"},
    FileDeclared: {"attachment": "a", "belongs_to": "ANSWER"},
    FileKept: {"attachment": "a", "sha256": "b"},
    FileRejected: {"attachment": "a", "reason": "EMPTY"},
    FileOpened: {"attachment": "a"},
}
"""Facts that every entry of these models has."""
