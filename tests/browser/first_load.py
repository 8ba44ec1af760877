"""The first opening of a page by a browser that has kept nothing: bytes over the wire, and a second round."""

from __future__ import annotations

import gzip
import re
import urllib.request
from typing import Any, NamedTuple

from playwright.sync_api import Page, Response

FIRST_LOAD_BYTES = 45_000
"""The most that a page of a telephone brings when nothing of it is kept yet."""


class FirstLoad(NamedTuple):
    """One opening of a page by a browser that has kept nothing."""

    size: int
    """Bytes over the wire, with the lines before each answer."""
    late: list[str]
    """Addresses that the page itself does not name: they are known only after something else has come."""


class Shell(NamedTuple):
    """The HTML of a page without what it brings with it."""

    size: int
    """Bytes, packed as browsers ask for them."""
    assets: frozenset[str]
    """Addresses of the files that it names."""


def shell(site: str, address: str) -> Shell:
    """Ask for the HTML of a page alone, which costs a fraction of an opening."""
    request = urllib.request.Request(f"{site}{address}", headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
        packed: bytes = answer.read()
    html = gzip.decompress(packed).decode()
    return Shell(len(packed), frozenset(re.findall(r'["\'](/assets/[^"\'#]+)', html)))


def first_load(page: Page, address: str) -> FirstLoad:
    """Open an address on a new page, and count."""
    bytes_of: list[int] = []
    urls: list[str] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def ended(event: dict[str, Any]) -> None:
        bytes_of.append(int(event["encodedDataLength"]))

    def count_request(event: dict[str, Any]) -> None:
        urls.append(str(event["request"]["url"]).partition("#")[0])

    session.on("Network.loadingFinished", ended)
    session.on("Network.requestWillBeSent", count_request)
    answer = page.goto(address, wait_until="networkidle")
    assert isinstance(answer, Response)
    html = answer.text().replace("&amp;", "&")
    site = answer.url.partition("://")[2].partition("/")[0]
    paths = [url.partition(site)[2] or url for url in urls[1:]]
    return FirstLoad(sum(bytes_of), [path for path in paths if path not in html])
