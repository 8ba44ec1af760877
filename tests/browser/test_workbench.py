"""The workbench in a real browser: every page at two widths, and what whoever shows the system does there."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from infra.local.site.pages.frame import PLACES
from tests.browser.conftest import opened, send_petition
from tests.browser.screen import sticking_out
from tests.support.running_stack import RunningStack

SIZES = {360: ViewportSize(width=360, height=740), 1280: ViewportSize(width=1280, height=900)}
PAGES = [place.address for place in PLACES]
STAGE_SCREENS, PAGE_SCREENS = 3, 8
PETITION = "PAKN Phong noi vu tra loi cham, toi nop ho so tuyen dung da 40 ngay"
TRAVELS_WITHIN_MS = 60_000
SIGNS_IN_WITHIN_MS = 30_000


@pytest.fixture
def site(crowded: RunningStack) -> str:
    """A stack of this module's own: its clock travels."""
    return crowded.site


def text(page: Page, words: str) -> None:
    page.get_by_label("Nhắn đến 8088").fill(words)
    page.get_by_role("button", name="Gửi", exact=True).click()


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("address", PAGES)
def test_page_keeps_the_rules_in_both_languages_and_themes(
    browser: Browser, site: str, axe: Callable[[Page], None], address: str, width: int
):
    with opened(browser, site, SIZES[width]) as page:
        for language, theme in product(("vi", "en"), ("light", "dark")):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.goto(f"{address}?lang={language}")

            axe(page)
            assert sticking_out(page) == [], (language, theme)
            screens = page.evaluate("document.documentElement.scrollHeight") / SIZES[width]["height"]
            assert screens <= (STAGE_SCREENS if address == "/local" else PAGE_SCREENS)


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("with_script", [True, False], ids=["with a script", "without"])
def test_telephone_shows_the_reply_to_what_is_texted(
    browser: Browser, site: str, width: int, *, with_script: bool
):
    with opened(browser, site, SIZES[width], has_script=with_script) as page:
        page.goto("/local/pages/telephone?number=0905111222")
        before = page.locator(".sms li.out").count()

        text(page, PETITION)

        expect(page.locator(".sms li.out")).to_have_count(before + 1)
        expect(page.locator(".sms li").last).to_contain_text("BNV da nhan PAKN ma")
        assert with_script is ("#compose" not in page.url)


def test_text_that_another_sent_and_its_later_reply_appear_by_themselves(browser: Browser, site: str):
    with opened(browser, site, SIZES[360]) as page:
        page.goto("/local/pages/telephone?number=0905111333")
        page.request.post("/local/providers/outbound", data={"sms_providers": "standard"})
        order = {"provider": "standard", "from": "0905111333", "text": PETITION}
        page.request.post("/local/providers/messages", data=order)

        try:
            expect(page.locator(".sms li.out")).to_contain_text(PETITION)
            expect(page.locator(".sms li").last).to_contain_text("BNV da nhan PAKN")
        finally:
            page.request.post("/local/providers/outbound", data={"sms_providers": "esms"})


@pytest.mark.parametrize("width", SIZES)
def test_call_is_reported_and_leads_to_its_letters(browser: Browser, site: str, width: int):
    with opened(browser, site, SIZES[width], has_script=False) as page:
        page.goto("/local/pages/telephone")
        page.get_by_label("Người gọi nói").fill("Ba tháng chưa có lương, hỏi ai giải quyết.")
        page.get_by_label("Họ và tên").fill("Lò Văn Pán")
        page.get_by_label("Địa chỉ").fill("Bản Mường Lạn, Sơn La")

        page.get_by_role("button", name="Gửi báo cáo cuộc gọi").click()

        expect(page.get_by_role("status")).to_contain_text("Đã nhận, mã số")
        page.get_by_role("status").get_by_role("link").click()
        expect(page.get_by_role("heading", level=1, name="Hộp thư")).to_be_visible()


@pytest.mark.parametrize("width", SIZES)
def test_one_button_signs_an_officer_in(browser: Browser, site: str, width: int):
    with opened(browser, site, SIZES[width], has_script=False) as page:
        page.goto("/local/pages/officers")

        page.get_by_role("button", name=re.compile("Vào vai.*Nguyễn Đức Minh")).click()

        page.wait_for_url("**/desk/", timeout=SIGNS_IN_WITHIN_MS)
        expect(page.locator("details.me")).to_contain_text("Nguyễn Đức Minh")


def test_link_inside_an_e_mail_opens_its_page(browser: Browser, site: str):
    with opened(browser, site, SIZES[1280]) as page:
        page.goto("/local")
        text(page, PETITION)
        expect(page.locator(".letters")).to_contain_text("đơn vị được phân công", timeout=SIGNS_IN_WITHIN_MS)

        page.goto("/local/pages/inbox?channel=EMAIL")
        page.frame_locator("iframe.paper").get_by_role("link").first.click()

        page.wait_for_url("**/desk/**")


@pytest.mark.parametrize("with_script", [True, False], ids=["with a script", "without"])
def test_letter_is_shown_raw_and_bounces(browser: Browser, site: str, *, with_script: bool):
    with opened(browser, site, SIZES[360], has_script=with_script) as page:
        send_petition(site, f"bounces-{with_script}")
        page.goto(f"/local/pages/inbox?to=bounces-{with_script}")
        expect(page.locator("#letter")).to_contain_text("Có biên nhận: đã đến", timeout=SIGNS_IN_WITHIN_MS)

        page.get_by_role("link", name="Gốc").click()
        expect(page.locator("pre.paper")).to_contain_text("X-PAKN-Notice: 1.RECEIPT.PETITIONER.EMAIL")
        page.get_by_role("button", name="Làm như bị trả lại").click()

        expect(page.get_by_role("status")).to_contain_text("không đến được người nhận")
        expect(page.locator("#letter")).to_contain_text("Không đến")


def test_stage_shows_the_latest_letter_and_the_latest_path(browser: Browser, site: str):
    with opened(browser, site, SIZES[1280]) as page:
        reference = send_petition(site, "stage")
        page.goto("/local")

        expect(page.locator(".way")).to_contain_text(reference[-4:-1], timeout=SIGNS_IN_WITHIN_MS)
        expect(page.locator(".way .path > li")).to_have_count(5)
        page.get_by_role("link", name=re.compile("Đã tiếp nhận")).first.click()
        expect(page.locator("#letter iframe.paper")).to_be_visible()


def test_list_that_follows_keeps_the_place_of_a_keyboard(browser: Browser, site: str):
    with opened(browser, site, SIZES[1280]) as page:
        send_petition(site, "focus-before")
        page.goto("/local")
        letters = page.locator(".letters a")
        expect(letters).not_to_have_count(0)
        newest = letters.first.get_attribute("href")
        letters.first.focus()

        send_petition(site, "focus-after")

        expect(letters.first).not_to_have_attribute("href", str(newest), timeout=TRAVELS_WITHIN_MS)
        expect(page.locator(":focus")).to_have_attribute("href", str(newest))


@pytest.mark.parametrize("with_script", [True, False], ids=["with a script", "without"])
def test_jump_to_what_falls_due_arrives_there(browser: Browser, site: str, *, with_script: bool):
    with opened(browser, site, SIZES[360], has_script=with_script) as page:
        page.goto("/local/pages/telephone")
        text(page, PETITION)
        expect(page.locator(".sms li.out").last).to_contain_text(PETITION)
        page.goto("/local/pages/clock")
        first = page.locator(".lines > li > div > .meta").first.inner_text()

        page.get_by_role("button", name="Đi tới").first.click()

        expect(page.get_by_role("status")).to_contain_text(f"Đã đến {first}", timeout=TRAVELS_WITHIN_MS)


def test_light_and_dark_are_chosen_without_a_script_and_hold(browser: Browser, site: str):
    with opened(browser, site, SIZES[360], has_script=False) as page:
        page.goto("/local/pages/inbox?lang=en&channel=SMS")

        page.get_by_role("button", name="Dark").click()

        expect(page).to_have_url(re.compile(r"/local/pages/inbox\?.*channel=SMS"))
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.goto("/local")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
