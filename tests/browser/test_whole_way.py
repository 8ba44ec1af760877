"""A citizen's whole way in every form: from the first step to the answer, one tap each, on paper, and a second look."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import act
from tests.browser.forms import IN_FORMS, Form, opened_in
from tests.browser.keyboard import press, tab_to, tick, type_into
from tests.browser.outbox import sent_to
from tests.browser.screen import assert_fits, cramped
from tests.browser.site_steps import HEADINGS, go_on, until_last

MATTER = "Tôi dự thi nâng ngạch chuyên viên chính, đề nghị cho biết thời hạn công bố kết quả thi nâng ngạch."
QUESTION = "Ông còn giấy tờ nào ghi số quyết định không, ví dụ giấy báo dự thi? Ông dự thi ở đâu, ngày nào?"
REPLY = "Tôi dự thi ngày 12/10."
ANSWER = "Thời hạn do hội đồng thi thông báo."
REASON = "Chưa trả lời đúng câu hỏi."
INK = "rgb(92, 86, 75)"
"""The muted text of the light theme: paper is white, whatever the screen's theme is."""
FOLDED = (
    "parts => parts.filter(part => !part.checkVisibility()).map(part => part.textContent.trim().slice(0, 60))"
)
SHOWN = "parts => parts.filter(part => part.checkVisibility()).map(part => part.outerHTML.slice(0, 120))"


class Message(NamedTuple):
    """The message that brings the answer: where it goes, as written and as sent, and its link."""

    contact: str
    to: str
    link: str


MESSAGES = {
    "360-vi-without": Message("0912 360 001", "+84912360001", r"da co ket qua: \S*?(/h/[\w-]+)"),
    "360-en-with": Message("0912 360 002", "+84912360002", r"answered: \S*?(/h/[\w-]+)"),
    "1280-vi-with": Message(*2 * ("tra-loi@thu.example",), r"(?s)đã có kết quả trả lời.*?(/tra-cuu\?ma=\S+)"),
    "1280-en-without": Message(*2 * ("answer@thu.example",), r"(?s)There is an answer.*?(/tra-cuu\?ma=\S+)"),
}
"""An SMS on a phone, a letter at a desk."""


def send(page: Page, form: Form, contact: str) -> str:
    """Send a petition step by step, and return its reference."""
    until_last(page, contact, MATTER, form.language)
    page.locator("#consent").check()
    go_on(page, HEADINGS[form.language][3])
    return page.locator("#reference").inner_text().replace(" ", "")


def keep_the_receipt(page: Page, form: Form) -> None:
    """Open the petition with one tap; going back, reloading and the other language keep the receipt."""
    expect(page.locator("#open")).to_be_in_viewport(ratio=1)
    assert_fits(page)
    pin = page.locator("#pin").inner_text()
    page.locator("#open").click()
    expect(page.locator("#state")).to_be_visible()
    assert_fits(page)
    page.go_back()
    expect(page.locator("#pin")).to_have_text(pin)
    page.reload()
    expect(page.locator("#pin")).to_have_text(pin)
    page.locator("header .lang").click()
    expect(page.locator("html")).to_have_attribute("lang", form.other_language)
    expect(page.locator("#pin")).to_have_text(pin)
    page.locator("header .lang").click()
    expect(page.locator("html")).to_have_attribute("lang", form.language)
    page.locator("#open").click()
    expect(page.locator("#state")).to_be_visible()


def answer_the_question(page: Page) -> None:
    """Find question and box on the first screen, and answer."""
    page.reload()
    expect(page.locator("blockquote", has_text=QUESTION)).to_be_in_viewport(ratio=1)
    expect(page.locator("#content")).to_be_in_viewport(ratio=1)
    assert_fits(page)
    page.locator("#content").fill(REPLY)
    page.locator(".ask-box button").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.reload()
    expect(page.locator(".timeline")).to_contain_text(REPLY)


def read_the_answer(page: Page, form: Form, link: str) -> None:
    """Open the message's link, which is the one tap: the answer is on the first screen, in the reader's language."""
    page.goto(link)
    expect(page.locator("html")).to_have_attribute("lang", form.language)
    expect(page.locator("#answer + .written")).to_have_text(ANSWER)
    expect(page.locator("#answer + .written")).to_be_in_viewport(ratio=1)
    assert_fits(page)
    assert cramped(page) == []


def look_at_the_print(page: Page) -> None:
    """Check that what is folded is open on paper, and that no form is on it."""
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".timeline .meta").first).to_have_css("color", INK)
    expect(page.locator("#answer + .written")).to_be_visible()
    assert page.locator("main details:not(:has(form)) > :not(summary)").evaluate_all(FOLDED) == []
    assert page.locator("main form").evaluate_all(SHOWN) == []
    expect(page.locator(".timeline")).to_contain_text(REPLY)
    expect(page.locator(".timeline")).to_be_visible()
    page.emulate_media(media="screen", color_scheme="light")


def rate_poorly_and_ask_for_a_second_look(page: Page) -> None:
    """Rate, and ask for a second look, by keyboard."""
    tick(page, "#score")
    press(page, "form[action^='/tra-cuu/danh-gia'] button")
    expect(page.get_by_role("status")).to_be_visible()

    tab_to(page, "a[href='#second-look']")
    page.keyboard.press("Enter")
    expect(page.locator("#reason")).to_be_in_viewport()
    type_into(page, "reason", REASON)
    press(page, "form[action^='/tra-cuu/xem-lai'] button")
    expect(page.locator(".timeline")).to_contain_text(REASON)
    expect(page.locator("form[action^='/tra-cuu/xem-lai']")).to_have_count(0)
    assert_fits(page)


@IN_FORMS
def test_citizen_comes_from_the_first_step_to_the_answer_and_a_second_look(
    browser: Browser, site: str, form: Form
):
    message = MESSAGES[str(form)]
    with opened_in(browser, site, form) as page:
        reference = send(page, form, message.contact)
        keep_the_receipt(page, form)

        act(page, "minh.ccvc", "accept", reference)
        act(page, "minh.ccvc", "request-information", reference, text=QUESTION)
        answer_the_question(page)

        act(page, "minh.ccvc", "draft-answer", reference, text=ANSWER)
        act(page, "binh.vanphong", "approve", reference)
        read_the_answer(page, form, sent_to(site, message.to, message.link, reference)[1])
        look_at_the_print(page)

        rate_poorly_and_ask_for_a_second_look(page)
