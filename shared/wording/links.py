"""Finds the sites that a text leads to, with a scheme or without, as a mail program or a telephone would. Pure."""

from __future__ import annotations

import re
import unicodedata

_OURS = re.compile(r"(?:[a-z0-9-]+\.)*gov\.vn(?::\d+)?", re.IGNORECASE)
_WITH_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]{0,30}:\s?[/\\]+|//)([^\s/?#<>\"]*)", re.IGNORECASE)
"""A scheme and slashes, also too few or turned, which browsers mend; then the authority."""
_BARE = re.compile(
    r"(?<![\w.-])((?:[\w-]+\.)+(xn--[a-z0-9-]{1,59}|[^\W\d_]{2,24}))(?![\w-])(:?/)?", re.IGNORECASE
)
_NUMERIC = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_DOTS = str.maketrans("。｡", "..")
_COMMON = frozenset(
    {
        *(
            "app",
            "asia",
            "biz",
            "click",
            "club",
            "cn",
            "com",
            "dev",
            "edu",
            "gov",
            "icu",
            "info",
            "io",
            "link",
        ),
        *(
            "live",
            "me",
            "mobi",
            "net",
            "online",
            "org",
            "pro",
            "ru",
            "shop",
            "site",
            "store",
            "tk",
            "top",
            "vip",
        ),
        *("vn", "website", "wiki", "xyz"),
    }
)
"""Top-level domains that telephones also make links of in capital letters, where abbreviations look alike."""


def foreign_hosts(text: str) -> tuple[str, ...]:
    """Return the hosts outside of .gov.vn that a text leads to, in their order; of an e-mail address its domain."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    plain = unicodedata.normalize("NFKC", seen).translate(_DOTS)
    hosts = [host for host in _WITH_SCHEME.findall(plain) if not _OURS.fullmatch(host)]
    hosts += [
        host
        for host, top, path in _BARE.findall(_WITH_SCHEME.sub(" ", plain).replace("@", " "))
        if _is_link(host, top, path) and not _OURS.fullmatch(host)
    ]
    hosts += _NUMERIC.findall(plain)
    return tuple(dict.fromkeys(hosts))


def _is_link(host: str, top: str, path: str) -> bool:
    """Return whether a mail program or a telephone makes a link of a host without a scheme."""
    if not top.isascii() and "LATIN" in unicodedata.name(top[0], ""):
        return False  # no such domains: two sentences without a blank between them
    is_named = bool(path) or host.casefold().startswith("www.") or top.casefold() in _COMMON
    return is_named or top.islower()
