"""Labels and values of the directory's rows, as people read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from chalicelib.casework.access.machines import MACHINE_ROLES
from chalicelib.casework.administration.forms import EVENT_LABELS, KINDS, ROLES, SCOPE_LABELS
from shared.domain.calendar.working_calendar import local_date
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, gettext, in_language


class RowLabels:
    """Labels and values of rows as people read them: names for codes, yes for a tick.

    Args:
        directory: for the names of units, fields and officers.
        language: the reader's.
    """

    def __init__(self, directory: Directory, language: Language) -> None:
        self._translated = gettext(language)
        today = local_date(clock.now())
        self.units = {
            row.id: in_language(language, row.name, row.name_en) for row in directory.units(today).values()
        }
        self.fields = {
            row.id: in_language(language, row.name, row.name_en) for row in directory.fields(today).values()
        }
        self.officers = directory.officers_names()
        self.roles = {role.value: self._translated(label) for role, label in ROLES.items()}
        self.events = {event.value: self._translated(label) for event, label in EVENT_LABELS.items()}
        self.scopes = {scope.value: self._translated(label) for scope, label in SCOPE_LABELS.items()}

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """Return the options of choices: (value, label) by `source` of the form field."""
        by_name = {
            "units": self.units,
            "fields": self.fields,
            "roles": self.roles,
            "machine_roles": {name: label for name, label in self.roles.items() if name in MACHINE_ROLES},
            "scopes": self.scopes,
            "events": self.events,
        }
        return {source: list(labels.items()) for source, labels in by_name.items()}

    def text(self, name: str, value: Any) -> str:
        """Return the text of a fact's value."""
        tables = {"unit": self.units, "parent": self.units, "field": self.fields}
        if name in tables and value:
            return tables[name].get(str(value), str(value))
        if name == "replaced_by" and value:
            return self.officers.get(str(value), str(value))
        if isinstance(value, list):
            return ", ".join(
                (self.roles | self.scopes | self.events).get(str(each), str(each)) for each in value
            )
        if isinstance(value, bool):
            return self._translated("Có") if value else self._translated("Không")
        if name in ("valid_from", "valid_to") and value:
            return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
        return str(value or "")

    def label(self, kind: str, name: str) -> str:
        """Return the label of a fact."""
        labels = {field.name: field.label for field in KINDS[kind].fields} | {
            "valid_from": N_("Có hiệu lực từ ngày"),
            "valid_to": N_("Ngày cuối có hiệu lực"),
        }
        return self._translated(labels[name]) if name in labels else name
