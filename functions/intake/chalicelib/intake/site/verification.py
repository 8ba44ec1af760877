"""The pages for verifying: how it is done, the latest roots, and a petition's record as a file to keep."""

from __future__ import annotations

import json

from chalice.app import Request, Response

from chalicelib.intake import composition
from chalicelib.intake.api.petitions import address_of
from chalicelib.intake.site.frame import kept, page
from chalicelib.intake.verification.record import record_of
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.web.http import form_pairs


def verification(request: Request) -> Response:
    """Say how a history is verified, and show this month's roots."""
    month = f"{local_date(clock.now()):%Y-%m}"
    latest = composition.roots().latest()
    return page(
        request,
        "verification.html",
        latest=latest,
        month=f"{latest.day:%Y-%m}" if latest else month,
        roots=composition.roots().of_month(f"{latest.day:%Y-%m}") if latest else [],
    )


def download_record(request: Request) -> Response:
    """Give the record of a history as a file."""
    form = kept(form_pairs(request))
    petition = composition.finder().find(form.get("ma", ""), form.get("pin", ""), address_of(request))
    record = record_of(petition, composition.roots(), clock.now())
    day = local_date(record.made_at)
    return Response(
        body=json.dumps(record.as_json(), ensure_ascii=False, indent=1),
        status_code=200,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Content-Disposition": f'attachment; filename="pakn-{record.reference}-{day}.json"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
