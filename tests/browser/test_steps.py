"""Sending in steps as people do it: with and without JavaScript, by Back, reload, language, without a network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import PHONE, opened
from tests.browser.forms import IN_FORMS, WITH_SCRIPT, Form, opened_in
from tests.browser.keyboard import press, tick, type_into
from tests.browser.screen import WIDTHS, assert_fits, assert_keeps_the_rules
from tests.browser.site_steps import CONTENT, DONE, HEADINGS, LAST, WHO, go_on, until_last

MOST_SCREENS, MOST_FIELDS, SCREENS_OF_A_STEP = 5, 4, 2
NO_NETWORK = {"vi": "Chưa có mạng", "en": "There is no network"}


def screens_high(page: Page) -> float:
    height: int = page.evaluate("document.documentElement.scrollHeight")
    return height / PHONE["height"]


# --- the figures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_new_user_sends_in_five_screens_with_four_fields(
    browser: Browser, site: str, width: int, language: str, *, has_script: bool
):
    who, how, last, done = HEADINGS[language]
    screens: list[float] = []
    fields: list[str] = []
    size = ViewportSize(width=width, height=PHONE["height"])
    with opened(browser, site, size, has_script=has_script) as page:

        def seen() -> None:
            screens.append(screens_high(page))
            assert_fits(page)
            expect(page.locator("main form button.button:not(.secondary)")).to_have_count(1)

        def fill(field: str, text: str) -> None:
            page.locator(f"#{field}").fill(text)
            fields.append(field)

        page.goto(f"/gui?lang={language}")
        seen()
        fill("content", CONTENT)
        go_on(page, who)
        seen()
        fill("name", "Nguyễn Văn An")
        fill("address", "12 Lê Lợi, Huế")
        fill("phone", f"0912 {width % 1000} {'1' if has_script else '2'}{len(who)}")
        go_on(page, how)
        seen()
        go_on(page, last)
        seen()
        page.locator("#consent").check()
        go_on(page, done)

    assert len(screens) <= MOST_SCREENS
    assert len(fields) <= MOST_FIELDS
    assert max(screens) <= SCREENS_OF_A_STEP, screens


# --- nothing is lost ------------------------------------------------------------------------------------


@IN_FORMS
def test_back_reload_language_another_tab_a_dropped_one_and_impatience_lose_nothing(
    browser: Browser, site: str, form: Form
):
    email = f"khong-mat-{form}@thu.example"
    who, _how, _last, done = HEADINGS[form.other_language]
    with opened_in(browser, site, form) as page:
        until_last(page, email, language=form.language)

        page.go_back()
        page.go_back()
        expect(page.locator("#name")).to_have_value("Nguyễn Văn An")
        page.go_back()
        expect(page.locator("#content")).to_have_value(CONTENT)

        page.goto(form.at("/gui/xem-lai"))
        page.locator("main a.back").click()
        expect(page.locator("#reply_by")).to_be_checked()
        page.locator("main a.back").click()
        expect(page.locator("#name")).to_have_value("Nguyễn Văn An")
        page.locator("header .lang").click()
        expect(page.locator("h1")).to_have_text(who)
        expect(page.locator("#address")).to_have_value("12 Lê Lợi, Huế")
        page.reload()
        expect(page.locator("#email")).to_have_value(email)

        tab = page.context.new_page()
        page.close()
        tab.goto(f"/gui/xem-lai?lang={form.other_language}")
        expect(tab.locator("main")).to_contain_text(CONTENT)
        expect(tab.locator("main")).to_contain_text(email)

        tab.locator("#consent").check()
        go_on(tab, done)
        first = tab.locator("#reference").inner_text()
        tab.reload()
        expect(tab.locator("#reference")).to_have_text(first)
        tab.goto("/gui/xem-lai")
        expect(tab.locator("#reference")).to_have_text(first)


def test_summary_of_mistakes_has_the_focus(phone):
    phone.goto("/gui")
    press(phone, "main form button.full-small")

    expect(phone.locator("#errors")).to_be_focused()
    phone.keyboard.press("Tab")
    expect(phone.locator(":focus")).to_have_attribute("href", "#content")


def test_looking_before_sending_by_keyboard(phone):
    phone.goto("/gui")
    type_into(phone, "content", "Một việc cần xem lại.")
    press(phone, "main form button.full-small")
    type_into(phone, "name", "Nguyễn Văn An")
    type_into(phone, "address", "12 Lê Lợi, Huế")
    type_into(phone, "email", "xem-lai@example.vn")
    press(phone, "main form button.full-small")
    press(phone, "main form button.full-small")
    expect(phone.locator(".summary")).to_contain_text("xem-lai@example.vn")

    press(phone, ".summary .change a")
    expect(phone.locator("#content")).to_have_value("Một việc cần xem lại.")
    press(phone, "main form button.full-small")

    expect(phone.locator("h1")).to_have_text(LAST)
    tick(phone, "#consent")
    press(phone, "main form button.full-small")
    expect(phone.locator("h1")).to_contain_text(DONE)


def test_only_the_fields_of_ones_own_kind_are_shown(phone):
    phone.goto("/gui")
    phone.locator("#content").fill(CONTENT)
    go_on(phone, WHO)
    expect(phone.locator("#organisation")).to_be_hidden()

    phone.locator("#type-business").check()
    expect(phone.locator("#organisation")).to_be_visible()
    phone.locator("#type-foreigner").check()
    expect(phone.locator("#organisation")).to_be_hidden()
    expect(phone.locator("#foreigner-hint")).to_be_visible()


# --- with JavaScript ------------------------------------------------------------------------------------


def test_script_keeps_what_is_typed_on_the_server_and_nothing_in_the_browser(with_script):
    page = with_script
    page.goto("/gui")
    page.locator("#content").fill("Đang viết dở.")
    expect(page.locator("#saved")).to_contain_text("Đã lưu nháp lúc")
    expect(page.locator("input[name=proof]")).not_to_have_value("", timeout=15_000)

    page.reload()

    expect(page.locator("#content")).to_have_value("Đang viết dở.")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)


def test_on_a_shared_machine_nothing_is_left_after_the_end(with_script):
    page = with_script
    page.goto("/gui")
    page.locator("#content").fill("Viết trên máy chung.")
    expect(page.locator("#saved")).to_contain_text("Đã lưu nháp lúc")

    page.get_by_role("button", name="Xóa và thoát").click()

    expect(page.locator("h1")).to_have_text("Đã xóa, không còn gì trên máy này")
    assert page.context.cookies() == []
    page.goto("/gui")
    expect(page.locator("#content")).to_have_value("")


@WITH_SCRIPT
def test_step_waits_for_the_network_and_goes_on_by_itself(browser: Browser, site: str, form: Form):
    who = HEADINGS[form.language][0]
    with opened_in(browser, site, form) as page:
        page.goto(form.at("/gui"))
        page.context.set_offline(offline=True)
        page.locator("#content").fill("Viết khi mất mạng.")

        page.locator("main form button.full-small").click()
        expect(page.locator("#busy")).to_contain_text(NO_NETWORK[form.language])
        expect(page.locator("#content")).to_have_value("Viết khi mất mạng.")
        page.context.set_offline(offline=False)

        expect(page.locator("h1")).to_have_text(who)

        page.go_back()
        page.locator("#content").fill("Mạng chập chờn.")
        page.route("**/*", lambda route: route.abort())
        page.locator("main form button.full-small").click()
        expect(page.locator("#busy")).to_contain_text(NO_NETWORK[form.language])
        expect(page.locator("#content")).to_have_value("Mạng chập chờn.")
        page.unroute("**/*")
        expect(page.locator("h1")).to_contain_text(who)


def test_link_goes_on_with_another_device(browser, site, with_script):
    page = with_script
    until_last(page, "may-khac@example.vn", "Viết trên máy này, gửi từ máy khác.")
    page.goto("/gui")
    page.locator("summary", has_text="Viết tiếp trên máy khác").click()
    page.get_by_role("button", name="Lấy đường dẫn làm tiếp").click()
    expect(page.locator("#link")).to_be_visible()
    address = page.locator("#link").input_value().partition("/gui")[2]
    other = browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN").new_page()

    other.goto(f"/gui{address}")
    other.get_by_role("button", name="Của tôi, viết tiếp").click()

    expect(other.locator("#content")).to_have_value("Viết trên máy này, gửi từ máy khác.")
    other.context.close()


# --- axe ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_steps_keep_the_rules_of_axe(browser: Browser, site: str, axe: Callable[[Page], None], language: str):
    context = browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN")
    page = context.new_page()
    until_last(page, f"{language}@example.vn")

    lang = "?lang=en" if language == "en" else "?lang=vi"
    for path in ("/gui", "/gui/nguoi-gui", "/gui/nhan-tin", "/gui/xem-lai", "/gui/lam-tiep"):
        for query in (lang, f"{lang}&sua=1"):
            page.goto(path + query)
            for folded in page.locator("main details").all():
                folded.evaluate("details => { details.open = true; }")
            assert_keeps_the_rules(page, axe)
    context.close()
