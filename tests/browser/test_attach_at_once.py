"""JavaScript makes sending files one step: chosen or dropped, with progress and the result of each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.forms import WITH_SCRIPT, Form, opened_in
from tests.browser.keyboard import tab_to, unfold
from tests.browser.screen import assert_fits
from tests.browser.site_steps import RECEIVED, receipt_address
from tests.support import files
from tests.support.running_stack import RunningStack

DROP = """([name, type, bytes]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(bytes)], name, {type}));
  for (const kind of ["dragenter", "drop"])
    document.getElementById("upload").dispatchEvent(
      new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def page(browser: Browser, stack: RunningStack) -> Iterator[Page]:
    """A phone with JavaScript; an error of a script, or a request to a stranger, fails the test."""
    context = browser.new_context(viewport=PHONE, base_url=stack.site, locale="vi-VN")
    opened = context.new_page()
    wrong: list[str] = []
    own = (stack.site, f"{stack.moto}/", "data:", "blob:")
    opened.on("request", lambda sent: None if sent.url.startswith(own) else wrong.append(sent.url))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture
def followed(page: Page) -> tuple[str, str]:
    """Somebody's petition on the tracking page, with the part for files open."""
    sender = {"name": "Nguyễn Văn An", "address": "Huế", "email": f"{uuid.uuid4()}@thu.example"}
    receipt = page.request.post(
        "/v1/petitions", data={"content": "Tôi gửi kèm ảnh.", "petitioner": {"type": "CITIZEN", **sender}}
    ).json()
    follow(page, receipt["reference"], receipt["pin"])
    page.locator("summary", has_text="Gửi thêm ảnh").click()
    return receipt["reference"], receipt["pin"]


def follow(page: Page, reference: str, pin: str) -> None:
    page.goto("/tra-cuu")
    page.fill("#ma", reference)
    page.fill("#pin", pin)
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_be_visible()


def rows(page: Page) -> Locator:
    return page.locator("#upload .files li")


@WITH_SCRIPT
def test_files_are_sent_as_soon_as_they_are_chosen_and_checked_in_place(
    browser: Browser, stack: RunningStack, form: Form, tmp_path: Path
):
    first, second = tmp_path / "IMG_0001.jpg", tmp_path / "Quyết định.png"
    first.write_bytes(files.picture_with_place())
    second.write_bytes(files.picture("PNG"))
    with opened_in(browser, stack.site, form, f"{stack.moto}/") as page:
        page.goto(receipt_address(page, f"at-once-{form}", form.language))
        pin = page.locator("#pin").inner_text()
        unfold(page, "#files summary")
        expect(page.locator("#attach-plain")).to_be_hidden()

        tab_to(page, "#upload-files")
        page.locator("#upload-files").set_input_files([first, second])

        for number, name in enumerate(("IMG_0001.jpg", "Quyết định.png")):
            expect(rows(page).nth(number)).to_contain_text(name, timeout=15_000)
            expect(rows(page).nth(number).get_by_role("status")).to_have_text(
                RECEIVED[form.language], timeout=15_000
            )
        expect(page.locator("progress")).to_have_count(0)
        assert pin not in page.url
        assert_fits(page)


def test_dropped_file_is_sent_from_the_tracking_page_and_stays_there(page: Page, followed: tuple[str, str]):
    page.evaluate(DROP, ["Biên nhận.jpg", "image/jpeg", list(files.picture())])

    expect(rows(page).get_by_role("status")).to_have_text("Đã nhận tệp", timeout=15_000)
    follow(page, *followed)
    expect(page.locator("#main .files").first).to_contain_text("Biên nhận.jpg")


@pytest.mark.parametrize(
    ("name", "kind", "content", "status"),
    [
        pytest.param("IMG_0002.HEIC", "image/heic", b"x", "Tương thích nhất", id="an iPhone's own format"),
        pytest.param("ghi am.mp3", "audio/mpeg", b"x", "Chỉ nhận ảnh JPEG", id="sound"),
        pytest.param("trong.pdf", "application/pdf", b"", "Tệp trống", id="empty"),
        pytest.param("anh.jpg", "image/jpeg", b"x" * 11 * 1024**2, "Tệp quá lớn", id="too large"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field_and_never_sent(
    page: Page, followed: tuple[str, str], name: str, kind: str, content: bytes, status: str
):
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.locator("#upload-files").set_input_files([FilePayload(name=name, mimeType=kind, buffer=content)])

    expect(rows(page).get_by_role("status")).to_contain_text(status)
    assert sent == []


def test_what_the_check_refuses_is_said_with_what_to_do_next(page: Page, followed: tuple[str, str]):
    page.locator("#upload-files").set_input_files(
        [FilePayload(name="anh.jpg", mimeType="image/jpeg", buffer=b"no picture at all")]
    )

    expect(rows(page).get_by_role("status")).to_contain_text("Không nhận tệp", timeout=15_000)
    expect(rows(page).get_by_role("status")).to_contain_text("lưu thành PDF rồi gửi lại")


def test_sixth_file_is_refused_with_the_servers_own_words(page: Page, followed: tuple[str, str]):
    chosen = [
        FilePayload(name=f"anh-{n}.png", mimeType="image/png", buffer=files.picture("PNG", (8 + n, 8)))
        for n in range(6)
    ]

    page.locator("#upload-files").set_input_files(chosen)

    expect(rows(page)).to_have_count(6, timeout=30_000)
    expect(rows(page).nth(5).get_by_role("status")).to_have_class("error", timeout=15_000)
    expect(rows(page).nth(4).get_by_role("status")).to_have_text("Đã nhận tệp")


def test_bucket_that_cannot_be_reached_brings_the_plain_form_back(
    page: Page, followed: tuple[str, str], stack: RunningStack
):
    page.route(f"{stack.moto}/**", lambda route: route.abort())

    page.locator("#upload-files").set_input_files(
        [FilePayload(name="anh.jpg", mimeType="image/jpeg", buffer=files.picture())]
    )

    expect(rows(page).get_by_role("status")).to_contain_text("dùng biểu mẫu bên dưới")
    expect(page.locator("#attach-plain")).to_be_visible()
