"""Decides which unit a fresh petition goes to, or hands it to the intake desk with what the router thinks."""

from __future__ import annotations

from datetime import date
from typing import Any

from chalicelib.router.classifier import Decision, decide
from chalicelib.router.repeats import Repeats
from chalicelib.router.rules import RoutingRules, in_force
from shared import clock
from shared.directory import Directory
from shared.domain.errors import StaleVersionError
from shared.domain.lifecycle import State
from shared.domain.petition import Kind, Lane, Petition, Proposal
from shared.domain.working_calendar import local_date
from shared.petitions import Petitions

INTAKE_FIELD = "KHAC"
"""The field whose unit is the intake desk (`docs/domain.md`: outside the ministry, or cannot be told)."""
DENUNCIATIONS_FIELD = "TTRA"
"""The field whose unit examines denunciations; only its named readers see them."""
CHANGE_ID = "route"


class Router:
    """Routes petitions by the directory's rules."""

    def __init__(self, petitions: Petitions, directory: Directory) -> None:
        self._petitions = petitions
        self._directory = directory
        self._repeats = Repeats(petitions)
        self._rows: tuple[dict[str, Any], ...] = ()
        self._compiled: dict[tuple[tuple[str, str], ...], RoutingRules] = {}

    def route(self, reference: str) -> None:
        """Decide a petition's field and unit, once; a petition that was routed, or ended, meanwhile is left alone."""
        petition = self._petitions.get(reference)
        if petition is None or petition.state is not State.RECEIVED or petition.unit is not None:
            return
        try:
            self._petitions.save(self._routed(petition), petition.version)
        except StaleVersionError:
            self.route(reference)

    def _routed(self, petition: Petition) -> Petition:
        day = local_date(petition.received_at)
        fields = self._directory.fields(day)
        decision = decide(
            f"{petition.subject}\n{petition.content}",
            self._rules_on(day),
            chosen_field=petition.chosen_field,
            chosen_kind=petition.kind,
            fields_in_force=frozenset(fields),
        )
        proposal = proposal_of(decision, self._repeats.reason(petition))
        now = clock.now()
        if proposal.lane is Lane.RESTRICTED:
            unit = self._directory.unit_responsible_for(DENUNCIATIONS_FIELD, day)
            return petition.restrict(unit, by="router", at=now, change_id=CHANGE_ID, proposal=proposal)
        field = fields.get(proposal.field or "")
        if (
            decision.speaks
            and proposal.lane is Lane.ORDINARY
            and field is not None
            and field.unit is not None
        ):
            return petition.route(proposal, field.unit, at=now, change_id=CHANGE_ID)
        unit = self._directory.unit_responsible_for(INTAKE_FIELD, day)
        return petition.hand_to_intake(unit, by="router", at=now, change_id=CHANGE_ID, proposal=proposal)

    def _rules_on(self, day: date) -> RoutingRules:
        """Return the rules in force on a day of receipt.

        They are compiled once for each edition, and anew only when an administrator changed them.
        """
        rows = self._directory.rows("routing-rule")
        if rows != self._rows:
            self._rows, self._compiled = rows, {}
        edition = tuple((row["id"], row["valid_from"]) for row in in_force(rows, day))
        if edition not in self._compiled:
            self._compiled[edition] = RoutingRules.from_rows(rows, on=day)
        return self._compiled[edition]


def proposal_of(decision: Decision, besides: tuple[str, ...] = ()) -> Proposal:
    """Return what the petition keeps of the classifier's decision; `besides` is told to officers after its reasons."""
    return Proposal(
        lane=Lane(decision.lane.value),
        field=decision.field,
        kind=Kind(decision.kind) if decision.kind else None,
        confidence=round(decision.confidence, 3),
        because=(*_warned(decision), *decision.because, *besides),
        best=tuple((field, round(share, 3)) for field, share in decision.best),
        body=decision.body,
        rules_version=decision.rules_version,
        may_denounce=bool(decision.suspicion),
    )


def _warned(decision: Decision) -> tuple[str, ...]:
    return (f"Có thể là tố cáo ({'; '.join(decision.suspicion)})",) if decision.suspicion else ()
