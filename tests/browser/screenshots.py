"""Takes the README's pictures anew: `make screenshots`.

A local stack with its sample petitions runs for it; Chromium looks at the pages as people do. `ALBUM` is the list: who
looks at which page, how wide; what `WEEKS_LATER` names is taken on a fuller desk. A picture keeps 128 colours, so that
the repository stays small.
"""

from __future__ import annotations

import io
import json
import re
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
)
WEEKS_LATER = (
    Picture("desk", "/desk/queue", "minh.ccvc"),
    Picture("leaders", "/desk/leaders", "yen.bcd"),
)
"""Taken once petitions have come for some weeks."""


QUESTIONS = (
    "Giáo viên trung học cơ sở hạng III muốn thăng hạng II cần giữ hạng bao nhiêu năm?",
    "Tôi là viên chức trạm khuyến nông, muốn sang làm công chức xã thì phải thi hay được tiếp nhận?",
    "Biệt phái giáo viên lên phòng thì tính biên chế ở đâu, tối đa mấy năm?",
    "Con thương binh thi công chức được cộng mấy điểm, cộng ở vòng nào?",
    "Nên tổ chức thi đầu vào công chức trên máy cho cả nước, mỗi năm vài đợt.",
    "Bổ nhiệm lại trưởng phòng khi còn dưới 5 năm công tác thì làm thế nào?",
    "Tập sự được 8 tháng rồi sinh con thì thời gian tập sự tính tiếp thế nào?",
    "Công chức cấp xã có được xét nâng ngạch không qua thi khi đạt chiến sĩ thi đua không?",
    "Kết quả xét thăng hạng giáo viên nộp từ năm ngoái, đến nay chưa công bố.",
    "Viên chức xin nghỉ trước hạn hợp đồng có phải bồi thường không, báo trước mấy ngày?",
    "Người đã nghỉ việc nhà nước 4 năm, nay muốn quay lại có phải thi lại từ đầu không?",
    "Dược sĩ trung cấp muốn lên dược sĩ cao đẳng hạng IV thì xét theo thông tư nào?",
)
"""Petitions to one unit, one every other day."""


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


def _weeks(site: str) -> None:
    """Have petitions come to one unit for some weeks."""
    for number, question in enumerate(QUESTIONS):
        petitioner = {
            "type": "CITIZEN",
            "name": "Nguyễn Thị Sáu",
            "address": "Ba Vì, Hà Nội",
            "email": f"sau.nguyen{number}@thu.example",
        }
        _post(f"{site}/v1/petitions", {"content": question, "petitioner": petitioner, "reply_by": ["EMAIL"]})
        _post(f"{site}/local/clock", {"advance_days": 2})


def _post(address: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own address
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).close()  # noqa: S310


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


def _save(folder: Path, picture: Picture, png: bytes) -> None:
    (folder / f"{picture.name}.png").write_bytes(png)
    print(f"  {picture.name}.png", flush=True)


def main(folder: Path = IMAGES) -> int:
    """Take every picture of the album; return the exit code."""
    path = chromium.find()
    if not path:
        print("No Chromium: run python -m infra.tools.chromium", file=sys.stderr)
        return 1
    with running_stack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for picture in ALBUM:
            _save(folder, picture, take(browser, stack.site, picture))
        _weeks(stack.site)
        for picture in WEEKS_LATER:
            _save(folder, picture, take(browser, stack.site, picture))
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
