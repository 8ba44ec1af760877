"""The configuration of a hostile administrator: every field that one may write holds every variable that it takes.

What the doors refuse is stored past them, as a version of the code that checked less would have left it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.domain.calendar.working_calendar import local_date
from shared.tables import directory as directories
from shared.tables.directory import Directory
from shared.wording.samples import extremes, known_variables, ordinary
from shared.wording.sources import TextName, names
from tests.support.administration import FIRST, SECOND
from tests.support.people import Officer
from tests.support.system import System

STORED_FROM = date(2026, 11, 1)
OF_THE_PETITIONER = frozenset({"link", "pin", "text", "answer", "progress", "body", "missing_parts"})
"""Variables that texts for officers do not have."""
EVERYTHING = (
    "{{ link }} {{ pin }} {{ text }} {{ answer }} {{ progress }} {{ body }} https://evil.example/{{ digits }}"
)
FREE_TEXTS: dict[str, tuple[str, dict[str, Any]]] = {
    "unit": ("TTTT", {"name": EVERYTHING, "name_en": EVERYTHING, "short_name": "{{ link }}"}),
    "field": ("CCVC", {"name_en": EVERYTHING, "example": EVERYTHING}),
    "officer": ("son.tienluong", {"name": EVERYTHING}),
    "body": ("canary", {"name": EVERYTHING, "address": EVERYTHING}),
    "answer-template": ("canary", {"name": EVERYTHING, "text": EVERYTHING}),
}
"""A row of each kind that an administrator writes alone, with the facts that are free text."""


def configure(system: System) -> list[str]:
    """Write all of it; return the ids of the proposals that were confirmed.

    Half of the officers' texts are changed by the doors, with every variable that they may use; the other half are
    stored with variables that they may not use.
    """
    officers_texts = [name for name in names() if name.reader == "officer"]
    proposals = [_confirmed(system, name) for name in officers_texts[::2]]
    rows = Directory(system.local.cloud.outputs["DirectoryTable"])
    for name in officers_texts[1::2]:
        rows.put("template", str(name), STORED_FROM, {"text": EVERYTHING, "subject": EVERYTHING})
    for kind, (row_id, facts) in FREE_TEXTS.items():
        before = next((row for row in rows.rows(kind) if row["id"] == row_id), {"field": None})
        rows.put(kind, row_id, STORED_FROM, before | {"name": row_id} | facts)
    directories.forget()
    return proposals


def refused(system: System) -> list[str]:
    """Try to save, by the door, each variable of the petitioner in each officers' text; return those taken."""
    administrator = Officer(system, FIRST)
    day = local_date(system.clock.now()).isoformat()
    taken = []
    for name in names():
        if name.reader != "officer":
            continue
        for variable in sorted(OF_THE_PETITIONER):
            row = {"valid_from": day, "text": f"{{{{ {variable} }}}}", "subject": "Mã"}
            if _put(system, administrator, name, row).status != 422:
                taken.append(f"{name} {variable}")
    return taken


def _confirmed(system: System, name: TextName) -> str:
    """Change a text by the doors to one with every variable that it may use, whatever it holds."""
    samples = (ordinary(name), *extremes(name))
    variables = sorted(known_variables(name))
    always = [v for v in variables if all(facts[v] is not None for facts in samples)]
    at_times = [v for v in variables if v not in always]
    row = {
        "valid_from": local_date(system.clock.now()).isoformat(),
        "text": " ".join(
            [
                *(f"{{{{ {v} }}}}" for v in always),
                *(f"{{% if {v} %}}{{{{ {v} }}}}{{% endif %}}" for v in at_times),
            ]
        ),
        "subject": "Mã " + " ".join(f"{{{{ {v} }}}}" for v in always[:4]),
    }
    proposed = _put(system, Officer(system, FIRST), name, row)
    assert proposed.status == 202, proposed.text
    proposal = str(proposed.json()["id"])
    confirmed = Officer(system, SECOND).post(f"/v1/proposals/{proposal}/confirm")
    assert confirmed.status == 200, confirmed.text
    return proposal


def _put(system: System, administrator: Officer, name: TextName, row: dict[str, Any]) -> Any:
    return system.http("PUT", f"/desk/v1/directory/template/{name}", json=row, headers=administrator._bearer)
