"""The place in a queue that a petition's address carries, and what the page before adds to it."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from chalicelib.casework.desk.queue_place import Count, carried, place_of_rows, trail_of, with_place

PAGE = {
    "queue": "VCCVC",
    "mine": "true",
    "find": "lương & thưởng; 100%! a=b",
    "cursor": "2026-12-14~26265428047",
    "before": "37",
    "total": "120",
    "counts": "late3later117_",
    "trail": "37.2026-12-01~26483190282",
}
OF_ROWS = {name: value for name, value in PAGE.items() if name not in ("total", "counts", "trail")}


def opened(query: dict[str, str]) -> dict[str, str]:
    """Return the query of a petition that was opened from a row of a page."""
    return dict(parse_qsl(urlsplit(with_place("/desk/petitions/26483190282", place_of_rows(query))).query))


@pytest.mark.parametrize(
    ("came_from", "query"),
    [
        pytest.param("", OF_ROWS, id="the browser does not say"),
        pytest.param(f"https://desk.example/desk/queue?{urlencode(PAGE)}", PAGE, id="the page of the row"),
        pytest.param(
            f"https://desk.example/desk/queue?{urlencode({**PAGE, 'mine': ''})}", OF_ROWS, id="another filter"
        ),
        pytest.param(
            f"https://desk.example/desk/search?{urlencode(PAGE)}", OF_ROWS, id="no page of the queue"
        ),
        pytest.param("https://[", OF_ROWS, id="no address"),
    ],
)
def test_petition_keeps_the_filter_and_page_that_it_was_opened_from(came_from: str, query: dict[str, str]):
    place = carried(opened(PAGE), came_from)

    assert dict(parse_qsl(place)) == query


def test_row_of_a_sorted_page_names_the_page_by_the_number_of_its_first_line():
    page = {**PAGE, "order": "state", "cursor": "0~02~2026-11-30~26265428047", "before": "35", "trail": ""}
    row = place_of_rows(page, is_sorted=True)

    assert dict(parse_qsl(row))["cursor"] == "35"
    assert trail_of(dict(parse_qsl(row))).before == 35
    came_from = f"https://desk.example/desk/queue?{urlencode(page)}"
    assert parse_qs(carried({"from": row}, came_from)) == parse_qs(urlencode(page))


def test_addresses_of_earlier_versions_are_still_read():
    place = carried({"from": urlencode(PAGE)})

    assert dict(parse_qsl(place)) == PAGE


def test_numbers_of_the_headings_are_read_back_from_the_address():
    trail = trail_of(PAGE)

    assert trail.counts == {"late": Count(3), "later": Count(117, is_least=True)}
