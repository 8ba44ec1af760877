"""Everything that is the same for everybody has an entity tag, and comes once to whoever sends that back."""

from __future__ import annotations

import pytest

from chalicelib.intake.api.open_data import FILES
from chalicelib.intake.api.openapi import document
from tests.support.people import Citizen
from tests.support.system import System

DAY = "2026-11-03"
OPEN311 = [
    f"/open311/v2/{name}.{form}"
    for name in ("discovery", "services", "services/CCVC", "requests")
    for form in ("xml", "json")
]


def for_everybody() -> list[str]:
    """Return the paths of operations that nothing proves, and that ask for nothing."""
    return [
        path
        for path, methods in document()["paths"].items()
        if "get" in methods and not methods["get"]["security"] and path != "/health"
    ]


def addresses() -> list[str]:
    """Return the address of each public document: of a file in every form."""
    paths = [path.replace("{day}", DAY) for path in for_everybody()]
    plain = [path for path in paths if "{" not in path]
    files = [path.replace("{file}", file) for path in paths if "{file}" in path for file in FILES]
    return [*plain, *files, *OPEN311, "/tai-lieu-api/pakn.postman_collection.json"]


@pytest.fixture(scope="module")
def public(running_system: System) -> System:
    """A system the day after a petition: there is a root, and a key that signed it."""
    running_system.reset()
    Citizen(running_system).send()
    running_system.travel(days=1)
    return running_system


def test_document_says_so_of_every_operation_that_is_for_everybody():
    paths = document()["paths"]

    assert [path for path in for_everybody() if "304" not in paths[path]["get"]["responses"]] == []
    assert [
        path for path in for_everybody() if "ETag" not in paths[path]["get"]["responses"]["200"]["headers"]
    ] == []


@pytest.mark.parametrize("address", addresses())
def test_public_document_comes_once(public: System, address: str):
    first = public.http("GET", address)
    tag = first.header("ETag")

    again = public.http("GET", address, headers={"If-None-Match": f'"another", {tag}'})
    weak = public.http("GET", address, headers={"If-None-Match": f"W/{tag}"})
    anything = public.http("GET", address, headers={"If-None-Match": "*"})
    other = public.http("GET", address, headers={"If-None-Match": '"another"'})

    assert (first.status, tag[:1], tag[-1:]) == (200, '"', '"')
    assert first.header("Access-Control-Allow-Origin") == "*"
    assert first.header("Cache-Control") == "public, max-age=60"
    assert {(each.status, each.body, each.header("ETag")) for each in (again, weak, anything)} == {
        (304, b"", tag)
    }
    assert (other.status, other.body, other.header("ETag")) == (200, first.body, tag)
