"""The screen as its reader meets it: what sticks out to the side, and what appears there only after a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product
from typing import Literal

from playwright.sync_api import Page

WIDTHS = (360, 1280)
HEIGHT = 740
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHOWN_WITHIN_SECONDS = 60
"""A wait ends as soon as the thing is shown; functions and other tests may take most of this from the stack."""
LOOKS_AGAIN_AFTER_MS = 250
_STICKING_OUT = """() => {
  const scrolls = (element) => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX);
  const width = document.documentElement.clientWidth;
  const within = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (scrolls(box) && box.getBoundingClientRect().right <= width + 1) return true;
    return false;
  };
  const pageWidth = document.documentElement.scrollWidth;
  const page = pageWidth > width ? [`the page scrolls to ${pageWidth} px`] : [];
  const elements = [...document.body.querySelectorAll("*")]
    .filter((element) => {
      const box = element.getBoundingClientRect();
      const isSeen = element.checkVisibility() && box.width && box.height && box.left >= 0;
      return isSeen && box.right > width + 1 && !within(element);
    })
    .map((element) => element.tagName + "." + element.className + " " + element.textContent.trim().slice(0, 40))
    .slice(0, 3);
  return [...page, ...elements];
}"""
"""A page that scrolls to the side, and elements beyond the right edge but for those in a box that scrolls by itself."""


_CUT_PLACEHOLDERS = """() => [...document.querySelectorAll("input[placeholder]")]
  .filter((field) => field.checkVisibility())
  .filter((field) => {
    const style = getComputedStyle(field);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const cross = field.type === "search" ? parseFloat(style.fontSize) : 0;
    return pen.measureText(field.placeholder).width > room - cross;
  })
  .map((field) => field.placeholder)"""
"""Returns the placeholders that their fields cut off; a field to search in keeps room for its cross."""


_CRAMPED = """() => {
  const lines = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.bottom))).size;
  };
  const isSeen = (element) => element.checkVisibility({checkVisibilityCSS: true});
  const spills = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const box = element.getBoundingClientRect();
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      if (!text.textContent.trim() || text.parentElement.closest(".hidden")) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const {left, right} = range.getBoundingClientRect();
      if (left < box.left + 2 || right > box.right - 2) return true;
    }
    return false;
  };
  const spilling = [...document.querySelectorAll("main :is(button, .button)")]
    .filter((element) => isSeen(element) && !element.matches(".link, .lang") && spills(element));
  const folded = innerWidth < 640 ? [] : [...document.querySelectorAll(".top .menu a, .top .service")]
    .filter((element) => isSeen(element) && lines(element) > 1);
  return [...spilling, ...folded].map((element) => element.textContent.trim());
}"""
"""Labels wider than their buttons, and doors of the header that take two lines where there is room."""


def cramped(page: Page) -> list[str]:
    """Return the labels of buttons that do not fit, and of the header's doors that are folded on a wide screen."""
    page.wait_for_load_state()
    labels: list[str] = page.evaluate(_CRAMPED)
    return labels


def cut_placeholders(page: Page) -> list[str]:
    """Return the placeholders that cannot be read to their end."""
    placeholders: list[str] = page.evaluate(_CUT_PLACEHOLDERS)
    return placeholders


def sticking_out(page: Page) -> list[str]:
    """Return the first elements that lie beyond the right edge; what scrolls in a box of its own is within."""
    page.wait_for_load_state()
    names: list[str] = page.evaluate(_STICKING_OUT)
    return names


def assert_fits(page: Page) -> None:
    """Check that nothing sticks out to the side of the screen."""
    assert sticking_out(page) == []


def assert_keeps_the_rules(page: Page, axe: Callable[[Page], None]) -> None:
    """Check a page on a telephone and on a desk, light and dark: rules of axe, width, labels of buttons."""
    for width, theme in product(WIDTHS, THEMES):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=theme)
        axe(page)
        assert sticking_out(page) == [], (page.url, width, theme)
        assert cramped(page) == [], (page.url, width)


def reload_until_shown(page: Page, address: str, *selectors: str) -> None:
    """Open an address until it shows all of this: routing and notices go on after the request that began them.

    Raises:
        AssertionError: it does not show it within the time that a busy machine takes.
    """
    until = time.monotonic() + SHOWN_WITHIN_SECONDS
    page.goto(address)
    while not all(page.locator(selector).count() for selector in selectors):
        assert time.monotonic() < until, f"{address} does not show {', '.join(selectors)}"
        page.wait_for_timeout(LOOKS_AGAIN_AFTER_MS)
        page.goto(address)
