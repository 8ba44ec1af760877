"""The variables of the templates, taken from a petition and one entry of its history. Pure.

Nothing here comes from the seal, so no text can contain a name or an address. Of a complaint about conduct and of a
denunciation there is no subject, unit or quotation either (trust.md: notices are neutral).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.domain.access.readers import hides_subject
from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.identity.reference import short_link_code, spaced
from shared.domain.petition.change import TIMER
from shared.domain.petition.facts import (
    PAUSED,
    Dispatch,
    DueDateMoved,
    LetterFacts,
    Noted,
    Receipt,
    TimeLimitReached,
)
from shared.domain.petition.history import Entry, entries_of
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.procedures import withdrawals

if TYPE_CHECKING:
    from shared.tables.directory import Unit
    from shared.wording.sources import Language

HOTLINE = "1900 1547"
SHORT_CODE = "8088"
LONGEST_SHORT_NAME = 20
HIDDEN_PIN = "*" * 8
"""Shown instead of the PIN in every notice but PIN_AGAIN."""
HIDDEN_TOKEN = "***"  # noqa: S105 - a placeholder
"""Shown instead of the petitioner's link token where officers read a notice again."""
OFFICER_VARIABLES = frozenset(
    {
        *("reference", "digits", "received_on", "due_on", "desk_link", "site", "hotline", "short_code"),
        *(
            "subject",
            "unit",
            "unit_short",
            "is_conduct",
            "state",
            "is_escalated",
            "is_second_look",
            "is_reassigned",
            "may_publish",
            "n",
            "every",
        ),
        *("publish_within_working_days", "forward_within_working_days", "moved_from", "is_overdue"),
        *("days_left", "working_days_late", "next_update_on", "expected_on"),
    }
)
"""The variables of texts for officers: nothing that stands for the petitioner, and no quotation but the subject.

Whoever edits a text may not read petitions: so the text of a mail cannot carry out of one what its frame does not show.
"""


@dataclass(frozen=True, slots=True)
class Office:
    """The variables of a notice that do not come from its petition."""

    public_url: str
    link_token: str
    """Stands for the petitioner's PIN; empty for texts to officers."""
    terms: Terms
    calendar: WorkingCalendar
    now: datetime
    pin: str = ""
    unit: Unit | None = None
    """The unit that the entry is about."""
    language: Language = "vi"


def officer_facts_of(petition: Petition, entry: Entry, office: Office) -> dict[str, Any]:
    """Return every variable that a template for officers may use; those that do not apply are None."""
    facts = facts_of(petition, entry, office)
    return {name: facts[name] for name in OFFICER_VARIABLES}


def facts_of(petition: Petition, entry: Entry, office: Office) -> dict[str, Any]:
    """Return every variable that a template for the petitioner may use; those that do not apply are None."""
    neutral = hides_subject(petition)
    answer = petition.answer.in_full if petition.answer else None
    site = office.public_url.rstrip("/")
    return {
        "reference": spaced(petition.reference),
        "digits": petition.reference,
        "received_on": local_date(petition.received_at),
        "due_on": petition.due_on,
        "link": f"{site}/tra-cuu?ma={petition.reference}&t={office.link_token}",
        "short_link": _short_link(site, petition.reference, office.link_token),
        "pin": office.pin if entry.action is Action.SEND_PIN else HIDDEN_PIN,
        "desk_link": f"{site}/desk/petitions/{petition.reference}",
        "site": site.split("://", 1)[-1],
        "hotline": HOTLINE,
        "short_code": SHORT_CODE,
        "text": None if neutral else entry.text,
        "body": None if neutral else _body(entry),
        **_sent(entry, office),
        **(_NO_UNIT if neutral else _unit(office)),
        "subject": None if neutral else petition.subject or None,
        "answer": None if neutral else answer,
        "is_conduct": neutral,
        "state": petition.state.value,
        "is_escalated": petition.last(Action.ESCALATE) is not None,
        "is_second_look": petition.second_look is not None and petition.second_look.seq == entry.seq,
        "is_reassigned": entry.action is Action.REASSIGN,
        "is_by_timer": entry.by == TIMER,
        "undo_until": withdrawals.undo_until(petition, office.terms, office.calendar),
        "undo_within": office.terms.undo_withdrawal_within_working_days,
        "may_publish": petition.may_publish,
        "is_named": petition.petitioner.is_named,
        "missing_parts": entry.facts.missing_parts if isinstance(entry.facts, Receipt) else None,
        "publish_within_working_days": office.terms.publish_within_working_days,
        "forward_within_working_days": office.terms.forward_within_working_days,
        "moved_from": entry.facts.moved_from if isinstance(entry.facts, DueDateMoved) else None,
        "is_paused": isinstance(entry.facts, DueDateMoved) and entry.facts.reason == PAUSED,
        **_lateness(petition, entry, office),
        **_progress(petition, office, neutral=neutral),
    }


def _short_link(site: str, reference: str, token: str) -> str | None:
    """Return the address of the petition's page for SMS: without a scheme, which telephones do not need."""
    if not token:
        return None
    code = f"{reference}{token}" if token == HIDDEN_TOKEN else short_link_code(reference, token)
    return f"{site.split('://', 1)[-1]}/h/{code}"


_NO_UNIT: dict[str, str | None] = {"unit": None, "unit_short": None}


def _unit(office: Office) -> dict[str, str | None]:
    """Name the unit as its reader's language does, and in a form that an SMS has room for."""
    if office.unit is None:
        return _NO_UNIT
    short = office.unit.short_name
    has_room = 0 < len(short) <= LONGEST_SHORT_NAME and short.isascii()
    name = office.unit.name_en if office.language == "en" else ""
    return {"unit": name or office.unit.name, "unit_short": short if has_room else None}


def _lateness(petition: Petition, entry: Entry, office: Office) -> dict[str, Any]:
    today = local_date(office.now)
    left = deadlines.days_left(petition.due_on, office.now, office.calendar)
    n = entry.facts.n if isinstance(entry.facts, TimeLimitReached) else 1
    return {
        "n": n,
        "every": office.terms.update_every_working_days,
        "is_overdue": today > petition.due_on,
        "days_left": max(left.in_words, 0),
        "working_days_late": max(-left.in_words, 0),
        "next_update_on": deadlines.overdue_update_on(petition.due_on, n + 1, office.terms, office.calendar),
    }


def _progress(petition: Petition, office: Office, *, neutral: bool) -> dict[str, Any]:
    """Return the handler's last note for the petitioner, and the expected date if it has not passed."""
    notes = [e for e in petition.history if e.action is Action.NOTE and e.is_visible and e.text]
    named = [note.facts.expected_on for note in entries_of(petition.history, Noted) if note.facts.expected_on]
    expected_on = named[-1] if named else None
    if expected_on is not None and expected_on < local_date(office.now):
        expected_on = None
    return {
        "progress": notes[-1].text if notes and not neutral else None,
        "expected_on": expected_on,
    }


_BY: dict[Dispatch, tuple[str, str]] = {
    Dispatch.BY_HAND: ("trao tận tay", "by hand"),
    Dispatch.POST: ("qua bưu điện", "by post"),
    Dispatch.EMAIL: ("qua email", "by email"),
    Dispatch.SYSTEM: ("qua trục liên thông văn bản", "over the government's document exchange"),
}


def _sent(entry: Entry, office: Office) -> dict[str, Any]:
    """Return how and when a letter to another body was sent; None for one that was only written."""
    facts = entry.facts if isinstance(entry.facts, LetterFacts) else LetterFacts()
    words = _BY[facts.sent_by][office.language == "en"] if facts.sent_by else None
    return {"sent_by": words, "sent_on": facts.sent_on, "letter_number": facts.letter_number}


def _body(entry: Entry) -> str | None:
    match entry.facts:
        case LetterFacts(body=body):
            return body
        case _:
            return None
