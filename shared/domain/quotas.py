"""Quotas: how much of a limit is left, for the caller that it holds for."""

from __future__ import annotations

from typing import NamedTuple


class Quota(NamedTuple):
    """One limit of one caller, as it stands after a request."""

    name: str
    """The name of the limit, e.g. `person`: letters alone."""
    limit: int
    left: int | None
    """Requests that may still come before the quota begins anew; None where that would show what others did."""
    window: int
    """Seconds that the limit is for, e.g. 3600."""
    resets_in: int
    """Seconds until it begins anew."""
