"""The verbs that decide who works on a petition: route, hand to intake, classify, assign, return, restrict."""

from __future__ import annotations

from typing import Self

from shared.domain.petition.change import Change
from shared.domain.petition.facts import Assigned, Facts, ReturnedToIntake
from shared.domain.petition.fields import PetitionFields
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.classification import Kind, Lane, Proposal


class RoutingVerbs(PetitionFields):
    """The verbs of the router, of the intake desk, and of a unit that returns a petition."""

    def route(
        self,
        change: Change,
        proposal: Proposal,
        unit: str,
        *,
        notifies_petitioner: bool = False,
        complained_unit: str | None = None,
    ) -> Self:
        """Give a fresh petition to the unit responsible for its field, as the router decided."""
        facts = Assigned(unit=unit, field=proposal.field, tells="PETITIONER" if notifies_petitioner else None)
        return self.record(
            Action.ROUTE,
            change,
            note="; ".join(proposal.because) or None,
            facts=facts,
            unit=unit,
            field=proposal.field,
            kind=self.kind or proposal.kind,
            lane=proposal.lane,
            complained_unit=complained_unit or self.complained_unit,
            proposal=proposal,
        )

    def hand_to_intake(
        self,
        change: Change,
        unit: str,
        *,
        proposal: Proposal | None = None,
        complained_unit: str | None = None,
    ) -> Self:
        """Leave the decision to the intake desk: the router found no field, or another lane is likely."""
        return self.record(
            Action.HAND_TO_INTAKE,
            change,
            note="; ".join(proposal.because) if proposal and proposal.because else None,
            facts=Facts(unit=unit),
            is_visible=False,
            unit=unit,
            lane=proposal.lane if proposal else self.lane,
            kind=self.kind or (proposal.kind if proposal else None),
            complained_unit=complained_unit or self.complained_unit,
            proposal=proposal,
        )

    def classify(
        self,
        change: Change,
        *,
        field: str | None,
        kind: Kind | None,
        lane: Lane,
        complained_unit: str | None = None,
    ) -> Self:
        """Correct the field, the kind, the lane, and the unit whose conduct is complained of."""
        facts = Facts(field=field, kind=kind, lane=lane)
        if complained_unit:
            facts = facts.model_copy(update={"complained_unit": complained_unit})
        return self.record(
            Action.CLASSIFY,
            change,
            facts=facts,
            is_visible=False,
            field=field,
            kind=kind,
            lane=lane,
            complained_unit=complained_unit,
        )

    def assign(
        self,
        change: Change,
        unit: str,
        *,
        field: str | None = None,
        note: str | None = None,
        settles_dispute: bool = False,
        notifies_petitioner: bool = False,
    ) -> Self:
        """Give the petition to a unit, which has to accept or return it.

        Args:
            change: who assigns it.
            unit: the code of the unit.
            field: the corrected field, if any.
            note: a text for the unit.
            settles_dispute: whether this decides a dispute between units; then the unit cannot return it.
            notifies_petitioner: whether the petitioner is notified, unless they were notified of this unit before. It
                is stored in the entry, so that a replay leads to the same notices whatever the terms say by then.
        """
        is_new = unit != self.unit
        return self.record(
            Action.ASSIGN,
            change,
            note=note,
            facts=Assigned(
                unit=unit,
                dispute="decided" if settles_dispute else None,
                tells="PETITIONER" if notifies_petitioner and is_new else None,
            ),
            unit=unit,
            handler=None,
            field=field or self.field,
        )

    def return_to_intake(self, change: Change, intake: str, *, reason: str, is_dispute: bool = False) -> Self:
        """Return a petition that was routed to the wrong unit, or that is no denunciation; no clock restarts.

        Args:
            change: who returns it.
            intake: the unit that decides now; in a dispute, Văn phòng Bộ.
            reason: a text for that unit.
            is_dispute: whether this return is one too many.
        """
        return self.record(
            Action.RETURN_TO_INTAKE,
            change,
            note=reason,
            facts=ReturnedToIntake(
                from_unit=self.unit or "", unit=intake, dispute="open" if is_dispute else None
            ),
            is_visible=False,
            unit=intake,
            handler=None,
            lane=Lane.ORDINARY if self.lane is Lane.RESTRICTED else self.lane,
        )

    def restrict(
        self,
        change: Change,
        unit: str,
        *,
        proposal: Proposal | None = None,
        complained_unit: str | None = None,
    ) -> Self:
        """Move a denunciation (tố cáo) out of the ordinary queues, to the few who may read it."""
        return self.record(
            Action.RESTRICT,
            change,
            facts=Facts(unit=unit),
            is_visible=False,
            unit=unit,
            handler=None,
            lane=Lane.RESTRICTED,
            complained_unit=complained_unit or self.complained_unit,
            parent=None,
            proposal=proposal or self.proposal,
        )
