"""Decides anew, by the rules in force, what officers corrected: shows whoever changes the rules what they mended.

`python -m infra.tools.corrections --stage prod --month 2026-11`, with credentials that may read petitions and
directory. Prints references, outcomes and counts; never a word of what somebody wrote.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from typing import Any

from infra.layout import ROOT
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.tables.corrections import Correction, Corrections
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions


def outcomes(corrections: list[Correction], petitions: Petitions, directory: Directory) -> Counter[str]:
    """Count, for each correction, whether the rules in force decide as the officer did."""
    sys.path.insert(0, str(ROOT / "functions" / "router"))
    by_reference = {correction.reference: correction for correction in corrections}
    counted: Counter[str] = Counter()
    for petition in petitions.get_all(by_reference):
        correction = by_reference[petition.reference]
        now = _decided_now(petition, directory)
        counted["right now" if now == correction.decided else f"{now} for {correction.decided}"] += 1
    return counted


def _decided_now(petition: Petition, directory: Directory) -> str:
    from shared.routing.classifier import decide  # noqa: PLC0415 - found on the path set above
    from shared.routing.outcomes import outcome_of  # noqa: PLC0415
    from shared.routing.rules import RoutingRules  # noqa: PLC0415
    from shared.routing.text import joined  # noqa: PLC0415

    day: date = local_date(petition.received_at)
    rows: tuple[dict[str, Any], ...] = directory.rows("routing-rule")
    decision = decide(
        joined(petition.subject, petition.content),
        RoutingRules.from_rows(rows, on=day),
        chosen_field=petition.chosen_field,
        chosen_kind=None,
        fields_in_force=frozenset(directory.fields(day)),
    )
    return outcome_of(decision)


def main() -> int:
    """Print how many of a month's corrections the rules in force would get right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--month", required=True, help="e.g. 2026-11")
    options = parser.parse_args()
    table = f"pakn-{options.stage}-petitions"
    directory = Directory(f"pakn-{options.stage}-directory")
    corrections = list(Corrections(table).of_month(options.month))
    if not corrections:
        print(f"nothing was corrected in {options.month}")
    for outcome, times in outcomes(corrections, Petitions(table, directory), directory).most_common():
        print(f"{times:5}  {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
