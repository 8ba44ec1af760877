"""The letter that forwards a petition to the body responsible, for paper or PDF: number, date, legal basis, the text.

It names nobody: whoever sent the petition stays sealed, and is written beside it by an officer who may open the seal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.referral import DISPATCHES
from chalicelib.casework.bodies import Body, bodies_on
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.merged import merged_here
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import UnknownPetitionError
from shared.domain.petition.history import letter_of
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.web.i18n import Language, gettext


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/petitions/{reference}/letter", show_letter)
    return pages


def show_letter(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show the letter of a forwarded petition.

    Raises:
        UnknownPetitionError: it was not forwarded.
    """
    petition = permissions.as_read_by(officer, parts.actions.find(officer, reference))
    language = language_of_page(request)
    letter = letter_facts(petition, language)
    if letter is None:
        raise UnknownPetitionError
    return render(
        parts,
        request,
        officer,
        "letter.html",
        petition=petition,
        letter=letter,
        body=_body_of(parts.directory, letter["body"], letter["dated"]),
        received_on=local_date(petition.received_at),
        field_name=names_of(parts, language).field(petition.field),
        merged=merged_here(petition, officer, parts.petitions),
    )


def letter_facts(petition: Petition, language: Language) -> dict[str, Any] | None:
    """Return how the letter of a petition that was ever forwarded stands, in words; None where there is none."""
    letter = letter_of(petition.in_force)
    if letter is None:
        return None
    facts = letter.facts
    return {
        "body": facts.body or "",
        "number": facts.letter_number or "",
        "sent_by": gettext(language)(DISPATCHES[facts.sent_by]) if facts.sent_by else "",
        "sent_on": facts.sent_on,
        "dated": facts.sent_on or local_date(letter.entry.at),
    }


def _body_of(directory: Directory, name: str, on: date) -> Body | None:
    """Return the body of the directory that has this name on a day, for its address; None for one typed freely."""
    return next((body for body in bodies_on(directory, on) if body.name == name), None)
