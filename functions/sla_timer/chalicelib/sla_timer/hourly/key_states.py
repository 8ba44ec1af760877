"""Looks at the keys that everything rests on: one that was disabled, or is to be deleted; called once an hour.

KMS has no metric of it. Whoever schedules a deletion gives thirty days, of which nobody may notice the first ones:
a key that only opens old seals fails only when somebody opens one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.platform import aws, telemetry

USABLE = "Enabled"


class KeyStates:
    """The state of each key, by its name in the templates, and of the seal's keys of before."""

    def __init__(self, keys: Mapping[str, str], seal_alias: str) -> None:
        """Keep which keys there are.

        Args:
            keys: ids or aliases by name.
            seal_alias: leads to the key that closes seals; keys of before have an alias that begins alike.
        """
        self._keys = keys
        self._seal_alias = seal_alias

    def count_unusable(self, now: datetime) -> int:  # noqa: ARG002 - a job
        """Count the keys that are not enabled, and name each in the log."""
        unusable = 0
        for name, key_id in {**self._keys, **keys_of_before(self._seal_alias)}.items():
            state = aws.client("kms").describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"]
            if state != USABLE:
                unusable += 1
                telemetry.logger().error("key cannot be used", key=name, reason=state)
        telemetry.count("KeysUnusable", unusable)
        return unusable


def keys_of_before(seal_alias: str) -> dict[str, str]:
    """Return the aliases of the keys that only open seals, by name, such as `seal-1` (docs/adr/0082)."""
    pages = aws.client("kms").get_paginator("list_aliases").paginate()
    leads_to = {
        alias["AliasName"]: alias["TargetKeyId"]
        for page in pages
        for alias in page["Aliases"]
        if alias["AliasName"].startswith(seal_alias) and "TargetKeyId" in alias
    }
    closing = leads_to.get(seal_alias)
    return {
        f"seal{alias.removeprefix(seal_alias)}": alias
        for alias, key in sorted(leads_to.items())
        if key != closing
    }
