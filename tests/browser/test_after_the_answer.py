"""Rating and asking for a second look with a keyboard and no JavaScript."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.test_citizen_pages import assert_fits, press, send, tab_to, tick, type_into

QUESTION = (
    "Tôi dự thi nâng ngạch chuyên viên chính, đề nghị cho biết thời hạn công bố kết quả thi nâng ngạch."
)
SECONDS_FOR_ROUTING = 60


def desk(page: Page, username: str, action: str, reference: str, **body: Any) -> None:
    """Let an officer act on a petition, once it is where they can."""
    signed_in = page.request.post(
        "/desk/v1/session", data={"username": username, "password": f"Local-{username}-2026"}
    )
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    path = f"/desk/v1/petitions/{reference}"
    until = time.monotonic() + SECONDS_FOR_ROUTING
    while True:
        seen = page.request.get(path, headers=headers)
        version = seen.json().get("version")
        done = page.request.post(f"{path}/{action}", headers=headers, data={"version": version, **body})
        if done.ok:
            return
        assert time.monotonic() < until, done.text()
        time.sleep(0.5)


def test_a_poor_rating_leads_to_a_second_look_by_keyboard(phone):
    reference, pin = send(phone, QUESTION)
    digits = reference.replace(" ", "")
    desk(phone, "minh.ccvc", "accept", digits)
    desk(phone, "minh.ccvc", "draft-answer", digits, text="Thời hạn do hội đồng thi thông báo.")
    desk(phone, "binh.vanphong", "approve", digits)
    phone.goto("/tra-cuu")
    type_into(phone, "ma", reference)
    type_into(phone, "pin", pin)
    phone.keyboard.press("Enter")
    expect(phone.locator("#answer + .written")).to_contain_text("Thời hạn do hội đồng thi thông báo.")
    assert_fits(phone)

    tick(phone, "#score")
    press(phone, "form[action='/tra-cuu/danh-gia'] button")
    expect(phone.get_by_role("status")).to_contain_text("Cảm ơn bạn đã đánh giá.")

    tab_to(phone, "a[href='#second-look']")
    phone.keyboard.press("Enter")
    expect(phone.locator("#reason")).to_be_visible()
    type_into(phone, "reason", "Chưa trả lời đúng câu hỏi.")
    press(phone, "form[action='/tra-cuu/xem-lai'] button")

    expect(phone.locator("#state")).to_have_text("Mở lại")
    expect(phone.locator("dd", has_text="Thanh tra Bộ")).to_be_visible()
    expect(phone.locator(".timeline")).to_contain_text("Chưa trả lời đúng câu hỏi.")
    assert_fits(phone)


def test_lost_pin_is_asked_for_by_keyboard(phone):
    phone.goto("/tra-cuu")
    type_into(phone, "reference", "26 4831 9027 4")
    type_into(phone, "contact", "0912 345 678")
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("status")).to_contain_text("Nếu mã số đúng")
