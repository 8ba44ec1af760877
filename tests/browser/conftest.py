"""A running local stack and a real Chromium, for the tests that look at pages as people do."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from infra.tools import chromium
from tests.browser.desk import WIDE, Opened
from tests.browser.forms import FORMS, opened_in
from tests.browser.keyboard import type_into
from tests.support.people import CONTENT
from tests.support.running_stack import WITHOUT_SAMPLES, RunningStack, running_stack

FOLDER = Path(__file__).parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
SEEN_WITHIN_MS = 15_000
"""A wait ends as soon as the thing is seen; tests beside it, and a function that loads, may take most of this."""
expect.set_options(timeout=SEEN_WITHIN_MS)
PHONE = ViewportSize(width=360, height=740)
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""The rules of axe that every page keeps: WCAG 2.2 to level AA, and what its makers recommend."""
_RUN_AXE = "options => axe.run(options).then(({violations}) => ({violations}))"
"""Only violations come back: the whole result is as long as the page."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser; it has a second try, which the summary reports.

    A browser on a busy machine may fail once; twice is a fault.
    """
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """A local stack of its own, without sample petitions."""
    with running_stack(WITHOUT_SAMPLES) as stack:
        yield stack


@pytest.fixture(scope="module")
def crowded() -> Iterator[RunningStack]:
    """A local stack for a module that sends many petitions, or moves the clock: others would meet both."""
    with running_stack(WITHOUT_SAMPLES) as stack:
        yield stack


@pytest.fixture(scope="session")
def samples() -> Iterator[RunningStack]:
    """A local stack with sample petitions: there is something on every page."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def site(stack: RunningStack) -> str:
    """The address of the site."""
    return stack.site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = chromium.find()
    assert path, "no Chromium: run python -m infra.tools.chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A page as wide as a phone, without JavaScript; whatever it asks for outside the site fails the test."""
    with opened_in(browser, site, FORMS[0]) as page:
        yield page


@pytest.fixture
def with_script(browser: Browser, site: str) -> Iterator[Page]:
    """A phone with JavaScript; an error of a script fails the test."""
    with opened(browser, site) as page:
        yield page


@pytest.fixture
def officer(browser: Browser, site: str) -> Iterator[Opened]:
    """Opens the desk for an officer, who signs in by keyboard; every officer has a browser of their own."""
    with ExitStack() as contexts:

        def signed_in(username: str, viewport: ViewportSize = WIDE) -> Page:
            context = browser.new_context(
                viewport=viewport, java_script_enabled=False, base_url=site, locale="vi-VN"
            )
            page = contexts.enter_context(context).new_page()
            page.goto("/desk/")
            type_into(page, "username", username)
            type_into(page, "password", f"Local-{username}-2026")
            page.keyboard.press("Enter")
            expect(page.locator("details.me")).to_be_visible()
            return page

        yield signed_in


@contextmanager
def opened(
    browser: Browser, site: str, size: ViewportSize = PHONE, *, has_script: bool = True
) -> Iterator[Page]:
    """Open a page; an error of a script or of the policy of content fails the test."""
    with browser.new_context(
        viewport=size, base_url=site, locale="vi-VN", java_script_enabled=has_script
    ) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield page
        page.goto("about:blank")
    assert errors == []


def send_petition(site: str, sender: str, **facts: Any) -> str:
    """Send a petition of somebody with an address of their own, and return its reference."""
    someone = {"name": "Lê Thị Ba", "address": "Huế", "email": f"{sender}@thu.example"}
    body = {"content": CONTENT, "petitioner": someone, "reply_by": ["EMAIL"], **facts}
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{site}/v1/petitions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
        reference: str = json.load(answer)["reference"]
    return reference


@pytest.fixture
def reference(site: str, request: pytest.FixtureRequest) -> str:
    """A petition that a citizen just sent, each of them somebody else; a second try sends another."""
    number = getattr(request.node, "execution_count", 1)
    return send_petition(site, f"{request.node.name[:40]}-{number}")


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Ask axe about a page, once it is loaded; what breaks a rule fails the test with its places.

    The page needs JavaScript (`java_script_enabled`), for axe runs in it: `axe(page)`.
    """

    def assert_clean(page: Page) -> None:
        page.wait_for_load_state()
        if not page.evaluate("'axe' in window"):
            page.evaluate(Axe().axe_script)
        options = {"runOnly": list(AXE_RULES), "resultTypes": ["violations"]}
        results = AxeResults(page.evaluate(_RUN_AXE, options))
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return assert_clean
