"""The account of a restoration: what went back, what was kept, what was lost; references and counts, no text."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from infra.restoration.fates import Decision, Fate
from infra.restoration.receipts import WithdrawnDelivery
from shared.domain.petition.change import PETITIONER


@dataclass
class Account:
    """The account of one restoration, or of what it would do."""

    number: int
    to: datetime
    fates: Counter[str] = field(default_factory=Counter)
    petitions: dict[str, str] = field(default_factory=dict)
    """Reference to fate, of every petition that has changed since the moment."""
    entries_lost: Counter[str] = field(default_factory=Counter)
    """By action."""
    asked_again: dict[str, list[str]] = field(default_factory=dict)
    """Reference to the actions of its petitioner that were taken back: people to call."""
    deliveries_withdrawn: list[WithdrawnDelivery] = field(default_factory=list)
    deliveries_settled: int = 0
    deliveries_added: int = 0
    roots_added: int = 0
    files_brought_back: int = 0
    newest: str = ""
    """The latest change of all petitions that stand as they did at the moment."""
    unsound: list[str] = field(default_factory=list)
    """Petitions that fail their verification afterwards."""

    def add(self, decision: Decision) -> None:
        """Enter the fate of a petition."""
        self.fates[decision.fate] += 1
        if decision.fate is not Fate.SAME:
            self.petitions[decision.reference] = decision.fate
        self.entries_lost.update(entry.action for entry in decision.lost)
        by_petitioner = [str(entry.action) for entry in decision.lost if entry.by == PETITIONER]
        if by_petitioner:
            self.asked_again[decision.reference] = by_petitioner

    @property
    def is_settled(self) -> bool:
        """True if nothing is left to be done: the data stand as the restoration leaves them."""
        left = self.fates[Fate.BACK] + self.fates[Fate.LOST] + len(self.deliveries_withdrawn)
        return not (left or self.deliveries_settled or self.deliveries_added or self.roots_added)

    def as_json(self) -> str:
        """Return the whole account."""
        facts = vars(self) | {
            "to": self.to.isoformat(),
            "deliveries_withdrawn": [row._asdict() for row in self.deliveries_withdrawn],
        }
        return json.dumps(facts, indent=1, ensure_ascii=False, sort_keys=True)

    def lines(self) -> list[str]:
        """Return the account in short, for the terminal."""
        fates = ", ".join(f"{count} {fate}" for fate, count in sorted(self.fates.items())) or "none"
        lost = ", ".join(f"{count} {action}" for action, count in sorted(self.entries_lost.items())) or "none"
        return [
            f"restoration {self.number} to {self.to.isoformat()}",
            f"  petitions: {fates}",
            f"  entries taken back: {lost}",
            f"  petitioners whose own words were taken back: {len(self.asked_again)}",
            f"  deliveries about entries taken back: {len(self.deliveries_withdrawn)}",
            f"  deliveries settled: {self.deliveries_settled}, added: {self.deliveries_added}",
            f"  roots added: {self.roots_added}; files brought back: {self.files_brought_back}",
            f"  newest change that stands: {self.newest or '-'}; unsound: {len(self.unsound)}",
        ]
