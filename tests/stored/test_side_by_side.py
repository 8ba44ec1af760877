"""Two versions of the code change the same petitions: neither loses what only the other one knows.

The version before is today's code; the next one has attributes that it lacks, at every depth.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import ActionNotPossibleError, InvalidInputError, NewerItemError
from shared.domain.petition import history
from shared.domain.petition.change import Change
from shared.domain.petition.facts import Dispatch, Forwarded
from shared.domain.petition.files import CleanFile
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.attachments import Attachment, Limits, Rejection
from shared.domain.petition.values.classification import Lane, Proposal
from shared.domain.petition.values.petitioner import ReplyBy, SealedPart
from shared.tables.documents import PETITION, Schema
from shared.tables.petition_items import item_of, petition_in
from tests.stored.documents import KINDS
from tests.stored.newer import (
    NewerAnswer,
    NewerAttachment,
    NewerCitation,
    NewerPetition,
    NewerPetitioner,
    NewerProposal,
    NewerPublication,
    NewerRating,
    NewerSealedPart,
)
from tests.support.builders import RECEIVED_AT, a_petition

AT = RECEIVED_AT + timedelta(days=30)
OFFICER = Change.by_officer("minh", AT, "older")
TIMER = Change.by_timer(AT, "older")
PETITIONER = Change.by_petitioner(AT, "older")
FILE = Attachment(id="f" * 32, filename="don.pdf", by="petitioner", declared_at=AT)
CLEAN = CleanFile("application/pdf", 10, "ab" * 32)
SEALED = SealedPart(at=AT, ciphertext="c2VhbGVk")
PUBLIC = Publication(subject="Thi", content="…", answer="Trả lời.", published_at=AT)

VERBS: dict[str, Callable[[Petition], Petition]] = {
    "route": lambda p: p.route(Change.by_router(AT, "older"), Proposal(lane=Lane.ORDINARY), "VCCVC"),
    "hand to intake": lambda p: p.hand_to_intake(TIMER, "TTTT"),
    "classify": lambda p: p.classify(
        OFFICER, field="TL", kind=None, lane=Lane.ORDINARY, complained_unit=None
    ),
    "assign": lambda p: p.assign(OFFICER, "VTL"),
    "return to intake": lambda p: p.return_to_intake(OFFICER, "TTTT", reason="Không thuộc đơn vị."),
    "restrict": lambda p: p.restrict(OFFICER, "TTRA"),
    "accept": lambda p: p.accept(OFFICER, handler="minh"),
    "request information": lambda p: p.request_information(OFFICER, "Năm nào?"),
    "note": lambda p: p.add_note(OFFICER, "Đã gọi."),
    "open the seal": lambda p: p.record_opening(OFFICER, "Gọi lại."),
    "draft": lambda p: p.draft_answer(OFFICER, "Trả lời."),
    "return the draft": lambda p: p.return_draft(OFFICER, "Thiếu căn cứ."),
    "approve": lambda p: p.approve(OFFICER),
    "publish": lambda p: p.publish(OFFICER, PUBLIC),
    "unpublish": lambda p: p.unpublish(OFFICER, "Còn tên."),
    "refuse": lambda p: p.refuse(OFFICER, "Đã trả lời.", reason="OTHER"),
    "forward": lambda p: p.forward(OFFICER, "Chuyển.", Forwarded(body="UBND")),
    "send the letter": lambda p: p.send_letter(
        OFFICER, "Đã gửi.", Forwarded(body="UBND", sent_by=Dispatch.POST)
    ),
    "guide": lambda p: p.guide(OFFICER, "Hướng dẫn."),
    "reopen": lambda p: p.reopen(PETITIONER, "VPB", date(2026, 7, 20), reason="Chưa rõ."),
    "close": lambda p: p.close(TIMER),
    "move the due date": lambda p: p.move_due_date(TIMER, date(2026, 7, 1), "another", reason="calendar"),
    "supplement": lambda p: p.supplement(PETITIONER, "Bổ sung."),
    "hold a text": lambda p: p.hold_text(PETITIONER, SEALED),
    "confirm the name": lambda p: p.confirm_name(PETITIONER, is_named=True),
    "withdraw": lambda p: p.withdraw(PETITIONER, None),
    "undo the withdrawal": lambda p: p.undo_withdrawal(PETITIONER),
    "rate": lambda p: p.rate(PETITIONER, 4, "Rõ."),
    "add a contact": lambda p: p.add_contact(PETITIONER, SEALED, ("d" * 32,), (ReplyBy.SMS,)),
    "choose channels": lambda p: p.choose_channels(PETITIONER, (ReplyBy.SMS,)),
    "withdraw the consent": lambda p: p.withdraw_consent(PETITIONER),
    "renew the PIN": lambda p: p.renew_secrets(PETITIONER),
    "send the PIN": lambda p: p.send_pin(PETITIONER, ReplyBy.SMS),
    "declare a file": lambda p: p.declare_file(PETITIONER, FILE, Limits()),
    "keep a file": lambda p: p.keep_file(TIMER, p.attachments[0], CLEAN),
    "reject a file": lambda p: p.reject_file(TIMER, p.attachments[0], Rejection.INFECTED),
    "open a file": lambda p: p.record_file_opening(p.attachments[0], by="officer:minh", at=AT),
    "warn": lambda p: p.record(Action.WARN_HANDLER, TIMER, is_visible=False),
}
"""Each verb of a petition, as this version of the code performs it."""


def written_by(code: Callable[[Petition], Petition], item: dict[str, Any]) -> dict[str, Any]:
    """Return the item that this version of the code makes of one."""
    return dict(item_of(code(petition_in(item)), None))


# --- unknown attributes at any depth -----------------------------------------------------------------------

BODIES = KINDS[0].golden(1)
Place = tuple[str | int, ...]


def objects_in(value: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the place of each object of a document, but for facts: those hold texts only, and a digest covers them."""
    if isinstance(value, dict):
        yield place
        for name, each in value.items():
            if name != "facts":
                yield from objects_in(each, (*place, name))
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from objects_in(each, (*place, number))


def at(value: Any, place: Place) -> Any:
    """Return the value at a place of a document; None where there is nothing (any more)."""
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
def test_unknown_attributes_at_any_depth_survive_each_verb(data: st.DataObject):
    body = json.loads(json.dumps(data.draw(st.sampled_from(BODIES))))
    places = data.draw(st.sets(st.sampled_from(sorted(objects_in(body), key=str)), min_size=1, max_size=6))
    for place in places:
        at(body, place)["x_newer"] = data.draw(VALUES)
    item = {"reference": body["reference"], "version": 1, "body": json.dumps(body)}

    name = data.draw(st.sampled_from(sorted(VERBS)))
    try:
        written = json.loads(written_by(VERBS[name], item)["body"])
    except (ActionNotPossibleError, InvalidInputError, IndexError):
        written = json.loads(written_by(lambda petition: petition, item)["body"])

    for place in places:
        before, after = at(body, place), at(written, place)
        if is_the_same_thing(before, after):
            assert after["x_newer"] == before["x_newer"], place
    assert history.fault_of(Petition.model_validate(written).history, body["submission"]) is None


def is_the_same_thing(before: dict[str, Any], after: Any) -> bool:
    """Return whether an object is still there: all of it that cannot change is as it was."""
    fixed = {"reference", "seq", "id", "ciphertext", "drafted_at", "published_at"} & before.keys()
    if not isinstance(after, dict):
        return False
    if not fixed:
        return all(after.get(name) == value for name, value in before.items() if name != "x_newer")
    return all(after.get(name) == before[name] for name in fixed)


# --- the next version and this one in turns --------------------------------------------------------------------


def of_newer_code(state: State) -> NewerPetition:
    """Return a petition as the next version receives it and leads it to a state."""
    older = a_petition(state)
    file = FILE.model_dump() | {"pages": 3}
    newer = NewerPetition.model_validate(
        older.model_dump(exclude={"history"})
        | {
            "petitioner": NewerPetitioner(
                seal=(NewerSealedPart(at=RECEIVED_AT, ciphertext="c2VhbGVk", key_version=2),),
                reply_by=(ReplyBy.EMAIL,),
                speaks=("vi", "tay"),
            ),
            "proposal": NewerProposal(lane=Lane.ORDINARY, field="CCVC", model="2027-01"),
            "draft": newer_answer() if older.draft else None,
            "answer": newer_answer() if older.answer else None,
            "publication": NewerPublication(**PUBLIC.model_dump(), topics=("thi",))
            if older.publication
            else None,
            "rating": NewerRating(score=4, at=AT, about="answer") if older.answer else None,
            "attachments": (NewerAttachment.model_validate(file),),
            "door": "kiosk",
            "is_urgent": True,
            "history": (),
        }
    ).record(Action.RECEIVE, Change.by_petitioner(RECEIVED_AT, "receive"))
    return newer.record(Action.NOTE, Change.by_officer("lan", RECEIVED_AT, "n"), to=state)


def newer_answer() -> NewerAnswer:
    citation = NewerCitation(number="01/2026", in_force_since=date(2026, 1, 1))
    return NewerAnswer(
        text="Trả lời.", drafted_by="minh", drafted_at=RECEIVED_AT, summary="Có.", citations=(citation,)
    )


def stored(petition: NewerPetition) -> dict[str, Any]:
    return {
        "reference": petition.reference,
        "version": petition.version,
        "body": petition.model_dump_json(exclude_defaults=True),
    }


@pytest.mark.parametrize("name", VERBS)
def test_the_next_version_finds_its_attributes_after_this_one_changed_the_petition(name: str):
    tried = 0
    for state in State:
        newer = of_newer_code(state)
        assert newer.fault is None
        try:
            written = written_by(VERBS[name], stored(newer))
        except ActionNotPossibleError:
            continue
        tried += 1

        read = NewerPetition.model_validate_json(written["body"])

        assert read.fault is None, state
        assert (read.door, read.is_urgent) == ("kiosk", True)
        assert read.petitioner.speaks == ("vi", "tay")
        assert read.petitioner.seal[0].key_version == 2
        assert read.attachments[0].pages == 3
        if newer.draft and name == "approve":
            assert read.answer
            assert read.answer.summary == "Có."
            assert read.answer.citations[0].in_force_since == date(2026, 1, 1)
    assert tried


def test_this_version_verifies_what_the_next_one_wrote():
    petition = petition_in(stored(of_newer_code(State.ANSWERED)))

    assert petition.fault is None


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param({"door": "web"}, id="an attribute that this version does not know was changed"),
        pytest.param({"is_forged": True}, id="an attribute was added"),
        pytest.param({"answer": {"text": "Khác"}}, id="an answer was replaced"),
    ],
)
def test_this_version_finds_what_was_forged_in_a_petition_of_the_next_one(forge: dict[str, Any]):
    item = stored(of_newer_code(State.ANSWERED))
    body = json.loads(item["body"])
    for name, value in forge.items():
        body[name] = body[name] | value if isinstance(value, dict) else value

    assert petition_in({**item, "body": json.dumps(body)}).fault is not None


def test_erasing_takes_what_this_version_does_not_know():
    newer = of_newer_code(State.CLOSED)

    written = written_by(lambda petition: petition.erase(TIMER), stored(newer))

    read = NewerPetition.model_validate_json(written["body"])
    assert (read.door, read.petitioner.speaks, read.attachments) == (None, (), ())
    assert read.answer
    assert (read.answer.text, read.answer.summary) == ("", None)
    assert petition_in(written).fault is None


def test_the_outline_holds_nothing_that_this_version_does_not_know():
    written = written_by(lambda petition: petition, stored(of_newer_code(State.CLOSED)))

    assert "kiosk" not in written["outline"]
    assert "Có." not in written["outline"]


# --- a schema that is newer ------------------------------------------------------------------------------------

NEXT = PETITION.understood + 1
PARKED = f'{{"state": "PARKED", "schema": {NEXT}}}'


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"schema": NEXT}, id="readable all the same"),
        pytest.param({"schema": NEXT, "body": PARKED}, id="a state that is unknown"),
        pytest.param({"body": PARKED}, id="the number in the JSON alone"),
    ],
)
def test_a_petition_of_a_newer_schema_is_not_read(item: dict[str, Any]):
    with pytest.raises(NewerItemError):
        petition_in({**stored(of_newer_code(State.CLOSED)), **item})


def test_a_number_is_never_lowered():
    two = Schema(written=1, understood=2)
    text = two.text_of(a_petition(), 2, exclude_defaults=True)

    read = two.read(Petition, text)
    changed = read.add_note(OFFICER, "ghi chú")

    assert two.number_of(changed) == 2
    assert json.loads(two.text_of(changed, 2, exclude_defaults=True))["schema"] == 2
    assert changed.fault is None, "the number is no attribute of the petition"


def test_a_number_rises_with_the_first_write_of_newer_code():
    two = Schema(written=2, understood=2)

    read = PETITION.read(Petition, a_petition().model_dump_json())

    assert two.number_of(read) == 2


def test_code_sets_no_attribute_that_a_model_does_not_have():
    with pytest.raises(TypeError, match="sujbect"):
        a_petition().model_copy(update={"sujbect": "lỗi gõ"})
