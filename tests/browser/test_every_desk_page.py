"""Each role walks through the desk: every page that it can reach by links is whole, on a desk and on a phone.

Whole: it answers 200, speaks the reader's language, has one heading of the first level, sticks out of no screen, breaks
no script and no rule of axe (WCAG 2.2 AA and what axe's makers recommend). Axe reads each page on a phone in Vietnamese
and on a desk in English; `test_role_days.py` has the other two for the pages that a role works on.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.petition.values.classification import Kind, Lane
from tests.browser.screen import cut_placeholders, sticking_out
from tests.support.running_stack import RunningStack

DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=740)
WIDTHS_BETWEEN = (800, 1024, 1100, 1180)
"""Widths at which the header has less room than on a desk."""
ROLES = {
    "handler": "minh.ccvc",
    "head": "huong.ccvc",
    "approver": "binh.vanphong",
    "intake": "lan.tiepnhan",
    "operator": "tong.dai",
    "inspector": "khanh.tocongtac",
    "committee": "yen.bcd",
    "administrator": "quantri",
    "auditor": "kiemtoan",
}
LONGEST_COMMON_WORD = 5
"""Letters of a word that may as well be an abbreviation of people: SMS, SPAM."""
MOST_PAGES = 60
"""Kinds of pages that a role can reach; more of them would mean that the walk runs in circles."""
MACHINE_WORDS = re.compile(
    r"\b(?:"
    + "|".join(
        word
        for kind in (State, Lane, Kind, NoticeKind, Role, Action)
        for word in kind
        if len(word) > LONGEST_COMMON_WORD and (word.isupper() or "-" in word)
    )
    + r")\b|[a-z]+_[a-z_]+|→ [A-Z]{2,}\b"
)
"""Values that are stored, and names of fields: no reader of a page knows them."""
WITH_CODES = ("/desk/directory", "/desk/texts", "/desk/routing", "/desk/machines", "/desk/subscriptions")
"""Pages of administrators that show codes and variables because these are what is edited there."""
NO_PAGES = re.compile(r"\.(csv|xlsx|pdf|json)\b|/files/|format=")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_whole(
    browser: Browser, samples: RunningStack, role: str, language: str, axe: Callable[[Page], None]
):
    with browser.new_context(base_url=samples.site, locale="vi-VN") as context:
        page = context.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
        _sign_in(page, ROLES[role])

        walked = _walk(page, language, axe, broken)

    assert not broken, "\n".join(broken)
    assert 3 <= len(walked) <= MOST_PAGES


def _walk(page: Page, language: str, axe: Callable[[Page], None], broken: list[str]) -> set[str]:
    """Follow one link of each kind, noting what is wrong with its page; return the kinds of pages."""
    begin = f"/desk/?lang={language}"
    waiting, seen = deque([begin]), {_kind(begin)}
    while waiting and len(seen) <= MOST_PAGES:
        address = waiting.popleft()
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            broken.append(f"{address}: {answer and answer.status}")
            continue
        broken += [f"{address}: {problem}" for problem in _problems(page, language, axe)]
        if address == begin:
            broken += _hidden_door(page)
            broken += [f"cut off at {width} px: {text}" for width, text in _cut_off(page)]
        links = page.locator("a[href^='/desk']:not([download])")
        for href in links.evaluate_all("links => links.map(link => link.getAttribute('href'))"):
            is_in_language = ("lang=en" in href) == (language == "en")
            if is_in_language and not NO_PAGES.search(href) and _kind(href) not in seen:
                seen.add(_kind(href))
                waiting.append(href)
    return seen


def _problems(page: Page, language: str, axe: Callable[[Page], None]) -> Iterator[str]:
    if not urlsplit(page.url).path.startswith(WITH_CODES):
        words = set(MACHINE_WORDS.findall(page.locator("body").inner_text()))
        yield from (f"shows the machine's word {word}" for word in sorted(words))
    if page.locator("html").get_attribute("lang") != language:
        yield "is in the other language"
    if (headings := page.locator("h1").count()) != 1:
        yield f"has {headings} headings of the first level"
    for screen in (DESK, PHONE) if language == "vi" else (PHONE, DESK):
        page.set_viewport_size(screen)
        yield from (f"sticks out of {screen['width']} px: {name}" for name in sticking_out(page))
    try:
        axe(page)
    except AssertionError as error:
        yield str(error)


def _hidden_door(page: Page) -> Iterator[str]:
    """Open the last door of the navigation on a phone, where it scrolls: yield it if it is out of sight."""
    page.set_viewport_size(PHONE)
    home, last = page.url, page.locator(".nav > a").last.get_attribute("href")
    page.goto(last or home)
    box = page.locator(".nav [aria-current]").bounding_box()
    if box is None or box["x"] < 0 or box["x"] + box["width"] > PHONE["width"] + 1:
        yield f"{last}: the door stands beside the screen: {box}"
    page.goto(home)


def _cut_off(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the placeholders that a page cuts off between a phone's and a desk's width."""
    for width in WIDTHS_BETWEEN:
        page.set_viewport_size({"width": width, "height": 800})
        yield from ((width, text) for text in cut_placeholders(page))


def _kind(address: str) -> str:
    """Return an address without what names one petition, row, month or page."""
    path = urlsplit(address).path
    parts = [part if re.fullmatch(r"[a-z-]+", part) else "*" for part in path.split("/")]
    return "/".join(parts).rstrip("/")


def _sign_in(page: Page, username: str) -> None:
    page.goto("/desk/")
    page.fill("#username", username)
    page.fill("#password", f"Local-{username}-2026")
    page.keyboard.press("Enter")
    expect(page.locator("details.me")).to_be_visible()
