"""Figures for everybody: the leaders' definitions, nobody to be found in them, and files to work with."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from chalicelib.intake.published.statistics import without_small
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer, answer_petition

DENUNCIATION = (
    "Tôi tố cáo ông Trần Văn Cường, phó phòng, đã nhận hối lộ 20 triệu đồng của người dự thi nâng ngạch "
    "ngày 12/10/2026 tại trụ sở. Tôi có ghi âm và người làm chứng."
)


@pytest.mark.parametrize(
    ("counts", "published"),
    [
        pytest.param({"01": 9, "38": 3}, {"01": 9, "38": 3}, id="none is small"),
        pytest.param({"01": 9, "38": 2, "46": 4}, {"01": 9, "38": None, "46": None}, id="the sum would tell"),
        pytest.param({"01": 9, "38": 2, "46": 1}, {"01": 9, "38": None, "46": None}, id="two are small"),
        pytest.param({"38": 1}, {"OTHER": None}, id="the only one, which the month's total would show"),
        pytest.param({"01": 9, "38": 1, "46": 1}, {"01": 9, "OTHER": None}, id="all of them one"),
        pytest.param({"01": 9, "38": 2, "46": 2}, {"01": 9, "OTHER": None}, id="all as large as may be"),
        pytest.param({}, {}, id="none at all"),
    ],
)
def test_counts_that_could_point_at_somebody_are_left_out(counts, published):
    assert without_small(counts) == published


def test_public_and_leaders_read_the_same_figures(system):
    answered, forwarded, withdrawn, late = (Citizen(system, may_publish=True) for _ in range(4))
    for citizen in (answered, forwarded, withdrawn, late):
        citizen.send()
    answer_petition(system, answered.reference)
    Officer(system, "lan.tiepnhan").do("forward", forwarded.reference, body="Bộ Giáo dục và Đào tạo")
    withdrawn.add("withdrawal", reason="Đã xong")
    answered.add("rating", score=5)
    system.travel(days=30)

    public = system.http("GET", "/v1/statistics", query={"month": "2026-11"}).json()
    leaders = system.http(
        "GET",
        "/desk/v1/reports/steering-committee",
        query={"from": "2026-11-01", "to": "2026-11-30"},
        headers=Officer(system, "yen.bcd")._bearer,
    ).json()["total"]

    assert public["received"] == leaders["received"] == 4
    for ours, theirs in (
        ("answered_on_time", "answered_on_time"),
        ("answered_late", "answered_late"),
        ("open_overdue", "overdue"),
        ("on_time_percent", "on_time_percent"),
        ("average_rating", "average_rating"),
        ("published", "published"),
    ):
        assert public.get(ours) == leaders[theirs]
    assert (public["answered"], public["open"], public["ended_otherwise"]) == (2, 1, 1)
    assert public["by_province"] == {"38": 4}


def words_of(page: str) -> str:
    """Return the words of a page, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_leaders_page_states_the_public_share_beside_its_own(system):
    answered, owed = Citizen(system), Citizen(system)
    answered.send()
    answer_petition(system, answered.reference)
    system.travel(days=20)
    owed.send()  # received in November, due in December
    system.travel(days=32)

    home = words_of(system.http("GET", "/").text)
    page = Browser(system, "yen.bcd").get("/desk/leaders?from=2026-11-01&to=2026-11-30").text
    in_english = Browser(system, "yen.bcd").get("/desk/leaders?from=2026-11-01&to=2026-11-30&lang=en").text
    quarter = Browser(system, "yen.bcd").get("/desk/leaders?from=2026-10-01&to=2026-12-31").text
    statistics = words_of(system.http("GET", "/thong-ke", query={"month": "2026-11"}).text)

    assert "2 phản ánh, kiến nghị nhận trong tháng 11/2026" in home
    assert "50%" in home
    assert "50%" in statistics
    assert "đếm việc có hạn trả lời trong tháng, nên có thể ra số khác" in statistics
    assert "100 %" in words_of(page), "of what was due in November"
    assert "Trang công khai ghi 50 %: đếm hồ sơ toàn Bộ nhận trong tháng." in words_of(page)
    assert "/thong-ke?month=2026-11" in page
    assert "The public page says 50 %" in words_of(in_english)
    assert "Trang công khai ghi" not in words_of(quarter), "the public reads months"


def test_denunciation_is_in_no_public_figure(system):
    Citizen(system, content=DENUNCIATION).send()

    figures = system.http("GET", "/v1/statistics").json()

    assert figures["received"] == 0
    assert figures["by_state"] == {}


@pytest.mark.parametrize("name", ["statistics", "published"])
def test_files_say_the_same_in_both_forms_and_under_which_terms(system, name):
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    answer_petition(system, citizen.reference)
    Officer(system, "binh.vanphong").do(
        "publish", citizen.reference, subject="=Thi nâng ngạch", content="Hỏi kết quả.", answer="Trước 30/11."
    )

    table = system.http("GET", f"/v1/open-data/{name}.csv")
    file = system.http("GET", f"/v1/open-data/{name}.json").json()

    assert table.body.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(table.text.removeprefix("\ufeff")))
    assert head == file["fields"]
    assert len(rows) == len(file["rows"]) == 1
    assert "Nghị định 47/2020/NĐ-CP" in file["licence"]
    assert citizen.reference not in table.text
    assert not any(cell.startswith("=") for cell in rows[0])


def test_breakdowns_say_month_by_month_what_the_page_says(system):
    for _ in range(3):
        Citizen(system).send()
    system.travel(days=30)
    Citizen(system).send()

    file = system.http("GET", "/v1/open-data/breakdowns.json").json()
    table = system.http("GET", "/v1/open-data/breakdowns.csv").text
    figures = system.http("GET", "/v1/statistics", query={"month": "2026-11"}).json()

    november = {(row["by"], row["code"]): row for row in file["rows"] if row["month"] == "2026-11"}
    assert november["unit", "VCCVC"]["name"] == "Vụ Công chức - Viên chức"
    assert november["province", "38"] == {
        "month": "2026-11",
        "by": "province",
        "code": "38",
        "name": "Thanh Hóa",
        "received": 3,
    }
    assert {code: row["received"] for (by, code), row in november.items() if by == "field"} == figures[
        "by_field"
    ]
    (of_december,) = (row for row in file["rows"] if (row["month"], row["by"]) == ("2026-12", "province"))
    assert of_december["received"] is None
    assert len(table.splitlines()) == len(file["rows"]) + 1


@pytest.mark.parametrize(
    "file", ["secrets.csv", "statistics.xls", "statistics", "published.csv?month=2026-13"]
)
def test_file_that_there_is_not_is_refused(system, file):
    assert system.http("GET", f"/v1/open-data/{file}").status == 422


def test_page_of_figures_has_charts_that_say_what_they_show(system):
    for days in (30, 1):
        citizen = Citizen(system)
        citizen.send()
        answer_petition(system, citizen.reference)
        system.travel(days=days)
    Citizen(system).send()

    page = system.http("GET", "/thong-ke", query={"month": "2026-12"}).text

    assert "<title id=" in page
    assert '<desc id="c-desc">Từ 100% tháng 11/2026 đến 100% tháng 12/2026.' in page
    assert "Đang xử lý, còn hạn: 1" in page
    assert "Tháng 12/2026: mọi việc đến hạn đều được trả lời đúng hạn" in page
    assert 'style="' not in page
