"""The JSON API of what can be verified: a petition's record, the daily signed roots, the key that signs them."""

from __future__ import annotations

import re
from datetime import date

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api.petitions import PUBLIC, address_of, query
from chalicelib.intake.verification.record import RootList, SigningKey, pem_of, record_of
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.web.http import json_answer

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


def record(request: Request, reference: str) -> Response:
    """Give the petitioner the record of the history, to keep and to verify."""
    pin = request.headers.get("x-petition-pin", "")
    petition = composition.finder().find(reference, pin, address_of(request))
    return json_answer(record_of(petition, composition.roots(), clock.now()).as_json())


def roots(request: Request) -> Response:
    """List the signed roots of a month; without one, of this month."""
    month = query(request, "month") or f"{local_date(clock.now()):%Y-%m}"
    if not _MONTH.fullmatch(month):
        raise InvalidInputError(("month", "invalid"))
    return json_answer(RootList(roots=tuple(composition.roots().of_month(month))), headers=PUBLIC)


def root(_request: Request, day: str) -> Response:
    """Give the signed root of a day.

    Raises:
        InvalidInputError: no day, or one without a root.
    """
    try:
        asked = date.fromisoformat(day if _DAY.fullmatch(day) else "")
    except ValueError:
        raise InvalidInputError(("day", "invalid")) from None
    found = composition.roots().get(asked)
    if found is None:
        raise InvalidInputError(("day", "no-root"))
    return json_answer(found, headers=PUBLIC)


def signing_key(_request: Request) -> Response:
    """Give the public half of the key that signed the latest root.

    Raises:
        InvalidInputError: nothing was signed yet.
    """
    latest = composition.roots().latest()
    if latest is None:
        raise InvalidInputError(("day", "no-root"))
    key = SigningKey(public_key=latest.public_key, pem=pem_of(latest.public_key), since=latest.day)
    return json_answer(key, headers=PUBLIC)
