"""Officers and files: who opens a petitioner's, what is recorded of it, who attaches to an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support import files
from tests.support.desk_pages import Browser, form_to
from tests.support.people import Citizen, Officer
from tests.support.system import System

DENUNCIATION = (
    "Tôi tố cáo ông Trần Văn Cường, phó phòng, đã nhận hối lộ 20 triệu đồng của người dự thi nâng ngạch "
    "ngày 12/10/2026 tại trụ sở. Tôi có ghi âm và người làm chứng."
)
PICTURE = files.picture()


@pytest.fixture
def sender(system: System) -> Citizen:
    """A petitioner whose petition VCCVC works on, with a clean picture."""
    citizen = Citizen(system)
    citizen.send()
    citizen.attach(PICTURE, "Đơn viết tay.jpg")
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return citizen


def file_of(citizen: Citizen) -> str:
    identifier: str = citizen.look()["attachments"][0]["id"]
    return identifier


def open_it(system: System, username: str, citizen: Citizen) -> HttpResponse:
    path = f"/v1/petitions/{citizen.reference}/attachments/{file_of(citizen)}"
    return Officer(system, username).post(path)


def openings(system: System, citizen: Citizen) -> list[tuple[str, bool]]:
    history = Officer(system, "kiemtoan").petition(citizen.reference)["history"]
    return [(e["by"], e["is_visible"]) for e in history if e["action"] == "open-attachment"]


def test_the_handler_gets_a_short_link_that_saves_the_file_from_the_buckets_origin(system, sender):
    download = open_it(system, "minh.ccvc", sender).json()

    link = urlsplit(download["url"])
    query = parse_qs(link.query)
    assert link.hostname == "pakn-local-attachments-123456789012.s3.ap-southeast-1.amazonaws.com"
    assert link.path.startswith("/petitions/")
    assert sender.reference not in download["url"]
    assert query["X-Amz-Expires"] == ["120"]
    assert query["response-content-type"] == ["image/jpeg"]
    disposition = query["response-content-disposition"][0]
    assert disposition.startswith("attachment; filename=")
    assert disposition.endswith("filename*=UTF-8''%C4%90%C6%A1n%20vi%E1%BA%BFt%20tay.jpg")


def test_each_officer_and_day_stands_in_the_history_once_and_the_petitioner_does_not_see_it(system, sender):
    for username in ("minh.ccvc", "minh.ccvc", "huong.ccvc"):
        assert open_it(system, username, sender).status == 200
    system.travel(days=1)
    open_it(system, "minh.ccvc", sender)

    assert openings(system, sender) == [
        ("officer:minh.ccvc", False),
        ("officer:huong.ccvc", False),
        ("officer:minh.ccvc", False),
    ]
    assert "open-attachment" not in {entry["action"] for entry in sender.look()["history"]}


@pytest.mark.parametrize(
    ("username", "status"),
    [
        pytest.param("minh.ccvc", 200, id="the handler"),
        pytest.param("huong.ccvc", 200, id="the head of the unit"),
        pytest.param("binh.vanphong", 200, id="the approver"),
        pytest.param("khanh.tocongtac", 200, id="the Task Force"),
        pytest.param("lan.tiepnhan", 403, id="the intake desk, once it is another unit's"),
        pytest.param("son.tienluong", 403, id="a handler of another unit"),
        pytest.param("tong.dai", 403, id="an operator"),
        pytest.param("kiemtoan", 403, id="the auditor, who reads the history"),
        pytest.param("yen.bcd", 403, id="the committee"),
        pytest.param("quantri", 403, id="the administrator"),
    ],
)
def test_who_opens_a_petitioners_file(system, sender, username, status):
    assert open_it(system, username, sender).status == status


def test_who_may_not_open_leaves_no_trace(system, sender):
    open_it(system, "kiemtoan", sender)

    assert openings(system, sender) == []


def test_the_unit_complained_about_does_not_know_of_the_file(system, sender):
    Officer(system, "lan.tiepnhan").do("assign", sender.reference, unit="TTRA")
    Officer(system, "lan.tiepnhan").do("classify", sender.reference, complained_unit="VCCVC", kind="CONDUCT")

    answers = [open_it(system, username, sender) for username in ("minh.ccvc", "huong.ccvc")]

    assert [answer.status for answer in answers] == [404, 404]
    assert not any(b"jpg" in answer.body for answer in answers)


def test_files_of_a_denunciation_are_for_its_named_readers(system):
    citizen = Citizen(system, content=DENUNCIATION)
    citizen.send()
    citizen.attach(PICTURE)
    if citizen.look()["state"] != "RESTRICTED":
        Officer(system, "lan.tiepnhan").do("restrict", citizen.reference)

    statuses = {
        name: open_it(system, name, citizen).status
        for name in ("khanh.tocongtac", "lan.tiepnhan", "binh.vanphong", "kiemtoan", "ha.thanhtra")
    }

    assert statuses == {
        "khanh.tocongtac": 200,
        "lan.tiepnhan": 404,
        "binh.vanphong": 404,
        "kiemtoan": 404,
        "ha.thanhtra": 404,
    }


def test_what_was_not_found_clean_is_given_to_nobody(system, sender):
    declared = sender.add("attachments", filename="b.jpg", content_type="image/jpeg", size=len(PICTURE))
    path = f"/v1/petitions/{sender.reference}/attachments/{declared.json()['attachment']['id']}"

    answer = Officer(system, "minh.ccvc").post(path)

    assert (answer.status, answer.json()["code"]) == (404, "unknown-attachment")


@pytest.mark.parametrize(
    ("username", "status"),
    [
        pytest.param("minh.ccvc", 201, id="who drafts it"),
        pytest.param("huong.ccvc", 201, id="the head of the unit"),
        pytest.param("binh.vanphong", 403, id="the approver"),
        pytest.param("son.tienluong", 403, id="another unit"),
        pytest.param("kiemtoan", 403, id="the auditor"),
    ],
)
def test_who_attaches_to_an_answer(system, sender, username, status):
    body: dict[str, Any] = {"filename": "vb.pdf", "content_type": "application/pdf", "size": 1000}

    answer = Officer(system, username).post(f"/v1/petitions/{sender.reference}/attachments", **body)

    assert answer.status == status, answer.text


def test_the_petitioner_sees_nothing_of_a_file_whose_answer_was_not_approved(system, sender):
    identifier = Officer(system, "minh.ccvc").attach(sender.reference, files.document(), "Công văn.pdf")

    seen = sender.look()

    assert identifier not in str(seen)
    assert "Công văn" not in str(seen)


# --- pages --------------------------------------------------------------------------------------------


def test_the_page_lists_the_files_and_its_button_leads_to_the_bucket(system, sender):
    desk = Browser(system, "minh.ccvc")
    page = desk.get(f"/desk/petitions/{sender.reference}")

    answer = desk.fill(page, f"/desk/petitions/{sender.reference}/attachments/{file_of(sender)}")

    assert "Đơn viết tay.jpg" in page.text
    assert "s3.ap-southeast-1.amazonaws.com" in page.header("Content-Security-Policy")
    assert answer.status == 303
    assert "/petitions/" in answer.header("Location")
    assert openings(system, sender) == [("officer:minh.ccvc", False)]


def test_the_auditors_page_has_no_button_for_a_petitioners_file(system, sender):
    page = Browser(system, "kiemtoan").get(f"/desk/petitions/{sender.reference}")

    assert "Đơn viết tay.jpg" in page.text
    assert "/attachments/" not in page.text


def test_a_file_for_the_answer_is_attached_from_the_page_and_the_way_back_needs_no_session(system, sender):
    desk = Browser(system, "minh.ccvc")

    shown = desk.get(f"/desk/petitions/{sender.reference}")
    fields = form_to(shown.text, f"/desk/petitions/{sender.reference}/draft-answer").fields
    typed = {**dict(fields), "filename": "Công văn", "text": "Viết dở trước khi chọn tệp."}
    page = desk.post(f"/desk/petitions/{sender.reference}/attachments", typed)
    form = form_to(page.text, "https://pakn-local-attachments-123456789012.s3.ap-southeast-1.amazonaws.com/")
    uploaded = system.upload({"fields": dict(form.fields)}, files.document())
    system.settle()
    redirect = urlsplit(uploaded.header("Location"))
    back = system.http("GET", f"{redirect.path}?{redirect.query}")

    assert uploaded.status == 303
    assert back.status == 200
    assert f"/desk/petitions/{sender.reference}" in back.text
    assert f'formaction="/desk/petitions/{sender.reference}/attachments"' in shown.text
    then = desk.get(f"/desk/petitions/{sender.reference}").text
    assert "Công văn.pdf" in then
    assert "Viết dở trước khi chọn tệp." in then


def test_the_page_shows_a_file_that_never_came_as_late_and_since_when(system, sender):
    sender.add("attachments", filename="Biên nhận.jpg", content_type="image/jpeg", size=len(PICTURE))
    path = f"/desk/petitions/{sender.reference}"

    before = Browser(system, "minh.ccvc").get(path).text
    system.clock.hold_at(system.clock.now() + timedelta(hours=1))
    after = Browser(system, "minh.ccvc").get(path).text

    assert "Biên nhận.jpg" in before
    assert "đến nay chưa nhận được" not in before
    assert "đến nay chưa nhận được" in after
