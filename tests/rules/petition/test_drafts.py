"""Drafts that were returned are kept, as long as they take no space from others; a head signs where that is set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.notice_kinds import Audience
from shared.domain.petition.petition import Petition
from shared.domain.petition.space import ANSWERS, EARLIER_DRAFTS, ITEM, free_bytes, stored_bytes
from shared.domain.petition.values.answer import Answer, Remark
from shared.domain.promises.notices import notices_after
from tests.support.builders import RECEIVED_AT, a_petition


def change(name: str, by: str = "minh") -> Change:
    return Change.by_officer(by, RECEIVED_AT, name)


def rounds(petition: Petition, texts: list[str]) -> Petition:
    """Hand in each text, and return all but the last."""
    for n, text in enumerate(texts):
        petition = petition.draft_answer(change(f"draft-{n}"), text)
        if n < len(texts) - 1:
            petition = petition.return_draft(change(f"return-{n}", "binh"), f"Sửa {n}.")
    return petition


def test_returned_draft_is_kept_with_its_remarks_and_the_history_stays_intact():
    petition = a_petition(State.IN_PROGRESS).draft_answer(change("first"), "Theo quy định hiện hành.")
    remarks = (Remark(paragraph=1, text="Cần dẫn điều, khoản.", quote="quy định hiện hành"),)

    returned = petition.return_draft(change("return", "binh"), "Thiếu căn cứ.", remarks=remarks)
    again = returned.draft_answer(change("second"), "Theo Điều 18.")

    assert returned.earlier_drafts == ()
    assert [(d.text, d.remarks) for d in again.earlier_drafts] == [("Theo quy định hiện hành.", remarks)]
    assert again.draft is not None
    assert (again.draft.text, again.draft.remarks) == ("Theo Điều 18.", ())
    assert again.is_intact


def test_kept_draft_that_somebody_alters_is_noticed():
    petition = rounds(a_petition(State.IN_PROGRESS), ["Một.", "Hai."])
    altered = petition.earlier_drafts[0].model_copy(update={"text": "Khác."})

    assert not petition.model_copy(update={"earlier_drafts": (altered,)}).is_intact


def test_earlier_drafts_go_with_everything_else_when_the_petition_is_erased():
    petition = rounds(a_petition(State.IN_PROGRESS), ["Một.", "Hai."]).approve(change("approve", "binh"))
    closed = petition.close(Change.by_timer(RECEIVED_AT, "close"))

    erased = closed.erase(Change.by_timer(RECEIVED_AT, "erase"))

    assert closed.earlier_drafts
    assert erased.earlier_drafts == ()
    assert "Một." not in erased.model_dump_json()
    assert "Một." not in petition.outline().model_dump_json()


@given(sizes=st.lists(st.integers(1, 10_000), min_size=2, max_size=12), content=st.integers(10, 10_000))
def test_kept_drafts_take_no_space_that_is_kept_free(sizes: list[int], content: int):
    texts = [f"{n}{'ệ' * size}"[:10_000] for n, size in enumerate(sizes)]

    petition = rounds(a_petition(State.IN_PROGRESS, content="ơ" * content), texts)

    texts_left = [draft.text for draft in petition.earlier_drafts]
    assert texts_left == texts[:-1][len(texts) - 1 - len(texts_left) :], "the newest are kept, in order"
    assert sum(len(text.encode()) for text in texts_left) <= EARLIER_DRAFTS
    assert free_bytes(petition) >= 0
    assert stored_bytes(petition) <= ITEM
    assert ANSWERS <= ITEM


def test_draft_that_needs_a_signature_waits_for_the_head_and_then_for_the_approver():
    drafted = a_petition(State.IN_PROGRESS).draft_answer(change("draft"), "Trả lời.", needs_signature=True)

    with pytest.raises(ActionNotPossibleError):
        drafted.approve(change("approve", "binh"))
    signed = drafted.sign_draft(change("sign", "huong"))
    approved = signed.approve(change("approve", "binh"))

    assert [n.audience for n in notices_after(drafted, drafted.history[-1])] == [Audience.UNIT_HEAD]
    assert [n.audience for n in notices_after(signed, signed.history[-1])] == [Audience.APPROVER]
    assert signed.history[-1].action is Action.SIGN_DRAFT
    assert approved.answer is not None
    assert (approved.answer.signed_by, approved.answer.approved_by) == ("huong", "binh")
    assert approved.is_intact
    with pytest.raises(ActionNotPossibleError):
        signed.sign_draft(change("again", "huong"))


@pytest.mark.parametrize("state", [state for state in State if state is not State.AWAITING_APPROVAL])
def test_nothing_is_signed_in_another_state(state: State):
    with pytest.raises(ActionNotPossibleError):
        a_petition(state).sign_draft(change("sign", "huong"))


def test_draft_without_the_setting_needs_no_signature():
    assert not Answer(text="x", drafted_by="minh", drafted_at=RECEIVED_AT).awaits_signature
