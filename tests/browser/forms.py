"""The forms in which citizens meet the site: a phone or a desk, a language, with and without JavaScript.

Four of the eight cover every pair: what goes wrong only where three meet is what the other four would still find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

HEIGHT = 740
Language = Literal["vi", "en"]
_EXPECTED = re.compile(r"status of (403|409|422|429|503)|net::ERR_|fetching the script")
"""Errors that the browser logs of a form that was not taken, and of a lost network; the worker's own page is a 503."""


@dataclass(frozen=True)
class Form:
    """One way in which a citizen meets the site."""

    width: int
    language: Language
    has_script: bool

    def __str__(self) -> str:
        """Return the name in a test's list."""
        return f"{self.width}-{self.language}-{'with' if self.has_script else 'without'}"

    @property
    def size(self) -> ViewportSize:
        """The screen."""
        return ViewportSize(width=self.width, height=HEIGHT)

    @property
    def other_language(self) -> Language:
        """The language that its switch leads to."""
        return "vi" if self.language == "en" else "en"

    def at(self, address: str) -> str:
        """Return an address in the form's language."""
        if self.language == "vi":
            return address
        return f"{address}{'&' if '?' in address else '?'}lang=en"


FORMS = (
    Form(360, "vi", has_script=False),
    Form(360, "en", has_script=True),
    Form(1280, "vi", has_script=True),
    Form(1280, "en", has_script=False),
)
IN_FORMS = pytest.mark.parametrize("form", FORMS, ids=str)
WITH_SCRIPT = pytest.mark.parametrize("form", [form for form in FORMS if form.has_script], ids=str)
WITHOUT_SCRIPT = pytest.mark.parametrize("form", [form for form in FORMS if not form.has_script], ids=str)


@contextmanager
def opened_in(browser: Browser, site: str, form: Form, *others: str) -> Iterator[Page]:
    """Open a page in a form; an error of a script or a request to a stranger fails the test, a refused form does not.

    Args:
        browser: a running one.
        site: the address of the site.
        form: how the citizen meets it.
        *others: addresses besides that pages may ask.
    """
    with browser.new_context(
        viewport=form.size, base_url=site, locale="vi-VN", java_script_enabled=form.has_script
    ) as context:
        wrong: list[str] = []
        own = (site, *others, "data:", "blob:", "about:")
        context.on("request", lambda sent: None if sent.url.startswith(own) else wrong.append(sent.url))
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda message: wrong.append(message.text) if _is_wrong(message) else None)
        yield context.new_page()
        for page in context.pages:
            page.goto("about:blank")
    assert wrong == [], wrong


def _is_wrong(message: ConsoleMessage) -> bool:
    return message.type == "error" and not _EXPECTED.search(message.text)
