"""Takes the README's pictures anew: `make screenshots`.

A local stack with its sample petitions runs for it; Chromium looks at the pages as people do. `ALBUM` is the list: who
looks at which page, how wide. A picture keeps 128 colours, so that the repository stays small.
"""

from __future__ import annotations

import io
import json
import re
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from infra.layout import ROOT
from infra.tools import chromium
from tests.browser.conftest import ARGUMENTS, PHONE
from tests.support.running_stack import running_stack

ANSWERED = "the address in the newest letter that brings an answer"
IMAGES = ROOT / "docs" / "images"
COLOURS = 128
DESKTOP = ViewportSize(width=1180, height=820)
STAGE = ViewportSize(width=1280, height=1160)
"""Wide and high enough for the whole stage of the workbench."""
ASSIGNED_WITHIN_MS = 60_000


@dataclass(frozen=True)
class Picture:
    """One picture: its name in docs/images, the address, who is signed in at the desk (None: a citizen)."""

    name: str
    path: str
    officer: str | None = None
    viewport: ViewportSize | None = None
    texts: str = ""
    """The SMS to 8088 that is sent on the page before."""


ALBUM = (
    Picture("home", "/"),
    Picture("home-phone", "/", viewport=PHONE),
    Picture("tracking", ANSWERED),
    Picture(
        "workbench",
        "/local?number=0912345678",
        viewport=STAGE,
        texts="PAKN Toi la giao vien hop dong, ba thang chua duoc tra luong. Hoi ai giai quyet?",
    ),
    Picture("desk", "/desk/queue", "minh.ccvc"),
    Picture("leaders", "/desk/leaders", "yen.bcd"),
)


def take(browser: Browser, site: str, picture: Picture) -> bytes:
    """Return a page's picture as PNG with few colours."""
    context = browser.new_context(
        viewport=picture.viewport or DESKTOP, base_url=site, locale="vi-VN", color_scheme="light"
    )
    page = context.new_page()
    if picture.officer:
        _sign_in(page, picture.officer)
    page.goto(_address_of_an_answer(site) if picture.path == ANSWERED else picture.path)
    if picture.texts:
        _text(page, picture.texts)
        page.goto(picture.path)
    page.wait_for_load_state("load" if picture.texts else "networkidle")
    shot = page.screenshot()
    context.close()
    with Image.open(io.BytesIO(shot)) as image:
        compact = io.BytesIO()
        image.convert("RGB").quantize(COLOURS).save(compact, "PNG", optimize=True)
    return compact.getvalue()


def _address_of_an_answer(site: str) -> str:
    with urllib.request.urlopen(f"{site}/local/outbox") as outbox:  # noqa: S310 - our own address
        letters = json.load(outbox)
    return next(
        link[0]
        for letter in letters
        if "trả lời" in letter.get("subject", "")
        and (link := re.search(r"http\S+/tra-cuu\?\S+", letter["text"]))
    )


def _text(page: Page, words: str) -> None:
    """Text to 8088 on the stage of the workbench, and wait until a unit has the petition."""
    page.fill("form.type [name=text]", words)
    page.locator("form.type button").click()
    letters = page.locator(".letters", has_text="đơn vị được phân công")
    letters.wait_for(timeout=ASSIGNED_WITHIN_MS)


def _sign_in(page: Page, officer: str) -> None:
    page.goto("/desk/queue")
    page.fill("[name=username]", officer)
    page.fill("[name=password]", f"Local-{officer}-2026")
    page.keyboard.press("Enter")
    page.locator("details.me").wait_for()


def main(folder: Path = IMAGES) -> int:
    """Take every picture of the album; return the exit code."""
    path = chromium.find()
    if not path:
        print("No Chromium: run python -m infra.tools.chromium", file=sys.stderr)
        return 1
    with running_stack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for picture in ALBUM:
            (folder / f"{picture.name}.png").write_bytes(take(browser, stack.site, picture))
            print(f"  {picture.name}.png", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
