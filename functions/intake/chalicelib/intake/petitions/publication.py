"""The publication of a petition's answer, as its page shows it: by when, or since when. Pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.petition.lifecycle import RESULT_KNOWN, Action, State
from shared.domain.petition.petition import Petition


class PublicationView(NamedTuple):
    """The publication that an answer is owed, or had."""

    due_on: date
    published_on: date | None
    agreed_on: date


def publication_of(petition: Petition, terms: Terms, calendar: WorkingCalendar) -> PublicationView | None:
    """Return the publication of an answer; None where there is no answer, a disputed one, or no consent."""
    answered = petition.last(Action.APPROVE, Action.ANSWER_WITH_PARENT)
    is_known = petition.state in RESULT_KNOWN | {State.CLOSED} and petition.answer is not None
    if answered is None or not is_known or not petition.may_publish:
        return None
    published = petition.publication.published_at if petition.publication else None
    return PublicationView(
        deadlines.publication_due_on(answered.at, terms, calendar),
        local_date(published) if published else None,
        local_date(petition.received_at),
    )
