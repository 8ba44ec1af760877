"""Elements of a page for which the reader of a small screen would have to scroll sideways."""

from __future__ import annotations

from playwright.sync_api import Page

_STICKING_OUT = """() => {
  const scrolls = (element) => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX);
  const width = document.documentElement.clientWidth;
  const within = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (scrolls(box) && box.getBoundingClientRect().right <= width + 1) return true;
    return false;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((element) => {
      const box = element.getBoundingClientRect();
      const isSeen = element.checkVisibility() && box.width && box.height && box.left >= 0;
      return isSeen && box.right > width + 1 && !within(element);
    })
    .map((element) => element.tagName + "." + element.className + " " + element.textContent.trim().slice(0, 40))
    .slice(0, 3);
}"""
"""Elements that lie beyond the right edge, but for those in a box that scrolls by itself."""


def sticking_out(page: Page) -> list[str]:
    """Return the first elements that lie beyond the right edge; what scrolls in a box of its own is within."""
    page.wait_for_load_state()
    names: list[str] = page.evaluate(_STICKING_OUT)
    return names
