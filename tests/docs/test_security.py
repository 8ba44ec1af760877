"""docs/security.md names tests and files that exist, and every chapter of ASVS."""

from __future__ import annotations

import re

from infra.layout import ROOT

DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CHAPTERS = 17


def test_every_test_that_it_names_exists():
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))

    named = set(re.findall(r"`(test_\w+)`", DOCUMENT))

    assert len(named) > 40
    assert {name for name in named if f"def {name}(" not in code} == set()


def test_every_file_that_it_names_exists():
    named = set(re.findall(r"`((?:tests|shared|functions|infra)/[\w/.]+)`", DOCUMENT))

    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_chapter_of_asvs_is_met_or_its_gap_is_named():
    rows = re.findall(r"^\| V(\d+) [^|]*\|([^|]*)\|", DOCUMENT, re.MULTILINE)

    assert [int(number) for number, _status in rows] == list(range(1, CHAPTERS + 1))
    assert all(re.match(r" (met|not used)", status) for _number, status in rows)
