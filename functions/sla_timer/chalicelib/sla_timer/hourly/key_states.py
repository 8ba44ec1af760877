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
    """The state of each key, by its name in the templates."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys

    def count_unusable(self, now: datetime) -> int:  # noqa: ARG002 - a job
        """Count the keys that are not enabled, and name each in the log."""
        unusable = 0
        for name, key_id in self._keys.items():
            state = aws.client("kms").describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"]
            if state != USABLE:
                unusable += 1
                telemetry.logger().error("key cannot be used", key=name, reason=state)
        telemetry.count("KeysUnusable", unusable)
        return unusable
