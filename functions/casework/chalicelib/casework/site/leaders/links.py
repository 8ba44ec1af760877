"""Addresses of the numbers of the leaders' page: their petitions, or the report that they are from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from shared.domain.figures.tallies import Days
from shared.web.i18n import Language
from shared.web.rendering import link

DUE, RECEIVED, STOCK = "timeliness", "steering-committee", "workload"
"""The reports whose figures the page shows: of due dates, of days of receipt, of all that is open or late."""
NO_ROW: Mapping[str, str] = MappingProxyType({})


class Links(NamedTuple):
    """Makes the addresses of one page."""

    days: Days
    may_follow: bool
    may_follow_deliveries: bool
    language: Language

    def to(self, report: str, measure: str, row: Mapping[str, str] = NO_ROW, days: Days | None = None) -> str:
        """Return where a figure leads.

        Args:
            report: the report that has the figure.
            measure: the figure's name.
            row: the row of the report: `unit`; or `by` and `group`.
            days: its days; by default those of the page.
        """
        first, last = days or self.days
        query = {"name": report, "from": str(first), "to": str(last)}
        if self.may_follow:
            return link(
                f"/desk/reports/cases?{urlencode({**query, 'measure': measure, **row})}", self.language
            )
        by = {"by": row["by"]} if row.get("by") in ("field", "kind") else {}
        return link(f"/desk/reports?{urlencode({**query, **by})}", self.language)

    def undelivered(self) -> str:
        """Return where notices lead that did not arrive; nowhere for who may follow none."""
        return link("/desk/contradicted-receipts", self.language) if self.may_follow_deliveries else ""

    def report(self, name: str) -> str:
        """Return the address of a report of its usual days."""
        return link(f"/desk/reports?{urlencode({'name': name})}", self.language)
