"""A running local stack and a real Chromium, for the tests that look at pages as people do."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from infra.tools import chromium

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_SECONDS = 90
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="session")
def ports() -> tuple[int, int]:
    """Ports of the local stack: of the site, and of moto with the bucket of files."""
    return _free_port(), _free_port()


@pytest.fixture(scope="session")
def site(ports: tuple[int, int]) -> Iterator[str]:
    """The address of a local stack of its own, without sample petitions."""
    port, moto_port = ports
    command = [
        sys.executable,
        "-m",
        "infra.local",
        "--empty",
        "--port",
        str(port),
        "--moto-port",
        str(moto_port),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as stack:
        try:
            address = f"http://localhost:{port}"
            _wait_for(f"{address}/local/health", stack)
            yield address
        finally:
            stack.terminate()
            stack.wait(timeout=20)


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
    with a_phone(browser, site) as page:
        yield page


@pytest.fixture
def phone_and_bucket(browser: Browser, site: str, ports: tuple[int, int]) -> Iterator[Page]:
    """The same, which may also reach the bucket of files."""
    with a_phone(browser, site, f"http://127.0.0.1:{ports[1]}/") as page:
        yield page


@contextmanager
def a_phone(browser: Browser, site: str, *others: str) -> Iterator[Page]:
    """Open a page that may ask for what is on the site and on other addresses."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=site, locale="vi-VN")
    page = context.new_page()
    strangers: list[str] = []
    own = (site, *others, "data:")
    page.on("request", lambda sent: None if sent.url.startswith(own) else strangers.append(sent.url))
    yield page
    context.close()
    assert strangers == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, stack: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        assert stack.poll() is None, "the local stack ended while it started"
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the local stack did not start within {STARTS_WITHIN_SECONDS} s")
