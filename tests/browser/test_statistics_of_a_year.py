"""The page of figures with a year behind it: a line of twelve months whose numbers can be read on a telephone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chalicelib.intake import composition
from shared.domain.calendar.working_calendar import at_local
from shared.domain.petition.lifecycle import State
from tests.browser.screen import HEIGHT, THEMES, WIDTHS, sticking_out
from tests.support.builders import a_petition
from tests.support.system import System

pytestmark = pytest.mark.browser

SITE = "http://localhost:1"
ON_TIME_OF_TEN = (7, 6, 8, 8, 9, 7, 10, 9, 8, 9, 10, 9)
"""The petitions of ten a month that were answered on time, from November 2025 to October 2026."""
_MEETING = """() => {
  const boxes = [...document.querySelectorAll(".chart svg text")].map((text) => text.getBoundingClientRect());
  const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return boxes.filter((box, n) => boxes.slice(n + 1).some((other) => meets(box, other))).length;
}"""
"""Counts the texts of the chart that lie over another one."""
_CROSSED = """() => {
  const chart = document.querySelector(".chart svg");
  const ends = [...chart.querySelectorAll(".trend")].map((line) =>
    ["x1", "y1", "x2", "y2"].map((name) => line[name].baseVal.value));
  const at = ([x1, y1, x2, y2], x) => x1 <= x && x <= x2 ? y1 + (y2 - y1) * (x - x1) / (x2 - x1) : NaN;
  return [...chart.querySelectorAll(".value")].filter((text) => {
    const {x, y, width, height} = text.getBBox();
    const [top, bottom] = [y + height / 4, y + height - height / 4];
    return ends.some((line) => [x, x + width / 2, x + width].some((place) => {
      const height = at(line, place);
      return top < height && height < bottom;
    }));
  }).map((text) => text.textContent);
}"""
"""Returns the values of the chart through whose middle the line runs."""


def months() -> Iterator[datetime]:
    """Yield an instant in each month of the line."""
    day = date(2025, 11, 5)
    for _ in ON_TIME_OF_TEN:
        yield at_local(day, time(9))
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=5)


@pytest.fixture
def page(browser: Browser, system: System) -> Iterator[Page]:
    """A browser before the system of this process, with a year of petitions."""
    for month, (at, on_time) in enumerate(zip(months(), ON_TIME_OF_TEN, strict=True)):
        for number in range(10):
            state = State.ANSWERED if number < on_time else State.ASSIGNED
            petition = a_petition(state, reference=f"26{month:02}{number:07}", received_at=at)
            composition.parts().petitions.add(petition)
    context = browser.new_context(viewport={"width": 360, "height": HEIGHT}, locale="vi-VN")

    def answer(route: Route) -> None:
        path, _, query = route.request.url.removeprefix(SITE).partition("?")
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        response = system.http("GET", path, query=pairs)
        route.fulfill(status=response.status, headers=dict(response.headers), body=response.body)

    context.route("**/*", answer)
    yield context.new_page()
    context.close()


def test_line_of_twelve_months_can_be_read_at_every_width_in_both_languages_and_themes(
    page: Page, axe: Callable[[Page], None]
):
    shots = os.environ.get("SHOTS")
    for language in ("vi", "en"):
        page.goto(f"{SITE}/thong-ke?lang={language}")
        expect(page.locator(".chart circle")).to_have_count(len(ON_TIME_OF_TEN))
        values = page.locator(".chart text.value").all_text_contents()
        assert values == [str(10 * of_ten) for of_ten in ON_TIME_OF_TEN]
        for width, theme in product(WIDTHS, THEMES):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=theme)
            assert sticking_out(page) == [], (width, theme)
            assert page.evaluate(_MEETING) == 0, (width, theme)
            assert page.evaluate(_CROSSED) == [], (width, theme)
            axe(page)
            if shots:
                page.screenshot(path=Path(shots) / f"year-{width}-{language}-{theme}.png", full_page=True)


def test_what_the_line_shows_stands_in_words_and_in_a_table(page: Page):
    page.goto(f"{SITE}/thong-ke")

    expect(page.get_by_role("heading", name="12 tháng: từ 70% đến 90%")).to_be_visible()
    page.get_by_text("Bảng số liệu từng tháng").click()
    rows = page.locator("details[open] tbody tr")
    expect(rows).to_have_count(len(ON_TIME_OF_TEN))
    expect(rows.first).to_contain_text("11/2025")
    expect(rows.last).to_contain_text("90")
