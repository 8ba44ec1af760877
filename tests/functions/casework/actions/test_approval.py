"""Approval as work: earlier drafts and remarks, checks, signatures of units, one answer for several petitions."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from chalicelib.casework.actions.answers import DraftAnswer
from chalicelib.casework.actions.input import ActionContext
from chalicelib.casework.approval.checks import CheckKind, checks_of, marks_in
from shared.domain.access.roles import Role
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.values.answer import Answer, Citation
from tests.campaigns.faults.injection import Fault
from tests.functions.casework.desk.test_similar import sent
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.desk_pages import Browser
from tests.support.memory_store import MemoryDirectory
from tests.support.people import CITIZEN, Citizen, Officer
from tests.support.system import System

FIRST = "Kính gửi Ông/Bà,\n\n1. Được tính theo quy định hiện hành.\n\n2. Nộp hồ sơ tại cơ quan có thẩm quyền."
SECOND = "Kính gửi Ông/Bà,\n\n1. Được tính theo khoản 3 Điều 18.\n\n2. Nộp hồ sơ tại cơ quan có thẩm quyền."


@pytest.fixture
def reference(system: System) -> str:
    """A petition that its handler has accepted."""
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return citizen.reference


def returned(system: System, reference: str) -> None:
    Officer(system, "minh.ccvc").do("draft-answer", reference, text=FIRST)
    remarks = [{"paragraph": 2, "quote": "quy định hiện hành", "text": "Dẫn đúng khoản, điều."}]
    Officer(system, "binh.vanphong").do("return-draft", reference, reason="Thiếu căn cứ.", remarks=remarks)


def test_program_reads_the_differences_remarks_and_checks(system: System, reference: str):
    returned(system, reference)
    Officer(system, "minh.ccvc").do("draft-answer", reference, text=SECOND)

    review = Officer(system, "binh.vanphong").get(f"/v1/petitions/{reference}/draft-review").json()["review"]
    whole = Officer(system, "binh.vanphong").petition(reference)

    assert (review["number"], review["added"], review["removed"]) == (2, 1, 1)
    changed = [row for row in review["paragraphs"] if len(row["pieces"]) > 1]
    assert [(row["before"], row["after"], row["remarks"]) for row in changed] == [(2, 2, [1])]
    assert review["remarks"][0]["is_changed"] is True
    assert {check["kind"] for check in review["checks"]} == {*CheckKind}
    assert [draft["text"] for draft in whole["earlier_drafts"]] == [FIRST]


def test_there_is_no_review_without_a_draft(system: System, reference: str):
    answer = Officer(system, "minh.ccvc").get(f"/v1/petitions/{reference}/draft-review")

    assert (answer.status, answer.json()) == (200, {"review": None})


@pytest.mark.parametrize(
    ("remark", "field"),
    [
        pytest.param(
            {"paragraph": 9, "text": "x"}, "remarks.0.paragraph", id="a paragraph that is not there"
        ),
        pytest.param(
            {"paragraph": 1, "quote": "hiện hành", "text": "x"}, "remarks.0.quote", id="words of another"
        ),
        pytest.param({"paragraph": 1, "text": ""}, "remarks.0.text", id="no words"),
    ],
)
def test_remark_has_a_place_in_the_draft(system: System, reference: str, remark: dict[str, Any], field: str):
    Officer(system, "minh.ccvc").do("draft-answer", reference, text=FIRST)

    answer = Officer(system, "binh.vanphong").try_to(
        "return-draft", reference, reason="Sửa.", remarks=[remark]
    )

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_approver_remarks_on_a_paragraph_and_the_handler_reads_it_beside_the_draft(
    system: System, reference: str
):
    page = f"/desk/petitions/{reference}"
    Officer(system, "minh.ccvc").do("draft-answer", reference, text=FIRST)
    approver, handler = Browser(system, "binh.vanphong"), Browser(system, "minh.ccvc")

    answer = approver.fill(
        approver.get(page), f"{page}/return-draft", reason="Thiếu căn cứ.", remark_2="Dẫn đúng khoản, điều."
    )
    at_work = handler.get(page).text
    handler.fill(handler.get(page), f"{page}/draft-answer", text=SECOND)
    review = approver.get(page).text

    assert answer.status == 303
    draft = at_work[at_work.index('id="do-draft-answer"') :]
    assert "Đoạn 2" in draft
    assert "Dẫn đúng khoản, điều." in draft
    text = html.unescape(re.sub(r'<span class="hidden">[^<]*</span>', "", review))
    assert "<del>quy định hiện hành.</del>" in text
    assert "<ins>khoản 3 Điều 18.</ins>" in text
    assert "Đoạn này đã sửa" in review


def test_handler_checks_a_draft_without_handing_it_in(system: System, reference: str):
    page = f"/desk/petitions/{reference}"
    handler = Browser(system, "minh.ccvc")

    checked = handler.fill(
        handler.get(page),
        f"{page}/draft-answer",
        text="Theo khoản […] Điều 18, gọi 0912 888 777.",
        check="true",
    )

    assert checked.status == 200
    checks = checked.text[checked.text.index('id="checks"') :]
    assert "Còn chỗ trống chưa điền" in checks
    assert "0912 888 777" in checks
    assert "Theo khoản […] Điều 18" in checked.text
    assert Officer(system, "minh.ccvc").petition(reference)["state"] == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("draft", "failed"),
    [
        pytest.param({"text": "Được tính từ ngày nộp."}, set(), id="nothing to look at"),
        pytest.param({"text": "Theo khoản […]."}, {CheckKind.GAPS}, id="a gap"),
        pytest.param(
            {"text": "x.", "citations": ["Nghị định về công chức"]},
            {CheckKind.CITATIONS, CheckKind.GAPS},
            id="no number",
        ),
        pytest.param({"text": "x.", "citations": ["Nghị định 170/2025/NĐ-CP"]}, set(), id="a decree"),
        pytest.param({"text": "x.", "citations": ["Luật Cán bộ, công chức 2025"]}, set(), id="a law"),
        pytest.param(
            {"text": "Theo Nghị định 115/2020/NĐ-CP.", "citations": ["Nghị định 170/2025/NĐ-CP"]},
            {CheckKind.CITATIONS},
            id="another document in the text",
        ),
        pytest.param(
            {"text": "Gọi bà Lan, 0912 888 777."}, {CheckKind.OTHERS}, id="a number of somebody else"
        ),
        pytest.param({"text": f"{'việc ' * 90}."}, {CheckKind.READING}, id="a sentence of five lines"),
    ],
)
def test_check_finds_what_an_officer_has_to_look_at(draft: dict[str, Any], failed: set[CheckKind]):
    citations = tuple(Citation(number=number) for number in draft.get("citations", ()))
    answer = Answer(text=draft["text"], citations=citations, drafted_by="minh", drafted_at=RECEIVED_AT)

    checks = checks_of(answer, a_petition(State.IN_PROGRESS), MemoryDirectory())

    assert {check.kind for check in checks if not check.is_passed} == failed


def test_own_number_of_the_petitioner_is_nobody_elses():
    petition = a_petition(
        State.IN_PROGRESS, content="Xin gọi lại cho tôi theo số 0912 888 777 trong giờ làm việc."
    )
    answer = Answer(text="Đã gọi 0912 888 777.", drafted_by="minh", drafted_at=RECEIVED_AT)

    checks = {check.kind: check for check in checks_of(answer, petition, MemoryDirectory())}

    assert checks[CheckKind.OTHERS].is_passed


TEXT = "Theo Nghị định 115/2020/NĐ-CP và Nghị định 99/2021/NĐ-CP, gọi 0912 888 777 trước ngày […]."


def test_places_of_the_checks_stand_in_the_text_with_the_documents_that_it_names():
    answer = Answer(
        text=TEXT,
        citations=(Citation(number="Nghị định 115/2020/NĐ-CP"),),
        drafted_by="minh",
        drafted_at=RECEIVED_AT,
    )

    marks = marks_in(answer, a_petition(State.IN_PROGRESS), MemoryDirectory())

    assert [(TEXT[mark.start : mark.end], mark.kind, mark.is_passed) for mark in marks] == [
        ("115/2020/NĐ-CP", CheckKind.CITATIONS, True),
        ("99/2021/NĐ-CP", CheckKind.CITATIONS, False),
        ("0912 888 777", CheckKind.OTHERS, False),
        ("[…]", CheckKind.GAPS, False),
    ]


def test_sentence_that_is_too_long_is_marked_whole():
    text = f"Ngắn. {'việc ' * 70}hết. Ngắn."
    answer = Answer(text=text, drafted_by="minh", drafted_at=RECEIVED_AT)

    (mark,) = marks_in(answer, a_petition(State.IN_PROGRESS), MemoryDirectory())

    assert (mark.kind, text[mark.start : mark.end].rsplit(maxsplit=1)[-1]) == (CheckKind.READING, "hết.")


def test_program_checks_a_text_that_is_not_handed_in(system: System, reference: str):
    minh, address = Officer(system, "minh.ccvc"), f"/v1/petitions/{reference}/draft-checks"
    before = minh.petition(reference)["version"]

    checked = minh.post(address, text=TEXT).json()
    nobodys = Officer(system, "yen.bcd").post(address, text=TEXT)

    assert {check["kind"] for check in checked["checks"] if not check["is_passed"]} == {"GAPS", "OTHERS"}
    assert {TEXT[place["start"] : place["end"]] for place in checked["places"]} >= {"[…]", "0912 888 777"}
    assert minh.petition(reference)["version"] == before
    assert nobodys.status == 403


def test_page_marks_the_places_below_the_checks(system: System, reference: str):
    browser, page = Browser(system, "minh.ccvc"), f"/desk/petitions/{reference}"

    checked = browser.fill(browser.get(page), f"{page}/draft-answer", text=TEXT, check="true")

    places = checked.text.split('id="places"')[1].split("</details>")[0]
    assert '<mark class="law" title="Văn bản được dẫn">115/2020/NĐ-CP' in places
    assert '<mark class="gap" title="Còn chỗ trống chưa điền">[…]' in places


# --- one answer for several ---------------------------------------------------------------------------


@pytest.fixture
def repeats(system: System) -> list[Citizen]:
    """Three petitions about the same matter; the first has a draft that waits for approval."""
    letters = [sent(system, n) for n in range(1, 4)]
    for letter in letters:
        Officer(system, "lan.tiepnhan").do("assign", letter.reference, unit="VCCVC", field="CCVC")
    Officer(system, "minh.ccvc").do("accept", letters[0].reference)
    Officer(system, "minh.ccvc").do("draft-answer", letters[0].reference, text="Ông/Bà được xét tuyển.")
    return letters


def test_one_approval_answers_the_chosen_repeats_under_their_own_references(
    system: System, repeats: list[Citizen]
):
    page = f"/desk/petitions/{repeats[0].reference}"
    approver = Browser(system, "binh.vanphong")
    chosen = f"{repeats[1].reference} {repeats[2].reference}"

    form = approver.get(page)
    answers = [approver.fill(form, f"{page}/approve", also=chosen) for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]
    for citizen in repeats:
        seen = citizen.look()
        assert seen["state"] == "ANSWERED"
        assert seen["answer"]["text"] == "Ông/Bà được xét tuyển."
    words = [item for item in system.items("deliveries") if repeats[1].reference in str(item)]
    assert sum("MERGED" in str(item) for item in words) == 0
    assert sum("ANSWERED" in str(item) for item in words) == 1


def test_repeat_that_is_not_the_officers_to_merge_is_refused_and_nothing_changes(
    system: System, repeats: list[Citizen]
):
    restricted = repeats[2].reference
    Officer(system, "lan.tiepnhan").do("restrict", restricted)

    answer = Officer(system, "binh.vanphong").try_to(
        "approve", repeats[0].reference, also=[repeats[1].reference, restricted]
    )

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["also"]
    assert {citizen.look()["state"] for citizen in repeats[:2]} == {"AWAITING_APPROVAL", "ASSIGNED"}


def test_letter_to_many_names_nobody(system: System, repeats: list[Citizen]):
    first, minh = repeats[0].reference, Officer(system, "minh.ccvc")
    Officer(system, "binh.vanphong").do("return-draft", first, reason="Sửa lời xưng hô.")
    minh.do("open-seal", first, reason="Xem tên để xưng hô.")
    minh.do("draft-answer", first, text=f"Kính gửi bà {CITIZEN['name']},\n\nBà được xét tuyển.")

    together = Officer(system, "binh.vanphong").try_to("approve", first, also=[repeats[1].reference])
    alone = Officer(system, "binh.vanphong").try_to("approve", first)

    assert together.status == 422
    assert "name-of-one-of-many" in together.text
    assert repeats[1].look()["state"] == "ASSIGNED"
    assert alone.status == 200


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_approval_that_dies_at_any_call_goes_on_when_it_is_sent_again(
    system: System, repeats: list[Citizen], fault: Fault
):
    first, also = repeats[0].reference, [repeats[1].reference, repeats[2].reference]
    approver = Officer(system, "binh.vanphong")
    version = approver.petition(first)["version"]

    statuses = []
    for call in range(1, 30):
        with system.faults.at({call: fault}):
            statuses.append(approver.try_to("approve", first, version=version, also=also).status)
        if statuses[-1] == 200:
            break

    assert statuses[-1] == 200
    assert len(statuses) > 3, "it died at each call before it was through"
    system.settle()
    for citizen in repeats:
        actions = [entry["action"] for entry in citizen.look()["history"]]
        assert actions.count("approve") + actions.count("answer-with-parent") == 1
        assert actions.count("merge") <= 1
    for citizen in repeats[1:]:
        words = [str(item) for item in system.items("deliveries") if citizen.reference in str(item)]
        assert sum("ANSWERED" in item for item in words) == 1
        assert sum("MERGED" in item for item in words) == 0


# --- the unit signs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "may"),
    [
        pytest.param("huong.ccvc", {"sign-draft", "return-draft"}, id="the head of the unit"),
        pytest.param("minh.ccvc", set(), id="the handler who drafted it"),
        pytest.param("binh.vanphong", {"return-draft"}, id="the approver, before it is signed"),
        pytest.param("son.tienluong", set(), id="the head of another unit"),
    ],
)
def test_draft_that_waits_for_a_signature_is_offered_to_the_head(username: str, may: set[str]):
    petition = a_petition(State.IN_PROGRESS, handler="minh.ccvc").draft_answer(
        Change.by_officer("minh.ccvc", RECEIVED_AT, "draft"), "Trả lời.", needs_signature=True
    )
    roles = {
        "huong.ccvc": (Role.UNIT_HEAD, "VCCVC"),
        "minh.ccvc": (Role.HANDLER, "VCCVC"),
        "binh.vanphong": (Role.APPROVER, "VPB"),
        "son.tienluong": (Role.UNIT_HEAD, "CTLBHXH"),
    }
    role, unit = roles[username]
    officer = DeskOfficer(username, username, unit, frozenset({role}))

    offered = {action.value for action in authorization.available_actions(officer, petition)}

    assert offered & {"sign-draft", "approve", "return-draft"} == may


def test_who_signed_does_not_approve_as_well():
    petition = a_petition(State.IN_PROGRESS).draft_answer(
        Change.by_officer("minh.ccvc", RECEIVED_AT, "draft"), "Trả lời.", needs_signature=True
    )
    signed = petition.sign_draft(Change.by_officer("huong.ccvc", RECEIVED_AT, "sign"))
    both = DeskOfficer("huong.ccvc", "Hương", "VCCVC", frozenset({Role.UNIT_HEAD, Role.APPROVER}))
    other = DeskOfficer("binh.vanphong", "Bình", "VPB", frozenset({Role.APPROVER}))

    assert not authorization.may(both, Action.APPROVE, signed)
    assert authorization.may(other, Action.APPROVE, signed)


@pytest.fixture
def signing(system: System) -> Iterator[System]:
    """The system with the setting by which heads of units sign."""
    system.local.change_settings({"UNITS_SIGN_DRAFTS": "true"})
    yield system
    system.local.change_settings({"UNITS_SIGN_DRAFTS": "false"})


def test_a_draft_is_signed_by_the_head_before_the_approver_decides(signing: System):
    citizen = Citizen(signing)
    citizen.send()
    minh, huong, binh = (Officer(signing, name) for name in ("minh.ccvc", "huong.ccvc", "binh.vanphong"))
    minh.do("accept", citizen.reference)
    minh.do("draft-answer", citizen.reference, text="Trả lời.")

    early = binh.try_to("approve", citizen.reference)
    signed = huong.do("sign-draft", citizen.reference)
    approved = binh.do("approve", citizen.reference)

    assert early.status == 409
    assert signed["draft"]["signed_by"] == "huong.ccvc"
    assert approved["state"] == "ANSWERED"


@pytest.mark.parametrize(
    ("units_sign", "roles", "needs_signature"),
    [
        pytest.param(True, {Role.HANDLER}, True, id="a handler, with the setting"),
        pytest.param(True, {Role.UNIT_HEAD}, False, id="the head signs by drafting"),
        pytest.param(False, {Role.HANDLER}, False, id="without the setting"),
    ],
)
def test_setting_decides_whether_a_draft_needs_the_units_signature(
    system: System, *, units_sign: bool, roles: set[Role], needs_signature: bool
):
    petition = a_petition(State.IN_PROGRESS)
    officer = DeskOfficer("minh.ccvc", "Minh", "VCCVC", frozenset(roles))
    context = ActionContext(
        officer,
        Change.by_officer("minh.ccvc", RECEIVED_AT, "draft"),
        composition.parts().directory,
        composition.parts().petitions,
        units_sign,
    )

    drafted = DraftAnswer(version=petition.version, text="Trả lời.").apply(petition, context)

    assert drafted.draft is not None
    assert drafted.draft.needs_signature is needs_signature
