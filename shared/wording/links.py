"""Finds the sites that a text leads to, with a scheme or without, as a mail program or a telephone would. Pure."""

from __future__ import annotations

import re
import unicodedata

_OURS = re.compile(r"(?:[a-z0-9-]+\.)*gov\.vn(?::\d+)?", re.IGNORECASE)
_WITH_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]{0,30}:\s?[/\\]+|//)([^\s/\\?#<>\"]*)", re.IGNORECASE)
"""A scheme and slashes, also too few or turned, which browsers mend; then the authority."""
_BARE = re.compile(r"(?<![\w.-])((?:[\w-]+\.)+([a-z]{2,24}))(?![\w-])", re.IGNORECASE)
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
    plain = unicodedata.normalize("NFKC", text).translate(_DOTS)
    hosts = [host for host in _WITH_SCHEME.findall(plain) if not _OURS.fullmatch(host)]
    hosts += [
        host
        for host, top in _BARE.findall(_WITH_SCHEME.sub(" ", plain).replace("@", " "))
        if (top.islower() or top.casefold() in _COMMON) and not _OURS.fullmatch(host)
    ]
    hosts += _NUMERIC.findall(plain)
    return tuple(dict.fromkeys(hosts))
