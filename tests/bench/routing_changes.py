"""Changes of a text that change nothing of its matter: the outcome should stay, and no label is needed to see it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from shared.domain.petition.values.classification import SILENT, SUSPECTED
from shared.routing.classifier import decide
from shared.routing.outcomes import outcome_of
from shared.routing.rules import Lane, RoutingRules
from shared.routing.text import joined
from tests.bench import routing

RESTRICTED = Lane.RESTRICTED.value


def without_accents(text: str) -> str:
    """Return a text as it is typed without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


CHANGES: dict[str, Callable[[str], str]] = {
    "accents off": without_accents,
    "beginning repeated as subject": lambda text: joined(" ".join(text.split()[:12]), text),
    "politeness added": lambda text: f"Kính gửi quý cơ quan, {text} Tôi xin chân thành cảm ơn.",
    "other numbers": lambda text: re.sub(r"\d", "7", text),
    "shouted": str.upper,
    "other lines": lambda text: text.replace(", ", ",\n\n"),
}


class Changed(NamedTuple):
    """The outcomes of a text before and after a change."""

    change: str
    text: str
    before: str
    after: str

    @property
    def is_kept(self) -> bool:
        """True if the outcome stayed."""
        return self.before == self.after

    @property
    def went_to_another_unit(self) -> bool:
        """True if one unit got the text before and another gets it now."""
        return not self.is_kept and not {self.before, self.after} & _NO_UNIT

    @property
    def is_newly_held(self) -> bool:
        """True if it is suspected only now."""
        return self.after == SUSPECTED and self.before not in {SUSPECTED, RESTRICTED}

    @property
    def is_newly_restricted(self) -> bool:
        """True if it is in the restricted lane only now."""
        return self.after == RESTRICTED != self.before


_NO_UNIT = frozenset({SUSPECTED, SILENT, *(lane.value for lane in Lane)})
JOINED = "two harmless ones joined"


def outcome(text: str, rules: RoutingRules) -> str:
    """Return the outcome of a text without a choice by its sender."""
    decision = decide(text, rules, chosen_field=None, chosen_kind=None, fields_in_force=routing.FIELDS_2025)
    return outcome_of(decision)


def changed(texts: Sequence[str], rules: RoutingRules) -> list[Changed]:
    """Decide each text as it is and after each change; and pairs of texts that are harmless alone, joined.

    A joined pair may be about either matter: its outcome counts as kept where it is one of both, or silence.
    """
    before = {text: outcome(text, rules) for text in texts}
    results = [
        Changed(name, text, before[text], outcome(change(text), rules))
        for name, change in CHANGES.items()
        for text in texts
    ]
    harmless = [text for text in texts if before[text] not in {SUSPECTED, RESTRICTED}]
    for first, second in zip(harmless[::2], harmless[1::2], strict=False):
        after = outcome(f"{first} {second}", rules)
        expected = after if after in {before[first], before[second], SILENT} else before[first]
        results.append(Changed(JOINED, f"{first} {second}", expected, after))
    return results
