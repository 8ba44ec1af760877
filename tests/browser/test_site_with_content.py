"""The site's pages with something on them, found by walking: targets of 44 pixels, rules of axe, one title, one tap."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.first_load import FIRST_LOAD_BYTES, first_load
from tests.browser.screen import WIDTHS, assert_keeps_the_rules
from tests.support.running_stack import RunningStack

NOT_PAGES = re.compile(
    r"/(assets|v1|desk|local|open311|problems/(?!invalid-input))|/tai-lieu-api/|\.(atom|xml|csv|json|jsonl|jsonld|py)$"
)
KIND = re.compile(r"(/cong-khai/)[0-9a-z]{14}.*")
LINK = re.compile(r"/(?:h/[A-Za-z0-9_-]+|tra-cuu\?ma=\d+&t=[0-9a-f]+)")
MOST_LINKS = 60
FEWEST_PAGES, FEWEST_STATES = 14, 8
TARGET = 44
WITHOUT_LINKS = ("/gui", "/ho-so-cua-toi", "/cau-tra-loi-moi", "/khong-co", "/tra-cuu/bo-sung")
"""Pages that the walk from the home page does not come by: first steps, and what is said of a wrong address."""
NOTHING_FOUND = "/cong-khai?q=dat+dai&field=TL"
READABLE_WIDTH = 600
_SMALL_TARGETS = """(least) => {
  const inSentence = (element) => getComputedStyle(element).display === "inline"
    && [...element.parentElement.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const box = (element) => {
    const label = element.closest("label") || (element.labels || [])[0];
    return (["checkbox", "radio"].includes(element.type) && label ? label : element).getBoundingClientRect();
  };
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((element) => {
      const {width, height} = box(element);
      const isSeen = element.checkVisibility({checkVisibilityCSS: true}) && width > 1 && height > 1;
      return isSeen && !inSentence(element) && height < least - 0.5;
    })
    .map((element) => element.outerHTML.slice(0, 120) + " " + Math.round(box(element).height));
}"""
"""Finds what is pressed and lower than a finger needs; a link in a sentence is as high as its line (WCAG 2.5.8)."""
_SAID_TWICE = """() => {
  const title = document.querySelector("h1").innerText.trim();
  const others = [...document.querySelectorAll("main :is(h2, h3, h4)")];
  return others.filter((other) => other.innerText.trim() === title).length;
}"""


class Walk:
    """The addresses of pages, one of each kind: those that links lead to from the home page, and petitions by state."""

    def __init__(self, page: Page, site: str) -> None:
        self.public = self._public(page)
        self.petitions = self._petitions(page, site)

    @staticmethod
    def _public(page: Page) -> dict[str, str]:
        addresses: dict[str, str] = {}
        ahead = ["/", "/cong-khai?q=ngạch", "/cong-khai?sort=also", "/problems/invalid-input"]
        while ahead:
            address = ahead.pop(0)
            kind = KIND.sub(
                r"\1answer", address if address.startswith("/cong-khai?") else address.partition("?")[0]
            )
            if (
                kind in addresses
                or NOT_PAGES.search(kind)
                or (kind != address and kind.startswith("/cong-khai?"))
            ):
                continue
            page.goto(address)
            addresses[kind] = address
            links: list[str] = page.eval_on_selector_all(
                "a[href^='/']", "links => links.map(link => link.getAttribute('href').split('#')[0])"
            )
            ahead += [link for link in links if not link.startswith("/cong-khai?")]
        return addresses

    @staticmethod
    def _petitions(page: Page, site: str) -> dict[str, str]:
        with urllib.request.urlopen(f"{site}/local/outbox", timeout=30) as answer:  # noqa: S310 - our own address
            texts = [message["text"] for message in json.load(answer)]
        links = dict.fromkeys(link for text in texts for link in LINK.findall(text))
        states: dict[str, str] = {}
        for link in [*links][:MOST_LINKS]:
            page.goto(link)
            if page.locator("#state").count():
                states.setdefault(page.locator("#state").inner_text().strip(), link)
        return states


@pytest.fixture(scope="module")
def page(browser: Browser, samples: RunningStack) -> Iterator[Page]:
    """A page as wide as a telephone on a site with samples."""
    context = browser.new_context(viewport=PHONE, base_url=samples.site, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def walk(page: Page, samples: RunningStack) -> Walk:
    """The pages of that site."""
    return Walk(page, samples.site)


def test_walk_finds_the_pages(walk: Walk):
    assert len(walk.public) >= FEWEST_PAGES, walk.public
    assert "/cong-khai/answer" in walk.public
    assert len(walk.petitions) >= FEWEST_STATES, walk.petitions


def test_everything_that_is_pressed_is_as_high_as_a_finger_and_no_title_is_said_twice(page: Page, walk: Walk):
    page.set_viewport_size(PHONE)
    faults: dict[str, list[str]] = {}
    for address in (*walk.public.values(), *walk.petitions.values(), *WITHOUT_LINKS):
        page.goto(address)
        small: list[str] = page.evaluate(_SMALL_TARGETS, TARGET)
        twice = ["the title is said twice"] if page.evaluate(_SAID_TWICE) else []
        if small or twice:
            faults[address] = small + twice

    assert faults == {}


def test_pages_with_something_on_them_break_no_rule_at_any_width_language_or_theme(
    page: Page, walk: Walk, axe: Callable[[Page], None]
):
    with_content = ("/", "/thong-ke", "/cong-khai", "/cong-khai/answer", "/cong-khai?q=ngạch", "/kiem-chung")
    addresses = [*(walk.public[kind] for kind in with_content), NOTHING_FOUND, *walk.petitions.values()]
    for address, language in product(addresses, ("vi", "en")):
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert_keeps_the_rules(page, axe)


def test_first_load_of_pages_with_something_on_them_is_small_and_one_round(
    browser: Browser, samples: RunningStack, walk: Walk
):
    loads = {}
    for address in (*walk.public.values(), *walk.petitions.values()):
        with browser.new_context(viewport=PHONE, base_url=samples.site, locale="vi-VN") as context:
            loads[address] = first_load(context.new_page(), address)

    assert {address: load.size for address, load in loads.items() if load.size > FIRST_LOAD_BYTES} == {}
    assert {address: load.late for address, load in loads.items() if load.late} == {}


def test_answers_that_leave_nothing_to_filter_take_the_wide_column(page: Page):
    page.set_viewport_size({"width": WIDTHS[1], "height": PHONE["height"]})
    page.goto("/cong-khai?q=phụ cấp")

    expect(page.locator(".filters")).to_have_count(0)
    assert page.locator(".results").evaluate("list => list.clientWidth") > READABLE_WIDTH


def test_one_tap_leads_from_a_message_to_the_question_or_the_answer(page: Page, walk: Walk):
    page.set_viewport_size(PHONE)

    page.goto(walk.petitions["Chờ bổ sung"])
    for part in ("#asked", "#content"):
        expect(page.locator(part)).to_be_in_viewport()
    page.goto(walk.petitions["Đã có kết quả"])
    expect(page.locator("#answer")).to_be_in_viewport()
