"""The weekly e-mail about new answers in a browser: subscribe, confirm, read it, end it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from time import time_ns

from playwright.sync_api import Browser, Page, expect

from shared.domain.calendar.working_calendar import VIETNAM
from tests.browser.conftest import PHONE, send_petition
from tests.browser.desk import act
from tests.browser.forms import FORMS, Form, opened_in
from tests.browser.outbox import sent_to
from tests.browser.screen import assert_fits, assert_keeps_the_rules
from tests.support.running_stack import RunningStack

HOME = "/cau-tra-loi-moi"
CONFIRM = rf"({HOME}/xac-nhan/[^\s\"<>]+)"
WEEKLY = rf"(?s)(?:Đọc tất cả|Read them all).*?({HOME}/[^\s\"<>]+)"
PUBLISHED = {
    "subject": "Kho lưu trữ lịch sử mở cửa mấy giờ?",
    "content": "Người đọc hỏi giờ mở cửa của kho lưu trữ lịch sử.",
    "answer": "Kho lưu trữ lịch sử mở cửa từ 8 giờ đến 16 giờ, trừ thứ Bảy và Chủ nhật.",
}
MOST_MORNINGS = 10
"""A week without a working day is followed by one with some."""
SUBSCRIBE = f"form[action^='{HOME}'] button"
DONE = {"vi": ("48 giờ", "Đã xác nhận", "Đã dừng"), "en": ("48 hours", "Confirmed", "Ended")}
"""Words of the page after each step."""


def subscribe(page: Page, site: str, form: Form, address: str) -> None:
    """Subscribe and confirm."""
    is_sent, is_confirmed, _is_ended = DONE[form.language]
    page.goto(form.at(HOME))
    page.locator(SUBSCRIBE).click()
    expect(page.locator("#email-error")).to_be_visible()
    assert_fits(page)
    page.locator("#email").fill(address)
    page.locator(SUBSCRIBE).click()
    expect(page.get_by_role("status")).to_contain_text(is_sent)
    page.goto(sent_to(site, address, CONFIRM)[1])
    expect(page.locator("html")).to_have_attribute("lang", form.language)
    assert_fits(page)
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_contain_text(is_confirmed)


def publish_an_answer(page: Page, site: str) -> None:
    """Have a petition answered and published by officers."""
    reference = send_petition(site, f"cong-khai-{time_ns()}", may_publish=True)
    act(page, "minh.ccvc", "accept", reference)
    act(page, "minh.ccvc", "draft-answer", reference, text=PUBLISHED["answer"])
    act(page, "binh.vanphong", "approve", reference)
    act(page, "binh.vanphong", "publish", reference, **PUBLISHED)


def travel_to_the_weekly_mail(page: Page) -> None:
    """Travel to the next Monday, and on from morning to morning until it is sent: on a week's first working day."""
    today = clock_of(page).date()
    monday = datetime.combine(today + timedelta(days=7 - today.weekday()), time(8), tzinfo=VIETNAM)
    for days in range(MOST_MORNINGS):
        page.request.post("/local/clock", data={"now": (monday + timedelta(days=days)).isoformat()})
        if "Đọc tất cả" in page.request.get("/local/outbox").text():
            return


def clock_of(page: Page) -> datetime:
    """Return the instant of the stack's clock."""
    facts = page.request.get("/local/clock").json()
    return datetime.fromisoformat(facts["now"]).astimezone(VIETNAM)


def test_reader_subscribes_gets_the_weeks_mail_and_ends_it_with_one_press(
    browser: Browser, crowded: RunningStack
):
    """The stack is the module's own: its clock goes on by a week, and its answer is like what others send."""
    site = crowded.site
    readers = {form: f"doc-{form}-{time_ns()}@thu.example" for form in FORMS}
    for form, address in readers.items():
        with opened_in(browser, site, form) as page:
            subscribe(page, site, form, address)
    with opened_in(browser, site, FORMS[0]) as page:
        publish_an_answer(page, site)
        travel_to_the_weekly_mail(page)

    for form, address in readers.items():
        end = sent_to(site, address, WEEKLY)[1]
        with opened_in(browser, site, form) as page:
            page.goto(end)
            assert_fits(page)
            page.locator("main form button").click()
            expect(page.get_by_role("status")).to_contain_text(DONE[form.language][2])
            once_more = page.request.post(end, form={"List-Unsubscribe": "One-Click"})
            assert once_more.ok


def test_the_pages_keep_axes_rules_and_their_width(browser: Browser, site: str, axe: Callable[[Page], None]):
    address = f"axe-{time_ns()}@thu.example"
    with browser.new_context(viewport=PHONE, base_url=site) as context:
        page = context.new_page()

        page.goto(HOME)
        page.locator(SUBSCRIBE).click()
        expect(page.locator("#email-error")).to_be_visible()
        assert_keeps_the_rules(page, axe)
        page.goto(f"{HOME}?lang=en&field=TL")
        page.locator("#email").fill(address)
        page.locator(SUBSCRIBE).click()
        expect(page.get_by_role("status")).to_contain_text("48 hours")
        assert_keeps_the_rules(page, axe)
        page.goto(sent_to(site, address, CONFIRM)[1])
        assert_keeps_the_rules(page, axe)
