"""A citizen with a keyboard sends a petition, follows it, adds to it, withdraws it, and asks for a lost PIN."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.forms import IN_FORMS, Form, Language, opened_in
from tests.browser.keyboard import press, tab_to, tick, type_into
from tests.browser.screen import assert_fits


def send(page: Page, content: str, language: Language = "vi") -> tuple[str, str]:
    """Send a petition by keyboard, step by step, and return its reference and PIN."""
    page.goto(f"/gui?lang={language}")
    type_into(page, "content", content)
    press(page, "main form button.full-small")
    type_into(page, "name", "Nguyễn Văn An")
    type_into(page, "address", "12 Lê Lợi, Huế")
    type_into(page, "phone", "0912 345 678")
    press(page, "main form button.full-small")
    expect(page.locator("#reply_by")).to_be_visible()
    press(page, "main form button.full-small")
    tick(page, "#consent")
    press(page, "main form button.full-small")
    expect(page.locator("#reference")).to_be_visible()
    return page.locator("#reference").inner_text(), page.locator("#pin").inner_text()


def test_the_first_stop_of_the_tab_key_skips_to_the_content(phone):
    phone.goto("/")

    phone.keyboard.press("Tab")

    expect(phone.locator(":focus")).to_have_attribute("href", "#main")
    expect(phone.locator(":focus")).to_be_in_viewport()


@IN_FORMS
def test_sending_following_adding_and_withdrawing_by_keyboard(browser: Browser, site: str, form: Form):
    with opened_in(browser, site, form) as page:
        page.goto(form.at("/"))
        press(page, "main a[href^='/gui']")
        expect(page.locator("html")).to_have_attribute("lang", form.language)
        expect(page.locator("#content")).to_be_visible()
        assert_fits(page)

        reference, pin = send(page, "Phòng Nội vụ trả lời hồ sơ của tôi chậm 20 ngày.", form.language)
        assert len(reference.replace(" ", "")) == 11
        assert len(pin.replace(" ", "")) == 8
        expect(page.locator("#due time")).to_be_visible()
        assert_fits(page)

        page.goto(form.at("/tra-cuu"))
        type_into(page, "ma", reference)
        type_into(page, "pin", pin)
        page.keyboard.press("Enter")
        expect(page.locator("#state")).to_be_visible()
        assert_fits(page)

        page.locator("#more > summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#content")).to_be_visible()
        type_into(page, "content", "Tôi nộp ngày 3/3.")
        press(page, "form[action^='/tra-cuu/bo-sung'] button")
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.locator(".timeline")).to_contain_text("Tôi nộp ngày 3/3.")

        page.locator("#withdraw > summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#confirm")).to_be_visible()
        tick(page, "#confirm")
        press(page, "form[action^='/tra-cuu/rut'] button")
        expect(page.locator("#state")).to_have_text({"vi": "Đã rút", "en": "Withdrawn"}[form.language])
        expect(page.locator("#undo")).to_be_visible()
        assert_fits(page)


def test_a_mistake_leads_from_the_summary_to_its_field_and_nothing_is_lost(phone):
    phone.goto("/gui")
    type_into(phone, "content", "Giữ lại đoạn này")
    press(phone, "main form button.full-small")
    type_into(phone, "address", "Giữ lại địa chỉ này")
    press(phone, "main form button.full-small")
    expect(phone.get_by_role("alert")).to_contain_text("Họ và tên")
    assert_fits(phone)

    tab_to(phone, ".error-summary a[href='#name']")
    phone.keyboard.press("Enter")
    expect(phone.locator("#name")).to_be_focused()
    phone.keyboard.insert_text("An")

    expect(phone.locator("#name")).to_have_value("An")
    expect(phone.locator("#address")).to_have_value("Giữ lại địa chỉ này")
    phone.goto("/gui")
    expect(phone.locator("#content")).to_have_value("Giữ lại đoạn này")


@IN_FORMS
def test_lost_pin_is_asked_for_by_keyboard_and_the_page_that_says_so_is_one_of_its_own(
    browser: Browser, site: str, form: Form
):
    sent = {"vi": "Nếu mã số đúng", "en": "If the reference is right"}
    with opened_in(browser, site, form) as page:
        page.goto(form.at("/tra-cuu"))
        type_into(page, "reference", "26 4831 9027 4")
        type_into(page, "contact", "0912 345 678")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(sent[form.language])
        page.reload()
        expect(page.get_by_role("status")).to_contain_text(sent[form.language])
        page.locator("header .lang").click()
        expect(page.get_by_role("status")).to_contain_text(sent[form.other_language])
        expect(page.locator("#ma")).to_have_value("26 4831 9027 4")
        assert_fits(page)


@IN_FORMS
def test_theme_and_language_of_a_form_with_mistakes_keep_what_was_typed(
    browser: Browser, site: str, form: Form
):
    with opened_in(browser, site, form) as page:
        page.goto(form.at("/tra-cuu"))
        type_into(page, "reference", "26 4831 9027 4")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("#contact-error")).to_be_visible()

        page.locator(".theme button[value=dark]").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("html")).to_have_attribute("lang", form.language)
        expect(page.locator("#reference")).to_have_value("26 4831 9027 4")
        page.locator("header .lang").click()
        expect(page.locator("html")).to_have_attribute("lang", form.other_language)
        expect(page.locator("#reference")).to_have_value("26 4831 9027 4")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_english_site_stays_english(phone):
    phone.goto("/")
    phone.get_by_role("link", name="English").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("html")).to_have_attribute("lang", "en")

    phone.get_by_role("button", name="Menu").focus()
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name="Send a petition", exact=True).focus()
    phone.keyboard.press("Enter")

    expect(phone.locator("h1")).to_have_text("What happened?")
