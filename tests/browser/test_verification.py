"""The tracking page verifies a history in the browser, and says plainly when it does not hold."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.forms import WITH_SCRIPT, WITHOUT_SCRIPT, Form, Language, opened_in
from tests.browser.screen import assert_fits

CONTENT = "Đề nghị công bố lịch thi nâng ngạch của năm nay cho mọi người được biết."
HOLDS = {"vi": "Hồ sơ chưa bị ai sửa", "en": "Nobody has altered this file"}


@pytest.fixture(scope="module")
def sent(site: str) -> tuple[str, str]:
    """A petition received yesterday: its day has a signed root."""
    someone = {"name": "Lê Thị Ba", "address": "Huế", "email": "kiem-chung@thu.example"}
    receipt = _post(
        f"{site}/v1/petitions", {"content": CONTENT, "petitioner": someone, "reply_by": ["EMAIL"]}
    )
    _post(f"{site}/local/clock", {"advance_days": 1})
    return receipt["reference"], receipt["pin"]


def _post(address: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - our own address
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
        facts: dict[str, Any] = json.load(answer)
    return facts


def follow(page: Page, sent: tuple[str, str], language: Language = "vi") -> None:
    page.goto(f"/tra-cuu?lang={language}")
    page.fill("#ma", sent[0])
    page.fill("#pin", sent[1])
    page.locator("main form button").first.click()
    expect(page.locator("#state")).to_be_visible()


@WITH_SCRIPT
def test_history_and_its_signed_root_are_verified_in_the_browser(
    browser: Browser, site: str, sent: tuple[str, str], form: Form
):
    with opened_in(browser, site, form) as page:
        follow(page, sent, form.language)
        expect(page.locator("#verdict .holds")).to_have_text(HOLDS[form.language])
        page.locator("#verification summary").click()

        expect(page.locator("#verified [data-step=chain] .holds")).to_be_visible()
        expect(page.locator("#verified [data-step=root] .holds")).to_be_visible()
        expect(page.locator("#verified .broken:visible")).to_have_count(0)
        expect(page.locator("#unverified")).to_be_hidden()
        assert_fits(page)


@pytest.mark.parametrize(
    ("pattern", "other", "step"),
    [
        pytest.param(r'"state": "RECEIVED"', '"state": "ANSWERED"', "chain", id="a state was altered"),
        pytest.param(r'"tree": "[0-9a-f]{8}', '"tree": "00000000', "root", id="the root was exchanged"),
        pytest.param(r'("signature": ".{20}).{8}', r"\1AAAAAAAA", "root", id="the signature was altered"),
    ],
)
def test_what_does_not_hold_is_said(
    with_script: Page, sent: tuple[str, str], pattern: str, other: str, step: str
):
    def altered(route: Route) -> None:
        answer = route.fetch()
        match = re.search(
            r'<script type="application/json" id="record">(.*?)</script>', answer.text(), re.DOTALL
        )
        assert match
        record = re.sub(pattern, other, json.dumps(json.loads(match[1]), ensure_ascii=False))
        body = answer.text().replace(match[1], record)
        route.fulfill(response=answer, body=body)

    with_script.route(
        "**/tra-cuu", lambda route: altered(route) if route.request.method == "POST" else route.continue_()
    )
    follow(with_script, sent)

    expect(with_script.locator("#verdict .broken")).to_be_visible()
    expect(with_script.locator(f"#verified [data-step={step}] .broken")).to_be_visible()


@WITHOUT_SCRIPT
def test_without_javascript_the_page_says_how_to_verify(
    browser: Browser, site: str, sent: tuple[str, str], form: Form
):
    with opened_in(browser, site, form) as page:
        follow(page, sent, form.language)
        page.locator("#verification summary").click()

        expect(page.locator("#unverified")).to_contain_text({"vi": "bản lưu", "en": "a copy"}[form.language])
        expect(page.locator("#verified")).to_be_hidden()
        assert_fits(page)
