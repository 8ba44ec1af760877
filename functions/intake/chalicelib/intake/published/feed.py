"""Published answers as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

from chalicelib.intake.published.answers import PublishedItem
from shared.use_cases.answer_addresses import first_published, permanent

ATOM = "http://www.w3.org/2005/Atom"
OPENED = "2018-06-18T00:00:00+07:00"
"""The opening of the system: the age of a feed in which nothing stands yet."""
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (https://www.w3.org/TR/xml/#charsets)."""


class Feed(NamedTuple):
    """A feed: what it is of, and where it and its page stand."""

    title: str
    author: str
    address: str
    """The feed's own, absolute; it names the feed too."""
    page: str
    """The page with the same answers, absolute."""
    language: str


def atom(feed: Feed, items: Sequence[PublishedItem], site: str) -> bytes:
    """Return a feed of answers, the newest first.

    Args:
        feed: what it is of.
        items: its answers.
        site: the beginning of the site's addresses, without a slash at its end.
    """
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    newest = max((item.published_at for item in items), default=None)
    _add(root, "updated", _instant(newest) if newest else OPENED)
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.address})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    _add(ET.SubElement(root, "author"), "name", feed.author)
    for item in items:
        _add_entry(root, item, site)
    return _document(root)


def _add_entry(root: ET.Element, item: PublishedItem, site: str) -> None:
    entry = ET.SubElement(root, "entry", {"xml:lang": "vi"})
    address = f"{site}{item.url}"
    _add(entry, "id", f"{site}{permanent(item.url)}")
    _add(entry, "title", item.subject)
    _add(entry, "published", first_published(item.url))
    _add(entry, "updated", _instant(item.published_at))
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    if item.unit_label:
        _add(ET.SubElement(entry, "author"), "name", item.unit_label)
    if item.field and item.field_label:
        ET.SubElement(entry, "category", {"term": item.field, "label": item.field_label})
    _add(entry, "summary", item.content)
    _add(entry, "content", item.answer)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _NOT_XML.sub("", text)


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _document(root: ET.Element) -> bytes:
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
