"""Home, answers and statistics with the sample petitions: what a script adds, what works without, and for whom."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.forms import WITH_SCRIPT, WITHOUT_SCRIPT, Form, opened_in
from tests.support.running_stack import RunningStack

SUGGESTED = {"vi": "1 câu trả lời, ở ngay dưới ô tìm", "en": "1 answer, just below the search box"}
NOTED = {"vi": "Cảm ơn bạn. Bộ đã ghi nhận.", "en": "Thank you. It has been counted."}


@pytest.fixture
def published(samples: RunningStack) -> str:
    """The address of a stack with the sample petitions, some of whose answers are published."""
    return samples.site


def opened(browser: Browser, site: str, **options: object) -> Page:
    """Return a page on which neither a script nor the policy of the site may complain."""
    context = browser.new_context(**{"viewport": PHONE, "base_url": site, "locale": "vi-VN", **options})  # type: ignore[arg-type]
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda message: pytest.fail(message.text) if message.type == "error" else None)
    return page


@WITH_SCRIPT
def test_answers_appear_as_one_types_and_lead_on_by_keyboard(browser: Browser, published: str, form: Form):
    with opened_in(browser, published, form) as page:
        page.goto(form.at("/"))

        page.locator("#q").press_sequentially("phu cap uu da")
        expect(page.locator("#suggest a")).to_have_count(1)
        expect(page.locator("#suggest-status")).to_have_text(SUGGESTED[form.language])
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

        expect(page.locator("h1")).to_have_text("Phụ cấp ưu đãi giáo viên dạy hòa nhập")
        expect(page.locator("html")).to_have_attribute("lang", form.language)
        assert "/cong-khai/" in page.url


def test_what_was_typed_goes_along_where_there_is_no_answer(browser: Browser, published: str):
    page = opened(browser, published)
    page.goto("/")
    typed = "đất nhà tôi bị thu hồi"

    page.locator("#q").press_sequentially(typed)
    expect(page.locator("#suggest-status")).to_have_text("Chưa có câu trả lời khớp")
    page.locator("#send-typed button").click()

    expect(page.locator("textarea[name=content]")).to_have_value(typed)
    page.context.close()


@WITHOUT_SCRIPT
def test_everything_works_without_a_script(browser: Browser, published: str, form: Form):
    with opened_in(browser, published, form) as page:
        page.goto(form.at("/"))
        page.locator("#q").fill("phụ cấp")
        page.keyboard.press("Enter")
        expect(page.locator("#count")).to_contain_text("“phụ cấp”")
        expect(page.locator("mark").first).to_contain_text("Phụ")
        expect(page.locator("html")).to_have_attribute("lang", form.language)

        page.locator(".results h3 a").first.click()
        page.locator("button[value=also]").click()

        expect(page.get_by_role("status")).to_have_text(NOTED[form.language])
        expect(page.locator("#y-kien")).to_be_visible()
        page.locator("header .lang").click()
        expect(page.locator("html")).to_have_attribute("lang", form.other_language)


def test_question_and_both_doors_fill_a_phones_first_screen(browser: Browser, published: str):
    page = opened(browser, published)
    page.goto("/")

    bottom = page.locator(".doors").first.bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= PHONE["height"]
    page.context.close()


def test_printed_answer_shows_what_is_folded(browser: Browser, published: str):
    page = opened(browser, published)
    page.goto("/cong-khai")
    page.goto(page.locator(".results h3 a").first.get_attribute("href") or "")
    page.emulate_media(media="print")

    expect(page.locator("blockquote.asked")).to_be_visible()
    expect(page.locator("#y-kien")).to_be_hidden()
    page.context.close()
