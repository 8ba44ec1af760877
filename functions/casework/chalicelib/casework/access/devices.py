"""Names a device and its network as an officer recognises them, coarsely: no version, no whole address."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, ip_address

_BROWSERS = (
    ("Edg", "Edge"),
    ("CocCoc", "Cốc Cốc"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Marks in a `User-Agent`, and the browsers that they mean; the first that fits."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z .-]{1,20}")


def device_of(user_agent: str) -> str:
    """Return e.g. `Chrome · Windows`; for a program its first word; "" where nothing is said."""
    names = [
        next((name for sign, name in table if sign in user_agent), "") for table in (_BROWSERS, _SYSTEMS)
    ]
    if any(names):
        return " · ".join(name for name in names if name)
    product = _PRODUCT.match(user_agent)
    return product[0].strip() if product else ""


def network_of(address: str) -> str:
    """Return the beginning of a network address: the first two numbers of IPv4, the first two groups of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv4Address):
        first, second, *_rest = str(parsed).split(".")
        return f"{first}.{second}.*.*"
    return ":".join(group.lstrip("0") or "0" for group in parsed.exploded.split(":")[:2]) + ":*"
