"""The site's own style sheet, scripts and pictures: served by intake under `/assets/`, named with their version.

No page asks a third party for anything.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "assets"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

_DESK = (
    *("base", "frame", "controls", "chips", "panels", "lists", "today", "petition", "search"),
    *("dialogs", "documents", "narrow", "contrast", "print"),
)
_BUNDLES = {"desk.css": (_FOLDER / "tokens.css", *(_FOLDER / "desk" / f"{name}.css" for name in _DESK))}
"""Files that are served as one, in this order: a browser asks once for what every page of the desk needs."""


class Asset(NamedTuple):
    """One file as a browser gets it."""

    content_type: str
    text: str
    version: str


@cache
def asset(name: str) -> Asset | None:
    """Return a file of the assets folder, None where there is none of that name."""
    paths = _BUNDLES.get(name) or tuple(p for p in _FOLDER.iterdir() if p.name == name and p.suffix in _TYPES)
    if not paths:
        return None
    text = "".join(path.read_text(encoding="utf-8") for path in paths)
    return Asset(_TYPES[paths[0].suffix], text, hashlib.sha256(text.encode()).hexdigest()[:12])


def asset_url(name: str) -> str:
    """Return the address of a file with its version in it, so that browsers may keep it for ever.

    Raises:
        LookupError: there is no such file.
    """
    file = asset(name)
    if file is None:
        raise LookupError(f"no asset {name}")
    return f"/assets/{name}?v={file.version}"
