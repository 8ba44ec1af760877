"""Petitions as Open311's service requests: a submission, and the few facts that are public of it.

What is shown without a PIN: of a petition that came through Open311, whether it is open, its field and its dates; of
published answers, the published text. Never a person, never a text that no officer redacted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from chalicelib.intake.open311.services import service_name
from chalicelib.intake.open311.windows import LONGEST_PAGE, between
from chalicelib.intake.petitions.receive_petition import checked_key, submission_of
from shared.domain.calendar.working_calendar import VIETNAM, end_of_day, local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import PetitionInput, Submission
from shared.domain.petition.values.classification import Lane
from shared.domain.promises.duties import DutyKind
from shared.domain.promises.evidence import Evidence
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.public_answers import PublicAnswer
from shared.use_cases.promises import duties_of
from shared.web.i18n import Language, in_language
from shared.web.requests import validated

LONGEST_DESCRIPTION = 4_000
"""Characters of a description, by GeoReport v2; a petition itself may have more."""
LONGEST_WINDOW = timedelta(days=90)
PUBLISHED_WITHIN = timedelta(days=730)
"""The longest time between receipt and publication that is searched: it bounds the reads of one request."""
SENDER = "open311:"
"""Begins the author of the history's first entry; the client's name follows."""

_FIELDS = {
    "content": "description",
    "field": "service_code",
    "kind": "attribute[kind]",
    "may_publish": "attribute[may_publish]",
    "petitioner.name": "last_name",
    "petitioner.address": "address_string",
    "petitioner.phone": "phone",
    "petitioner.email": "email",
    "body": "email",
}
"""Open311's names of our fields, for errors."""
_TAKEN = frozenset(
    {
        *(
            "api_key",
            "service_code",
            "description",
            "last_name",
            "first_name",
            "address_string",
            "phone",
            "email",
        ),
        *("attribute[kind]", "attribute[may_publish]", "attribute[address]", "jurisdiction_id"),
    }
)
"""Arguments that are read, or say nothing here."""
_PLACE = frozenset({"lat", "long", "address_id"})
_FILES = frozenset({"media_url", "media"})
_MOST_NAMED, _LONGEST_NAME = 12, 40
_CONSENT = {"": False, "true": True, "false": False}
_STATUSES = frozenset({"open", "closed"})
_UNKNOWN_HERE = dict.fromkeys(("address", "address_id", "zipcode", "lat", "long", "media_url"))
"""A petition has no place on the map, and its sender's address is nobody's business."""


# --- sending ------------------------------------------------------------------------------------------


def petition_input(form: Mapping[str, str], language: Language) -> PetitionInput:
    """Read a form as a petition; an empty argument is an absent one.

    A Vietnamese name begins with the family name, so `last_name` comes first. `address_string`, or
    `attribute[address]` of clients that keep the former for a place (FixMyStreet), is the sender's address, which the
    law asks for (Nghị định 20/2008/NĐ-CP Đ.7).

    Raises:
        InvalidInputError: naming Open311's arguments.
    """
    problems: list[tuple[str, str]] = []
    if not form.get("service_code", "").strip():
        problems.append(("service_code", "missing"))
    if len(form.get("description", "")) > LONGEST_DESCRIPTION:
        problems.append(("description", "too-long"))
    consent = form.get("attribute[may_publish]", "")
    if consent not in _CONSENT:
        problems.append(("attribute[may_publish]", "invalid"))
    name = f"{form.get('last_name', '').strip()} {form.get('first_name', '').strip()}".strip()
    facts = {
        "content": form.get("description", ""),
        "field": form.get("service_code"),
        "kind": form.get("attribute[kind]") or None,
        "petitioner": {
            "name": name,
            "address": form.get("address_string", "").strip() or form.get("attribute[address]", ""),
            "phone": form.get("phone"),
            "email": form.get("email"),
        },
        "may_publish": _CONSENT.get(consent, False),
        "language": language,
    }
    try:
        petition = validated(PetitionInput, facts)
    except InvalidInputError as error:
        problems += renamed(error).problems
    if problems:
        raise InvalidInputError(*dict.fromkeys(problems))
    return petition


class NotTaken(NamedTuple):
    """The arguments of a form that are not kept."""

    names: tuple[str, ...]
    has_place: bool
    has_files: bool


def not_taken(form: Mapping[str, str]) -> NotTaken:
    """Return the arguments of a form that said something and are not kept, as their sender named them."""
    names = [name for name, value in form.items() if value.strip() and name not in _TAKEN]
    shown = tuple(
        "".join(letter for letter in name if letter.isprintable())[:_LONGEST_NAME]
        for name in names[:_MOST_NAMED]
    )
    return NotTaken(shown, has_place=bool(_PLACE & set(names)), has_files=bool(_FILES & set(names)))


def renamed(error: InvalidInputError) -> InvalidInputError:
    """Return an error that names Open311's arguments."""
    return InvalidInputError(*((_FIELDS.get(field, field), rule) for field, rule in error.problems))


def submission(form: Mapping[str, str], key: str | None, client: str, language: Language) -> Submission:
    """Return the submission of a client, named by its idempotency key, else by its arguments and day.

    The name holds the client, so that one client's key never leads to another's petition.

    Raises:
        InvalidInputError: naming Open311's arguments, or a key that can be none.
    """
    petition = petition_input(form, language)
    if key is not None:
        name = f"{SENDER}{quote(client, safe='')}:{checked_key(key)}"
    else:
        arguments = {name: value for name, value in form.items() if name != "api_key"}
        digest = hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).hexdigest()
        name = f"open311-derived:{quote(client, safe='')}:{local_date(clock.now())}:{digest}"
    return submission_of(petition, name, by=f"{SENDER}{client}")


# --- one, by its reference ----------------------------------------------------------------------------


def came_through_open311(petition: Petition) -> bool:
    """Return whether a client of Open311 sent a petition; of all others, Open311 does not even say that they exist."""
    return bool(petition.history) and petition.history[0].by.startswith(SENDER)


def public_view(petition: Petition, directory: Directory, language: Language) -> dict[str, Any]:
    """Return the public facts of one petition: open or closed, its field, its dates.

    A denunciation (tố cáo) looks like any petition that nobody has decided on yet.
    """
    petition = petition.as_known_outside(clock.now())
    is_restricted = petition.state is State.RESTRICTED
    code = petition.chosen_field if is_restricted else petition.field or petition.chosen_field
    field = directory.fields(local_date(petition.received_at)).get(code or "")
    seen = [] if is_restricted else [entry.at for entry in petition.history if entry.is_visible]
    return _request(
        service_request_id=petition.reference,
        status="open" if petition.is_unanswered or is_restricted else "closed",
        service_name=service_name(field, language) if field else None,
        service_code=code,
        requested_datetime=moment(petition.received_at),
        updated_datetime=moment(max(seen, default=petition.received_at)),
        expected_datetime=moment(end_of_day(petition.due_on) - timedelta(seconds=1)),
    )


def duty_timeline(petition: Petition, directory: Directory, evidence: Evidence) -> list[dict[str, Any]]:
    """Return each duty to the petitioner: the days it was promised, due, done and notified, and its status.

    Days, not instants: a reference must not be recognised among the published answers by the second. A denunciation's
    duties are those of a petition that nobody has decided on.
    """
    petition = petition.as_known_outside(clock.now())
    if petition.state is State.RESTRICTED:
        undecided = {"state": State.RECEIVED, "history": petition.history[:1], "lane": Lane.ORDINARY}
        petition = petition.model_copy(update=undecided)
    return [
        {
            "duty": duty.kind.lower(),
            "number": duty.n,
            "promised_date": duty.promised_on.isoformat(),
            "due_date": duty.due_on.isoformat(),
            "done_date": local_date(duty.done_at).isoformat() if duty.done_at else None,
            "told_date": local_date(duty.told_at).isoformat() if duty.told_at else None,
            "standing": duty.standing.lower(),
        }
        for duty in duties_of(petition, directory, clock.now(), evidence)
        if duty.kind is not DutyKind.FORWARDING  # the body that sends a matter on says where it goes
    ]


# --- many: the published answers ----------------------------------------------------------------------


class Window(NamedTuple):
    """The published answers that a query asks for, by day of receipt."""

    first: date
    last: date
    services: frozenset[str]
    statuses: frozenset[str]


def window(query: Mapping[str, str]) -> Window:
    """Read the window of a query: the last 90 days, unless dates are given.

    Raises:
        InvalidInputError: a date that is none or has no time zone, a window that is longer than 90 days or
            ends before it begins, an unknown status.
    """
    start, end = between(query, clock.now(), longest=LONGEST_WINDOW, rule="longer-than-90-days")
    statuses = _several(query.get("status", "")) or _STATUSES
    if not statuses <= _STATUSES:
        raise InvalidInputError(("status", "unknown"))
    return Window(local_date(start), local_date(end), _several(query.get("service_code", "")), statuses)


def published(
    petitions: Petitions, directory: Directory, window: Window, language: Language
) -> Iterator[dict[str, Any]]:
    """Yield the published answers of a window, the latest publication first."""
    if "closed" not in window.statuses:
        return
    for answer in _answers(petitions, window):
        if window.first <= answer.received_on <= window.last and (
            not window.services or answer.field in window.services
        ):
            yield _published_view(answer, directory, language)


def _answers(petitions: Petitions, window: Window) -> Iterator[PublicAnswer]:
    at_month = f"{min(local_date(clock.now()), window.last + PUBLISHED_WITHIN):%Y-%m}"
    while at_month >= f"{window.first:%Y-%m}":
        page, after = petitions.published(at_month, limit=LONGEST_PAGE)
        yield from page
        while after:
            page, after = petitions.published(at_month, after=after, limit=LONGEST_PAGE)
            yield from page
        at_month = f"{date.fromisoformat(f'{at_month}-01') - timedelta(days=1):%Y-%m}"


def _published_view(answer: PublicAnswer, directory: Directory, language: Language) -> dict[str, Any]:
    """Return a published answer; its id is made of the published text and leads to no petition."""
    field = directory.fields(answer.received_on).get(answer.field or "")
    unit = directory.units(answer.answered_on).get(answer.unit or "")
    text = f"{answer.published_at.isoformat()}\x00{answer.subject}\x00{answer.content}"
    return _request(
        service_request_id=f"p{hashlib.sha256(text.encode()).hexdigest()[:16]}",
        status="closed",
        status_notes=answer.answer,
        service_name=service_name(field, language) if field else None,
        service_code=answer.field,
        description=answer.content[:LONGEST_DESCRIPTION],
        agency_responsible=in_language(language, unit.name, unit.name_en) if unit else None,
        requested_datetime=moment(end_of_day(answer.received_on) - timedelta(days=1)),
        updated_datetime=moment(answer.published_at),
    )


def _request(**facts: str | None) -> dict[str, Any]:
    """Return a service request with all of GeoReport v2's fields, in its order; absent facts are null."""
    named = (
        *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
        *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime"),
        "expected_datetime",
    )
    return {**{name: facts.get(name) for name in named}, **_UNKNOWN_HERE}


def moment(at: datetime) -> str:
    """Return an instant as GeoReport v2 writes it (W3C's subset of ISO 8601), in Vietnam's time."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def _several(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
