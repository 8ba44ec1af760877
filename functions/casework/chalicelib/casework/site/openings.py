"""The auditors' page of the openings of seals: by whom, when and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.oversight.histories import FAULTS
from chalicelib.casework.oversight.openings import LABELS
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.petition.change import username_of
from shared.web.i18n import N_, Language, gettext
from shared.web.rendering import link
from shared.web.requests import query_parameters
from shared.web.spreadsheets import csv_cell

WITHHELD = N_("Hồ sơ theo quy trình riêng: chỉ người được chỉ định đọc được.")
COLUMNS = (N_("Lúc"), N_("Cán bộ"), N_("Tài khoản"), N_("Việc"), N_("Mã số"), N_("Tệp"), N_("Lý do"))
BOM = "\ufeff"
"""Spreadsheets read a file that begins with it as UTF-8."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/openings", show_openings)
    return pages


def show_openings(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show a month's openings and the latest verification of all histories, or answer with the month as CSV."""
    query = query_parameters(request)
    chosen = {name: query.get(name, "") for name in ("month", "by")}
    if query.get("format") == "csv":
        return _file(parts, officer, chosen, language_of_page(request))
    page = parts.seal_openings.page(officer, **chosen, cursor=query.get("cursor") or None)
    language = language_of_page(request)
    names = names_of(parts, language)
    following = urlencode({**chosen, "month": page.month, "cursor": page.cursor or ""})
    officers = [(row.id, row.name) for row in parts.directory.officers().values()]
    return render(
        parts,
        request,
        officer,
        "openings.html",
        month=page.month,
        by=chosen["by"],
        officers=sorted(officers, key=lambda pair: pair[1]),
        faults=FAULTS,
        verification=parts.histories.latest(officer),
        openings=[(opening, names.actor(opening.by)) for opening in page.openings],
        labels={what: gettext(language)(label) for what, label in LABELS.items()},
        file=link(f"/desk/openings?{urlencode({**chosen, 'month': page.month, 'format': 'csv'})}", language),
        following=link(f"/desk/openings?{following}", language) if page.cursor else "",
    )


def _file(parts: Parts, officer: DeskOfficer, chosen: dict[str, str], language: Language) -> Response:
    """Answer with a whole month as CSV: every value quoted, none a formula; withheld petitions stay withheld."""
    _ = gettext(language)
    month = parts.seal_openings.whole_month(officer, **chosen)
    names = names_of(parts, language)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(_(column) for column in COLUMNS)
    for opening in month.openings:
        row = (
            opening.at.astimezone(VIETNAM).isoformat(timespec="seconds"),
            names.actor(opening.by),
            username_of(opening.by),
            _(LABELS[opening.what]),
            opening.reference,
            opening.file,
            _(WITHHELD) if opening.is_withheld else opening.reason,
        )
        writer.writerow(csv_cell(value) for value in row)
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="openings_{month.month}.csv"',
    }
    return Response(body=BOM + out.getvalue(), status_code=200, headers=headers)
