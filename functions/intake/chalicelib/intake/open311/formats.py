"""XML and JSON of one and the same facts, by the Spark Convention that GeoReport v2 asks for; called by the doors.

The facts are made of dicts, lists, texts, numbers, truth values and None. In XML a list's elements carry the singular
of its name; in JSON the root's own name is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from chalice.app import Response

_SINGULAR = {
    "attributes": "attribute",
    "duties": "duty",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, escaped or not."""


class Format(StrEnum):
    """The suffix by which a client asks for a format."""

    XML = "xml"
    JSON = "json"


CONTENT_TYPES = {Format.XML: "text/xml; charset=utf-8", Format.JSON: "application/json; charset=utf-8"}


def answer(
    name: str, facts: Any, in_format: Format, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with the facts; `name` is the root element's."""
    body = as_xml(name, facts) if in_format is Format.XML else json.dumps(facts, ensure_ascii=False)
    return Response(
        body=body,
        status_code=status,
        headers={
            "Content-Type": CONTENT_TYPES[in_format],
            **(headers or {}),
        },
    )


def as_xml(name: str, facts: Any) -> str:
    """Return an XML document; the library escapes what people wrote."""
    root = Element(name)
    _fill(root, facts)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")


def _fill(element: Element, facts: Any) -> None:
    if isinstance(facts, Mapping):
        for name, value in facts.items():
            _fill(SubElement(element, name), value)
    elif isinstance(facts, list):
        for value in facts:
            _fill(SubElement(element, _SINGULAR[element.tag]), value)
    elif isinstance(facts, bool):
        element.text = "true" if facts else "false"
    elif facts is not None:
        element.text = _NOT_XML.sub("", str(facts))
