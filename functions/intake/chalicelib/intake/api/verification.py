"""The JSON API of what can be verified: a petition's record, the daily signed roots, the key that signs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from chalice.app import Request, Response

from chalicelib.intake.api.petitions import proof_of
from chalicelib.intake.composition import Parts
from chalicelib.intake.verification.record import RootList, SigningKey, pem_of, record_of
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.web.answers import PUBLIC_FOR_A_MINUTE, json_answer
from shared.web.requests import query_parameter, refuse_unknown_parameters
from shared.web.routes import Routes

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of what can be verified."""
    api = Routes(__name__, parts)
    api.get("/v1/petitions/{reference}/record", record)
    api.get("/v1/roots", roots)
    api.get("/v1/roots/{day}", root)
    api.get("/v1/signing-key", signing_key)
    return api


def record(parts: Parts, request: Request, reference: str) -> Response:
    """Give the petitioner the record of the history, to keep and to verify."""
    petition = parts.finder.find(reference, proof_of(request))
    return json_answer(
        record_of(petition, parts.roots, clock.now(), parts.directory.restorations()).as_json()
    )


def roots(parts: Parts, request: Request) -> Response:
    """List the signed roots of a month; without one, of this month."""
    refuse_unknown_parameters(request, "month")
    month = query_parameter(request, "month") or f"{local_date(clock.now()):%Y-%m}"
    if not _MONTH.fullmatch(month):
        raise InvalidInputError(("month", "invalid"))
    return json_answer(RootList(roots=tuple(parts.roots.of_month(month))), headers=PUBLIC_FOR_A_MINUTE)


def root(parts: Parts, request: Request, day: str) -> Response:
    """Give the signed root of a day.

    Raises:
        InvalidInputError: no day, or one without a root.
    """
    refuse_unknown_parameters(request)
    try:
        parsed = date.fromisoformat(day if _DAY.fullmatch(day) else "")
    except ValueError:
        raise InvalidInputError(("day", "invalid")) from None
    signed = parts.roots.get(parsed)
    if signed is None:
        raise InvalidInputError(("day", "no-root"))
    return json_answer(signed, headers=PUBLIC_FOR_A_MINUTE)


def signing_key(parts: Parts, request: Request) -> Response:
    """Give the public half of the key that signed the latest root.

    Raises:
        InvalidInputError: nothing was signed yet.
    """
    refuse_unknown_parameters(request)
    latest = parts.roots.latest()
    if latest is None:
        raise InvalidInputError(("day", "no-root"))
    key = SigningKey(public_key=latest.public_key, pem=pem_of(latest.public_key), since=latest.day)
    return json_answer(key, headers=PUBLIC_FOR_A_MINUTE)
