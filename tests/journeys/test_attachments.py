"""A picture on its way in and a letter on its way out: from petitioner to officer, and back with the answer."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import pikepdf
import pytest
import requests

from tests.support import files
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import System
from tests.support.target import Target

PICTURE = files.picture_with_place()
LETTER = files.document()


def fetched(url: str) -> tuple[bytes, str, str]:
    """Follow a link to the bucket; return the file, its type, and how it is to be shown."""
    answer = requests.get(url, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.content, answer.headers["content-type"], answer.headers["content-disposition"]


def pages_of(content: bytes) -> int:
    """Return the number of pages of a document: the bucket holds it written anew."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


def answers_file(system: Target, citizen: Citizen, identifier: str) -> Any:
    path = f"/v1/petitions/{citizen.reference}/attachments/{identifier}"
    return system.http("GET", path, headers={"X-Petition-Pin": citizen.pin})


@pytest.fixture
def answered(system: Target) -> tuple[Citizen, str, str]:
    """A petition with a picture that was answered with one of two letters; their identifiers."""
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    citizen.attach(PICTURE, "Biên nhận.jpg")
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)
    sent = handler.attach(citizen.reference, LETTER, "Công văn 12.pdf")
    kept_back = handler.attach(citizen.reference, LETTER, "Dự thảo cũ.pdf")
    handler.do("draft-answer", citizen.reference, text="Xem công văn kèm theo.", attachments=[sent])
    Officer(system, "binh.vanphong").do("approve", citizen.reference)
    return citizen, sent, kept_back


@pytest.mark.cloud
def test_who_is_answered_with_another_petition_gets_the_file_that_came_with_its_answer(
    system: Target, answered: tuple[Citizen, str, str]
):
    parent, sent, kept_back = answered
    child = Citizen(system)
    child.send()
    Officer(system, "lan.tiepnhan").do("merge", child.reference, parent=parent.reference)

    download = answers_file(system, child, sent)

    assert [attachment["id"] for attachment in child.look()["answer"]["attachments"]] == [sent]
    assert pages_of(fetched(download.json()["url"])[0]) == 1
    assert answers_file(system, child, kept_back).status == 404


@pytest.mark.cloud
def test_an_officer_downloads_the_picture_without_its_place(system: Target):
    citizen = Citizen(system)
    citizen.send()
    picture = citizen.attach(PICTURE, "Biên nhận.jpg")
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)

    download = handler.post(f"/v1/petitions/{citizen.reference}/attachments/{picture['id']}").json()

    content, content_type, disposition = fetched(download["url"])
    assert files.GPS_NOTE not in content
    assert content_type == "image/jpeg"
    assert disposition.startswith("attachment;")


def test_an_officer_reads_the_file_that_goes_with_the_answer(
    system: System, answered: tuple[Citizen, str, str]
):
    citizen, sent, _kept_back = answered

    download = Officer(system, "binh.vanphong").post(f"/v1/petitions/{citizen.reference}/attachments/{sent}")

    assert pages_of(fetched(download.json()["url"])[0]) == 1


def test_a_file_waits_for_the_verdict_of_guardduty(system: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER", "guardduty")
    system.local.cold_start()
    citizen = Citizen(system)
    citizen.send()

    waiting = citizen.attach(PICTURE)
    bucket, s3 = system.local.cloud.outputs["AttachmentsBucket"], system.local.cloud.client("s3")
    (upload,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    verdict = [{"Key": "GuardDutyMalwareScanStatus", "Value": "NO_THREATS_FOUND"}]
    s3.put_object_tagging(Bucket=bucket, Key=upload["Key"], Tagging={"TagSet": verdict})
    system.travel(minutes=10)

    (checked,) = citizen.look()["attachments"]
    assert (waiting["state"], checked["state"]) == ("EXPECTED", "CLEAN")


@pytest.mark.cloud
def test_the_petitioner_gets_the_file_that_came_with_the_answer_and_no_other(system: Target, answered):
    citizen, sent, kept_back = answered

    listed = citizen.look()["answer"]["attachments"]
    download = answers_file(system, citizen, sent)

    assert [(attachment["id"], attachment["filename"]) for attachment in listed] == [
        (sent, "Công văn 12.pdf")
    ]
    content, content_type, disposition = fetched(download.json()["url"])
    assert (pages_of(content), content_type) == (1, "application/pdf")
    assert disposition.startswith("attachment;")
    for other in (kept_back, citizen.look()["attachments"][0]["id"], "0" * 32, "x"):
        refused = answers_file(system, citizen, other)
        assert (refused.status, refused.json()["code"]) == (404, "unknown-attachment")


@pytest.mark.cloud
def test_the_tracking_pages_button_leads_to_the_file(system: Target, answered):
    citizen, _, _ = answered
    browser = Browser(system)
    page = browser.post("/tra-cuu", {"ma": citizen.reference, "pin": citizen.pin})

    answer = browser.fill(page, "/tra-cuu/tai-tep")

    assert answer.status == 303
    assert pages_of(fetched(answer.header("Location"))[0]) == 1
    assert urlsplit(answer.header("Location")).netloc in page.header("Content-Security-Policy")


def test_everybody_gets_a_file_only_when_its_publisher_chose_it(system: System, answered):
    citizen, sent, _ = answered
    public = {"subject": "Kết quả", "content": "Hỏi về kết quả.", "answer": "Xem công văn."}

    Officer(system, "binh.vanphong").do("publish", citizen.reference, **public, attachments=[sent])

    (item,) = system.http("GET", "/v1/published").json()["items"]
    (file,) = item["attachments"]
    assert citizen.reference not in str(item)
    assert file["filename"] == "Công văn 12.pdf"
    led = system.http("GET", file["url"])
    assert led.status == 303
    assert citizen.reference not in led.header("Location")
    assert pages_of(fetched(led.header("Location"))[0]) == 1
    assert file["filename"] in system.http("GET", item["url"]).text


def test_published_without_a_file_there_is_none(system: System, answered):
    citizen, sent, _ = answered
    public = {"subject": "Kết quả", "content": "Hỏi về kết quả.", "answer": "Xem công văn."}
    Officer(system, "binh.vanphong").do("publish", citizen.reference, **public)

    (item,) = system.http("GET", "/v1/published").json()["items"]

    assert item.get("attachments", []) == []
    for address in (
        f"2026-11-03T02:00:00Z%23aaaaaaaa&f={sent}",
        "2026-02-31T02:00:00Z%23aaaaaaaa&f=x",
        "&f=",
    ):
        assert system.http("GET", f"/cong-khai/tep?a={address}").status == 404


@pytest.mark.parametrize("chosen", ["a file that is not there", "the petitioner's", "one that was kept back"])
def test_nothing_is_published_but_what_came_with_the_answer(system: System, answered, chosen):
    citizen, _, kept_back = answered
    files_of = {
        "a file that is not there": "0" * 32,
        "the petitioner's": citizen.look()["attachments"][0]["id"],
        "one that was kept back": kept_back,
    }
    public: dict[str, Any] = {"subject": "Kết quả", "content": "Hỏi về kết quả.", "answer": "Xem công văn."}

    answer = Officer(system, "binh.vanphong").try_to(
        "publish", citizen.reference, **public, attachments=[files_of[chosen]]
    )

    assert answer.status == 422
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [
        ("attachments", "unknown")
    ]


@pytest.mark.cloud
def test_on_the_page_a_draft_takes_along_what_is_ticked(system: Target):
    citizen = Citizen(system)
    citizen.send()
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)
    first = handler.attach(citizen.reference, LETTER, "Một.pdf")
    second = handler.attach(citizen.reference, LETTER, "Hai.pdf")
    desk = Browser(system, "minh.ccvc")
    page = desk.get(f"/desk/petitions/{citizen.reference}")

    desk.fill(page, f"/desk/petitions/{citizen.reference}/draft-answer", text="Xem hai tệp.")

    draft = handler.petition(citizen.reference)["draft"]
    assert draft["attachments"] == [first, second]


@pytest.mark.cloud
def test_a_file_alone_completes_a_petition_that_was_asked_for_it(system: Target):
    citizen = Citizen(system)
    citizen.send()
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)
    handler.do("request-information", citizen.reference, question="Xin gửi biên nhận.")

    citizen.attach(PICTURE)

    assert citizen.look()["state"] == "IN_PROGRESS"
    mails = [
        mail for mail in system.outbox(citizen.reference) if mail.to == system.officers["minh.ccvc"].email
    ]
    assert any("bổ sung" in mail.text for mail in mails)
