"""Writes the tables of docs that follow from the code: actions, who may take them, notices. `make tables`.

Each table stands behind a marker (`<!-- actions -->`) in its page; a test fails while a page says anything else.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pydantic.fields import FieldInfo

from chalicelib.casework.access.permissions import SEES
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.notifier.notices.supersession import SUPERSEDED_WHEN
from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import MOVES
from shared.domain.promises.notices import ESCALATION_LADDER, OF_ASSIGNMENT, Notice, NoticeKind

DOCS = Path(__file__).resolve().parents[2] / "docs"


class Table(NamedTuple):
    """A table of a page that follows from the code."""

    page: str
    name: str
    lines: Callable[[], list[str]]

    @property
    def marker(self) -> str:
        """The line that the table stands behind."""
        return f"<!-- {self.name} -->"


def actions() -> list[str]:
    """Return the table of the officers' actions: what each does, and what its request needs."""
    rows = ["| action | does | beside `version` |", "|---|---|---|"]
    for action, model in INPUTS.items():
        summary = (model.__doc__ or "").splitlines()[0].rstrip(".")
        fields = (_field(name, field) for name, field in model.model_fields.items() if name != "version")
        rows.append(f"| `{action}` | {summary} | {', '.join(fields)} |")
    return rows


def _field(name: str, field: FieldInfo) -> str:
    described = f" ({field.description})" if field.description else ""
    return f"`{name}`{'' if field.is_required() else '?'}{described}"


def roles() -> list[str]:
    """Return the table of who may take which action, by role and relation."""
    head = [f"| | {' | '.join(Role)} |", f"|---{'|---' * len(Role)}|"]
    relations = {"see": SEES} | {action.value: row.may for action, row in ROWS.items()}
    return head + [
        f"| {name} | {' | '.join(may[role].lower() if role in may else '–' for role in Role)} |"
        for name, may in relations.items()
    ]


def notices() -> list[str]:
    """Return the table of all notices: for whom, after which actions, and whether they can become void."""
    after = defaultdict(list)
    for action, move in MOVES.items():
        for notice in move.notices:
            after[notice].append(action.value)
    for audience in ESCALATION_LADDER:
        after[Notice(NoticeKind.ESCALATION, audience)].append("escalate")
    after[OF_ASSIGNMENT] += ["assign", "route"]
    rows = ["| notice | to | after | void when the petition moved on |", "|---|---|---|---|"]
    for (kind, audience), causes in sorted(after.items()):
        void = "yes" if kind in SUPERSEDED_WHEN else "no"
        rows.append(f"| {kind} | {audience} | {', '.join(sorted(causes))} | {void} |")
    return rows


TABLES = (
    Table("api.md", "actions", actions),
    Table("casework.md", "roles", roles),
    Table("notices.md", "notices", notices),
)


def committed(table: Table) -> list[str]:
    """Return the lines of a table as its page has them."""
    lines = (DOCS / table.page).read_text("utf-8").splitlines()
    first, last = _span(lines, table.marker)
    return lines[first:last]


def write(table: Table) -> None:
    """Write a table into its page."""
    page = DOCS / table.page
    lines = page.read_text("utf-8").splitlines()
    first, last = _span(lines, table.marker)
    page.write_text("\n".join([*lines[:first], *table.lines(), *lines[last:], ""]), "utf-8")


def _span(lines: list[str], marker: str) -> tuple[int, int]:
    first = lines.index(marker) + 1
    last = next((n for n in range(first, len(lines)) if not lines[n].startswith("|")), len(lines))
    return first, last


def main() -> int:
    """Write every table."""
    for table in TABLES:
        write(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
