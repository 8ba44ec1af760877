"""Photos of the first step as people send them: made smaller, uploaded with progress, kept, taken away, sent along."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.screen import assert_fits
from tests.browser.site_steps import CONTENT, FIRST, HOW, LAST, WHO, go_on
from tests.support import files

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIDE = 3000


def a_photo(name: str = "image.jpg", colour: int = 40) -> FilePayload:
    """Return a photo as telephones take them: large, with noise that compresses badly."""
    noise = Image.effect_noise((SIDE, SIDE * 3 // 4), colour).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A phone of 360 × 740 with JavaScript."""
    context = browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN")
    yield context
    context.close()


def first_step(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/gui")
    page.locator("#content").fill(CONTENT)
    return page


def choose(page: Page, *photos: FilePayload) -> None:
    page.locator("#choose-files").set_input_files(list(photos))


def is_uploaded(page: Page, count: int = 1) -> None:
    expect(page.locator(".file .state.good")).to_have_count(count)


def until_check(page: Page) -> None:
    go_on(page, WHO)
    page.locator("#name").fill("Nguyễn Văn An")
    page.locator("#address").fill("12 Lê Lợi, Huế")
    page.locator("#phone").fill("0912 345 678")
    go_on(page, HOW)
    go_on(page, LAST)


def test_photo_is_made_smaller_uploaded_and_sent_along(context):
    photo = a_photo()
    page = first_step(context)

    with page.expect_request("**/gui/tep") as declared:
        choose(page, photo)
    is_uploaded(page)
    expect(page.locator(".file .picture canvas")).to_have_count(1)
    until_check(page)
    counted = page.locator("#files-sent").inner_text()
    page.locator("#consent").check()
    go_on(page, "Bạn được trả lời chậm nhất")
    page.locator("#open").click()
    expect(page.locator("#state")).to_be_visible()

    facts = parse_qs(declared.value.post_data or "")
    assert int(facts["size"][0]) < len(photo["buffer"]) / 2
    assert facts["filename"] == ["image.jpg"]
    assert "1 ảnh" in counted
    expect(page.locator("main")).to_contain_text("image.jpg")


def test_reload_and_the_other_language_keep_the_photo(context):
    page = first_step(context)
    choose(page, a_photo())
    is_uploaded(page)

    page.reload()
    expect(page.locator(".file .state")).to_contain_text("Đã tải lên")
    page.locator("header a[lang=en]").click()

    expect(page.locator(".file .title")).to_have_text("image.jpg")
    expect(page.locator(".file .state")).to_contain_text("Uploaded")


def test_lost_network_only_delays_the_upload_and_the_next_step_waits_for_it(context):
    page = first_step(context)
    context.set_offline(True)

    choose(page, a_photo())
    expect(page.locator(".file .state")).to_contain_text("Mất mạng")
    page.locator("main form button.button.full-small").click()
    expect(page.locator("#busy")).to_contain_text("Đang tải ảnh lên")
    context.set_offline(False)

    expect(page.locator("h1")).to_contain_text(WHO)
    page.go_back()
    expect(page.locator("h1")).to_contain_text(FIRST)
    expect(page.locator(".file .state")).to_contain_text("Đã tải lên")


def test_same_photo_twice_is_one_and_can_be_taken_away(context):
    page, photo = first_step(context), a_photo()
    choose(page, photo)
    is_uploaded(page)

    choose(page, photo)
    expect(page.locator("#files-said")).to_have_text("Tệp này đã có trong danh sách.")
    expect(page.locator(".file")).to_have_count(1)
    page.locator(".file button").click()

    expect(page.locator(".file")).to_have_count(0)
    page.reload()
    expect(page.locator("h1")).to_contain_text(FIRST)
    expect(page.locator(".file")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "kind", "content", "words"),
    [
        pytest.param("a.heic", "image/heic", b"\0\0\0\x18ftypheic", "HEIC", id="an iPhone's own format"),
        pytest.param("a.docx", "application/msword", b"x", "JPEG", id="a type that is not taken"),
        pytest.param("a.pdf", "application/pdf", b"", "trống", id="an empty file"),
    ],
)
def test_wrong_file_is_refused_at_once_and_holds_nobody(context, name, kind, content, words):
    page = first_step(context)

    choose(page, {"name": name, "mimeType": kind, "buffer": content})

    expect(page.locator(".file .state.bad")).to_contain_text(words)
    go_on(page, WHO)


def test_photo_is_sent_along_without_javascript(browser, site, tmp_path: Path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(files.picture_with_place())
    context = browser.new_context(viewport=PHONE, base_url=site, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    page.goto("/gui")
    page.locator("#content").fill(CONTENT)

    page.locator("#plain-files button").click()
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form button.button").click()
    expect(page.locator("#content")).to_have_value(CONTENT)
    expect(page.locator(".file")).to_have_count(1)
    until_check(page)

    expect(page.locator("#files-sent")).to_contain_text("1 ảnh")
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [*product((360, 1280), SCHEMES)], ids=str)
def test_step_with_photos_is_accessible(browser, site, axe, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 740}, base_url=site, locale="vi-VN", color_scheme=scheme
    )
    page = first_step(context)
    choose(page, a_photo(), {"name": "a.docx", "mimeType": "application/msword", "buffer": b"x"})
    is_uploaded(page)
    expect(page.locator(".file .state.bad")).to_have_count(1)

    axe(page)
    assert_fits(page)
    context.close()
