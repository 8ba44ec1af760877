"""Officers in a real browser: a context for each, signed in, in which an error of a script fails the test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.screen import sticking_out

SIGNED_IN_WITHIN_MS = 30_000
"""On a machine that others use too, a first sign-in loads a function and may take seconds."""
WIDE = ViewportSize(width=1280, height=900)
ROUTED_WITHIN_SECONDS = 60
LOOKS_AGAIN_AFTER_MS = 250
Opened = Callable[..., Page]
"""Opens the desk for an officer, by user name; `viewport` is a screen other than the wide one."""
SCREENS = (WIDE, ViewportSize(width=360, height=740))


@contextmanager
def signed_in(browser: Browser, site: str, username: str, viewport: ViewportSize = WIDE) -> Iterator[Page]:
    """Open the desk for an officer; errors of scripts and of the policy of content fail the test at its end."""
    with browser.new_context(base_url=site, viewport=viewport, locale="vi-VN") as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: errors.append(message.text) if "Content Security" in message.text else None,
        )
        page.goto("/desk/")
        page.fill("#username", username)
        page.fill("#password", f"Local-{username}-2026")
        page.keyboard.press("Enter")
        expect(page.locator("details.me")).to_be_visible(timeout=SIGNED_IN_WITHIN_MS)
        yield page
    assert errors == []


def assert_fits(page: Page, axe: Callable[[Page], None]) -> None:
    """Check that nothing sticks out of each screen, and that axe has nothing to say."""
    for screen in SCREENS:
        page.set_viewport_size(screen)
        assert sticking_out(page) == []
        axe(page)


def act(page: Page, username: str, action: str, reference: str, **body: Any) -> None:
    """Let an officer act on a petition over the desk's API, once it is where they can."""
    signed_in = page.request.post(
        "/desk/v1/session", data={"username": username, "password": f"Local-{username}-2026"}
    )
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    path = f"/desk/v1/petitions/{reference}"
    until = time.monotonic() + ROUTED_WITHIN_SECONDS
    while True:
        version = page.request.get(path, headers=headers).json().get("version")
        done = page.request.post(f"{path}/{action}", headers=headers, data={"version": version, **body})
        if done.ok:
            return
        assert time.monotonic() < until, done.text()
        page.wait_for_timeout(LOOKS_AGAIN_AFTER_MS)
