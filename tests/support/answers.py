"""Answers of doors, compared without what is another each time."""

from __future__ import annotations

from infra.local.emulation.functions import HttpResponse
from shared.platform.correlation import HEADER


def constant_headers(answer: HttpResponse) -> frozenset[tuple[str, str]]:
    """Return the headers of an answer without the id of its request."""
    return frozenset((name, value) for name, value in answer.headers if name.lower() != HEADER.lower())
