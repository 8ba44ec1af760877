"""Photos and papers of the first step: kept with what was typed, checked before it is sent, and sent with it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from chalicelib.intake import composition
from chalicelib.intake.unsent.files import files_in
from infra.local.emulation.functions import HttpResponse
from shared.domain.petition.values.attachments import AttachmentState
from tests.functions.intake.petitions.test_attachments import objects, uploads
from tests.functions.intake.site.test_steps import MATTER, Visitor, errors_in, petitions
from tests.support import files
from tests.support.system import System

JPEG = files.picture_with_place()
PHOTO = {"filename": "image.jpg", "content_type": "image/jpeg", "mark": "a" * 64}


@pytest.fixture
def visitor(intake: System) -> Visitor:
    return Visitor(intake)


def declare(visitor: Visitor, content: bytes = JPEG, **changes: str) -> HttpResponse:
    """Declare a file as the script does."""
    return visitor.post("/gui/tep", PHOTO | {"size": str(len(content))} | changes)


def upload(intake: System, visitor: Visitor, content: bytes = JPEG, **changes: str) -> dict[str, Any]:
    """Declare a file and put it into the bucket."""
    declared = declare(visitor, content, **changes)
    assert declared.status == 200, declared.text
    declared_file: dict[str, Any] = declared.json()
    assert intake.upload(declared_file["upload"], content).status == 204
    return declared_file


def check_all(intake: System) -> None:
    while uploads(intake).step():
        pass


def states(visitor: Visitor) -> list[str]:
    return [each["state"] for each in visitor.get("/gui/tep/tinh-trang").json()["files"]]


def rows(page: HttpResponse) -> list[str]:
    return [unescape(name) for name in re.findall(r'<span class="title">([^<]*)</span>', page.text)]


def facts(page: HttpResponse, name: str) -> str:
    match = re.search(rf'id="{name}"><dt>[^<]*</dt>.*?<dd>([^<]*)</dd>', page.text, re.DOTALL)
    return match[1] if match else ""


# --- with the script ------------------------------------------------------------------------------------


def test_photos_of_the_first_step_become_the_petitions_own(intake, visitor):
    visitor.fill(visitor.get("/gui"), **MATTER)
    upload(intake, visitor)
    upload(
        intake,
        visitor,
        files.document(),
        filename="Giấy hẹn.pdf",
        content_type="application/pdf",
        mark="b" * 64,
    )
    check_all(intake)

    check = visitor.until_check()
    visitor.fill(check, consent="1")
    check_all(intake)

    [petition] = petitions(intake)
    assert facts(check, "files-sent") == "1 ảnh, 1 giấy tờ"
    assert [(each.filename, each.state) for each in petition.attachments] == [
        ("image.jpg", AttachmentState.CLEAN),
        ("Giấy hẹn.pdf", AttachmentState.CLEAN),
    ]
    assert set(objects(intake)) == {each.clean_key for each in petition.attachments}
    assert files.GPS_NOTE not in objects(intake)[petition.attachments[0].clean_key]


def test_file_that_is_not_checked_yet_goes_along_and_is_checked_there(intake, visitor):
    visitor.fill(visitor.get("/gui"), **MATTER)
    upload(intake, visitor)

    check = visitor.until_check()
    visitor.fill(check, consent="1")
    before = [each.state for each in petitions(intake)[0].attachments]
    check_all(intake)

    [petition] = petitions(intake)
    assert facts(check, "files-sent") == "1 ảnh"
    assert before == [AttachmentState.EXPECTED]
    assert [each.state for each in petition.attachments] == [AttachmentState.CLEAN]
    assert set(objects(intake)) == {petition.attachments[0].clean_key}


def test_sending_twice_makes_no_file_twice(intake, visitor):
    visitor.fill(visitor.get("/gui"), **MATTER)
    declared_file = upload(intake, visitor)
    check = visitor.until_check()
    parts = composition.parts()
    unsent_pass = visitor.cookie.partition("=")[2]
    row = parts.unsent.get(unsent_pass)
    visitor.fill(check, consent="1")
    [petition] = petitions(intake)

    listed = composition.parts().unsent_files
    listed.hand_over(petition, files_in(row.fields))
    check_all(intake)
    listed.hand_over(petition, files_in(row.fields))
    visitor.fill(check, consent="1")

    [petition] = petitions(intake)
    assert declared_file["id"] not in json.dumps([each.id for each in petition.attachments])
    assert [each.state for each in petition.attachments] == [AttachmentState.CLEAN]


def test_same_file_chosen_twice_is_listed_once(intake, visitor):
    first = upload(intake, visitor)

    again = declare(visitor, filename="another name.jpg").json()

    assert (again["id"], again["is_there"]) == (first["id"], True)
    assert rows(visitor.get("/gui")) == ["image.jpg"]


def test_two_photos_that_a_telephone_names_alike_are_two(intake, visitor):
    upload(intake, visitor)
    upload(intake, visitor, mark="b" * 64)

    assert rows(visitor.get("/gui")) == ["image.jpg", "image.jpg"]


def test_upload_that_broke_off_holds_the_step_until_it_is_chosen_again_or_taken_away(intake, visitor):
    first = declare(visitor).json()

    held = visitor.fill(visitor.get("/gui"), **MATTER)
    again = upload(intake, visitor)
    led_on = visitor.fill(visitor.get("/gui"), **MATTER)

    assert errors_in(held) == ["files"]
    assert "Chưa tải lên hết" in held.text
    assert MATTER["content"] in held.text
    assert again["id"] == first["id"]
    assert errors_in(led_on) == []
    assert "Bạn là ai?" in led_on.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(files.EICAR, "mã độc", id="malware"),
        pytest.param(b"plain words", "JPEG", id="no picture"),
        pytest.param(JPEG[:400], "hỏng", id="damaged"),
    ],
)
def test_refused_file_is_shown_before_sending_and_is_never_sent(intake, visitor, content, words):
    visitor.fill(visitor.get("/gui"), **MATTER)
    declared_file = upload(intake, visitor, content)
    check_all(intake)

    held = visitor.until_check()
    taken = visitor.post("/gui/tep/bo", {"remove": declared_file["id"], **MATTER})
    visitor.fill(visitor.until_check(), consent="1")

    assert errors_in(held) == ["files"]
    assert words in held.text
    assert rows(taken) == []
    [petition] = petitions(intake)
    assert petition.attachments == ()
    assert objects(intake) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"content_type": "text/plain", "filename": "a.txt"}, "Chỉ nhận ảnh JPEG", id="a type"),
        pytest.param({"size": str(11 * 1024 * 1024)}, "Tệp quá lớn", id="too large"),
        pytest.param({"size": "x"}, "", id="no number"),
    ],
)
def test_wrong_file_is_refused_in_words(visitor, changes, words):
    answer = declare(visitor, **changes)

    assert answer.status == 422
    assert answer.json()["message"]
    assert words in answer.json()["message"]


def test_no_more_files_than_the_limit(intake, visitor):
    for number in range(5):
        assert declare(visitor, mark=str(number) * 64).status == 200

    assert "Đã đủ số tệp" in declare(visitor, mark="9" * 64).json()["message"]
    assert len(rows(visitor.get("/gui"))) == 5


def test_reload_another_language_and_another_telephone_keep_the_files(intake, visitor):
    upload(intake, visitor)
    other = Visitor(intake)
    other.cookie = visitor.cookie

    shown = (visitor.get("/gui"), visitor.get("/gui?lang=en"), other.get("/gui"))

    assert [rows(page) for page in shown] == [["image.jpg"]] * 3


def test_taking_away_leaves_nothing_in_the_bucket_and_keeps_what_was_typed(intake, visitor):
    declared_file = upload(intake, visitor)
    check_all(intake)

    page = visitor.post("/gui/tep/bo", {"remove": declared_file["id"], **MATTER})

    assert (rows(page), objects(intake)) == ([], {})
    assert MATTER["content"] in page.text


def test_erasing_takes_the_files_along(intake, visitor):
    upload(intake, visitor)
    check_all(intake)
    upload(intake, visitor, mark="b" * 64)

    visitor.post("/gui/xoa", {})

    assert objects(intake) == {}


def test_stranger_sees_and_removes_nothing(intake, visitor):
    declared_file = upload(intake, visitor)
    stranger = Visitor(intake)
    stranger.fill(stranger.get("/gui"), content="Việc khác.")

    stranger.post("/gui/tep/bo", {"remove": declared_file["id"]})

    assert states(stranger) == []
    assert states(visitor) == ["CHECKING"]


def test_neither_pass_nor_name_of_a_file_stands_in_the_bucket(intake, visitor):
    upload(intake, visitor, filename="Nguyễn Văn An.jpg")
    check_all(intake)

    [key] = objects(intake)
    assert re.fullmatch(r"unsent/[0-9a-f]{32}/clean\.jpg", key)


def test_earlier_version_that_saves_the_fields_keeps_the_files(intake, visitor):
    upload(intake, visitor)

    visitor.fill(visitor.get("/gui"), **MATTER)

    assert rows(visitor.get("/gui")) == ["image.jpg"]


# --- without a script -----------------------------------------------------------------------------------


def test_plain_form_uploads_a_file_and_keeps_what_was_typed(intake, visitor):
    choose = visitor.post("/gui/tep/chon", MATTER)
    action = re.search(r'<form method="post" action="([^"]+)" enctype', choose.text)
    inputs = choose.text.partition("enctype")[2].partition("</form>")[0]
    fields = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', inputs)}
    assert action
    answer = intake.upload({"url": unescape(action[1]), "fields": fields}, JPEG)
    back = visitor.get("/gui?" + answer.header("Location").partition("?")[2], site="cross-site")
    check_all(intake)
    visitor.fill(visitor.until_check(), consent="1")
    check_all(intake)

    assert (answer.status, rows(back)) == (303, ["tep-1"])
    assert MATTER["content"] in back.text
    [petition] = petitions(intake)
    assert [(each.filename, each.state) for each in petition.attachments] == [
        ("tep-1.jpg", AttachmentState.CLEAN)
    ]


def test_plain_form_that_nothing_was_sent_with_holds_nobody_and_is_used_again(visitor):
    first = visitor.post("/gui/tep/chon", MATTER)
    opened = visitor.address
    visitor.post("/gui/tep/chon", MATTER)

    assert visitor.address == opened
    assert "enctype" in first.text
    assert rows(visitor.get("/gui")) == []
    assert errors_in(visitor.until_check()) == []


@pytest.mark.parametrize("takes_cookies", [True, False], ids=["with cookies", "without cookies"])
def test_choosing_leads_back_where_cookies_are_off(intake, takes_cookies):
    visitor = Visitor(intake, takes_cookies=takes_cookies)

    shown = visitor.post("/gui/tep/chon", MATTER)

    assert (shown.status, "enctype" in shown.text) == (200, True)
    assert ("p=" in visitor.address) is not takes_cookies
