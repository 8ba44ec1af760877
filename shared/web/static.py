"""The site's own style sheet, scripts and pictures: served by intake under `/assets/`, named with their version.

No page asks a third party for anything.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "assets"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
_BINARY = frozenset({".woff2", ".png"})
_COMMENT = re.compile(rb"/\*.*?\*/\s*", re.DOTALL)
"""A comment in a sheet: for those who read the code; a kilobyte, packed, that no page needs."""
_NAMED_IN_A_SHEET = re.compile(rb'url\("([\w.-]+)"\)')

_DESK = (
    *(
        "base",
        "frame",
        "controls",
        "chips",
        "panels",
        "lists",
        "today",
        "board",
        "call",
        "petition",
        "search",
        "leaders",
    ),
    *("dialogs", "documents", "narrow", "contrast", "letter", "print"),
)
_SITE = (
    *("font", "ground", "flow", "frame", "buttons", "fields", "choices", "steps", "surfaces"),
    *("folds", "lists", "tiles", "clock", "course", "timeline", "summary", "files", "receipt", "petition"),
    *(
        "rating",
        "filters",
        "prose",
        "guide",
        "charts",
        "tables",
        "suggest",
        "sending",
        "wide",
        "paper",
    ),
)
_BUNDLES = {
    "desk.css": (_FOLDER / "tokens.css", *(_FOLDER / "desk" / f"{name}.css" for name in _DESK)),
    "site.css": (_FOLDER / "tokens.css", *(_FOLDER / "site" / f"{name}.css" for name in _SITE)),
}
"""Files that are served as one, in this order: a browser asks once for what every page of the desk or site needs."""


class Asset(NamedTuple):
    """One file as a browser gets it."""

    content_type: str
    content: bytes
    version: str
    is_text: bool


@cache
def asset(name: str) -> Asset | None:
    """Return a file of the assets folder, None where there is none of that name."""
    paths = _BUNDLES.get(name) or tuple(p for p in _FOLDER.iterdir() if p.name == name and p.suffix in _TYPES)
    if not paths:
        return None
    content = b"".join(path.read_bytes() for path in paths)
    suffix = paths[0].suffix
    if suffix == ".css":
        content = _NAMED_IN_A_SHEET.sub(
            lambda named: f'url("{asset_url(named[1].decode())}")'.encode(), _COMMENT.sub(b"", content)
        )
    return Asset(_TYPES[suffix], content, hashlib.sha256(content).hexdigest()[:12], suffix not in _BINARY)


def asset_url(name: str) -> str:
    """Return the address of a file with its version in it, so that browsers may keep it for ever.

    Raises:
        LookupError: there is no such file.
    """
    file = asset(name)
    if file is None:
        raise LookupError(f"no asset {name}")
    return f"/assets/{name}?v={file.version}"
