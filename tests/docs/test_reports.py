"""docs/reports.md says what every figure means: none is missing, none is called otherwise than on the page."""

from __future__ import annotations

from chalicelib.casework.reports.catalogue import REPORTS
from chalicelib.casework.reports.measures import MEASURES
from tests.docs.test_documentation import plain, table_after, text_of


def test_every_figure_is_defined_under_the_name_that_people_read():
    rows = table_after(text_of("reports.md"), "<!-- measures -->")

    assert {plain(row[0]): row[1] for row in rows} == {
        name: measure.column.label for name, measure in MEASURES.items()
    }
    assert all(row[2] for row in rows)


def test_every_report_is_described():
    rows = table_after(text_of("reports.md"), "## Reports")

    assert {plain(row[0]) for row in rows} == set(REPORTS)
