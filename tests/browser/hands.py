"""An officer's hands on a page: each sign-in, click, key and filled field is one action, counted."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.desk import SIGNED_IN_WITHIN_MS

WITHIN_MS = 90_000
"""Other tests use the same processors."""


class Hands:
    """The hands of one officer in one browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def sign_in(self, username: str, address: str = "/desk/") -> None:
        """Sign in with the keyboard, which is one action."""
        self.page.goto(address)
        self.page.fill("#username", username)
        self.page.fill("#password", f"Local-{username}-2026")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("details.me")).to_be_visible(timeout=SIGNED_IN_WITHIN_MS)
        self.actions += 1

    def click(self, selector: str) -> None:
        """Press something that stays on the page."""
        self.page.locator(selector).first.click()
        self.actions += 1

    def follow(self, selector: str) -> None:
        """Press what leads to another page."""
        with self.page.expect_navigation(timeout=WITHIN_MS):
            self.page.locator(selector).first.click()
        self.actions += 1

    def enter(self) -> None:
        """Press Enter, which leads to another page."""
        with self.page.expect_navigation(timeout=WITHIN_MS):
            self.page.keyboard.press("Enter")
        self.actions += 1

    def write(self, selector: str, text: str) -> None:
        """Fill in one field."""
        self.page.fill(selector, text)
        self.actions += 1

    def tick(self, selector: str) -> None:
        """Tick a box."""
        self.page.check(selector)
        self.actions += 1
