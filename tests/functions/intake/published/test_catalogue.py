"""The catalogue of open data: it keeps to its standards, and the files keep to it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema.validators import validator_for  # type: ignore[import-untyped]

from chalicelib.intake.published.answers import PublishedItem, PublishedList
from chalicelib.intake.published.open_data import answers_table
from infra.local.emulation.functions import HttpResponse
from tests.support.people import Citizen, Officer
from tests.support.system import System

PROFILE = json.loads(Path(__file__).with_name("tabular-data-package.json").read_text())
"""The profile of tabular data packages, version 1, as frictionlessdata publishes it (datapackage 1.15.4, MIT)."""
CITED = [{"number": "138/2020/NĐ-CP", "article": "Điều 44", "link": None}]
LICENCE = 'rel="license"; title="CC-BY-4.0"'
READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "yearmonth": lambda text: datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC),
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "array": json.loads,
}
"""Reads a cell, by the type of its column."""


def publish(system: System) -> str:
    """Publish an answer with a citation and return the reference of its petition."""
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    handler, approver = Officer(system, "minh.ccvc"), Officer(system, "binh.vanphong")
    handler.do("accept", citizen.reference)
    handler.do("draft-answer", citizen.reference, text="Trước ngày 30/11.", citations=CITED)
    approver.do("approve", citizen.reference)
    approver.do(
        "publish", citizen.reference, subject="Thi nâng ngạch", content="Hỏi kết quả.", answer="Trước 30/11."
    )
    return citizen.reference


def rows_of(answer: HttpResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_data_package_keeps_to_the_profile_of_frictionless(intake):
    package = intake.http("GET", "/v1/open-data/datapackage.json").json()

    validator_for(PROFILE)(PROFILE).validate(package)
    assert [licence["name"] for licence in package["licenses"]] == ["CC-BY-4.0"]
    assert all(field["description"] for each in package["resources"] for field in each["schema"]["fields"])


def test_every_file_keeps_to_its_dictionary(system):
    publish(system)
    package = system.http("GET", "/v1/open-data/datapackage.json").json()

    for resource in package["resources"]:
        rows = rows_of(system.http("GET", urlsplit(resource["path"]).path))
        types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        assert rows
        assert list(rows[0]) == list(types)
        for row in rows:
            for name, cell in row.items():
                assert cell == "" or READ[types[name]](cell) is not None
        keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys)
        assert all(all(key) for key in keys)


def test_every_distribution_of_dcat_is_there_in_its_type_with_its_licence(intake):
    answer = intake.http("GET", "/v1/open-data/catalogue.jsonld")

    assert answer.header("Content-Type").startswith("application/ld+json")
    distributions = [
        each for dataset in answer.json()["dcat:dataset"] for each in dataset["dcat:distribution"]
    ]
    assert len(distributions) == 7
    for each in distributions:
        file = intake.http("GET", urlsplit(each["dcat:downloadURL"]["@id"]).path)
        media_type = each["dcat:mediaType"]["@id"].removeprefix(
            "https://www.iana.org/assignments/media-types/"
        )
        assert file.status == 200
        assert file.header("Content-Type").startswith(media_type)
        assert LICENCE in file.header("Link")
        assert each["dct:license"]["@id"] in file.header("Link")


def test_all_formats_give_the_same_answers_by_the_same_ids(system):
    reference = publish(system)
    csv_file, json_file, lines = (
        system.http("GET", f"/v1/open-data/answers.{ending}") for ending in ("csv", "json", "jsonl")
    )
    system.travel(days=60)
    later = system.http("GET", "/v1/open-data/answers.json").json()
    listed = system.http("GET", "/v1/published").json()

    (row,), (cells,) = json_file.json()["rows"], rows_of(csv_file)
    assert [json.loads(line) for line in lines.text.splitlines()] == [row]
    assert (cells["id"], json.loads(cells["citations"])) == (row["id"], row["citations"])
    assert [each["id"] for each in (*later["rows"], *listed["items"])] == [row["id"], row["id"]]
    assert reference not in csv_file.text + json_file.text + lines.text


def test_every_format_says_its_age_licence_and_whether_it_is_all(system):
    publish(system)

    table = system.http("GET", "/v1/open-data/answers.csv")
    file = system.http("GET", "/v1/open-data/answers.json").json()
    listed = system.http("GET", "/v1/published").json()
    this_month = system.http("GET", "/v1/statistics").json()

    assert (table.header("Data-Complete"), file["complete"]) == ("true", True)
    assert datetime.fromisoformat(table.header("Data-As-Of")) == datetime.fromisoformat(file["as_of"])
    assert (file["licence_id"], file["licence_url"]) == (
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    )
    assert this_month["complete"] is False, "the month goes on"
    assert listed["complete"] is False, "older months are on another page"


class LongRecord:
    """A public record of five answers, one on a page."""

    def published(self, *, cursor: str, **_query: str) -> PublishedList:
        at = int(cursor or 0)
        day = date(2026, 11, 3)
        item = PublishedItem(
            id=str(at),
            subject="a",
            content="b",
            answer="c",
            received_on=day,
            answered_on=day,
            published_at=datetime(2026, 11, 3, tzinfo=UTC),
        )
        next_cursor = str(at + 1) if at < 4 else None
        return PublishedList(items=(item,), next_cursor=next_cursor, as_of=item.published_at, complete=False)


@pytest.mark.parametrize(
    ("largest", "files"),
    [
        pytest.param(1, ["0", "1", "2", "3", "4"], id="each file is full at once"),
        pytest.param(10**6, ["01234"], id="all have space in one"),
    ],
)
def test_a_full_file_leads_to_the_next_and_nothing_is_left_out(largest, files):
    read: list[str] = []
    complete: list[bool] = []
    cursor: str | None = ""

    while cursor is not None:
        table = answers_table(
            LongRecord(),  # type: ignore[arg-type]
            month="",
            field="",
            language="vi",
            cursor=cursor,
            largest=largest,
        )
        read.append("".join(row["id"] for row in table.rows))
        complete.append(table.is_complete)
        cursor = table.next_cursor

    assert read == files
    assert complete == [len(files) == 1] * len(files)


def test_groups_add_up_to_what_was_received(system):
    for _ in range(4):
        Citizen(system).send()
    for _ in range(3):
        Citizen(system, field=None, content="Xin hỏi một việc.", subject="Hỏi").send()

    rows = system.http("GET", "/v1/open-data/breakdowns.json", query={"lang": "en"}).json()["rows"]

    sums = {by: sum(row["received"] for row in rows if row["by"] == by) for by in {row["by"] for row in rows}}
    assert sums == dict.fromkeys(("channel", "kind", "field", "state", "province", "unit"), 7)
    assert {row["name"] for row in rows if row["code"] == "UNDECIDED"} == {"Not yet known"}


@pytest.mark.parametrize(
    "address",
    [
        "/v1/fields",
        "/v1/published",
        "/v1/statistics",
        "/v1/roots",
        "/v1/open-data/answers.csv",
        "/v1/open-data/answers.jsonl",
        "/v1/open-data/datapackage.json",
        "/openapi.json",
        "/open311/v2/services.xml",
    ],
)
def test_public_data_are_for_other_sites_and_come_once(intake, address):
    first = intake.http("GET", address)
    tag = first.header("ETag")

    again = intake.http("GET", address, headers={"If-None-Match": f'"other", W/{tag}'})
    other = intake.http("GET", address, headers={"If-None-Match": '"other"'})

    assert first.header("Access-Control-Allow-Origin") == "*"
    assert (again.status, again.body, again.header("ETag")) == (304, b"", tag)
    assert again.header("Access-Control-Allow-Origin") == "*"
    assert (other.status, other.body) == (200, first.body)


def test_each_language_and_format_has_a_tag_of_its_own(intake):
    tags = {
        intake.http("GET", f"/v1/open-data/{file}").header("ETag")
        for file in ("answers.csv", "answers.json", "answers.jsonl")
    } | {intake.http("GET", f"/v1/fields?lang={language}").header("ETag") for language in ("vi", "en")}

    assert len(tags) == 5


def test_a_petition_is_not_for_other_sites(intake, sent):
    proof = {"X-Petition-Pin": sent["pin"], "If-None-Match": "*"}

    view = intake.http("GET", f"/v1/petitions/{sent['reference']}", headers=proof)

    assert view.status == 200
    assert not {"etag", "access-control-allow-origin"} & {name.lower() for name, _value in view.headers}


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/v1/open-data/statistics.csv?month=2026-11", "month"),
        ("/v1/open-data/breakdowns.json?field=CCVC", "field"),
        ("/v1/open-data/answers.csv?month=2026-11", "month"),
        ("/v1/open-data/datapackage.json?field=CCVC", "field"),
    ],
)
def test_a_parameter_that_a_file_does_not_have_is_named(intake, address, parameter):
    answer = intake.http("GET", address)

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [parameter]
