"""Openings of seals and files, by month and officer, for auditors; the cost depends on what was opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydantic import ConfigDict

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.change import username_of
from shared.platform import clock
from shared.tables.openings import Opened, OpenedPetition, Openings
from shared.web.i18n import N_

FIRST_MONTH = "2018-06"
"""The system opened on 18 June 2018."""
READ_AT_ONCE = 100
"""Petitions of the index that one page looks through."""
_MONTH = re.compile(r"20\d{2}-(?:0[1-9]|1[0-2])")
_CURSOR = re.compile(r"(20\d{2}-(?:0[1-9]|1[0-2]))(?:~([0-9TZ:-]{20}~\d{11}))?")


LABELS: dict[Opened, str] = {
    Opened.SEAL: N_("Xem người gửi là ai"),
    Opened.FILE: N_("Mở tệp của người gửi"),
}
"""Names of what was opened, as people read them."""


class OpeningView(BaseModel):
    """One opening; of a petition that the reader may not know of, only the officer and the time."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    by: str
    reference: str | None
    reason: str | None
    is_withheld: bool
    what: Opened = Opened.SEAL
    file: str | None = None


class OpeningPage(BaseModel):
    """A page of openings, and where the next begins."""

    model_config = ConfigDict(frozen=True)

    month: str
    openings: tuple[OpeningView, ...]
    cursor: str | None = None


class SealOpenings:
    """Lists openings of seals for auditors."""

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def page(
        self, officer: DeskOfficer, *, month: str = "", by: str = "", cursor: str | None = None
    ) -> OpeningPage:
        """Return a page of a month's openings.

        The index has a petition under the month of its latest opening, so later months are read first; a page may
        therefore be short and still have a cursor.

        Args:
            officer: an auditor.
            month: e.g. `2026-11`; this month by default.
            by: only those by this user name.
            cursor: from the page before.

        Raises:
            NotAllowedError: the officer is no auditor.
            InvalidInputError: an invalid month or cursor.
        """
        permissions.require(officer, permissions.Ability.AUDIT)
        this_month = f"{local_date(clock.now()):%Y-%m}"
        month = month or this_month
        if not _MONTH.fullmatch(month) or not FIRST_MONTH <= month <= this_month:
            raise InvalidInputError(("month", "invalid"))
        at_month, after = _position(cursor, this_month)
        if not month <= at_month <= this_month:
            raise InvalidInputError(("cursor", "invalid"))
        opened, following = self._openings.latest_in(at_month, after=after, limit=READ_AT_ONCE)
        while not opened and following is None and at_month > month:
            at_month = _month_before(at_month)
            opened, following = self._openings.latest_in(at_month, limit=READ_AT_ONCE)
        rows = [
            view
            for petition in opened
            for view in _views(officer, petition, month)
            if by in ("", username_of(view.by))
        ]
        return OpeningPage(
            month=month,
            openings=tuple(sorted(rows, key=lambda view: view.at, reverse=True)),
            cursor=_cursor(at_month, following, month),
        )

    def whole_month(self, officer: DeskOfficer, *, month: str = "", by: str = "") -> OpeningPage:
        """Return all openings of a month, the latest first; the arguments and errors are those of `page`."""
        page = self.page(officer, month=month, by=by)
        openings = list(page.openings)
        while page.cursor is not None:
            page = self.page(officer, month=page.month, by=by, cursor=page.cursor)
            openings += page.openings
        return OpeningPage(
            month=page.month, openings=tuple(sorted(openings, key=lambda view: view.at, reverse=True))
        )


def _views(officer: DeskOfficer, opened: OpenedPetition, month: str) -> Iterator[OpeningView]:
    is_known = permissions.may_know(officer, opened)
    for opening in opened.openings:
        if f"{local_date(opening.at):%Y-%m}" == month:
            yield OpeningView(
                at=opening.at,
                by=opening.by,
                reference=opened.reference if is_known else None,
                reason=opening.reason if is_known else None,
                is_withheld=not is_known,
                what=opening.what,
                file=opening.file if is_known else None,
            )


def _cursor(at_month: str, following: str | None, month: str) -> str | None:
    if following is not None:
        return f"{at_month}~{following}"
    return _month_before(at_month) if at_month > month else None


def _position(cursor: str | None, this_month: str) -> tuple[str, str | None]:
    if not cursor:
        return this_month, None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise InvalidInputError(("cursor", "invalid"))
    return match[1], match[2]


def _month_before(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"
