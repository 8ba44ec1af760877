"""The number of examples with which Hypothesis tries each property: `make test` a few, `make proof` a thousand."""

from __future__ import annotations

import os

from hypothesis import settings

EXAMPLES = {"smoke": 25, "campaigns": 200, "proof": 1_000}
"""Examples by profile: `make campaigns` and `make proof` name theirs. The gate tries a smoke first, then a campaign."""
CI = bool(os.environ.get("CI"))
"""True where the gate runs: each profile then tries the same examples every time, so that a commit ends alike."""


def load() -> None:
    """Register the profiles and load the one that the environment names; no example has a deadline."""
    for name, count in EXAMPLES.items():
        settings.register_profile(name, max_examples=count, deadline=None, derandomize=CI)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "smoke")


def is_proof() -> bool:
    """Return whether `make proof` runs."""
    return bool(settings.get_current_profile_name() == "proof")
