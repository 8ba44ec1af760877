"""One journey for each thing that takes several functions and services: files, receipts, calls, reports, the clock."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pikepdf
import pytest
import requests
from PIL import Image

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition import history
from shared.domain.petition.history import Entry
from shared.domain.petition.petition import Petition
from shared.tables.petition_items import petition_of
from tests.support import files
from tests.support.people import Citizen, Officer, answer_petition, citizen_of
from tests.support.target import Target
from tests.support.webhooks import signed_post


def stored(system: Target, reference: str) -> Petition:
    """Return a petition as the table has it."""
    (item,) = [item for item in system.items("petitions") if item["reference"]["S"] == reference]
    return petition_of(item)


def first_bytes(content: bytes) -> str:
    """Return the format of a file, from its bytes: each was written anew when it was examined."""
    if content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as document:
            return f"PDF of {len(document.pages)} page"
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return str(image.format)


# --- files ---------------------------------------------------------------------------------------------


@pytest.mark.cloud
@pytest.mark.parametrize(
    ("content", "filename", "content_type", "kept_as"),
    [
        pytest.param(files.picture_with_place(), "anh.jpg", "image/jpeg", "JPEG", id="JPEG"),
        pytest.param(files.picture("PNG"), "anh.png", "image/png", "PNG", id="PNG"),
        pytest.param(files.picture("WEBP"), "anh.webp", "image/webp", "WEBP", id="WebP"),
        pytest.param(files.document(), "don.pdf", "application/pdf", "PDF of 1 page", id="PDF"),
    ],
)
def test_file_of_each_kind_is_examined_and_kept(
    system: Target, content: bytes, filename: str, content_type: str, kept_as: str
):
    citizen = Citizen(system)
    citizen.send()

    attachment = citizen.attach(content, filename, content_type)

    assert attachment["state"] == "CLEAN"
    (key,) = system.objects(attachment["id"])
    assert not key.startswith("quarantine/")
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)
    download = handler.post(f"/v1/petitions/{citizen.reference}/attachments/{attachment['id']}").json()
    fetched = requests.get(download["url"], timeout=10)
    assert fetched.headers["content-type"] == content_type
    assert first_bytes(fetched.content) == kept_as
    assert files.GPS_NOTE not in fetched.content


@pytest.mark.cloud
@pytest.mark.parametrize(
    ("content", "filename", "content_type"),
    [
        pytest.param(files.EICAR, "don.pdf", "application/pdf", id="infected"),
        pytest.param(b"MZ" + b"\0" * 500, "anh.jpg", "image/jpeg", id="a program"),
    ],
)
def test_file_that_may_not_be_kept_is_rejected_and_gone(
    system: Target, content: bytes, filename: str, content_type: str
):
    citizen = Citizen(system)
    citizen.send()

    rejected = citizen.attach(content, filename, content_type)

    assert rejected["state"] == "REJECTED"
    assert system.objects(rejected["id"]) == []


@pytest.mark.cloud
def test_form_that_was_tampered_with_is_refused_by_the_bucket(system: Target):
    citizen = Citizen(system)
    citizen.send()
    picture = files.picture()
    declared = citizen.add(
        "attachments", filename="a.jpg", content_type="image/jpeg", size=len(picture)
    ).json()

    elsewhere = system.upload(declared["upload"], picture, key="petitions/" + "0" * 32)

    assert elsewhere.status == 403
    assert system.objects("0" * 32) == []


# --- receipts ------------------------------------------------------------------------------------------


@pytest.mark.cloud
@pytest.mark.parametrize("channel", ["SMS", "EMAIL"])
def test_receipt_of_a_provider_proves_the_answer(system: Target, channel: str):
    citizen = Citizen(system, reply_by=[channel])
    citizen.send()

    answer_petition(system, citizen.reference)

    duties = Officer(system, "binh.vanphong").petition(citizen.reference)["duties"]
    assert {duty["kind"]: duty["standing"] for duty in duties}["ANSWER"] == "KEPT"
    rows = [row for row in system.items("deliveries") if "#ANSWERED#" in row["notice"]["S"]]
    assert [row["state"]["S"] for row in rows] == ["DELIVERED"]


# --- the call centre -----------------------------------------------------------------------------------


CALL_TAKES = timedelta(minutes=9)


def report_call(system: Target, began: datetime, summary: str) -> str:
    """Let the call centre report a call, and return the petition's reference.

    The petition came in when the call began: one that began before midnight and ended after it is the day before's.
    """
    call = {
        "callId": system.unique("call-1"),
        "caller": f"0{system.number[2:]}",
        "start": began.astimezone(UTC).isoformat(),
        "end": (began + CALL_TAKES).astimezone(UTC).isoformat(),
        "agent": "tongdai.lan",
        "summary": summary,
        "petitioner": {"name": "Trần Thị Hoa", "address": "Xã Tân Phú, tỉnh Đồng Nai"},
    }
    answer = signed_post(system, "/hotline/calls", "hotline", call)
    assert answer.status == 201, answer.text
    system.settle()
    return str(answer.json()["reference"])


@pytest.mark.cloud
def test_reported_call_is_answered_and_its_caller_called_back(system: Target):
    began = system.clock.now() - CALL_TAKES - timedelta(minutes=5)
    reference = report_call(system, began, "Hỏi kết quả thi nâng ngạch công chức.")
    unit = Officer(system, "lan.tiepnhan").petition(reference)["unit"]
    if unit != "VCCVC":
        Officer(system, "lan.tiepnhan").do("assign", reference, unit="VCCVC")

    answer_petition(system, reference)

    (task,) = [message for message in system.outbox(reference) if message.channel == "PHONE"]
    assert task.to == f"+{system.number}"


# --- reports -------------------------------------------------------------------------------------------


def report(system: Target, name: str, **query: str) -> Any:
    """Read a report of the days around now."""
    today = local_date(system.clock.now())
    days = {"from": str(today - timedelta(days=1)), "to": str(today)}
    officer = Officer(system, "binh.vanphong")
    answer = system.http("GET", f"/desk/v1/reports/{name}", query=days | query, headers=officer._bearer)
    assert answer.status == 200, answer.text
    return answer


@pytest.mark.cloud
def test_petition_is_counted_in_the_report_and_in_its_table(system: Target):
    before = report(system, "timeliness").json()["total"]
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)

    after = report(system, "timeliness").json()["total"]

    assert after["received"] > (before or {"received": 0})["received"]
    lines = report(system, "timeliness", format="csv").text.splitlines()
    assert len(lines) > 1


# --- the clock -----------------------------------------------------------------------------------------


def years_older(petition: Petition, years: int) -> Petition:
    """Return a petition as if everything had happened so much earlier, its history chained anew."""
    earlier = timedelta(days=366 * years)
    entries: tuple[Entry, ...] = ()
    for entry in petition.history:
        moved = entry.model_copy(update={"at": entry.at - earlier})
        entries = history.append(entries, moved, petition.submission)
    return petition.model_copy(update={"history": entries, "received_at": petition.received_at - earlier})


@pytest.mark.cloud
def test_what_was_kept_long_enough_is_erased_by_the_schedule(system: Target):
    citizen = Citizen(system)
    citizen.send()
    picture = citizen.attach(files.picture("PNG"), "anh.png", "image/png")
    assert citizen.add("withdrawal").status == 200
    system.put_back_petition(years_older(stored(system, citizen.reference), 6))

    system.pass_a_minute()

    erased = stored(system, citizen.reference)
    assert erased.history[-1].action == "erase"
    assert not erased.petitioner.seal
    assert history.fault_of(erased.history, erased.submission) is None
    assert system.objects(picture["id"]) == []


def another_due_date(system: Target) -> tuple[datetime, date]:
    """Return when a call began whose petition is due on a day of its own, and that day by today's calendar."""
    for days in range(1, 5):
        began = system.clock.now() - timedelta(days=days)
        due_on = system.due_of(began)
        if due_on != system.due_on:
            return began, due_on
    raise AssertionError("four days are all due on one")


SWEEPS = 3
"""In a cloud a sweep may have read the calendar just before it was changed, and a busy one ends late."""


@pytest.mark.cloud
def test_day_off_that_is_declared_moves_what_is_due_on_it(system: Target):
    began, due_on = another_due_date(system)
    reference = report_call(system, began, "Hỏi kết quả thi nâng ngạch công chức, gọi lại lần nữa.")
    officer, administrator = Officer(system, "binh.vanphong"), Officer(system, "quantri")
    before = officer.petition(reference)["due_on"]
    row = {
        "valid_from": str(local_date(system.clock.now())),
        "on": str(due_on),
        "kind": "OFF",
        "document": "99/QĐ-TTg",
        "name": "Nghỉ theo quyết định",
    }

    declared = system.http(
        "PUT", f"/desk/v1/directory/calendar/{due_on}", json=row, headers=administrator._bearer
    )

    assert before == str(due_on)
    assert declared.status in (200, 201), declared.text
    for _ in range(SWEEPS):
        system.pass_a_minute()
        moved = officer.petition(reference)
        if moved["due_on"] > before:
            break
    assert moved["due_on"] > before
    assert any(entry["action"] == "move-due-date" for entry in moved["history"])


@pytest.mark.cloud
def test_nothing_of_a_journey_ends_as_a_dead_letter(system: Target):
    sender = Citizen(system, petitioner=citizen_of(system), reply_by=["SMS"])
    sender.send()
    answer_petition(system, sender.reference)

    assert system.dead_letters() == 0
