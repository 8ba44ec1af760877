"""The tracking page verifies a history in the browser, and says plainly when it does not hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import PHONE
from tests.browser.test_citizen_pages import send


@pytest.fixture
def scripted(browser: Browser, site: str) -> Iterator[Page]:
    """A phone that runs JavaScript."""
    context = browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture
def sent(phone: Page) -> tuple[str, str]:
    """A petition received yesterday: its day has a signed root."""
    receipt = send(phone, "Đề nghị công bố lịch thi nâng ngạch của năm nay cho mọi người được biết.")
    phone.request.post("/local/clock", data={"advance_days": 1})
    return receipt


def follow(page: Page, sent: tuple[str, str]) -> None:
    page.goto("/tra-cuu")
    page.fill("#ma", sent[0])
    page.fill("#pin", sent[1])
    page.click("main form button")


def test_history_and_its_signed_root_are_verified_in_the_browser(scripted: Page, sent: tuple[str, str]):
    follow(scripted, sent)
    expect(scripted.locator("#verdict .holds")).to_have_text("Hồ sơ chưa bị ai sửa")
    scripted.locator("#verification summary").click()

    expect(scripted.locator("#verified [data-step=chain] .holds")).to_be_visible()
    expect(scripted.locator("#verified [data-step=root] .holds")).to_be_visible()
    expect(scripted.locator("#verified .broken:visible")).to_have_count(0)
    expect(scripted.locator("#unverified")).to_be_hidden()


@pytest.mark.parametrize(
    ("pattern", "other", "step"),
    [
        pytest.param(r'"state": "RECEIVED"', '"state": "ANSWERED"', "chain", id="a state was altered"),
        pytest.param(r'"tree": "[0-9a-f]{8}', '"tree": "00000000', "root", id="the root was exchanged"),
        pytest.param(r'("signature": ".{20}).{8}', r"\1AAAAAAAA", "root", id="the signature was altered"),
    ],
)
def test_what_does_not_hold_is_said(
    scripted: Page, sent: tuple[str, str], pattern: str, other: str, step: str
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

    scripted.route(
        "**/tra-cuu", lambda route: altered(route) if route.request.method == "POST" else route.continue_()
    )
    follow(scripted, sent)

    expect(scripted.locator("#verdict .broken")).to_be_visible()
    expect(scripted.locator(f"#verified [data-step={step}] .broken")).to_be_visible()


def test_without_javascript_the_page_says_how_to_verify(phone: Page, sent: tuple[str, str]):
    follow(phone, sent)
    phone.locator("#verification summary").click()

    expect(phone.locator("#unverified")).to_contain_text("bản lưu")
    expect(phone.locator("#verified")).to_be_hidden()
