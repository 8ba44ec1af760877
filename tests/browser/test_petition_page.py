"""A petition's page with a pointer: how many actions an answer takes, what is in sight, what a screen reader finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.hands import Hands
from tests.browser.screen import reload_until_shown

MOST_ACTIONS = 12
WIDE = ViewportSize(width=1280, height=800)
NARROW = ViewportSize(width=360, height=740)
FIRST = "Kính gửi Ông/Bà,\n\n1. Lịch thi theo quy định hiện hành.\n\nTrân trọng."
SECOND = "Kính gửi Ông/Bà,\n\n1. Lịch thi được công bố trước ngày 30/12/2026.\n\nTrân trọng."


def open_from_queue(hands: Hands, reference: str) -> None:
    """Follow the queue's link to a petition, once it was routed there; waiting is no action."""
    link = f'a[href^="/desk/petitions/{reference}"]'
    reload_until_shown(hands.page, "/desk/queue", link)
    hands.follow(link)


@pytest.fixture
def hands(browser: Browser, site: str) -> Iterator[Callable[[str], Hands]]:
    """Signs officers in, each with a browser of their own."""
    contexts = []

    def signed_in(username: str) -> Hands:
        context = browser.new_context(viewport=WIDE, base_url=site, locale="vi-VN")
        contexts.append(context)
        officer = Hands(context.new_page())
        officer.sign_in(username)
        return officer

    yield signed_in
    for context in contexts:
        context.close()


def assert_next_is_in_sight(page: Page) -> None:
    """Check that the page's one filled button is seen without scrolling, wide and narrow."""
    address = page.url
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        page.goto(address)
        box = page.locator("#next").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= viewport["height"]
        assert page.locator(".btn.primary").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(WIDE)
    page.goto(address)


def assert_clean(page: Page, axe: Callable[[Page], None]) -> None:
    """Ask axe about the page, wide and narrow, in both languages."""
    address = page.url.partition("?")[0].partition("#")[0]
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        for query in ("", "?lang=en"):
            page.goto(f"{address}{query}")
            axe(page)
    page.set_viewport_size(WIDE)
    page.goto(address)


def test_sign_in_to_approved_answer_takes_twelve_actions_at_most(
    hands: Callable[[str], Hands], reference: str
):
    handler = hands("minh.ccvc")
    open_from_queue(handler, reference)
    handler.follow("#next")
    handler.write("#draft-answer-text", SECOND)
    handler.follow("#next")
    expect(handler.page.locator("#state")).to_have_text("Chờ phê duyệt")

    approver = hands("binh.vanphong")
    open_from_queue(approver, reference)
    approver.follow("#next")

    expect(approver.page.locator("#state")).to_have_text("Đã có kết quả")
    assert handler.actions + approver.actions <= MOST_ACTIONS


def test_page_is_clear_to_everybody_from_acceptance_to_the_second_approval(
    hands: Callable[[str], Hands], reference: str, axe: Callable[[Page], None]
):
    handler, approver = hands("minh.ccvc"), hands("binh.vanphong")
    open_from_queue(handler, reference)
    assert_next_is_in_sight(handler.page)
    handler.follow("#next")
    handler.write("#draft-answer-text", FIRST)
    handler.follow("#next")
    approver.page.goto(f"/desk/petitions/{reference}")
    approver.click('a[href="#do-return-draft"].btn')
    expect(approver.page.locator("#do-return-draft")).to_be_visible()
    approver.click("details.add summary >> nth=1")
    expect(approver.page.locator('[name="remark_2"]')).to_be_visible()
    approver.write('[name="remark_2"]', "Nêu rõ ngày.")
    approver.write("#return-draft-reason", "Thiếu ngày cụ thể.")
    approver.page.locator("#f-return-draft").evaluate("form => form.requestSubmit()")
    expect(approver.page.locator("#state")).to_have_text("Đang xử lý")

    handler.page.goto(f"/desk/petitions/{reference}")
    expect(handler.page.locator("#do-draft-answer")).to_contain_text("Nêu rõ ngày.")
    assert_next_is_in_sight(handler.page)
    assert_clean(handler.page, axe)
    handler.write("#draft-answer-text", SECOND)
    handler.follow("#next")

    approver.page.goto(f"/desk/petitions/{reference}")
    expect(approver.page.locator(".edition del").first).to_contain_text("hiện hành")
    assert_next_is_in_sight(approver.page)
    assert_clean(approver.page, axe)
