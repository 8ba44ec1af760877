"""Auditors see every opening of a seal: who, which petition, when and why; nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import files
from tests.support.desk_pages import Browser
from tests.support.people import CITIZEN, Citizen, Officer
from tests.support.system import System

DENUNCIATION = (
    "Tôi tố cáo ông Trần Văn Cường, phó phòng, đã nhận hối lộ 20 triệu đồng của người dự thi nâng ngạch "
    "ngày 12/10/2026 tại trụ sở. Tôi có ghi âm và người làm chứng."
)


def opened(system: System, reason: str, content: str | None = None) -> str:
    """A petition whose seal the Task Force opened."""
    citizen = Citizen(system, **({"content": content} if content else {}))
    citizen.send()
    Officer(system, "khanh.tocongtac").do("open-seal", citizen.reference, reason=reason)
    return citizen.reference


def read(system: System, query: str = "") -> dict[str, Any]:
    answer = Officer(system, "kiemtoan").get(f"/v1/openings{query}")
    assert answer.status == 200, answer.text
    openings: dict[str, Any] = answer.json()
    return openings


def everything(system: System, month: str) -> list[dict[str, Any]]:
    """Read to the last page."""
    openings: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = read(system, f"?month={month}&cursor={cursor}")
        openings += page["openings"]
        cursor = page["cursor"]
    return openings


def test_each_opening_is_listed_with_officer_petition_reason_and_time(system: System):
    first = opened(system, "Xác minh thông tin lần đầu.")
    second = opened(system, "Gọi điện hỏi thêm.")

    openings = read(system)["openings"]

    assert {(opening["reference"], opening["by"], opening["reason"]) for opening in openings} == {
        (first, "officer:khanh.tocongtac", "Xác minh thông tin lần đầu."),
        (second, "officer:khanh.tocongtac", "Gọi điện hỏi thêm."),
    }
    assert all(opening["at"].startswith("2026-11-03") for opening in openings)
    assert CITIZEN["name"] not in str(openings)


def test_opening_again_in_a_later_month_hides_no_earlier_one(system: System):
    reference = opened(system, "Tháng mười một.")
    system.travel(to="2026-12-05T03:00:00+00:00")
    Officer(system, "khanh.tocongtac").do("open-seal", reference, reason="Tháng mười hai.")

    assert [opening["reason"] for opening in everything(system, "2026-11")] == ["Tháng mười một."]
    assert [opening["reason"] for opening in everything(system, "2026-12")] == ["Tháng mười hai."]
    assert everything(system, "2026-10") == []


def test_openings_are_narrowed_to_one_officer(system: System):
    opened(system, "Xác minh thông tin.")

    assert len(read(system, "?by=khanh.tocongtac")["openings"]) == 1
    assert read(system, "?by=minh.ccvc")["openings"] == []


def test_of_a_denunciation_only_the_opening_is_shown(system: System):
    reference = opened(system, "Làm việc với người tố cáo.", DENUNCIATION)

    (opening,) = read(system)["openings"]

    assert (opening["by"], opening["is_withheld"]) == ("officer:khanh.tocongtac", True)
    assert (opening["reference"], opening["reason"]) == (None, None)
    page = Browser(system, "kiemtoan").get("/desk/openings").text
    assert reference not in page.replace(" ", "")
    assert "người tố cáo" not in page


def test_page_reads_what_was_opened_and_nothing_else(system: System):
    for _ in range(3):
        Citizen(system).send()
    opened(system, "Xác minh thông tin.")
    Officer(system, "kiemtoan").get("/v1/openings")

    with system.faults.counting() as calls:
        read(system)

    queries = [
        call.operation for call in calls if call.operation in ("Query", "Scan", "GetItem", "BatchGetItem")
    ]
    assert queries == ["GetItem", "Query", "Query"], "the session, the openings, the latest root"


def test_page_shows_openings_and_leads_to_the_petition(system: System):
    reference = opened(system, "Xác minh thông tin.")

    page = Browser(system, "kiemtoan").get("/desk/openings")

    assert page.status == 200
    assert f'href="/desk/petitions/{reference}"' in page.text
    assert "Dương Quốc Khánh" in page.text
    assert "Xác minh thông tin." in page.text


def test_opening_of_a_petitioners_file_is_listed_with_its_name(system: System):
    citizen = Citizen(system)
    citizen.send()
    citizen.attach(files.picture(), "Đơn viết tay.jpg")
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    file = citizen.look()["attachments"][0]["id"]
    Browser(system, "minh.ccvc").post(f"/desk/petitions/{citizen.reference}/attachments/{file}", {})

    (opening,) = read(system)["openings"]

    assert (opening["what"], opening["file"], opening["reason"]) == ("FILE", "Đơn viết tay.jpg", None)
    assert "Mở tệp của người gửi" in Browser(system, "kiemtoan").get("/desk/openings").text


def test_month_is_taken_away_as_a_file_without_formulas(system: System):
    reference = opened(system, "=HYPERLINK(1)")
    hidden = opened(system, "Làm việc với người tố cáo.", DENUNCIATION)

    answer = Browser(system, "kiemtoan").get("/desk/openings?month=2026-11&format=csv")

    assert answer.header("content-type") == "text/csv; charset=utf-8"
    assert "openings_2026-11.csv" in answer.header("content-disposition")
    assert f'"{reference}"' in answer.text
    assert '"\'=HYPERLINK(1)"' in answer.text
    assert hidden not in answer.text
    assert "người tố cáo" not in answer.text
    assert Browser(system, "minh.ccvc").get("/desk/openings?format=csv").status == 403


@pytest.mark.parametrize(
    "query",
    ["?month=2026-13", "?month=2026-12", "?month=2018-05", "?cursor=x", "?cursor=2026-12", "?month=xx"],
)
def test_month_or_cursor_that_is_none_is_refused(system: System, query: str):
    assert Officer(system, "kiemtoan").get(f"/v1/openings{query}").status == 422
    assert Browser(system, "kiemtoan").get(f"/desk/openings{query}").status == 422
