"""Classifies a petition by the routing rules in force: the router when it was received, intake before it is sent.

Nothing is stored and no message is sent; whoever asks decides what follows.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.values.classification import Kind
from shared.platform import clock
from shared.routing.classifier import Decision, Lane, decide
from shared.routing.rules import RoutingRules, in_force
from shared.routing.text import joined
from shared.tables.directory import Directory

SHOWN_FROM = 0.5
"""Share of the best field from which it is shown to the sender as a guess."""
_ALTERNATIVES = 3
"""Other fields that are offered beside a guess."""
_NOBODYS = "KHAC"
"""The field of what belongs to no unit."""


class Guess(NamedTuple):
    """The field and kind that a text seems to have; nothing binds the router to it."""

    field: str | None = None
    kind: Kind | None = None
    alternatives: tuple[str, ...] = ()
    """Codes of the next fields, most probable first."""
    body: str | None = None
    """The other body whose matter it seems to be."""


class Classifier:
    """Classifies texts by the directory's routing rules, which are compiled once for each edition."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rows: tuple[dict[str, Any], ...] = ()
        self._compiled: dict[tuple[tuple[str, str], ...], RoutingRules] = {}

    def rules_on(self, day: date) -> RoutingRules:
        """Return the rules in force on a day of receipt.

        They are compiled once for each edition, and again only after an administrator changed them.
        """
        rows = self._directory.rows("routing-rule")
        if rows != self._rows:
            self._rows, self._compiled = rows, {}
        edition = tuple((row["id"], row["valid_from"]) for row in in_force(rows, day))
        if edition not in self._compiled:
            self._compiled[edition] = RoutingRules.from_rows(rows, on=day)
        return self._compiled[edition]

    def decide(
        self, subject: str, content: str, day: date, *, chosen_field: str | None, chosen_kind: str | None
    ) -> Decision:
        """Return the decision of the rules of a day about a petition."""
        return decide(
            joined(subject, content),
            self.rules_on(day),
            chosen_field=chosen_field,
            chosen_kind=chosen_kind,
            fields_in_force=frozenset(self._directory.fields(day)),
        )

    def guess(self, subject: str, content: str) -> Guess:
        """Return a guess at field and kind of a text, for its sender to look at before it is sent.

        A text that may denounce somebody, or that another lane takes, gets no guess: a person reads it first.
        """
        day = local_date(clock.now())
        decision = self.decide(subject, content, day, chosen_field=None, chosen_kind=None)
        kind = Kind(decision.kind) if decision.kind else None
        if decision.suspicion or decision.lane not in {Lane.ORDINARY, Lane.FORWARDING}:
            return Guess()
        if decision.lane is Lane.FORWARDING:
            return Guess(kind=kind, body=decision.body)
        fields = self._directory.fields(day)
        ours = [(code, share) for code, share in decision.best if code in fields and code != _NOBODYS]
        is_clear = bool(ours) and ours[0][1] >= SHOWN_FROM and decision.best[0][0] == ours[0][0]
        codes = [code for code, _share in ours]
        best, others = (codes[0], codes[1:]) if is_clear else (None, codes)
        return Guess(field=best, kind=kind, alternatives=tuple(others[:_ALTERNATIVES]))
