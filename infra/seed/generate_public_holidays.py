"""Write shared/domain/calendar/public_holidays.py from the PyPI library `holidays` (country VN).

The functions carry the finished table and not the library: it weighs megabytes, and a new release of it must
never move a deadline unseen. Run it by hand after a release of the library, read the difference, commit it:

    python infra/seed/generate_public_holidays.py          # rewrite the table
    python infra/seed/generate_public_holidays.py --check  # exit 1 when the library says otherwise
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import holidays

FIRST_YEAR = 2018
LAST_YEAR = 2035
TABLE = Path(__file__).resolve().parents[2] / "shared" / "domain" / "calendar" / "public_holidays.py"

SUBSTITUTED = re.compile(r"thay cho ngày (\d{2}/\d{2}/\d{4})")
"""The library's name of a weekday worked on another day instead: `Ngày nghỉ (thay cho ngày 05/01/2019)`."""

HEADER = '''"""Public holidays of Vietnam {first}-{last}, generated: do not edit.

Written by infra/seed/generate_public_holidays.py from PyPI `holidays` {release}, country VN: Bộ luật Lao động
2012 Đ.115 and 2019 Đ.112, their substitute days (nghỉ bù) and the swaps of a weekday for a Saturday
that it knows; years that the Government has not announced yet are a forecast. `working_calendar` is the only
reader. What the table does not know, or knows wrongly, is put right by an override in the directory, not here.
"""
'''


def days_off_and_worked_weekends() -> tuple[Mapping[date, str], Mapping[date, str]]:
    """Ask the library for the named days off and the weekend days worked in exchange, in order of date."""
    vietnam = holidays.country_holidays("VN", years=range(FIRST_YEAR, LAST_YEAR + 1), language="vi")
    off = {day: name for day, name in sorted(vietnam.items()) if FIRST_YEAR <= day.year <= LAST_YEAR}
    worked: dict[date, str] = {}
    for day_off, name in off.items():
        if match := SUBSTITUTED.search(name):
            worked[datetime.strptime(match[1], "%d/%m/%Y").date()] = f"Làm bù cho ngày {day_off:%d/%m/%Y}"  # noqa: DTZ007
    listed = {day for day in vietnam.weekend_workdays if FIRST_YEAR <= day.year <= LAST_YEAR}
    if set(worked) != listed:
        raise SystemExit(f"worked weekend days without a day off: {listed ^ set(worked)}")
    return off, dict(sorted(worked.items()))


def edition(off: Mapping[date, str], worked: Mapping[date, str]) -> str:
    """Digest the dates, not their names: tables of one edition give the same answer to every question."""
    days = [f"-{day}" for day in off] + [f"+{day}" for day in worked]
    return hashlib.sha256("\n".join(days).encode()).hexdigest()[:8]


def source_of(mapping: Mapping[date, str], name: str) -> str:
    """Spell one table as Python source."""
    rows = "".join(f'        date({d.year}, {d.month}, {d.day}): "{why}",\n' for d, why in mapping.items())
    return f"{name}: Final[Mapping[date, str]] = MappingProxyType(\n    {{\n{rows}    }}\n)\n"


def render() -> str:
    """Spell the whole module, formatted as ruff would format it."""
    off, worked = days_off_and_worked_weekends()
    return (
        HEADER.format(first=FIRST_YEAR, last=LAST_YEAR, release=version("holidays"))
        + "\nfrom collections.abc import Mapping\nfrom datetime import date\n"
        + "from types import MappingProxyType\nfrom typing import Final\n\n"
        + f"FIRST_DAY: Final = date({FIRST_YEAR}, 1, 1)\nLAST_DAY: Final = date({LAST_YEAR}, 12, 31)\n"
        + f'EDITION: Final = "{edition(off, worked)}"\n\n'
        + source_of(off, "DAYS_OFF")
        + "\n"
        + source_of(worked, "WORKED_WEEKENDS")
    )


def main(arguments: list[str]) -> int:
    """Rewrite the table, or with --check only compare it."""
    parser = argparse.ArgumentParser(description="Write the table of public holidays.")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 when the table is stale")
    table = render()
    if not parser.parse_args(arguments).check:
        TABLE.write_text(table, encoding="utf-8")
        return 0
    return 0 if TABLE.read_text(encoding="utf-8") == table else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
