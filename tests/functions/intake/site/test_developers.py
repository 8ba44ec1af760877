"""The pages for developers: short enough, whole, and true to the document, the errors and the limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

import pytest

from chalicelib.intake.api.openapi import VERSION, document
from chalicelib.intake.site.developers.changelog import RELEASES
from chalicelib.intake.site.developers.problem_types import OF_GATEWAY
from chalicelib.intake.site.developers.sandbox import SANDBOX_VALUES
from infra.gateway import OWN_ANSWERS
from shared.domain.errors import PetitionError
from shared.providers import simulator
from shared.web.i18n import gettext
from tests.support.system import System

PAGE = "/tai-lieu-api"
LARGEST_PAGE = 40_000
TAGS = [tag["name"] for tag in document()["tags"]]
PAGES = [PAGE, *(f"{PAGE}/tham-chieu/{tag}{kind}" for tag in TAGS for kind in ("", "/schemas"))]


def kinds_of(error: type[PetitionError]) -> Iterator[type[PetitionError]]:
    """Yield an error and all that extend it, in the code of every function."""
    for kind in error.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def codes() -> list[str]:
    """Return the code of every problem that a function or API Gateway can send."""
    of_domain = (kind for kind in kinds_of(PetitionError) if kind.__module__.startswith("shared.domain"))
    ours = {kind.code for kind in of_domain if "code" in vars(kind)}
    return sorted(ours | {answer.code for answer in OWN_ANSWERS.values()})


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_short_and_needs_no_script(intake: System, path: str, language: str):
    answer = intake.http("GET", f"{path}?lang={language}")

    assert answer.status == 200
    assert len(answer.body) <= LARGEST_PAGE
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_the_site_leads_somewhere_and_every_anchor_is_there(intake: System, path: str):
    html = intake.http("GET", path).text
    links = [link for link in re.findall(r'href="([^"]+)"', html) if link.startswith(("/", "#"))]
    pages = {
        address: intake.http("GET", address)
        for address in {link.partition("#")[0] or path for link in links}
        if not address.startswith("/assets/") or ".svg" in address
    }

    assert {address: page.status for address, page in pages.items() if page.status != 200} == {}
    assert [
        link
        for link in links
        if "#" in link and f'id="{link.partition("#")[2]}"' not in pages[link.partition("#")[0] or path].text
    ] == []


def test_old_anchors_of_operations_still_lead_to_them(intake: System):
    html = intake.http("GET", PAGE).text

    operations = [
        operation["operationId"] for methods in document()["paths"].values() for operation in methods.values()
    ]
    assert [name for name in operations if f'<li id="{name}">' not in html] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_type_of_every_problem_is_an_address_that_explains_it(intake: System, language: str):
    listed = intake.http("GET", PAGE).text

    pages = {code: intake.http("GET", f"/problems/{code}?lang={language}") for code in codes()}

    assert {code for code, page in pages.items() if page.status != 200} == set()
    assert all(f"<h1><code>{code}</code></h1>" in page.text for code, page in pages.items())
    assert max(len(page.body) for page in pages.values()) <= LARGEST_PAGE
    assert [code for code in pages if f'href="/problems/{code}"' not in listed] == []


def test_type_that_was_sent_leads_to_its_page(intake: System):
    problem = intake.http("POST", "/v1/petitions", json={}).json()

    page = intake.http("GET", problem["type"])

    assert page.status == 200
    assert problem["title"] in page.text
    assert all(f'id="rule-{error["rule"]}"' in page.text for error in problem["errors"])


def test_there_is_no_page_of_a_problem_that_there_is_not(intake: System):
    assert intake.http("GET", "/problems/no-such-problem").status == 404
    assert intake.http("GET", f"{PAGE}/tham-chieu/no-such-part").status == 404


def test_problems_of_the_gateway_are_worded_as_there():
    english = gettext("en")

    assert {
        code: (each.status, each.title, each.detail, english(each.title), english(each.detail))
        for code, each in OF_GATEWAY.items()
    } == {
        answer.code: (answer.status, answer.title, answer.detail, answer.title_en, answer.detail_en)
        for answer in OWN_ANSWERS.values()
        if answer.code != "too-many-requests"
    }


def test_changelog_begins_with_the_version_of_the_document(intake: System):
    html = intake.http("GET", f"{PAGE}?lang=en").text

    assert RELEASES[0].version == VERSION
    assert [release.day for release in RELEASES] == sorted((each.day for each in RELEASES), reverse=True)
    assert all(f"<h3>{release.version} " in html for release in RELEASES)


def test_page_shows_every_fixed_value_of_the_sandbox(intake: System):
    html = intake.http("GET", PAGE).text

    values = {
        value for name, value in vars(simulator).items() if name.startswith(("PHONE_", "EMAIL_", "API_KEY"))
    }
    assert values == SANDBOX_VALUES.keys()
    assert [value for value in values if f"<code>{value}</code>" not in html] == []


def test_limits_are_those_of_the_settings(intake: System):
    html = intake.http("GET", f"{PAGE}?lang=en").text

    assert "10 petitions a day" in html
    assert "5 files of 10 MB each" in html
    assert "3 times a day" in html
    assert "128 KB" in html


# --- the collection -----------------------------------------------------------------------------------


@pytest.fixture
def collection(intake: System) -> dict[str, Any]:
    return dict(intake.http("GET", f"{PAGE}/pakn.postman_collection.json").json())


def items(collection: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for folder in collection["item"] for item in folder["item"]]


def test_every_operation_is_in_the_collection_with_its_method(collection: dict[str, Any]):
    described = {
        operation["operationId"]: method.upper()
        for methods in document()["paths"].values()
        for method, operation in methods.items()
    }

    assert {item["name"]: item["request"]["method"] for item in items(collection)} == described


def test_requests_of_the_collection_are_taken_as_they_are(intake: System, collection: dict[str, Any]):
    variables = {variable["key"]: variable["value"] for variable in collection["variable"]}

    def filled(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda name: variables[name[1]], text)

    refused = {}
    for item in items(collection):
        request = item["request"]
        address = filled(request["url"]["raw"]).removeprefix(variables["host"])
        headers = {
            each["key"]: filled(each["value"]) for each in request["header"] if not each.get("disabled")
        }
        body = request.get("body", {}).get("raw")
        answer = intake.http(request["method"], address, headers=headers, body=body)
        for name, place in re.findall(
            r'Variables\.set\("(\w+)", pm\.response\.json\(\)\.([\w.]+)\)', str(item)
        ):
            variables[name] = reduce(getitem, place.split("."), answer.json())
        if answer.status >= 400:
            refused[item["name"]] = answer.json()["code"]

    assert refused == {
        "ratePetition": "action-not-possible",
        "reopenPetition": "action-not-possible",
        "fetchFile": "unknown-attachment",
        "rootOfDay": "invalid-input",
        "signingKey": "invalid-input",
    }, "before any answer, and before the first night"


def test_no_machine_is_named_but_the_host_and_the_schema(collection: dict[str, Any]):
    named = set(re.findall(r"https?://[\w.:-]+", str(collection)))

    assert named <= {"http://localhost:8088", "https://schema.getpostman.com"}
