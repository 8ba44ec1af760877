"""Sending as citizens do it: the headings of the steps, what is filled in, and the receipt behind them."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from tests.browser.forms import Language

FIRST, WHO, HOW, LAST = (
    "Chuyện gì đã xảy ra?",
    "Bạn là ai?",
    "Bộ báo tin cho bạn bằng cách nào?",
    "Xem lại rồi gửi",
)
DONE = "Bạn được trả lời chậm nhất"
HEADINGS = {
    "vi": (WHO, HOW, LAST, DONE),
    "en": (
        "Who are you?",
        "How should the Ministry contact you?",
        "Check and send",
        "You will be answered by",
    ),
}
"""The headings behind the first step, in both languages."""
CONTENT = "Ngày 3/3 tôi nộp hồ sơ hưởng trợ cấp tại xã, quá hẹn 20 ngày chưa có kết quả. Đề nghị trả lời."
RECEIVED = {"vi": "Đã nhận tệp", "en": "File received"}
QUESTION = (
    "Tôi dự thi nâng ngạch chuyên viên chính, đề nghị cho biết thời hạn công bố kết quả thi nâng ngạch."
)
BROWSER = {"Accept": "text/html"}


def go_on(page: Page, heading: str) -> None:
    """Press the step's one primary button."""
    page.locator("main form button.button.full-small").click()
    expect(page.locator("h1")).to_contain_text(heading)


def until_last(page: Page, contact: str, content: str = CONTENT, language: Language = "vi") -> None:
    """Fill in the steps up to the last one."""
    who, how, last, _done = HEADINGS[language]
    page.goto(f"/gui?lang={language}")
    page.locator("#content").fill(content)
    go_on(page, who)
    page.locator("#name").fill("Nguyễn Văn An")
    page.locator("#address").fill("12 Lê Lợi, Huế")
    page.locator("#email" if "@" in contact else "#phone").fill(contact)
    go_on(page, how)
    go_on(page, last)


def receipt_address(page: Page, sender: str, language: Language = "vi") -> str:
    """Send a petition as the last form does; return where its receipt is."""
    form: dict[str, str | float | bool] = {
        "content": QUESTION,
        "name": "Lê Thị Hạnh",
        "address": "Huế",
        "email": f"{sender[:40]}@thu.example",
        "may_publish": "1",
        "key": f"page-{sender}-{time.time_ns()}",
    }
    sent = page.request.post(f"/gui?lang={language}", form=form, headers=BROWSER, max_redirects=0)
    assert sent.status == 303
    return sent.headers["location"]
