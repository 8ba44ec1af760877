"""The latest requests of providers that were refused, with the rule that they broke: in the local stack alone.

The deployed functions answer all of them alike and count the rules. This log is made here, from what they count, so no
deployed function has it, nor any secret or word of a request.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

KEPT = 200
_METRICS = ("WebhookRefusedBy", "ReceiptRefusedBy", "CredentialsUnusable")


@dataclass(frozen=True)
class Refusal:
    """One request that was not taken as its provider's."""

    at: datetime
    provider: str
    rule: str


class Refusals:
    """The latest refusals, oldest first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.latest: deque[Refusal] = deque(maxlen=KEPT)

    def note(self, counted: Iterable[str]) -> None:
        """Note the refusals among lines of CloudWatch's embedded metric format."""
        for line in counted:
            if not any(f'"{metric}"' in line for metric in _METRICS):
                continue
            facts = json.loads(line)
            if "provider" in facts:
                rule = str(facts.get("rule", "credentials-unusable"))
                self.latest.append(Refusal(self._now(), str(facts["provider"]), rule))
