"""A keyboard before a page: what is reached with the Tab key, filled in, ticked, unfolded and pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

MOST_STEPS = 80
"""Presses of the Tab key that any element of a page is reached within."""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a pointer does."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"{selector} cannot be reached with the Tab key")


def type_into(page: Page, field: str, text: str) -> None:
    """Reach a field with the Tab key, by its identifier, and write into it."""
    tab_to(page, f"#{field}")
    page.keyboard.insert_text(text)


def press(page: Page, button: str) -> None:
    """Reach with the Tab key what leads to another page, and press it."""
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tick(page: Page, box: str) -> None:
    """Reach a box with the Tab key and tick it."""
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(page.locator(box)).to_be_checked()


def unfold(page: Page, summary: str) -> None:
    """Reach a fold with the Tab key and open it."""
    tab_to(page, summary)
    page.keyboard.press("Enter")
    expect(page.locator("details:has(> summary:focus)")).to_have_attribute("open", "")
