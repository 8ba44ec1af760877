"""A report that was made: its period, its reader's scope, and its tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict

from chalicelib.casework.reports.catalogue import REPORTS
from chalicelib.casework.reports.tables import Section
from shared.domain.base_model import BaseModel
from shared.web.i18n import Language, gettext


class Report(BaseModel):
    """A report with its tables; the first is the main one."""

    model_config = ConfigDict(frozen=True)

    name: str
    first: date
    last: date
    by: str
    made_at: datetime
    as_of: date | None
    """The past day whose status it shows; None: now."""
    unit: str | None
    """The one unit that it covers; None for the whole ministry."""
    counts_denunciations: bool
    sections: tuple[Section, ...]

    def as_json(self, language: Language) -> dict[str, Any]:
        """Return the report for programs; labels are in the reader's language."""
        _ = gettext(language)
        return {
            "name": self.name,
            "title": _(REPORTS[self.name].title),
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "by": self.by,
            "counts": REPORTS[self.name].counts.value,
            "made_at": self.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "unit": self.unit,
            "counts_denunciations": self.counts_denunciations,
            **_as_json(self.sections[0], language),
            "sections": [
                {"name": section.name, "title": _(section.title), **_as_json(section, language)}
                for section in self.sections[1:]
            ],
        }


def _as_json(section: Section, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    table = section.table
    return {
        "columns": [{"name": column.name, "label": _(column.label)} for column in table.columns],
        "rows": list(table.rows),
        "total": table.total,
    }
