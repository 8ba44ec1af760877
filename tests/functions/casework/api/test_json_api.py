"""The desk's JSON API through its HTTP doors: what is refused, what is recorded, what happens once."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.campaigns.faults.injection import Fault
from tests.support.administration import put_confirmed
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer, answer_petition
from tests.support.system import System

DENUNCIATION = (
    "Tôi tố cáo ông Trần Văn Cường, phó phòng, đã nhận hối lộ 20 triệu đồng của người dự thi nâng ngạch "
    "ngày 12/10/2026 tại trụ sở. Tôi có ghi âm và người làm chứng."
)


@pytest.fixture
def reference(system: System) -> str:
    """A petition that was routed to VCCVC."""
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    return citizen.reference


@pytest.fixture(scope="module")
def desk(running_system: System) -> tuple[System, str, dict[str, Officer]]:
    """A routed petition and officers for tests that change nothing."""
    running_system.reset()
    citizen = Citizen(running_system)
    citizen.send()
    names = ("minh.ccvc", "lan.tiepnhan", "quantri", "tong.dai", "binh.vanphong")
    return running_system, citizen.reference, {name: Officer(running_system, name) for name in names}


def act(
    system: System,
    username: str,
    reference: str,
    action: str,
    headers: dict[str, str] | None = None,
    **body: Any,
) -> HttpResponse:
    """Take an action as the API takes it."""
    bearer = {"Authorization": f"Bearer {system.access_token(username)}"}
    return system.http(
        "POST", f"/desk/v1/petitions/{reference}/{action}", json=body, headers=bearer | (headers or {})
    )


def stored(system: System, reference: str) -> Any:
    """Return the table's item."""
    return next(item for item in system.items("petitions") if item["reference"]["S"] == reference)


# --- problems ---------------------------------------------------------------------------------------


def test_unknown_and_hidden_petitions_are_one_answer(system: System):
    hidden = Citizen(system, content=DENUNCIATION)
    hidden.send()
    handler = Officer(system, "minh.ccvc")

    answers = [
        handler.get(f"/v1/petitions/{reference}") for reference in ("26000000000", "x", hidden.reference)
    ]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1


def test_foreign_unit_is_refused_and_learns_nothing(system: System, reference: str):
    answer = Officer(system, "son.tienluong").get(f"/v1/petitions/{reference}")

    assert (answer.status, answer.json()["code"]) == (403, "not-allowed")
    assert CONTENT[:20] not in answer.text


def test_action_that_the_state_forbids_is_a_conflict_and_changes_nothing(system: System, reference: str):
    before = stored(system, reference)

    answer = act(system, "binh.vanphong", reference, "approve", version=2)

    assert (answer.status, answer.json()["code"]) == (409, "action-not-possible")
    assert stored(system, reference) == before


def test_stale_version_changes_nothing_and_names_the_current_one(system: System, reference: str):
    Officer(system, "minh.ccvc").do("accept", reference)
    before = stored(system, reference)

    answer = act(system, "minh.ccvc", reference, "draft-answer", version=2, text="Trước 30/11.")

    assert (answer.status, answer.json()["code"]) == (409, "stale-version")
    assert answer.json()["current_version"] == 3
    assert stored(system, reference) == before


def test_same_request_twice_acts_once(system: System, reference: str):
    key = {"Idempotency-Key": "key-1"}

    first = act(system, "minh.ccvc", reference, "note", key, version=2, note="Đã gọi đơn vị.")
    again = act(system, "minh.ccvc", reference, "note", key, version=2, note="Đã gọi đơn vị.")

    assert (first.status, again.status) == (200, 200)
    assert first.json()["version"] == again.json()["version"] == 3


def test_same_key_with_other_words_is_no_repetition(system: System, reference: str):
    key = {"Idempotency-Key": "key-1"}
    act(system, "minh.ccvc", reference, "note", key, version=2, note="Một.")

    answer = act(system, "minh.ccvc", reference, "note", key, version=2, note="Hai.")

    assert (answer.status, answer.json()["code"]) == (409, "stale-version")


def test_drafter_cannot_approve_the_own_draft_even_as_approver(system: System, reference: str):
    lan, binh = Officer(system, "lan.tiepnhan"), Officer(system, "binh.vanphong")
    lan.do("assign", reference, unit="VPB")
    binh.do("accept", reference)
    drafted = binh.do("draft-answer", reference, text="Trước 30/11.")

    assert "approve" not in drafted["possible_actions"]
    assert binh.try_to("approve", reference).status == 403


def test_unit_complained_of_loses_sight_of_the_petition(system: System, reference: str):
    lan = Officer(system, "lan.tiepnhan")

    refused = lan.try_to("classify", reference, complained_unit="VCCVC")
    assert (refused.status, refused.json()["errors"][0]["rule"]) == (422, "holds-it")
    lan.do("assign", reference, unit="VPB")
    lan.do("classify", reference, complained_unit="VCCVC", kind="CONDUCT")

    handler = Officer(system, "minh.ccvc")
    assert handler.get(f"/v1/petitions/{reference}").status == 404
    assert handler.queue() == []
    assert lan.try_to("assign", reference, unit="VCCVC").status == 422


def test_conduct_is_published_only_with_an_express_decision(system: System, reference: str):
    lan = Officer(system, "lan.tiepnhan")
    unknown = lan.try_to("classify", reference, kind="CONDUCT")
    assert (unknown.status, unknown.json()["errors"][0]["rule"]) == (422, "conduct-of-unknown-unit")
    lan.do("classify", reference, kind="CONDUCT", complained_unit="CTLBHXH")
    answer_petition(system, reference)
    approver = Officer(system, "binh.vanphong")
    public: dict[str, Any] = {
        "subject": "Chậm kết quả thi",
        "content": "Hỏi kết quả thi.",
        "answer": "Trước 30/11.",
    }

    refused = approver.try_to("publish", reference, **public)

    assert (refused.status, refused.json()["errors"][0]["rule"]) == (422, "conduct")
    assert approver.do("publish", reference, **public, although_conduct=True)["state"] == "PUBLISHED"


# --- answers and publication --------------------------------------------------------------------------

CITED: list[dict[str, Any]] = [
    {
        "number": "Nghị định 138/2020/NĐ-CP",
        "article": "Điều 44",
        "link": "https://vanban.chinhphu.vn/?docid=201549",
    },
    {"number": "Luật Cán bộ, công chức 2008"},
]


def test_citations_reach_petitioner_and_public_with_the_answer(system: System):
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)
    handler.do("draft-answer", citizen.reference, text="Trước ngày 30/11.", citations=CITED)
    approver = Officer(system, "binh.vanphong")
    approver.do("approve", citizen.reference)
    approver.do(
        "publish", citizen.reference, subject="Thi nâng ngạch", content="Bao giờ?", answer="Trước 30/11."
    )

    citations = citizen.look()["answer"]["citations"]
    (public,) = system.http("GET", "/v1/published").json()["items"]
    assert [citation["number"] for citation in citations] == [citation["number"] for citation in CITED]
    assert public["citations"][0]["article"] == "Điều 44"
    assert "Nghị định 138/2020/NĐ-CP</a>, Điều 44" in system.http("GET", public["url"]).text


def test_published_answer_is_taken_back_at_once_and_may_be_published_again(system: System, reference: str):
    answer_petition(system, reference)
    approver = Officer(system, "binh.vanphong")
    public = {"subject": "Thi nâng ngạch", "content": "Hỏi kết quả thi.", "answer": "Trước 30/11."}
    approver.do("publish", reference, **public)

    taken = approver.do("unpublish", reference, reason="Lộ tên người gửi trong nội dung.")

    assert (taken["state"], taken["publication"]) == ("ANSWERED", None)
    for path in ("/v1/published", "/cong-khai", "/open311/v2/requests.json"):
        assert "Hỏi kết quả thi." not in system.http("GET", path).text
    assert "max-age=60" in system.http("GET", "/v1/published").header("cache-control")
    assert approver.try_to("unpublish", reference, reason="Lần nữa.").status == 409
    assert approver.do("publish", reference, **public)["state"] == "PUBLISHED"


def test_petitioner_sees_that_it_was_taken_back_but_not_the_officers_reason(system: System):
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    answer_petition(system, citizen.reference)
    approver = Officer(system, "binh.vanphong")
    approver.do("publish", citizen.reference, subject="Thi", content="Hỏi.", answer="Trước 30/11.")
    system.travel(days=40)
    mails = len(system.outbox())

    taken = approver.do("unpublish", citizen.reference, reason="Lộ tên người khác.")

    seen = citizen.look()
    assert taken["state"] == "CLOSED"
    assert seen["history"][-1]["action"] == "unpublish"
    assert "Lộ tên" not in str(seen)
    assert len(system.outbox()) == mails


@pytest.mark.parametrize("left", ["0912 345 678", "mua.tran@thu.example", "CCCD 001090012345", "29A-123.45"])
def test_what_is_hardly_anything_but_personal_holds_up_publication(system: System, reference: str, left: str):
    answer_petition(system, reference)
    approver = Officer(system, "binh.vanphong")
    public: dict[str, Any] = {"subject": "Thi", "content": f"Gọi tôi: {left}", "answer": "Trước 30/11."}

    refused = approver.try_to("publish", reference, **public)

    assert (refused.status, refused.json()["errors"][0]) == (
        422,
        refused.json()["errors"][0] | {"field": "content", "rule": "personal-data"},
    )
    assert system.http("GET", "/v1/published").json()["items"] == []
    assert approver.do("publish", reference, **public, although_personal=True)["state"] == "PUBLISHED"


def test_petitioner_reads_progress_with_the_new_date(system: System):
    citizen = Citizen(system)
    citizen.send()
    handler = Officer(system, "minh.ccvc")

    handler.do(
        "note", citizen.reference, progress="Đang chờ số liệu của địa phương.", expected_on="2026-11-30"
    )
    handler.do("note", citizen.reference, note="Chỉ nội bộ.")

    seen = citizen.look()["history"]
    assert (seen[-1]["text"], seen[-1]["expected_on"]) == ("Đang chờ số liệu của địa phương.", "2026-11-30")
    assert "Chỉ nội bộ." not in str(seen)


# --- disputes and the second look ---------------------------------------------------------------------


def test_dispute_goes_to_the_office_whose_decision_is_final(system: System, reference: str):
    lan, binh = Officer(system, "lan.tiepnhan"), Officer(system, "binh.vanphong")
    for username, unit in (("minh.ccvc", "CTLBHXH"), ("son.tienluong", "VCCHC")):
        Officer(system, username).do("return-to-intake", reference, reason="Không thuộc vụ.")
        lan.do("assign", reference, unit=unit)
    Officer(system, "dung.cchc").do("return-to-intake", reference, reason="Không thuộc vụ.")

    assert binh.petition(reference)["unit"] == "VPB"
    assert lan.try_to("assign", reference, unit="VCCVC").status == 403
    binh.do("assign", reference, unit="VCCVC", note="Vụ CCVC trả lời.")

    handler = Officer(system, "minh.ccvc")
    assert "return-to-intake" not in handler.petition(reference)["possible_actions"]
    assert handler.try_to("return-to-intake", reference, reason="Vẫn không.").status == 403
    assert lan.try_to("assign", reference, unit="VCCHC").status == 403


def test_second_look_is_decided_by_nobody_who_answered_first(system: System):
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)
    inspector = Officer(system, "khanh.tocongtac")
    reopened = inspector.do("reopen", citizen.reference, reason="Trả lời chưa đúng câu hỏi.")

    assert reopened["unit"] == "TTRA"
    assert [line["reference"] for line in inspector.queue(queue="second-look")] == [citizen.reference]
    binh, quan = Officer(system, "binh.vanphong"), Officer(system, "quan.thanhtra")
    lowered = binh.try_to("assign", citizen.reference, unit="VCCVC")
    assert (lowered.status, lowered.json()["errors"][0]["rule"]) == (422, "answered-it")
    quan.do("accept", citizen.reference)
    quan.do("draft-answer", citizen.reference, text="Trả lời lại.")
    assert binh.try_to("approve", citizen.reference).status == 403
    assert inspector.do("approve", citizen.reference)["state"] == "ANSWERED"


# --- somebody was faster ------------------------------------------------------------------------------


def test_conflict_tells_what_others_did_since(system: System, reference: str):
    Officer(system, "minh.ccvc").do("accept", reference)
    Officer(system, "huong.ccvc").do("note", reference, note="Chờ số liệu.")

    answer = act(system, "minh.ccvc", reference, "draft-answer", version=2, text="Trước 30/11.")

    problem = answer.json()
    assert (answer.status, problem["current_version"], problem["state"]) == (409, 4, "IN_PROGRESS")
    assert [(entry["seq"], entry["action"], entry["by"]) for entry in problem["changes"]] == [
        (3, "accept", "officer:minh.ccvc"),
        (4, "note", "officer:huong.ccvc"),
    ]


def test_conflict_tells_nothing_to_who_may_no_longer_know(system: System, reference: str):
    lan = Officer(system, "lan.tiepnhan")
    lan.do("assign", reference, unit="VPB")
    lan.do("classify", reference, complained_unit="VCCVC", kind="CONDUCT")

    answer = act(system, "minh.ccvc", reference, "note", version=2, note="Đã gọi.")

    assert answer.status == 404
    assert "changes" not in answer.json()
    assert "current_version" not in answer.json()


# --- the seal ---------------------------------------------------------------------------------------


def openings(view: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the openings of the seal: by whom and why."""
    return [(entry["by"], entry["note"]) for entry in view["history"] if entry["action"] == "open-seal"]


def test_opening_is_recorded_and_shows_who_petitioned(system: System, reference: str):
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", reference)

    opened = handler.do("open-seal", reference, reason="Gọi điện hỏi thêm về kỳ thi.")

    assert opened["identity"]["name"] == CITIZEN["name"]
    assert opened["identity"]["phone"] == "+84912345678"
    assert openings(opened) == [("officer:minh.ccvc", "Gọi điện hỏi thêm về kỳ thi.")]
    assert CITIZEN["name"] not in str(handler.petition(reference))


def test_each_opening_is_recorded_even_when_the_same_request_comes_again(system: System, reference: str):
    inspector = Officer(system, "khanh.tocongtac")
    body: dict[str, Any] = {"version": 2, "reason": "Xác minh thông tin."}

    first = act(system, "khanh.tocongtac", reference, "open-seal", **body)
    again = act(system, "khanh.tocongtac", reference, "open-seal", **body)

    assert (first.status, again.status) == (200, 409)
    assert "identity" not in again.json()
    assert len(openings(inspector.petition(reference))) == 1


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_nothing_is_shown_that_was_not_recorded_whatever_call_dies(
    system: System, reference: str, fault: Fault
):
    inspector = Officer(system, "khanh.tocongtac")
    with system.faults.counting() as calls:
        act(system, "khanh.tocongtac", reference, "open-seal", version=2, reason="Xác minh thông tin.")
    names = [call.operation for call in calls]
    assert names.index("PutItem") < names.index("Decrypt")

    for number in range(1, len(calls) + 1):
        before = inspector.petition(reference)
        with system.faults.at({number: fault}):
            answer = act(
                system,
                "khanh.tocongtac",
                reference,
                "open-seal",
                version=before["version"],
                reason=f"Xác minh lần {number}.",
            )
        after = inspector.petition(reference)
        recorded = len(openings(after)) - len(openings(before))
        assert recorded in ((1,) if answer.status == 200 else (0, 1))
        assert answer.status == 200 or CITIZEN["name"] not in answer.text


def test_handler_of_another_petition_and_unit_head_cannot_open_the_seal(system: System, reference: str):
    Officer(system, "minh.ccvc").do("accept", reference)

    for username in ("huong.ccvc", "binh.vanphong", "kiemtoan"):
        answer = act(system, username, reference, "open-seal", version=3, reason="Muốn biết là ai.")
        assert answer.status == 403


# --- lists ------------------------------------------------------------------------------------------


def test_queue_is_listed_by_due_date_and_pages_to_the_end(system: System):
    sent = []
    for _ in range(3):
        citizen = Citizen(system)
        citizen.send()
        sent.append(citizen.reference)
    system.travel(days=2)
    later = Citizen(system)
    later.send()

    lines = Officer(system, "minh.ccvc").queue()

    assert [line["reference"] for line in lines] == [*sorted(sent), later.reference]
    assert [line["due_on"] for line in lines] == ["2026-11-23"] * 3 + ["2026-11-25"]


def test_overdue_filter_shows_what_is_late_alone(system: System, reference: str):
    handler = Officer(system, "minh.ccvc")
    assert handler.queue(overdue="true") == []

    system.travel(to="2026-11-25T02:00:00+00:00")

    (line,) = handler.queue(overdue="true")
    assert (line["reference"], line["overdue"], line["working_days_left"]) == (reference, True, -1)
    assert handler.queue(overdue="false") == []


def test_queue_is_narrowed_to_what_is_mine_nobodys_or_due_soon(system: System, reference: str):
    other = Citizen(system)
    other.send()
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", other.reference)

    assert [line["reference"] for line in handler.queue(mine="true")] == [other.reference]
    assert [line["reference"] for line in handler.queue(unassigned="true")] == [reference]
    assert handler.queue(due_within="5") == []
    assert len(handler.queue(due_within="20")) == 2


@pytest.mark.parametrize(
    "query", [{"due_within": "x"}, {"due_within": "-1"}, {"due_within": "9999"}, {"mine": "perhaps"}]
)
def test_filter_that_is_none_is_refused_by_name(system: System, query: dict[str, str]):
    bearer = {"Authorization": f"Bearer {system.access_token('minh.ccvc')}"}

    answer = system.http("GET", "/desk/v1/petitions", query=query, headers=bearer)

    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, next(iter(query)))


@pytest.mark.parametrize("username", ["yen.bcd", "quantri", "tong.dai"])
def test_who_handles_no_petitions_has_no_queue(system: System, username: str):
    assert Officer(system, username).get("/v1/petitions").status == 403


# --- calls ------------------------------------------------------------------------------------------


def test_operator_sees_and_opens_only_what_they_wrote_down(system: System, reference: str):
    operator = Officer(system, "tong.dai")
    own = operator.enter_call("cuộc-1").json()["reference"]

    assert operator.get(f"/v1/petitions/{own}").status == 200
    assert (
        operator.do("open-seal", own, reason="Đọc lại số điện thoại.")["identity"]["name"] == CITIZEN["name"]
    )
    assert operator.get(f"/v1/petitions/{reference}").status == 403


def test_call_keeps_when_it_began_and_who_wrote_it_down(system: System):
    operator = Officer(system, "tong.dai")

    entered = operator.enter_call("call-9", call_started_at="2026-11-03T08:57:00+07:00")

    body = stored(system, entered.json()["reference"])["body"]["S"]
    assert '"call_started_at":"2026-11-03T08:57:00+07:00"' in body
    assert '"by":"officer:tong.dai"' in body


def test_same_call_with_other_words_is_refused(system: System):
    operator = Officer(system, "tong.dai")
    operator.enter_call("call-1")

    again = operator.enter_call("call-1", content="Một việc khác hẳn.")

    assert (again.status, again.json()["code"]) == (422, "idempotency-key-reused")


# --- the directory ----------------------------------------------------------------------------------

OVERRIDE = {"valid_from": "2026-11-03", "on": "2026-12-31", "kind": "OFF", "document": "99/QĐ-TTg"}


def put(system: System, path: str, body: Any, username: str = "quantri") -> HttpResponse:
    """Write a directory row."""
    bearer = {"Authorization": f"Bearer {system.access_token(username)}"}
    return system.http("PUT", f"/desk/v1/directory/{path}", json=body, headers=bearer)


def test_administrator_declares_a_day_off_and_it_is_kept_with_who_and_when(system: System):
    answer = put(system, "calendar/2026-12-31", OVERRIDE)

    assert answer.status in (200, 201), answer.text
    rows = Officer(system, "quantri").get("/v1/directory/calendar/2026-12-31").json()["rows"]
    assert [(row["kind"], row["changed_by"]) for row in rows] == [("OFF", "quantri")]


@pytest.mark.parametrize("kind", ["unit", "field", "officer", "calendar", "terms", "routing-rule"])
def test_all_rows_of_a_kind_are_shown_as_they_are_stored(system: System, kind: str):
    answer = Officer(system, "quantri").get(f"/v1/directory/{kind}/*")

    assert answer.status == 200, answer.text
    assert all(row["id"] and row["valid_from"] for row in answer.json()["rows"])


def test_terms_in_force_cannot_be_rewritten_but_later_ones_added(system: System):
    officer = Officer(system, "quantri")
    (row,) = officer.get("/v1/directory/terms/*").json()["rows"]

    past = put(system, f"terms/{row['id']}", row | {"answer_within_days": 15})
    later = put_confirmed(
        system, f"terms/{row['id']}", row | {"answer_within_days": 15, "valid_from": "2027-01-01"}
    )

    assert (past.status, past.json()["errors"][0]["rule"]) == (422, "in-force")
    assert (later.status, later.json()["state"]) == (200, "CONFIRMED"), later.text
    assert len(officer.get("/v1/directory/terms/*").json()["rows"]) == 2


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong", "khanh.tocongtac", "kiemtoan", "yen.bcd"])
def test_nobody_but_administrators_edits_the_directory(system: System, username: str):
    assert put(system, "calendar/2026-12-31", OVERRIDE, username).status == 403
    assert Officer(system, username).get("/v1/directory/officer/*").status == 403


# --- bad input --------------------------------------------------------------------------------------

ACTING, ENTERING, DIRECTORY, SIGNING_IN = "act", "enter", "directory", "sign-in"
LONG = "a" * 10_001
SURROGATE = b'{"version": 2, "note": "\\ud800"}'
CALL: dict[str, Any] = {"content": CONTENT, "petitioner": CITIZEN, "call_id": "c"}
BAD: list[Any] = [
    # not even JSON
    pytest.param(f"{ACTING}:note", b"", id="empty-body"),
    pytest.param(f"{ACTING}:note", b"version=2", id="form-instead-of-json"),
    pytest.param(f"{ACTING}:note", b"\xff\xfe{}", id="not-utf8"),
    pytest.param(f"{ACTING}:note", b"[" * 60_000, id="deep-brackets"),
    pytest.param(f"{ACTING}:note", b"null", id="null-body"),
    pytest.param(f"{ACTING}:note", b"[]", id="array-body"),
    pytest.param(f"{ACTING}:note", b'{"version": 2, "note": "' + b"a" * 140_000 + b'"}', id="huge-body"),
    pytest.param(f"{ACTING}:note", SURROGATE, id="lone-surrogate"),
    # versions
    pytest.param(f"{ACTING}:note", {"note": "x"}, id="no-version"),
    pytest.param(f"{ACTING}:note", {"note": "x", "version": "hai"}, id="version-in-words"),
    pytest.param(f"{ACTING}:note", {"note": "x", "version": 0}, id="version-zero"),
    pytest.param(f"{ACTING}:note", {"note": "x", "version": -1}, id="version-negative"),
    pytest.param(f"{ACTING}:note", {"note": "x", "version": 1.5}, id="version-broken"),
    pytest.param(f"{ACTING}:note", {"note": "x", "version": None}, id="version-null"),
    pytest.param(f"{ACTING}:note", {"note": "x", "version": [2]}, id="version-list"),
    # texts
    pytest.param(f"{ACTING}:note", {"version": 2}, id="note-says-nothing"),
    pytest.param(
        f"{DIRECTORY}:answer-template/x",
        {"valid_from": "2027-01-01", "name": "X"},
        id="template-without-text",
    ),
    pytest.param(
        f"{DIRECTORY}:answer-template/x",
        {"valid_from": "2027-01-01", "name": "X", "text": "Y", "field": "XXX"},
        id="template-for-unknown-field",
    ),
    pytest.param(f"{ACTING}:note", {"version": 2, "note": " \n "}, id="note-blank"),
    pytest.param(f"{ACTING}:note", {"version": 2, "note": "a\ud800b"}, id="note-with-half-a-character"),
    pytest.param(f"{ACTING}:note", {"version": 2, "note": LONG}, id="note-too-long"),
    pytest.param(f"{ACTING}:note", {"version": 2, "note": 7}, id="note-number"),
    pytest.param(f"{ACTING}:note", {"version": 2, "note": "x", "by": "officer:ai"}, id="foreign-actor"),
    pytest.param(f"{ACTING}:note", {"version": 2, "note": "x", "expected_on": "mai"}, id="no-day"),
    pytest.param(f"{ACTING}:note", {"version": 2, "note": "x", "expected_on": "2020-01-01"}, id="past-day"),
    pytest.param(
        f"{ACTING}:note", {"version": 2, "note": "x", "expected_on": "2026-02-30"}, id="no-such-day"
    ),
    pytest.param(f"{ACTING}:return-to-intake", {"version": 2}, id="return-without-reason"),
    pytest.param(f"{ACTING}:accept", {"version": 2, "handler": "ai.do"}, id="accept-for-another"),
    pytest.param(f"{ACTING}:dance", {"version": 2}, id="no-such-action"),
    pytest.param(f"{ACTING}:receive", {"version": 2}, id="action-of-the-system"),
    pytest.param(f"{ACTING}:escalate", {"version": 2}, id="action-of-the-clock"),
    # intake's actions
    pytest.param("intake:classify", {"version": 2, "field": "XXX"}, id="unknown-field"),
    pytest.param("intake:classify", {"version": 2, "kind": "LOVE"}, id="unknown-kind"),
    pytest.param("intake:classify", {"version": 2, "lane": "RESTRICTED"}, id="restrict-by-classify"),
    pytest.param("intake:classify", {"version": 2, "complained_unit": "XXX"}, id="unknown-complained-unit"),
    pytest.param("intake:assign", {"version": 2, "unit": "VTL"}, id="unit-of-the-past"),
    pytest.param("intake:assign", {"version": 2, "unit": "VCCVC; DROP"}, id="unit-with-punctuation"),
    pytest.param("intake:refuse", {"version": 2, "reason": "TIRED"}, id="refuse-for-another-reason"),
    pytest.param("intake:refuse", {"version": 2, "reason": "ANSWERED_BEFORE"}, id="refuse-without-link"),
    pytest.param(
        "intake:refuse",
        {"version": 2, "reason": "ANSWERED_BEFORE", "link": "javascript:alert(1)"},
        id="refuse-with-script-link",
    ),
    pytest.param("intake:forward", {"version": 2}, id="forward-to-nobody"),
    pytest.param("intake:forward", {"version": 2, "body": "x" * 201}, id="forward-to-a-long-name"),
    pytest.param("intake:merge", {"version": 2, "parent": "26000000000"}, id="merge-with-unknown"),
    pytest.param("intake:merge", {"version": 2, "parent": "OWN"}, id="merge-with-itself"),
    pytest.param("intake:guide", {"version": 2, "text": ""}, id="guide-without-words"),
    # calls
    pytest.param(ENTERING, {**CALL, "call_id": ""}, id="call-without-id"),
    pytest.param(ENTERING, {**CALL, "call_id": "x" * 129}, id="call-with-long-id"),
    pytest.param(ENTERING, {**CALL, "call_started_at": "sáng nay"}, id="call-began-in-words"),
    pytest.param(ENTERING, {**CALL, "call_started_at": "2026-11-03T09:00:00"}, id="call-began-without-zone"),
    pytest.param(
        ENTERING, {**CALL, "petitioner": {"name": "A", "address": "B"}}, id="caller-without-contact"
    ),
    pytest.param(ENTERING, {**CALL, "petitioner": {**CITIZEN, "phone": "12"}}, id="caller-with-short-number"),
    pytest.param(ENTERING, {**CALL, "petitioner": None}, id="no-caller"),
    pytest.param(ENTERING, {**CALL, "content": "\u202e" + "\x07"}, id="nothing-that-is-seen"),
    pytest.param(ENTERING, {**CALL, "content": "a\ud800"}, id="half-a-character"),
    pytest.param(ENTERING, {**CALL, "reply_by": ["PIGEON"]}, id="unknown-reply-channel"),
    pytest.param(ENTERING, {**CALL, "field": "XXX"}, id="call-in-unknown-field"),
    # the directory
    pytest.param(f"{DIRECTORY}:calendar/2026-12-31", {**OVERRIDE, "kind": "REST"}, id="unknown-kind-of-day"),
    pytest.param(
        f"{DIRECTORY}:calendar/2026-12-31", {**OVERRIDE, "document": " "}, id="day-without-document"
    ),
    pytest.param(f"{DIRECTORY}:calendar/2026-12-30", OVERRIDE, id="day-under-another-address"),
    pytest.param(f"{DIRECTORY}:calendar/1914-08-01", {**OVERRIDE, "on": "1914-08-01"}, id="day-long-ago"),
    pytest.param(f"{DIRECTORY}:calendar/2026-12-31", {**OVERRIDE, "valid_from": "x"}, id="no-beginning"),
    pytest.param(f"{DIRECTORY}:calendar/2026-12-31", [OVERRIDE], id="list-of-rows"),
    pytest.param(f"{DIRECTORY}:unit/XX", {"valid_from": "2027-01-01"}, id="unit-without-name"),
    pytest.param(
        f"{DIRECTORY}:field/XX",
        {"valid_from": "2027-01-01", "name": "X", "unit": "YY"},
        id="field-of-no-unit",
    ),
    pytest.param(
        f"{DIRECTORY}:officer/x",
        {"valid_from": "2026-01-01", "name": "X", "email": "x@y.vn", "unit": "VPB", "roles": ["king"]},
        id="officer-with-unknown-role",
    ),
    pytest.param(f"{DIRECTORY}:terms/petitions", {"valid_from": "2027-01-01"}, id="terms-without-limits"),
    pytest.param(f"{DIRECTORY}:spell/x", {"valid_from": "2027-01-01"}, id="unknown-kind-of-row"),
    # signing in
    pytest.param(SIGNING_IN, {}, id="sign-in-with-nothing"),
    pytest.param(SIGNING_IN, {"username": "minh.ccvc"}, id="sign-in-without-password"),
    pytest.param(SIGNING_IN, {"username": "", "password": ""}, id="sign-in-empty"),
    pytest.param(SIGNING_IN, {"username": "x" * 5000, "password": "x"}, id="sign-in-long-name"),
    pytest.param(SIGNING_IN, {"username": {"$ne": ""}, "password": "x"}, id="sign-in-with-operator"),
    pytest.param(
        SIGNING_IN,
        {"username": "minh.ccvc", "challenge": "SMS_MFA", "session": "x", "code": "1"},
        id="sign-in-with-short-session",
    ),
    pytest.param(
        SIGNING_IN,
        {"username": "minh.ccvc", "challenge": "SMS_MFA", "session": "x" * 40, "code": "1"},
        id="sign-in-with-invented-session",
    ),
]


@pytest.mark.parametrize(("door", "body"), BAD)
def test_bad_input_is_refused_with_its_reason_and_changes_nothing(
    desk: tuple[System, str, dict[str, Officer]], door: str, body: Any
):
    system, reference, officers = desk
    before = (system.items("petitions"), system.items("directory"))
    where, _, what = door.partition(":")
    username, method, path = {
        ACTING: ("minh.ccvc", "POST", f"/desk/v1/petitions/{reference}/{what}"),
        "intake": ("lan.tiepnhan", "POST", f"/desk/v1/petitions/{reference}/{what}"),
        ENTERING: ("tong.dai", "POST", "/desk/v1/petitions"),
        DIRECTORY: ("quantri", "PUT", f"/desk/v1/directory/{what}"),
        SIGNING_IN: ("minh.ccvc", "POST", "/desk/v1/session"),
    }[where]
    if isinstance(body, dict) and body.get("parent") == "OWN":
        body = body | {"parent": reference}
    sent: dict[str, Any] = {"body": body} if isinstance(body, bytes) else {"json": body}
    headers = {**officers[username]._bearer, "Content-Type": "application/json"}

    answer = system.http(method, path, headers=headers, **sent)

    assert answer.status in (400, 401, 403, 404, 422), answer.text
    problem = answer.json()
    assert {"code", "title", "detail"} <= problem.keys()
    if answer.status == 422:
        assert all(error["field"] and error["rule"] and error["message"] for error in problem["errors"])
    assert (system.items("petitions"), system.items("directory")) == before


def test_enough_bad_inputs_are_tried():
    assert len(BAD) >= 60
