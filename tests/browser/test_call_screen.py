"""A call by keyboard alone: found, heard, written down, read back and received, with a caller on the line."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import assert_fits, signed_in

NUMBER = "0987 654 321"
FIRST = "Xã tôi chưa trả phụ cấp tháng 9 cho trưởng bản."
SECOND = "Con tôi muốn hỏi lịch thi tuyển viên chức."


def tab_to(page: Page, attribute: str, wanted: str) -> None:
    """Press the tab key until the focus is on what has this name, or value."""
    for _ in range(120):
        if page.evaluate(f"document.activeElement.{attribute} ?? ''") == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not reach {wanted}")


def type_there(page: Page, name: str, text: str) -> None:
    """Reach a field by the tab key and type into it."""
    tab_to(page, "name", name)
    page.keyboard.type(text)


def press(page: Page, step: str) -> None:
    """Reach a button by the tab key and press it."""
    tab_to(page, "value", step)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_call_is_served_by_keyboard_alone(browser: Browser, site: str, axe: Callable[[Page], None]):
    with signed_in(browser, site, "tong.dai") as page:
        page.goto("/desk/call")
        expect(page.locator("#phone")).to_be_focused()
        page.keyboard.type(NUMBER)
        press(page, "find")
        expect(page.locator("#none")).to_be_visible()

        type_there(page, "content", FIRST)
        type_there(page, "name", "Lò Thị Mai")
        type_there(page, "address", "Xã Mường Phăng, Điện Biên")
        press(page, "check")
        expect(page.locator("#read-back")).to_contain_text(FIRST)
        expect(page.locator("#read-back")).to_contain_text("Lò Thị Mai")
        press(page, "confirm")
        reference = page.locator("#new-reference").inner_text()
        pin = page.locator("#new-pin").inner_text()

        type_there(page, "content", SECOND)
        type_there(page, "reference", reference)
        type_there(page, "pin", pin)
        press(page, "hear")
        expect(page.locator("#aloud")).to_be_visible()
        expect(page.locator("#content")).to_have_value(SECOND)
        type_there(page, "text", "Tháng 8 cũng chưa có.")
        press(page, "add")
        expect(page.locator("#done")).to_contain_text("Bổ sung nội dung")
        expect(page.locator("#content")).to_have_value(SECOND)
        keys = page.locator("button[accesskey]").evaluate_all("list => list.map((each) => each.accessKey)")
        assert keys == ["1", "2", "3", "4"], "the steps have keys of their own too"

        assert_fits(page, axe)
