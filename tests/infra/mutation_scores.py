"""Changes policies and templates in one thing each, and writes into docs/trust.md how many are noticed."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from infra.layout import ROOT
from tests.infra.guards import mutations as of_templates
from tests.infra.permissions import mutations as of_policies

PAGE = ROOT / "docs" / "trust.md"
BEGIN, END = "<!-- mutations -->", "<!-- /mutations -->"


def line(title: str, mutants: Sequence[of_policies.Mutant | of_templates.Mutant]) -> str:
    """Return the line of a table that says how many mutants are noticed, and which are not."""
    survivors = [mutant.what for mutant in mutants if not mutant.noticed()]
    noticed = len(mutants) - len(survivors)
    return f"| {title} | {len(mutants)} | {noticed} | {noticed / len(mutants):.1%} | {', '.join(survivors) or 'none'} |"


def main() -> int:
    """Write the table between its marks."""
    table = [
        "| one thing changed | mutants | noticed | score | not noticed |",
        "|---|---:|---:|---:|---|",
        line(
            "a permission, a condition or a value of one removed; a permission or resource added",
            [*of_policies.mutants()],
        ),
        line("a guarded property of a template removed or changed", [*of_templates.mutants()]),
    ]
    text = PAGE.read_text("utf-8")
    lines = "\n".join(table)
    text = re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{lines}\n{END}", text, flags=re.DOTALL)
    PAGE.write_text(text, "utf-8")
    print(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
