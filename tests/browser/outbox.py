"""The messages that the local stack has sent, as their readers get them."""

from __future__ import annotations

import json
import re
import time
import urllib.request

WITHIN_SECONDS = 60
"""A wait ends as soon as the message has come; functions and other tests may take most of this from the stack."""
LOOKS_AGAIN_AFTER_SECONDS = 0.25


def sent_to(site: str, address: str, pattern: str, reference: str = "") -> re.Match[str]:
    """Return where the latest message to an address matches, as soon as there is one.

    Args:
        site: the address of the stack.
        address: a telephone number in E.164, or that of an e-mail; "" for any.
        pattern: what its text matches.
        reference: that of the petition that it is about; "" for any.

    Raises:
        AssertionError: none came.
    """
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        about = f"?reference={reference}" if reference else ""
        with urllib.request.urlopen(f"{site}/local/outbox{about}", timeout=30) as answer:  # noqa: S310 - our own
            texts = [
                message["text"]
                for message in json.load(answer)
                if message["to"] == (address or message["to"])
            ]
        if matches := [match for text in texts if (match := re.search(pattern, text))]:
            return matches[-1]
        time.sleep(LOOKS_AGAIN_AFTER_SECONDS)
    raise AssertionError(f"nothing came to {address} that matches {pattern}: {texts}")
