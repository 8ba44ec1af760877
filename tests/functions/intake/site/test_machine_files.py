"""Files that machines ask a site for: what may be read, where a weakness is reported, how a telephone keeps it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from chalicelib.intake.site.guide.machine_files import PAGES, SitePage, sitemap_of
from shared.platform import clock
from tests.support.system import System

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_robots_keep_out_of_what_is_somebodys(intake: System):
    robots = intake.http("GET", "/robots.txt").text

    assert "Disallow: /tra-cuu\n" in robots
    assert "Disallow: /desk\n" in robots
    assert "Sitemap: " in robots
    assert "Disallow: /cong-khai" not in robots


def test_every_page_of_the_sitemap_is_there_in_both_languages_and_may_be_indexed(intake: System):
    tree = ET.fromstring(intake.http("GET", "/sitemap.xml").text)  # noqa: S314 - our own answer

    addresses = [str(each.text) for each in tree.iter(f"{SITEMAP}loc")]
    host = addresses[0].rstrip("/")
    assert len(addresses) == 2 * len(PAGES)
    for address in addresses:
        page = intake.http("GET", address.removeprefix(host) or "/")
        assert page.status == 200
        assert '<meta name="robots" content="index">' in page.text


def test_sitemap_says_when_a_page_changed_and_escapes_its_address():
    day = datetime(2026, 11, 3, tzinfo=UTC).date()

    xml = sitemap_of("https://pakn.example", [SitePage("/cong-khai/1-a?b=1&c=2", day)])

    assert "<loc>https://pakn.example/cong-khai/1-a?b=1&amp;c=2&amp;lang=en</loc>" in xml
    assert "<lastmod>2026-11-03</lastmod>" in xml


@pytest.mark.parametrize("address", ["/security.txt", "/.well-known/security.txt"])
def test_contact_for_weaknesses_is_a_page_and_holds_for_less_than_a_year(intake: System, address: str):
    answer = intake.http("GET", address)

    fields = dict(line.split(": ", 1) for line in reversed(answer.text.splitlines()))
    expires = datetime.fromisoformat(fields["Expires"])
    assert answer.header("Content-Type") == "text/plain; charset=utf-8"
    assert 0 < (expires - clock.now()).days < 365
    path, _, anchor = fields["Contact"].partition("#")
    page = intake.http("GET", path[path.index("/lien-he") :])
    assert f'id="{anchor}"' in page.text


def test_manifest_has_icons_that_are_there(intake: System):
    answer = intake.http("GET", "/manifest.webmanifest")

    facts = json.loads(answer.body)
    assert answer.header("Content-Type").startswith("application/manifest+json")
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        picture = intake.http("GET", icon["src"])
        assert (picture.status, picture.header("Content-Type")) == (200, icon["type"])
    assert picture.body.startswith(b"\x89PNG")


def test_privacy_says_who_keeps_the_data_and_where(intake: System):
    page = intake.http("GET", "/chinh-sach").text

    assert "Singapore (ap-southeast-1)" in page
    assert "37A Nguyễn Bỉnh Khiêm" in page
    assert 'id="complain"' in page


def test_prices_and_hours_are_those_of_the_settings(intake: System):
    english = intake.http("GET", "/huong-dan", query={"lang": "en"}).text

    assert "1,000 dong a message" in english
    assert "7:30–17:00 on working days" in english
    assert "đừng gửi ảnh và đừng ghi số" in intake.http("GET", "/huong-dan").text
