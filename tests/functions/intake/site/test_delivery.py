"""Cache policies, route by route: public pages for a minute, versioned files for ever, everything else never."""

from __future__ import annotations

import re

import pytest

from tests.support.people import Citizen
from tests.support.system import System

PUBLIC_PAGES = {
    "/",
    "/chinh-sach",
    "/ho-tro-tiep-can",
    "/huong-dan",
    "/lien-he",
    "/cong-khai",
    "/kiem-chung",
    "/problems/{code}",
    "/tai-lieu-api",
    "/tai-lieu-api/tham-chieu/{part}",
    "/tai-lieu-api/tham-chieu/{part}/schemas",
    "/thong-ke",
}
VALUES = {
    "{code}": "invalid-input",
    "{part}": "petitions",
    "{name}": "site.css",
    "{day}": "2026-11-03",
    "{provider}": "esms",
}
KEPT_FOR_A_MINUTE = "public, max-age=60"


@pytest.fixture(scope="module")
def public(running_system: System) -> System:
    """A system the day after a petition: there is a root, and a key that signed it."""
    running_system.reset()
    Citizen(running_system).send()
    running_system.travel(days=1)
    return running_system


def pages_of(system: System) -> list[str]:
    """Return the routes of intake that people ask for with GET."""
    programs = ("/v1/", "/open311/", "/sms/", "/hotline/", "/openapi.json", "/health")
    routes = system.local.functions.apps["intake"].routes
    return [route for route, methods in routes.items() if "GET" in methods and not route.startswith(programs)]


def address_of(route: str) -> str:
    """Return an address that a route answers."""
    return re.sub(r"\{\w+\}", lambda match: VALUES.get(match[0], "x"), route)


def test_caches_keep_public_pages_for_a_minute_and_no_other(public: System):
    policies = {
        route: public.http("GET", address_of(route)).header("Cache-Control") for route in pages_of(public)
    }

    pages = {route: value for route, value in policies.items() if route != "/assets/{name}"}
    public_ones = {route for route, value in pages.items() if value.startswith("public")}
    assert public_ones >= PUBLIC_PAGES
    assert {pages[route] for route in PUBLIC_PAGES} == {KEPT_FOR_A_MINUTE}
    private = {route: value for route, value in pages.items() if route not in public_ones}
    assert {route: value for route, value in private.items() if "no-store" not in value} == {}
    assert {"/gui", "/tra-cuu"} <= private.keys()


@pytest.mark.parametrize("address", ["/tra-cuu", "/gui", "/tra-cuu/khong-co", "/cong-khai?month=2026-13"])
def test_no_cache_keeps_what_is_somebodys_or_an_error(public: System, address: str):
    answer = public.http("GET", address)

    assert answer.header("Cache-Control") == "private, no-store"
    assert answer.header("ETag") == ""


@pytest.mark.parametrize("route", sorted(PUBLIC_PAGES))
def test_public_page_comes_once_and_differs_with_what_it_says(public: System, route: str):
    page = public.http("GET", address_of(route))

    again = public.http("GET", address_of(route), headers={"If-None-Match": page.header("ETag")})

    assert (again.status, again.body) == (304, b"")
    assert page.header("Vary") == "Cookie, Accept-Encoding"
    assert page.header("Access-Control-Allow-Origin") == ""


def test_page_in_the_dark_has_a_tag_of_its_own(public: System):
    light = public.http("GET", "/")

    dark = public.http("GET", "/", headers={"Cookie": "theme=dark", "If-None-Match": light.header("ETag")})

    assert dark.status == 200
    assert '<html lang="vi" data-theme="dark">' in dark.text
    assert "data-theme" not in light.text


@pytest.mark.parametrize("name", ["site.css", "site-icons.svg", "mark.svg", "be-vietnam-pro-400.woff2"])
def test_assets_with_their_version_are_kept_for_ever(public: System, name: str):
    html = public.http("GET", "/").text
    versioned = next(iter(re.findall(rf'"(/assets/{re.escape(name)}\?v=[0-9a-f]+)', html)))

    for address, policy in ((versioned, "immutable"), (f"/assets/{name}", "no-cache")):
        answer = public.http("GET", address)
        assert policy in answer.header("Cache-Control")
        assert "Accept-Encoding" in answer.header("Vary")


@pytest.mark.parametrize("address", ["/", "/v1/fields", "/assets/site.css"])
def test_answers_are_compressed_for_whoever_reads_that(public: System, address: str):
    plain = public.http("GET", address)

    packed = public.http("GET", address, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    refused = public.http("GET", address, headers={"Accept-Encoding": "gzip;q=0, identity"})

    assert packed.header("Content-Encoding") == "gzip"
    assert len(packed.body) < len(plain.body) / 2
    assert plain.header("Content-Encoding") == refused.header("Content-Encoding") == ""
    assert refused.body == plain.body
