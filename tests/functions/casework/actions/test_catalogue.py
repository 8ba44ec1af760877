"""Every action of officers is whole: a hole is named here, before it breaks the desk or stays away from a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions import forms
from chalicelib.casework.actions.catalogue import ROWS
from chalicelib.casework.actions.input import ActionContext
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.form_fields import FormField
from infra.tools.action_tables import TABLES, committed
from shared.domain.access.roles import Role
from shared.domain.errors import PetitionError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import MOVES, OF_OFFICERS, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.web.i18n import add_catalogue, gettext
from tests.functions.casework.actions.test_authorization import MATRIX
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.memory_store import MemoryDirectory, MemoryPetitions

OFFICER = DeskOfficer("minh.ccvc", "Minh", "VCCVC", frozenset(Role))
PARENT = ROWS[Action.MERGE].example["parent"]
WITHOUT_REQUEST = {Action.OPEN_ATTACHMENT}
"""Taken by opening a file, not by a request of their own."""


def holes(action: Action, row: OfficerAction | None) -> Iterator[str]:
    """Yield each part that an action lacks, and the place where it belongs."""
    if row is None:
        yield "no row: write an OfficerAction into ROWS of its group in casework/actions"
        return
    if not row.may:
        yield "no role may take it: `may` of its row"
    yield from _untranslated(row)
    yield from _missing_in_docs(action)
    if not any(line.split()[0] == action for line in MATRIX.strip().splitlines()):
        yield "not in MATRIX (test_authorization.py): write down who may take it, as the ministry decided"
    if action not in WITHOUT_REQUEST:
        yield from _missing_in_form(row)
        yield from _unusable(row)


def _untranslated(row: OfficerAction) -> Iterator[str]:
    add_catalogue(Path(composition.__file__).parent / "locale")
    english = gettext("en")
    texts = {
        "label": MOVES[row.action].label,
        "button": row.button_text,
        "warning": row.warning,
        "question": row.question,
    }
    for field in row.fields:
        texts |= {f"label of {field.name}": field.label, f"hint of {field.name}": field.hint}
    for name, text in texts.items():
        if text and english(text) == text:
            yield f"no English for its {name}, {text!r}: `make messages`, then the catalogue (.po) it names"
    if not texts["label"]:
        yield "no label: MOVES in lifecycle.py"


def _missing_in_docs(action: Action) -> Iterator[str]:
    for table in TABLES:
        if table.name == "actions" and action not in WITHOUT_REQUEST:
            written = any(line.startswith(f"| `{action}` |") for line in committed(table))
        elif table.name == "roles":
            written = any(line.startswith(f"| {action} |") for line in committed(table))
        else:
            written = True
        if not written:
            yield f"no line in docs/{table.page}, {table.marker}: `make tables`"


def _missing_in_form(row: OfficerAction) -> Iterator[str]:
    if row.input is None:
        yield "no input model: `input` of its row"
        return
    petition = a_petition(State.ANSWERED)
    fields = (*row.fields, *row.more_fields(petition))
    required = {name for name, field in row.input.model_fields.items() if field.is_required()} - {"version"}
    for name in sorted(required - {field.name for field in fields}):
        yield f"its form has no field for {name}, which its input requires: `fields` of its row"
    sources = forms.choices(petition, OFFICER, MemoryDirectory(), RECEIVED_AT.date(), "vi")
    for field in fields:
        if not any(row.input.values_of({field.name: "x"}).values()):
            yield f"its input takes no {field.name}, which its form asks for"
        if field.kind != "text" and (field.kind in ("choice", "ticks")) != bool(field.source):
            yield f"{field.name} of its form is a {field.kind} with the source {field.source!r}"
        if field.source and field.source not in sources:
            yield f"{field.name} of its form chooses from {field.source}, which forms.choices does not have"


def _unusable(row: OfficerAction) -> Iterator[str]:
    """Take the action with its example on each petition of the builders that its states allow."""
    if row.input is None:
        return
    refused: dict[State, str] = {}
    for state in sorted(MOVES[row.action].sources):
        petition = _petition(state, needs_signature=row.action is Action.SIGN_DRAFT)
        if row.action is Action.TAKE_BACK and state is State.ANSWERED:
            petition = _just_approved()
        try:
            changed = _taken(row, petition)
        except (PetitionError, ValidationError, KeyError, AssertionError) as error:
            refused[state] = repr(error)
        else:
            if changed.history[-1].action is not row.action or changed.version != petition.version + 1:
                yield f"its verb adds no entry of its own to the history of a petition in {state}"
            return
    yield f"its example can be taken on no petition of tests/support/builders.py: {refused}"


def _petition(state: State, **draft: Any) -> Petition:
    publication = Publication(subject="s", content="c", answer="a", published_at=RECEIVED_AT)
    facts: dict[str, Any] = {"unit": "VCCVC"} | (
        {"publication": publication} if state is State.PUBLISHED else {}
    )
    petition = a_petition(state).model_copy(update=facts)
    if petition.draft is None:
        return petition
    return petition.model_copy(update={"draft": petition.draft.model_copy(update=draft)})


def _just_approved() -> Petition:
    """Return an answered petition whose approval, by the officer, may still be taken back."""
    approval = Change.by_officer(OFFICER.username, RECEIVED_AT, "approve")
    return a_petition(State.AWAITING_APPROVAL).approve(
        approval.held_until(RECEIVED_AT + timedelta(minutes=10))
    )


def _taken(row: OfficerAction, petition: Petition) -> Petition:
    assert row.input is not None
    directory = MemoryDirectory()
    petitions = MemoryPetitions(directory)
    petitions.add(a_petition(State.IN_PROGRESS, reference=PARENT))
    context = ActionContext(OFFICER, Change.by_officer("minh.ccvc", RECEIVED_AT, "x"), directory, petitions)
    action_input = row.input.model_validate({"version": petition.version, **row.example})
    return action_input.apply(petition, context)


@pytest.mark.parametrize("action", OF_OFFICERS)
def test_action_of_officers_has_no_hole(action: Action):
    missing = list(holes(action, ROWS.get(action)))

    assert not missing, "\n".join((f"{action}:", *missing))


def test_only_actions_of_officers_have_a_row():
    assert ROWS.keys() - OF_OFFICERS.keys() == set(), "put their moves into OF_OFFICERS (lifecycle.py)"


# --- holes are found --------------------------------------------------------------------------------------

GUIDE = ROWS[Action.GUIDE]


@pytest.mark.parametrize(
    ("row", "hole"),
    [
        pytest.param(None, "no row", id="no row"),
        pytest.param(replace(GUIDE, may={}), "no role may", id="no role"),
        pytest.param(replace(GUIDE, input=None), "no input model", id="no input"),
        pytest.param(replace(GUIDE, fields=()), "no field for text", id="no field in the form"),
        pytest.param(replace(GUIDE, button="Chưa dịch"), "no English for its button", id="no English"),
        pytest.param(
            replace(GUIDE, fields=(*GUIDE.fields, FormField("unit", "Đơn vị", "choice", source="nowhere"))),
            "takes no unit",
            id="a field that the input does not know",
        ),
        pytest.param(
            replace(GUIDE, fields=(FormField("text", "Đơn vị", "choice", source="nowhere"),)),
            "chooses from nowhere",
            id="a choice from no list",
        ),
        pytest.param(replace(GUIDE, example={}), "its example can be taken on no", id="no example"),
        pytest.param(
            replace(GUIDE, input=ROWS[Action.REFUSE].input, example={"reason": "SPAM"}),
            "adds no entry of its own",
            id="the verb of another action",
        ),
    ],
)
def test_hole_is_named(row: OfficerAction | None, hole: str):
    assert any(hole in message for message in holes(Action.GUIDE, row))


def test_action_without_line_in_docs_or_matrix_is_named():
    messages = "\n".join(
        holes(Action.SCREEN, replace(GUIDE, action=Action.SCREEN, may={Role.AUDITOR: Relation.ANY}))
    )

    assert "docs/api.md" in messages
    assert "docs/casework.md" in messages
    assert "MATRIX" in messages
