"""The pages for verifying: how it is done, the latest roots, and a petition's record as a file to keep."""

from __future__ import annotations

import json
from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.frame import form_fields, page, proof_in, public, site_routes
from chalicelib.intake.verification.record import record_of
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.web.requests import form_pairs
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of these pages."""
    site = site_routes(__name__, parts)
    site.get("/kiem-chung", public(verification))
    site.post("/tra-cuu/ban-ghi", download_record)
    return site


def verification(parts: Parts, request: Request) -> Response:
    """Say how a history is verified, and show this month's roots."""
    month = f"{local_date(clock.now()):%Y-%m}"
    latest = parts.roots.latest()
    return page(
        parts,
        request,
        "verification.html",
        latest=latest,
        month=f"{latest.day:%Y-%m}" if latest else month,
        roots=parts.roots.of_month(f"{latest.day:%Y-%m}") if latest else [],
    )


def download_record(parts: Parts, request: Request) -> Response:
    """Give the record of a history as a file."""
    form = form_fields(form_pairs(request))
    petition = parts.finder.find(form.get("ma", ""), proof_in(request, form))
    record = record_of(petition, parts.roots, clock.now(), parts.directory.restorations())
    day = local_date(record.made_at)
    return Response(
        body=json.dumps(record.as_json(), ensure_ascii=False, indent=1),
        status_code=200,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Content-Disposition": f'attachment; filename="pakn-{record.reference}-{day}.json"',
        },
    )
