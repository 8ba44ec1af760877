"""Decides each new petition by the candidates too, without effect, and counts how often they would decide otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.platform import telemetry
from shared.routing.classifier import decide
from shared.routing.model import digest_of
from shared.routing.outcomes import outcome_of
from shared.routing.rules import RoutingRules, RoutingRulesError, in_force, rules_with
from shared.routing.text import joined
from shared.tables.directory import Directory
from shared.tables.routing.candidates import Candidate, Candidates, CandidateState


class Shadow:
    """Runs the candidates beside the rules in force."""

    def __init__(self, directory: Directory, candidates: Candidates) -> None:
        self._directory = directory
        self._candidates = candidates
        self._seen: tuple[object, object, date] | None = None
        self._rules: dict[str, RoutingRules] = {}

    def observe(self, petition: Petition) -> None:
        """Count what the candidates would have made of a petition that was just routed."""
        if petition.proposal is None:
            return
        day = local_date(petition.received_at)
        for version, rules in self._rules_on(day).items():
            decision = decide(
                joined(petition.subject, petition.content),
                rules,
                chosen_field=petition.chosen_field,
                chosen_kind=petition.kind,
                fields_in_force=frozenset(self._directory.fields(day)),
            )
            self._candidates.count(version, petition.proposal.outcome, outcome_of(decision))

    def _rules_on(self, day: date) -> dict[str, RoutingRules]:
        """Return the rules of a day with each candidate in its place, by the candidate's version."""
        rows, candidates = self._directory.rows("routing-rule"), self._candidates.latest()
        seen = (rows, candidates, day)
        if seen != self._seen:
            self._seen, self._rules = seen, {}
            current = in_force(rows, day)
            for candidate in candidates.values():
                if _runs_in_shadow(candidate, current) and (rules := _with(candidate, current)) is not None:
                    self._rules[candidate.version] = rules
        return self._rules


def _runs_in_shadow(candidate: Candidate, rows: list[Any]) -> bool:
    in_place = next((row for row in rows if row.get("id") == candidate.id), None)
    is_new = in_place is not None and digest_of(in_place) != candidate.version
    return candidate.state is CandidateState.SHADOW and candidate.row is not None and is_new


def _with(candidate: Candidate, rows: list[Any]) -> RoutingRules | None:
    """Return the rules with a candidate; None where they do not compile: a candidate stops no petition."""
    try:
        return rules_with(rows, candidate.row or {})
    except RoutingRulesError:
        telemetry.logger().error("candidate unusable", candidate=candidate.id, version=candidate.version)
        return None
