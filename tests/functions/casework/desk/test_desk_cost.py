"""A desk with 500 open petitions: what a page asks of the table, and how much it sends. Time is not asserted."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import timedelta
from math import ceil
from urllib.parse import parse_qsl

import pytest

from chalicelib.casework import composition
from chalicelib.casework.desk.queues import PAGE
from chalicelib.casework.site.reports import ROWS_ON_A_PAGE
from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.tables.petition_items import MONTH_SHARDS
from tests.support.builders import a_petition
from tests.support.desk_pages import Browser
from tests.support.people import Officer
from tests.support.system import START, System

OPEN = 500
BYTES = 40_000
"""A page of the desk weighs no more, uncompressed."""
NEARLY = 28_000
"""A page in Vietnamese that weighs more is weighed in English too, which is longer by a tenth at most."""
MOST_PAGES = 150
"""Pages of one role that differ by more than the petition or the period; more would mean a walk in circles."""
NO_PAGES = re.compile(r"format=|/files/|lang=en|sign-out")
SUBJECT = "Đề nghị hướng dẫn phụ cấp của người hoạt động không chuyên trách khi sáp nhập thôn, tổ dân phố"
"""A subject longer than a row of a queue shows."""
READ_OF_THE_SESSION = "GetItem"
"""One for each request: a session that was ended is refused (docs/adr/0039-sessions-that-end.md)."""


@pytest.fixture(scope="module")
def busy(running_system: System) -> System:
    """A unit with 500 open petitions, due on 25 days; a tenth of them are with their handler."""
    running_system.reset()
    Officer(running_system, "minh.ccvc").queue()  # loads the function
    table = composition.parts().petitions
    for number in range(OPEN):
        state = State.IN_PROGRESS if number % 10 == 0 else State.ASSIGNED
        received_at = START - timedelta(days=number % 25)
        name = next(reference.candidates(b"desk" * 16, str(number), 2026))
        table.add(a_petition(state, received_at=received_at, reference=name, subject=SUBJECT))
    stream = running_system.local.pumps.stream
    stream.go_on_from(
        stream.position + stream.lag
    )  # nothing is to be routed or sent about them, which takes half a minute
    return running_system


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        pytest.param("", 3, id="the-first-page-which-counts-all"),
        pytest.param("?overdue=true", 2, id="what-is-overdue"),
        pytest.param("?due_within=5", 2, id="what-is-due-soon"),
        pytest.param("?state=IN_PROGRESS", 3, id="one-of-ten"),
        pytest.param("?mine=true", 3, id="none-of-them"),
    ],
)
def test_page_of_a_large_queue_asks_little_however_narrow_the_filter(busy: System, query: str, queries: int):
    officer = Officer(busy, "huong.ccvc")
    officer.get("/v1/petitions")

    with busy.faults.counting() as calls:
        answer = officer.get(f"/v1/petitions{query}")

    assert answer.status == 200
    assert len(answer.json()["petitions"]) <= PAGE
    assert [call.operation for call in calls] == [READ_OF_THE_SESSION] + ["Query"] * queries


def test_page_is_small_enough_for_a_telephone_line(busy: System):
    page = Browser(busy, "huong.ccvc").get("/desk/queue")

    assert len(re.findall(r'<tr class="p[ "]', page.text)) == PAGE
    assert len(page.body) <= BYTES


def test_the_board_of_a_unit_with_500_open_shows_all_in_one_query_and_is_as_small(busy: System):
    head = Officer(busy, "huong.ccvc")
    head.get("/v1/board")

    with busy.faults.counting() as calls:
        answer = head.get("/v1/board")
    operations = [call.operation for call in calls]
    page = Browser(busy, "huong.ccvc").get("/desk/board")

    assert answer.json()["open"] == OPEN
    assert answer.json()["is_complete"]
    assert operations == [READ_OF_THE_SESSION, "Query"]
    assert len(page.body) <= BYTES


@pytest.mark.parametrize(
    "username",
    [
        pytest.param("minh.ccvc", id="handler"),
        pytest.param("huong.ccvc", id="head"),
        pytest.param("binh.vanphong", id="approver"),
        pytest.param("lan.tiepnhan", id="intake"),
        pytest.param("tong.dai", id="operator"),
        pytest.param("khanh.tocongtac", id="inspector"),
        pytest.param("yen.bcd", id="committee"),
        pytest.param("quantri", id="administrator"),
        pytest.param("kiemtoan", id="auditor"),
    ],
)
def test_every_page_that_a_role_reaches_is_small_however_much_is_open(busy: System, username: str):
    browser = Browser(busy, username)
    waiting = ["/desk/", "/desk/search?q=ngạch", "/desk/reports?name=task-force"]
    seen = set(map(kind_of, waiting))
    sizes: dict[str, int] = {}
    english: dict[str, int] = {}
    while waiting and len(sizes) < MOST_PAGES:
        address = waiting.pop(0)
        page = browser.get(address)
        sizes[address] = len(page.body)
        if len(page.body) > NEARLY:
            english[in_english(address)] = len(browser.get(in_english(address)).body)
        for link in map(html.unescape, re.findall(r'href="(/desk/?[^"]*)"', page.text)):
            if kind_of(link) not in seen and not NO_PAGES.search(link):
                seen.add(kind_of(link))
                waiting.append(link)

    assert len(sizes) > 3
    assert not waiting, "the walk was cut short"
    assert {address: size for address, size in (sizes | english).items() if size > BYTES} == {}


def in_english(address: str) -> str:
    """Return the address of a page in English."""
    path, _mark, query = address.partition("?")
    return f"{path}?{query}&lang=en" if query else f"{path}?lang=en"


def kind_of(address: str) -> str:
    """Return an address without what names one petition, unit, period or page, but with the queue and its order."""
    path, _mark, query = address.partition("?")
    values = dict(parse_qsl(query))
    chosen = [f"{name}={values[name]}" for name in ("queue", "order", "name") if name in values]
    parts = [part if re.fullmatch(r"[a-z-]+", part) else "*" for part in path.rstrip("/").split("/")]
    is_petition = "petitions" in parts
    return " ".join(["/".join(parts), *([] if is_petition else [*sorted(values), *chosen])])


def test_all_are_reached_page_by_page_each_once_by_due_date(busy: System):
    officer = Officer(busy, "huong.ccvc")
    seen: list[tuple[str, str]] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        page = officer.get(f"/v1/petitions?cursor={cursor}").json()
        seen += [(line["due_on"], line["reference"]) for line in page["petitions"]]
        cursor, pages = page["cursor"], pages + 1

    assert (len(seen), len(set(seen)), pages) == (OPEN, OPEN, ceil(OPEN / PAGE))
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("unassigned=true", id="by due date"),
        pytest.param("unassigned=true&order=state", id="by state"),
        pytest.param("unassigned=true&order=received", id="the latest first"),
    ],
)
def test_pages_lead_back_and_say_which_petitions_they_show(busy: System, query: str):
    browser = Browser(busy, "huong.ccvc")
    pages = [browser.get(f"/desk/queue?{query}")]
    while following := re.search(r'href="([^"]+)">Trang sau', pages[-1].text):
        pages.append(browser.get(html.unescape(following[1])))

    backward = [pages[-1]]
    while previous := re.search(r'href="([^"]+)">Trang trước', backward[-1].text):
        backward.append(browser.get(html.unescape(previous[1])))

    assert len(pages) == len(backward) > 2
    assert [listed(page.text) for page in backward] == [listed(page.text) for page in reversed(pages)]
    total = f"trong tổng số {sum(len(listed(page.text)) for page in pages)} hồ sơ"
    assert all(total in page.text for page in (*pages, *backward)), "said from the first page on"
    assert "Trang trước" not in pages[0].text


@pytest.mark.parametrize(
    "query", [pytest.param("", id="the unit's"), pytest.param("?unassigned=true", id="without a handler")]
)
def test_headings_say_how_many_petitions_stand_under_them_on_all_pages(busy: System, query: str):
    browser = Browser(busy, "huong.ccvc")

    pages = [browser.get(f"/desk/queue{query}")]
    while following := re.search(r'href="([^"]+)">Trang sau', pages[-1].text):
        pages.append(browser.get(html.unescape(following[1])))
    numbers = [headings(page.text) for page in pages]
    listed_under: Counter[str] = Counter()
    for page in pages:
        for name, rows in re.findall(
            r'<tbody role="rowgroup" class="(\w+)">(.*?)</tbody>', page.text, re.DOTALL
        ):
            listed_under[name] += len(re.findall(r'<tr class="p[ "]', rows))

    assert len(pages) > 2
    assert len(listed_under) > 3
    assert all(page[name] == listed_under[name] for page in numbers for name in page), (numbers, listed_under)
    assert max(len(page.body) for page in pages) <= BYTES, [len(page.body) for page in pages]


def test_list_behind_a_number_leads_to_each_petition_once_on_small_pages(busy: System):
    browser = Browser(busy, "huong.ccvc")
    pages = [browser.get("/desk/reports/cases?name=workload&measure=open&lang=en")]
    while following := re.search(r'rel="next" href="([^"]+)"', pages[-1].text):
        pages.append(browser.get(html.unescape(following[1])))

    backward = [pages[-1]]
    while previous := re.search(r'rel="prev" href="([^"]+)"', backward[-1].text):
        backward.append(browser.get(html.unescape(previous[1])))

    assert len(set(listed(" ".join(page.text for page in pages)))) == OPEN
    assert len(pages) == len(backward) == ceil(OPEN / ROWS_ON_A_PAGE)
    assert [listed(page.text) for page in backward] == [listed(page.text) for page in reversed(pages)]
    assert all(f"of {OPEN}" in page.text for page in pages)
    assert max(len(page.body) for page in pages) <= BYTES


def test_list_behind_a_number_is_as_long_by_program_and_ends_with_its_last_page(busy: System):
    officer = Officer(busy, "huong.ccvc")

    whole = officer.get("/v1/reports/workload/cases?measure=open").json()
    behind = officer.get("/v1/reports/workload/cases?measure=open&page=7").json()
    refused = officer.get("/v1/reports/workload/cases?measure=open&page=0")

    assert (whole["count"], whole["page"], whole["pages"]) == (OPEN, 1, 1)
    assert behind == whole
    assert refused.status == 422


def headings(page: str) -> dict[str, int]:
    """Return the numbers that a queue's headings tell, by the class of their group."""
    rows = re.findall(
        r'<tbody role="rowgroup" class="(\w+)"><tr class="grp"[^>]*><th[^>]*>[^<]+<span>· (\d+) hồ sơ</span>',
        page,
    )
    assert len(rows) == len(re.findall("<tbody ", page)), "each heading has its number"
    return {name: int(number) for name, number in rows}


@pytest.mark.parametrize("query", ["", "?overdue=true", "?mine=true&order=state"])
def test_views_say_how_many_petitions_they_list_for_no_further_query(busy: System, query: str):
    browser = Browser(busy, "minh.ccvc")
    browser.get(f"/desk/queue{query}")

    with busy.faults.counting() as calls:
        page = browser.get(f"/desk/queue{query}")
    operations = [call.operation for call in calls]
    views = dict(re.findall(r'>([^<>]+) <span class="meta" aria-hidden="true">(\d+)</span>', page.text))
    shown = {name: browser.get(f"/desk/queue?{name}=true").text for name in ("mine", "unassigned")}

    assert operations.count("Query") <= 3
    assert views == {
        "Cả đơn vị": str(OPEN),
        "Của tôi": total_of(shown["mine"]),
        "Chưa có người xử lý": total_of(shown["unassigned"]),
    }


def total_of(page: str) -> str:
    """Return the number of petitions that a page of a queue says to list in all."""
    return re.findall(r"trong tổng số (\d+) hồ sơ|Tất cả (\d+) hồ sơ|(Không có) hồ sơ nào", page)[0][0] or "0"


def test_petition_leads_back_to_the_filter_and_the_page_that_it_was_opened_from(busy: System):
    browser = Browser(busy, "huong.ccvc")
    first = browser.get("/desk/queue?unassigned=true&lang=en")
    second = browser.get(html.unescape(re.findall(r'href="([^"]+)">Next page', first.text)[0]))
    opened = browser.get(html.unescape(re.findall(r'<a id=r\d+ href="([^"]+)"', second.text)[0]))

    back = re.findall(r'<a class="back" href="([^"]+)"', opened.text)[0]

    assert listed(browser.get(html.unescape(back)).text) == listed(second.text)


def listed(page: str) -> list[str]:
    """Return the references that a page of a queue lists."""
    return re.findall(r"/desk/petitions/(\d{11})", page)


@pytest.mark.parametrize(
    ("name", "months", "others"),
    [
        pytest.param("timeliness", 1, 0, id="timeliness"),
        pytest.param("workload", 1, 0, id="workload"),
        pytest.param("steering-committee", 2, 0, id="steering-committee-and-the-period-before"),
        pytest.param("task-force", 1, 0, id="task-force"),
        pytest.param("trends", 3, 1, id="trends-of-nine-weeks-and-answers-that-jumped"),
    ],
)
def test_report_counts_what_is_not_rolled_up_once_however_many_tables_it_shows(
    busy: System, name: str, months: int, others: int
):
    officer = Officer(busy, "khanh.tocongtac" if name == "task-force" else "binh.vanphong")
    officer.get(f"/v1/reports/{name}")

    with busy.faults.counting() as calls:
        answer = officer.get(f"/v1/reports/{name}?from=2026-11-01&to=2026-11-30")

    assert answer.status == 200
    assert [call.operation for call in calls].count("Query") == months * MONTH_SHARDS + others


def test_what_is_found_by_words_is_small_too(busy: System):
    busy.local.pumps.hourly.fire()  # builds the search index: what it rolls up is counted above

    page = Browser(busy, "minh.ccvc").get("/desk/search?q=ngạch")

    assert page.status == 200
    assert "hồ sơ" in page.text
    assert len(page.body) <= BYTES
