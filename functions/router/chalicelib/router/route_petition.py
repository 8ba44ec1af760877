"""Routes a new petition to the responsible unit, or to the intake desk with a proposal."""

from __future__ import annotations

from datetime import date

from chalicelib.router.complained_unit import SOMEBODY_OF_OURS, named_units
from chalicelib.router.learning.shadow import Shadow
from chalicelib.router.repeats import Repeats
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.similarity import sketch
from shared.domain.petition.change import Change
from shared.domain.petition.facts import Finding
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action, State, possible_actions
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane, Proposal
from shared.domain.procedures import conduct, screening, suspicion
from shared.platform import clock
from shared.routing.classifier import Decision, look_through
from shared.routing.text import joined
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.use_cases.classify_petition import Classifier

INTAKE_FIELD = "KHAC"
"""The field whose unit is the intake desk (`docs/domain.md`: outside the ministry, or unclear)."""
CHANGE_ID = "route"


class Router:
    """Routes petitions by the directory's rules."""

    def __init__(self, petitions: Petitions, directory: Directory, shadow: Shadow) -> None:
        self._petitions = petitions
        self._shadow = shadow
        self._directory = directory
        self._repeats = Repeats(petitions)
        self._classifier = Classifier(directory)

    def route(self, reference: str) -> None:
        """Decide a petition's field and unit, once; a petition that is routed, or has ended, is left alone."""
        petition = self._petitions.get(reference)
        if petition is not None:
            routed = self._petitions.change(
                petition, lambda current: self._routed(current) if _is_unrouted(current) else current
            )
            if _is_unrouted(petition) and routed.version == petition.version + 1:
                self._shadow.observe(routed)

    def screen(self, reference: str) -> None:
        """Screen the texts that a petitioner added, each once, before any unit reads them.

        Each text is one write. A petition that is not routed yet is routed first.
        """
        petition = self._petitions.get(reference)
        if petition is not None and _is_unrouted(petition):
            self.route(reference)
            petition = self._petitions.get(reference)
        while petition is not None and _has_unscreened_text(petition):
            petition = self._petitions.change(petition, self._with_next_text_screened)

    def _with_next_text_screened(self, petition: Petition) -> Petition:
        if not _has_unscreened_text(petition):
            return petition
        return self._screened(petition, screening.unscreened(petition)[0])

    def _screened(self, petition: Petition, entry: Entry) -> Petition:
        """Move a denunciation to the restricted lane; let a person decide about a text that may be one."""
        day, now = local_date(petition.received_at), clock.now()
        text = entry.text or ""
        screening_result = look_through(text, self._classifier.rules_on(day))
        named = [
            unit
            for unit in named_units(text, self._directory.names_of_units(day))
            if unit != SOMEBODY_OF_OURS
        ]
        if screening_result.denounces and Action.RESTRICT in possible_actions(petition.state):
            accused = petition.complained_unit or (named[0] if len(named) == 1 else None)
            examiner = self._directory.examiner([*named, *filter(None, [accused])], day)
            change = Change.by_router(now, screening.change_id_of(entry))
            return petition.restrict(change, examiner, complained_unit=accused)
        may_denounce = screening_result.denounces or bool(screening_result.because)
        return screening.keep_from_units(
            petition,
            entry,
            Finding.MAY_DENOUNCE if may_denounce else Finding.NOTHING,
            (suspicion.warning(screening_result.because),) if may_denounce else (),
            self._desk_for(petition, named, day),
            at=now,
        )

    def _desk_for(self, petition: Petition, named: list[str], day: date) -> str | None:
        """Return the desk for a text that may denounce; None where an examiner already has the petition."""
        if petition.field == conduct.FIELD or petition.complained_unit is not None:
            return None
        intake = self._directory.unit_responsible_for(INTAKE_FIELD, day)
        parents = self._directory.parents(day)
        is_barred = any(conduct.is_barred(intake, unit, parents) for unit in named)
        return self._directory.examiner(named, day) if is_barred else intake

    def _routed(self, petition: Petition) -> Petition:
        petition = petition.model_copy(update={"sketch": sketch(petition.content)})
        day = local_date(petition.received_at)
        fields = self._directory.fields(day)
        decision = self._classifier.decide(
            petition.subject,
            petition.content,
            day,
            chosen_field=petition.chosen_field,
            chosen_kind=petition.kind,
        )
        proposal = proposal_of(decision, self._repeats.reason(petition))
        named = self._named_units(petition, day)
        if proposal.lane is Lane.RESTRICTED or _is_about_conduct(
            petition, proposal, named, complains=decision.complains
        ):
            return self._about_conduct(petition, proposal, named)
        now = clock.now()
        field = fields.get(proposal.field or "")
        if (
            decision.speaks
            and proposal.lane is Lane.ORDINARY
            and field is not None
            and field.unit is not None
        ):
            return petition.route(
                Change.by_router(now, CHANGE_ID),
                proposal,
                field.unit,
                notifies_petitioner=self._shows_unit(petition),
            )
        unit = self._directory.unit_responsible_for(INTAKE_FIELD, day)
        return petition.hand_to_intake(Change.by_router(now, CHANGE_ID), unit, proposal=proposal)

    def _about_conduct(self, petition: Petition, proposal: Proposal, named: tuple[str, ...]) -> Petition:
        """Keep a complaint from the unit that it is about, before anybody has read it.

        It goes to the unit that examines conduct, never to a unit for its field; the unit that the text names can never
        see it. Officers may correct this; until then access is rather too narrow than too wide.
        """
        day, now = local_date(petition.received_at), clock.now()
        units = [unit for unit in named if unit != SOMEBODY_OF_OURS]
        complained = units[0] if len(named) == len(units) == 1 else None
        examiner = self._directory.examiner(units, day)
        proposal = proposal.model_copy(update={"complained_unit": complained})
        if proposal.lane is Lane.RESTRICTED:
            return petition.restrict(
                Change.by_router(now, CHANGE_ID), examiner, proposal=proposal, complained_unit=complained
            )
        if proposal.lane is Lane.ORDINARY:
            proposal = proposal.model_copy(update={"field": conduct.FIELD, "kind": Kind.CONDUCT})
            return petition.route(
                Change.by_router(now, CHANGE_ID),
                proposal,
                examiner,
                notifies_petitioner=self._shows_unit(petition),
                complained_unit=complained,
            )
        intake = self._directory.unit_responsible_for(INTAKE_FIELD, day)
        parents = self._directory.parents(day)
        is_barred = any(conduct.is_barred(intake, unit, parents) for unit in units)
        return petition.hand_to_intake(
            Change.by_router(now, CHANGE_ID),
            examiner if is_barred else intake,
            proposal=proposal,
            complained_unit=complained,
        )

    def _shows_unit(self, petition: Petition) -> bool:
        """Return whether the petitioner is notified of the responsible unit (the ministry's switch)."""
        return self._directory.terms_of(petition).tell_assignment

    def _named_units(self, petition: Petition, day: date) -> tuple[str, ...]:
        units = self._directory.names_of_units(day)
        return named_units(joined(petition.subject, petition.content), units)


def _is_about_conduct(
    petition: Petition, proposal: Proposal, named: tuple[str, ...], *, complains: bool
) -> bool:
    """Return whether a petition may be a complaint about the conduct of one of the ministry's units.

    It is one if the sender says so, if the text is about nothing else, or if it `complains` and names a unit of the
    ministry. A petition that complains of others (a company, a commune) goes to the unit for its field.
    """
    if petition.kind is Kind.CONDUCT:
        return True
    is_conduct = proposal.kind is Kind.CONDUCT and proposal.field == conduct.FIELD
    return is_conduct or (complains and bool(named))


def proposal_of(decision: Decision, besides: tuple[str, ...] = ()) -> Proposal:
    """Return the classifier's decision as a petition stores it; `besides`: further reasons to show to officers."""
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
    return (suspicion.warning(decision.suspicion),) if decision.suspicion else ()


def _is_unrouted(petition: Petition) -> bool:
    return petition.state is State.RECEIVED and petition.unit is None


def _has_unscreened_text(petition: Petition) -> bool:
    return petition.lane is not Lane.RESTRICTED and bool(screening.unscreened(petition))
