"""The desk by keyboard alone: shortcuts of one letter, which can be turned off, and the command palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.many_petitions import petitions_of_a_unit, store
from tests.support.running_stack import RunningStack

WIDE = ViewportSize(width=1280, height=900)
SUBJECT = "Biên chế trường học"
HANDLER = "minh.ccvc"
HERE = f"/desk/queue?queue=VCCVC&find={SUBJECT}"


@pytest.fixture(scope="module")
def listed(stack: RunningStack) -> list[str]:
    """Three petitions of a unit, in the order of its queue."""
    petitions = petitions_of_a_unit(3, subject=SUBJECT)
    store(petitions, stack.moto)
    return [p.reference for p in sorted(petitions, key=lambda p: (p.due_on, p.reference))]


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """The queue of a handler, with JavaScript; an error of a script fails the test."""
    context = browser.new_context(base_url=site, viewport=WIDE, locale="vi-VN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if "Content Security" in message.text else None
    )
    page.goto("/desk/")
    page.fill("#username", HANDLER)
    page.fill("#password", f"Local-{HANDLER}-2026")
    page.keyboard.press("Enter")
    expect(page.locator("details.me")).to_be_visible()
    yield page
    context.close()
    assert errors == []


def test_letters_move_tick_open_and_go_on(page: Page, listed: list[str]):
    page.goto(HERE)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f'tr.p a[href*="{listed[1]}"]')).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(f'tr.p a[href*="{listed[0]}"]')).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("body > [role=status]")).to_contain_text("1")
    page.keyboard.press("Escape")
    expect(page.locator(".pick:checked")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()

    page.locator(f'tr.p a[href*="{listed[0]}"]').focus()
    page.keyboard.press("e")
    page.wait_for_url(f"**/desk/petitions/{listed[0]}*")
    page.keyboard.press("n")
    page.wait_for_url(f"**/desk/petitions/{listed[1]}*")
    page.keyboard.press("a")
    expect(page.locator("#state")).to_have_text("Đang xử lý")


def test_palette_finds_pages_petitions_and_actions_without_marks(
    page: Page, listed: list[str], axe: Callable[[Page], None]
):
    page.route("**/desk/keys*", lambda route: route.abort())
    page.goto(HERE)

    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("bien che truong")
    expect(page.locator(".opt").first).to_contain_text(SUBJECT)
    expect(page.locator("dialog [role=status]")).to_contain_text("Số kết quả:")
    axe(page)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".opt").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/petitions/{listed[1]}*")

    page.keyboard.press("Control+k")
    page.keyboard.type("phien dang nhap")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/sessions")
    page.keyboard.press("Control+k")
    page.keyboard.type(" ".join((listed[2][:2], listed[2][2:6], listed[2][6:10], listed[2][10:])))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/petitions/{listed[2]}*")


def test_letters_can_be_turned_off_and_the_palette_stays(
    page: Page, listed: list[str], axe: Callable[[Page], None]
):
    page.goto(HERE)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("đến ô tìm")
    page.get_by_role("link", name="Tắt phím tắt một chữ").click()
    expect(page.get_by_role("checkbox")).to_be_visible()
    axe(page)
    page.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi")

    page.goto(HERE)
    page.keyboard.press("j")
    expect(page.locator(f'tr.p a[href*="{listed[0]}"]')).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()

    page.goto("/desk/keys")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi")
