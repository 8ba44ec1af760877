"""The promises about a petition and their status, as people are shown them: the same on every page and door."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar import deadlines
from shared.domain.petition.petition import Petition
from shared.domain.promises import pauses
from shared.domain.promises.duties import Duty, duties
from shared.domain.promises.evidence import Evidence
from shared.tables.directory import Directory


class DerivationView(BaseModel):
    """The derivation of the due date: what was counted, which days were passed over and why, on which legal basis."""

    model_config = ConfigDict(frozen=True)

    received_on: date
    counted_from: date
    answer_within_days: int
    nominal_last_day: date
    skipped: tuple[tuple[date, str], ...]
    pauses: tuple[tuple[date, date | None], ...] = ()
    """The times of waiting for the petitioner that are not counted: asked on, replied on (None while it lasts)."""
    due_on: date
    terms: str
    calendar: str
    legal_basis: str


def derivation_of(petition: Petition, directory: Directory) -> DerivationView:
    """Return how a petition's first due date is derived, by its own terms and the calendar in force."""
    terms = directory.terms_of(petition)
    derived = deadlines.derivation(petition.received_at, terms, directory.calendar())
    paused = tuple((pause.asked_on, pause.replied_on) for pause in pauses.first_pauses(petition, terms))
    return DerivationView(
        received_on=derived.received_on,
        counted_from=derived.counted_from,
        answer_within_days=derived.answer_within_days,
        nominal_last_day=derived.nominal_last_day,
        skipped=tuple((day.on, day.reason) for day in derived.skipped),
        pauses=paused,
        due_on=petition.first_due_on if paused else derived.due_on,
        terms=derived.terms_version,
        calendar=derived.calendar_version,
        legal_basis=derived.legal_basis,
    )


def duties_of(
    petition: Petition, directory: Directory, now: datetime, evidence: Evidence | None = None
) -> tuple[Duty, ...]:
    """Return every duty towards the petitioner, and whether it was kept, as far as the evidence shows."""
    return duties(petition, directory.terms_of(petition), directory.calendar(), now, evidence)
